"""Days that were missed are made good (补齐巡查): one sweep after them does what a sweep every morning would have done.

A whole county, half-way through its year, on both engines: terms lapse into reviews, clocks climb the ladder, letters are numbered.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import upgrade
from tests.journeys.dumps import Dump, difference, dump
from tests.journeys.replays import PLAYED_UNTIL, copy_of, play_until_autumn
from tests.support.postgres import PostgresServer
from yisong.clock import SHANGHAI, SimulatedClock
from yisong.desk import Desk, read_book
from yisong.replay.run import Directly
from yisong.services import audit
from yisong.settings import load_settings

DAY = timedelta(days=1)
FIRST, LAST = PLAYED_UNTIL.date() + DAY, date(2026, 11, 9)
MISSED = [FIRST + DAY * number for number in range((LAST - FIRST).days + 1)]
"""Fourteen days, ten of them worked."""
TALLIES = frozenset({"sweep_day.lapsed"})
"""Whether midnight let a term lapse or the sweep of the day after."""
OF_THE_PAPER = TALLIES | frozenset({"document.dated_on", "document.facts", "matter.opened_on"})
"""A letter bears the day on which it is written, and no earlier one."""


def morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), SHANGHAI)


@dataclass
class Ground:
    """Databases that all begin with the same half of a year (起点)."""

    fresh: Callable[[], str]
    home: Path

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        settings = load_settings({"YISONG_DATABASE_URL": self.fresh()}, home=self.home)
        opened = Desk(settings=settings, book=read_book(settings.rules), clock=SimulatedClock(morning(LAST)))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    place = tmp_path_factory.mktemp("catch-up")
    play_until_autumn(f"sqlite:///{place / 'seed.db'}", place / "county")
    made: list[Path] = []

    def fresh() -> str:
        made.append(place / f"run-{len(made)}.db")
        shutil.copy(place / "seed.db", made[-1])
        return f"sqlite:///{made[-1]}"

    return Ground(fresh, place / "county")


@pytest.fixture(scope="module")
def on_postgresql(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    place = tmp_path_factory.mktemp("catch-up")
    seed = postgres_server.fresh_database(prepare=upgrade)
    play_until_autumn(seed, place / "county")
    names = (f"catch_up_{number}" for number in count())
    return Ground(lambda: copy_of(postgres_server, seed, next(names)), place / "county")


@pytest.fixture(params=("sqlite", "postgresql"))
def ground(request: pytest.FixtureRequest) -> Ground:
    found: Ground = request.getfixturevalue(f"on_{request.param}")
    return found


def every_day(desk: Desk, *, at: Callable[[date], datetime] = morning) -> None:
    """Every midnight and every morning, as the schedule has it."""
    machinery = Directly()
    for day in MISSED:
        machinery.midnight(desk, day=day, at=at(day))
        machinery.morning(desk, until=day, at=at(day))


def once(desk: Desk) -> None:
    """One midnight and one morning, after all the others were missed."""
    machinery = Directly()
    machinery.midnight(desk, day=LAST, at=morning(LAST))
    machinery.morning(desk, until=LAST, at=morning(LAST))


def told(desk: Desk, leave_out: frozenset[str] = TALLIES) -> Dump:
    assert audit.verify_all(desk.reading).faults == []
    return dump(desk.engine, leave_out=leave_out)


def test_one_sweep_after_missed_days_leaves_what_daily_sweeps_leave(ground: Ground) -> None:
    with ground.desk() as daily, ground.desk() as late:
        every_day(daily, at=lambda day: morning(LAST))  # the same hour of writing, so that nothing at all may differ
        once(late)
        wanted = told(daily)
        assert not difference(wanted, told(late))
    climbed = [rung for rung in wanted["rung"] if '"on": "2026-11' in rung or '"on": "2026-10-2' in rung]
    assert len(climbed) > 30 and any('"level": 4' in rung for rung in climbed)
    assert any('"action": "expire' in event or '"action": "lapse' in event for event in wanted["event"])


def test_letters_of_missed_days_bear_their_own_day_and_nothing_else_differs(ground: Ground) -> None:
    with ground.desk() as daily, ground.desk() as late:
        every_day(daily)
        once(late)
        assert not difference(told(daily, OF_THE_PAPER), told(late, OF_THE_PAPER))
        assert difference(told(daily), told(late)), "the letters of missed days were antedated"


def test_a_second_run_has_no_effect(ground: Ground) -> None:
    with ground.desk() as desk:
        once(desk)
        wanted = told(desk)
        once(desk)
        every_day(desk)
        assert not difference(wanted, told(desk))


def test_both_engines_come_to_the_same(on_sqlite: Ground, on_postgresql: Ground) -> None:
    with on_sqlite.desk() as embedded, on_postgresql.desk() as served:
        every_day(embedded)
        every_day(served)
        assert not difference(told(embedded), told(served))
