"""Whatever happens to a clock (任意经过): its explanation ends on the day that the sweep uses, and its ledger alone derives it.

Histories are drawn at random: suspensions, resumptions, extensions asked for, granted or denied, and calendars that come into
force in between, whose earlier dates are confirmed, declined or left waiting.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Clock, ClockEntry, Reprojection
from tests.services.test_calendars import changed, put_in_force
from tests.services.world import ANSWERABLE, MONDAY, World, leader, shipped_book, unit_itself
from yisong.domain.deadlines import due, explain
from yisong.domain.lifecycle import Refusal
from yisong.services import audit, clocks, deadlines, reprojections

HISTORIES, DEEDS = 6, 9


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(database_url, tmp_path)
    yield made
    made.close()


def holds(world: World) -> None:
    with world.read() as session:
        for clock in world.every(Clock):
            if clock.status not in ("running", "paused"):
                continue
            calendar = clocks.calendar_of(session, book=world.book, clock=clock)
            ledger = clocks.ledger_of(session, clock)
            assert due(ledger, calendar=calendar).on == clock.due_on, (clock, ledger)
            assert calendar.version == clock.calendar_version
            if clock.due_on is not None:
                assert explain(ledger, calendar=calendar)[-1].day == clock.due_on
                assert clock.look_on is None or clock.held or clock.look_on <= clock.due_on + timedelta(days=400)


def random_calendar(world: World, chance: random.Random) -> None:
    days = [MONDAY + timedelta(days=number) for number in range(45)]
    off = [day for day in days if day.weekday() < 5 and shipped_book().calendar.is_workday(day)]
    worked = [day for day in days if day.weekday() > 4 and not shipped_book().calendar.day(day).name]
    source = f"调整通知第{chance.randrange(10_000)}号"
    book = changed(
        shipped_book(),
        off=tuple(chance.sample(off, chance.randrange(4))),
        worked=tuple(chance.sample(worked, chance.randrange(5))),
        source=source,
    )
    assert put_in_force(world, book).skipped == []


def decide(world: World, chance: random.Random) -> None:
    """Confirm or decline one question, where there is one."""
    for asked in [each for each in world.every(Reprojection) if each.status == "waiting"][:1]:
        given = {"clock_id": asked.clock_id, "actor": leader(asked.department), "on": world.on, "at": world.at}
        with world.write() as session:
            if chance.random() < 0.6:
                reprojections.confirm(session, book=world.book, **given)
            else:
                reprojections.decline(session, reason="已按原期限告知", **given)


def deeds(world: World, order: int, unit: int, chance: random.Random) -> list[Callable[[], object]]:
    due_on = world.clock_of(order, "R-RECTIFY").due_on or world.on
    later = (due_on + timedelta(days=chance.randrange(1, 12))).isoformat()
    return [
        lambda: world.take(
            order, "suspend_term", leader(ANSWERABLE), ground="inspection", evidence="委托书", reason="检验"
        ),
        lambda: world.take(order, "resume_term", leader(ANSWERABLE), reason="检验结束"),
        lambda: world.take(
            order, "request_extension", unit_itself(world.units[unit]), reason="待料", until=later, controls="停用"
        ),
        lambda: world.take(order, "approve_extension", leader(ANSWERABLE), new_due=later, conditions="停用"),
        lambda: world.take(order, "deny_extension", leader(ANSWERABLE), reason="不符合条件"),
        lambda: random_calendar(world, chance),
        lambda: random_calendar(world, chance),
        lambda: decide(world, chance),
    ]


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_any_history_explains_itself_to_the_day_that_is_swept(world: World, seed: int) -> None:
    chance, done = random.Random(seed), 0
    orders = [(world.served_order(world.accepted(unit=unit), days=chance.randrange(4, 25)), unit) for unit in range(2)]
    for _ in range(DEEDS):
        order, unit = chance.choice(orders)
        try:
            chance.choice(deeds(world, order, unit, chance))()
            done += 1
        except Refusal:
            pass  # the tables say no, and nothing has happened
        holds(world)
        if chance.random() < 0.5:
            world.go(world.on + timedelta(days=chance.randrange(1, 3)), 10)
    assert done >= 3 and world.on >= MONDAY and isinstance(world.on, date)
    assert audit.verify_all(world.desk.reading).faults == []
    moves = [entry for entry in world.every(ClockEntry) if entry.kind == "reproject"]
    assert len({(entry.clock_id, entry.data["new_version"], entry.seq) for entry in moves}) == len(moves)


DEEDS_OF_A_HISTORY = st.lists(
    st.tuples(
        st.sampled_from(["suspend", "resume", "ask", "grant", "deny", "calendar", "decide", "sweep"]),
        st.integers(0, 2**32),
        st.integers(0, 3),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.integers(0, 25), history=DEEDS_OF_A_HISTORY)
def test_a_history_of_any_deeds_ends_where_it_is_explained(
    sqlite_template: Path, days: int, history: list[tuple[str, int, int]]
) -> None:
    """The same on a database, deed by deed and made small by hypothesis where it fails: a bounded number of histories."""
    with tempfile.TemporaryDirectory() as folder:
        for file in sqlite_template.parent.glob("template.db*"):
            shutil.copy(file, Path(folder) / file.name.replace("template", "yisong"))
        world = World(f"sqlite:///{folder}/yisong.db", Path(folder))
        try:
            order = world.served_order(world.accepted(), days=days)
            for deed, seed, later in history:
                world.go(world.on + timedelta(days=later), 10)
                chance = random.Random(seed)
                named = dict(
                    zip(
                        ["suspend", "resume", "ask", "grant", "deny", "calendar", "calendar", "decide"],
                        deeds(world, order, 0, chance),
                        strict=True,
                    )
                )
                named["sweep"] = lambda: list(
                    deadlines.sweep(world.desk.transaction, book=world.book, until=world.on, at=world.at)
                )
                with suppress(Refusal):
                    named[deed]()
                holds(world)
            assert audit.verify_all(world.desk.reading).faults == []
        finally:
            world.close()
