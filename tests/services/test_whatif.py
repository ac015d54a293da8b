"""Rules are tried on what has happened (规则试算): the same rules tell the same story, others another, and nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from models import Clock
from tests.services.test_calendars import changed
from tests.services.world import ANSWERABLE, World, leader, officer, shipped_book, unit_itself
from yisong.domain.rulebook import RuleBook
from yisong.services import deadlines, whatif

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 20)


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(database_url, tmp_path)
    yield made
    made.close()


def live_through(world: World) -> None:
    """Six weeks with what moves clocks: lateness, a suspension, an extension that was held, an end."""
    late, slow, prompt = world.delivered(), world.accepted(unit=1), world.accepted(unit=2)
    order, other = world.served_order(slow, days=10), world.served_order(prompt, days=5)
    deeds = {
        date(2026, 3, 11): lambda: world.take(
            other, "suspend_term", leader(ANSWERABLE), ground="inspection", evidence="委托书", reason="检验"
        ),
        date(2026, 3, 18): lambda: world.take(other, "resume_term", leader(ANSWERABLE), reason="检验结束"),
        date(2026, 3, 19): lambda: world.take(
            order, "request_extension", unit_itself(world.units[1]), reason="待料", until="2026-03-27", controls="停用"
        ),
        date(2026, 3, 24): lambda: world.take(
            order, "approve_extension", leader(ANSWERABLE), new_due="2026-03-27", conditions="停用"
        ),
        date(2026, 3, 23): lambda: world.take(late, "accept", leader(ANSWERABLE)),
    }
    day = world.on
    while day <= LAST:
        world.go(day, 8)
        if day in deeds:
            deeds[day]()
        world.go(day, 8, 30)
        list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))
        day += timedelta(days=1)


def digest(world: World) -> str:
    """Everything that the database holds."""
    sum_ = hashlib.sha256()
    with world.desk.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}" ORDER BY 1, 2')):
                sum_.update(repr(tuple(row)).encode())
    return sum_.hexdigest()


def tried(world: World, new: RuleBook) -> whatif.Trial:
    with world.read() as session:
        return whatif.try_rules(session, old=world.book, new=new, first=FIRST, last=LAST)


def test_the_rules_in_force_tell_what_has_happened_and_nothing_is_written(world: World) -> None:
    live_through(world)
    before = digest(world)
    trial = tried(world, shipped_book())
    assert digest(world) == before
    assert trial.differences == [] and trial.skipped == [] and trial.old == trial.new
    recorded: dict[tuple[int, str, str], int] = {}
    for rung in world.rungs():
        recorded[rung.level, rung.name, rung.issuer] = recorded.get((rung.level, rung.name, rung.issuer), 0) + 1
    assert dict(trial.old.rungs) == recorded and sum(recorded.values()) > 8
    assert trial.old.clocks == len(world.every(Clock))


def test_a_longer_term_makes_fewer_late_and_a_shorter_one_more(world: World) -> None:
    live_through(world)

    def with_amount(amount: int) -> RuleBook:
        rules = tuple(
            replace(rule, amount=amount) if rule.code == "R-ACCEPT" else rule for rule in shipped_book().deadline_rules
        )
        return replace(shipped_book(), deadline_rules=rules)

    longer, shorter = tried(world, with_amount(30)), tried(world, with_amount(1))
    assert longer.new.late < longer.old.late and sum(longer.new.letters.values()) < sum(longer.old.letters.values())
    assert sum(shorter.new.letters.values()) >= sum(shorter.old.letters.values())
    assert {entry.rule for entry in longer.differences} == {"R-ACCEPT"}
    assert longer.new.letters_to[ANSWERABLE] < longer.old.letters_to[ANSWERABLE]
    (gone_on_time,) = [entry for entry in longer.differences if entry.old_late and not entry.new_late]
    assert (
        gone_on_time.old_rungs
        and gone_on_time.new_due is not None
        and gone_on_time.new_due > (gone_on_time.old_due or FIRST)
    )


def test_a_term_that_a_paper_stated_stays_as_stated(world: World) -> None:
    live_through(world)
    rules = tuple(
        replace(rule, amount=99) if rule.code == "R-RECTIFY" else rule for rule in shipped_book().deadline_rules
    )
    trial = tried(world, replace(shipped_book(), deadline_rules=rules))
    assert not [entry for entry in trial.differences if entry.rule == "R-RECTIFY"]


def test_another_calendar_and_another_ladder_are_tried_alike(world: World) -> None:
    live_through(world)
    moved = tried(world, changed(shipped_book(), off=(date(2026, 3, 12),)))
    assert [entry for entry in moved.differences if entry.new_due and entry.old_due and entry.new_due > entry.old_due]
    ladders = tuple(
        replace(ladder, rungs=tuple(rung for rung in ladder.rungs if rung.level != 2))
        for ladder in shipped_book().ladders
    )
    trial = tried(world, replace(shipped_book(), ladders=ladders))
    assert not [key for key in trial.new.rungs if key[0] == 2] and [key for key in trial.old.rungs if key[0] == 2]
    assert trial.old.late == trial.new.late


def test_a_rule_that_is_dropped_leaves_no_clock(world: World) -> None:
    live_through(world)
    rules = tuple(rule for rule in shipped_book().deadline_rules if rule.code != "R-VERIFY")
    trial = tried(world, replace(shipped_book(), deadline_rules=rules))
    assert trial.new.clocks < trial.old.clocks and officer(ANSWERABLE)
