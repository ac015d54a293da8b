"""The sweep (期限巡查): late, doubled or among bad rows, it does the same as a punctual one among good ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col

from models import Clock, Document, Event, Matter, OutboxRow, Rung, SweepDay
from tests.services.scenes import CLERK, HEAD, OUR_HEAD, REASON, lapse, unit_of
from tests.services.world import ANSWERABLE, World
from yisong.services import audit, deadlines
from yisong.services.deadlines import Swept


def sweep(world: World, until: date) -> list[tuple[date, Swept]]:
    """The morning's sweep of a day, with all days that were missed."""
    world.go(until, 8, 30)
    return list(deadlines.sweep(world.desk.transaction, book=world.book, until=until, at=world.at))


def working_days(world: World, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [day for day in days if world.book.calendar.is_workday(day)]


def all_rows(world: World) -> dict[str, Any]:
    """Everything that the sweeps have brought about, without the instants at which they ran and what follows from these alone."""
    codes = {matter.id: matter.code for matter in world.every(Matter, col(Matter.id))}
    clocks = {clock.id: (codes[clock.matter_id], clock.rule) for clock in world.every(Clock, col(Clock.id))}

    def facts(paper: Document) -> Any:
        undated = {
            name: value for name, value in paper.facts.items() if name not in ("issued_on", "interview", "issuer")
        }
        if "clock" in undated:
            undated["clock"] = {name: value for name, value in undated["clock"].items() if name != "reply_by"}
        return undated

    return {
        "states": {matter.code: (matter.state, matter.seq) for matter in world.every(Matter, col(Matter.id))},
        "clocks": sorted((*clocks[clock.id], clock.start_on, str(clock.due_on), clock.status, clock.lapse, str(clock.look_on)) for clock in world.every(Clock, col(Clock.id))),
        "rungs": sorted((*clocks[rung.clock_id], rung.key, rung.on, rung.status, rung.issuer) for rung in world.rungs()),
        "events": [
            (codes[event.matter_id], event.seq, event.action, event.source, event.target, event.on)
            for event in world.every(Event, col(Event.matter_id), col(Event.seq))
        ],
        "papers": sorted((codes[paper.subject_id], paper.type_code, paper.number, paper.recipient, str(facts(paper))) for paper in world.documents()),
        "outbox": sorted(row.key for row in world.outbox()),
    }  # fmt: skip


def crowd(world: World) -> None:
    """Cases whose clocks run out in every way within three weeks: late acceptance, a supplement, an order without a report, a review."""
    for _ in range(3):
        world.delivered()
    waiting = world.delivered()
    world.take(waiting, "request_supplement", CLERK, items=["主体证明"], reason="材料不全")
    world.served_order(world.accepted(), days=4)
    reported = world.served_order(world.accepted(), days=15)
    world.take(reported, "report", unit_of(world, reported), report="已整改")
    held = world.served_order(world.accepted(), days=3)
    world.take(held, "request_extension", unit_of(world, held), reason="设备未到", until="2026-04-20", controls="停用")
    world.issued_order(world.accepted(to="XFJ"))
    world.accepted(to="HBJ")
    world.delivered(urgent=True)


def test_two_sweeps_of_a_day_are_one(world: World) -> None:
    crowd(world)
    sweep(world, date(2026, 3, 20))
    once = all_rows(world)
    assert len(once["rungs"]) > 20
    for _ in range(2):
        again = sweep(world, date(2026, 3, 20))
        assert [(swept.lapsed, swept.climbed) for _, swept in again] == [(0, 0)]
    assert all_rows(world) == once
    assert audit.verify_all(world.desk.reading).faults == []


def test_the_same_page_swept_again_in_the_same_transaction_climbs_nothing(world: World) -> None:
    crowd(world)
    sweep(world, date(2026, 3, 12))
    rungs = len(world.rungs())
    world.go(date(2026, 3, 12), 9)
    with world.write() as session:
        for _ in range(2):
            deadlines.sweep_page(session, book=world.book, day=world.on, at=world.at)
    assert len(world.rungs()) == rungs


@pytest.mark.parametrize(
    "missed",
    [(date(2026, 3, 10), date(2026, 3, 25)), (date(2026, 3, 27), date(2026, 4, 10))],
    ids=["plain weeks", "over a holiday"],
)
def test_ten_missed_days_and_one_sweep_are_ten_daily_sweeps(
    small_worlds: tuple[World, World], missed: tuple[date, date]
) -> None:
    """The days are walked in order: what fell due on each is recorded for that day, letters are numbered in that order."""
    punctual, late = small_worlds
    first, last = missed
    for world in (punctual, late):
        world.go(first - timedelta(days=1))
        crowd(world)
        sweep(world, first)
    for offset in range((last - first).days):
        sweep(punctual, first + timedelta(days=offset + 1))
    days = [day for day, _ in sweep(late, last)]
    assert days == [first + timedelta(days=offset + 1) for offset in range((last - first).days)]
    assert all_rows(late) == all_rows(punctual)
    assert len(working_days(late, first, last)) >= 10
    assert {paper.dated_on for paper in late.documents("CUIBAN")} <= {first, last}, (
        "a letter bears the day on which it is made"
    )
    assert audit.verify_all(late.desk.reading).faults == []


@pytest.fixture
def small_worlds(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[World, World]]:
    """Two worlds of their own, to compare."""
    import shutil

    worlds = []
    for name in ("punctual", "late"):
        home = tmp_path / name
        home.mkdir()
        for file in sqlite_template.parent.glob("template.db*"):
            shutil.copy(file, home / file.name.replace("template", "yisong"))
        worlds.append(World(f"sqlite:///{home / 'yisong.db'}", home))
    yield worlds[0], worlds[1]
    for world in worlds:
        world.close()


def test_nobody_is_reminded_on_a_day_of_rest(world: World) -> None:
    """Weekends and 清明; the make-up Saturday is a working day like any other."""
    world.go(date(2026, 3, 30))
    crowd(world)
    last = date(2026, 4, 30)
    sweep(world, last)
    climbed = {rung.on for rung in world.rungs()}
    assert climbed and all(world.book.calendar.is_workday(day) for day in climbed)
    rest = {date(2026, 4, 4), date(2026, 4, 5), date(2026, 4, 6), date(2026, 4, 11), date(2026, 4, 12)}
    assert not climbed & rest
    assert {event.on for event in world.every(Event, col(Event.at)) if event.action == "climb"} == climbed


def test_the_make_up_saturday_is_swept_like_any_working_day(world: World) -> None:
    world.go(date(2026, 9, 15))
    case = world.delivered()
    assert world.book.calendar.is_workday(date(2026, 9, 20)), "a Sunday that makes up for the holiday"
    assert world.clock_of(case, "R-ACCEPT").due_on == date(2026, 9, 18)
    sweep(world, date(2026, 9, 20))
    assert ("2@+1", date(2026, 9, 20)) in {(rung.key, rung.on) for rung in world.rungs()}


def test_a_clock_climbs_one_rung_a_day_and_none_is_left_out(world: World) -> None:
    case = world.delivered()
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on is not None
    sweep(world, world.book.calendar.add_workdays(clock.due_on, 12))
    mine = [rung for rung in world.rungs() if rung.clock_id == clock.id]
    assert len({rung.on for rung in mine}) == len(mine)
    later = [(rung.key, rung.on) for rung in mine if rung.level >= 1]
    assert later == [
        ("1@0", clock.due_on), *((f"{level}@+{days}", world.book.calendar.add_workdays(clock.due_on, days)) for level, days in ((2, 1), (3, 3), (4, 7), (5, 10))),
    ]  # fmt: skip
    assert [rung.status for rung in mine if rung.level == 5] == ["proposed"]
    assert [
        paper.type_code for paper in world.documents() if paper.type_code in ("CUIBAN", "DUBAN", "GUAPAI", "TONGBAO")
    ] == ["CUIBAN", "DUBAN", "GUAPAI"]


def test_a_sweep_that_begins_late_still_climbs_one_rung_a_day(world: World) -> None:
    """The platform stood still for a month: nothing is skipped, nothing comes twice, and it comes day by day as it would have."""
    case = world.delivered()
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on is not None
    day = world.book.calendar.add_workdays(clock.due_on, 20)
    world.go(day, 8, 30)
    with world.write() as session:
        session.add(SweepDay(day=day - timedelta(days=1), at=world.at))
    for offset in range(8):
        sweep(world, day + timedelta(days=offset))
    mine = [rung for rung in world.rungs() if rung.clock_id == clock.id]
    assert [rung.level for rung in mine] == [2, 3, 4, 5]
    assert len({rung.on for rung in mine}) == 4 and all(world.book.calendar.is_workday(rung.on) for rung in mine)


def test_the_guidance_office_does_not_chase_itself(world: World) -> None:
    case = world.case()
    clock = world.clock_of(case, "R-TRANSFER")
    assert clock.department == world.book.guidance_code and clock.due_on is not None
    sweep(world, world.book.calendar.add_workdays(clock.due_on, 3))
    assert {paper.issuer for paper in world.documents("CUIBAN") + world.documents("DUBAN")} == {
        world.book.supervisor_code
    }


# — what ends a clock ends its ladder —

ENDINGS = {
    "accepted": lambda world, case: world.take(case, "accept", HEAD),
    "voided": lambda world, case: world.take(case, "void", OUR_HEAD, **REASON),
    "terminated": lambda world, case: world.take(case, "terminate", HEAD, successor_checked=True, **REASON),
    "returned": lambda world, case: world.take(
        case, "return_groundless", HEAD, ground="duplicate", reason="重复", basis="第二十九条"
    ),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_has_ended_is_chased_no_more(world: World, ending: str) -> None:
    case = world.delivered()
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on is not None
    sweep(world, world.book.calendar.add_workdays(clock.due_on, 1))
    before = len([rung for rung in world.rungs() if rung.clock_id == clock.id])
    ENDINGS[ending](world, case)
    sweep(world, world.book.calendar.add_workdays(clock.due_on, 15))
    assert len([rung for rung in world.rungs() if rung.clock_id == clock.id]) == before
    assert world.clocks(case, "R-ACCEPT")[0].look_on is None


def test_closing_a_case_ends_every_clock_of_it(world: World) -> None:
    case = world.accepted()
    order = world.served_order(case)
    world.take(order, "report", unit_of(world, order), report="已整改")
    world.review(order, "pass")
    world.take(case, "feed_back", CLERK)
    world.take(case, "close", HEAD)
    running = [
        clock
        for clock in world.every(Clock, col(Clock.id))
        if clock.case_id == case and clock.status in ("running", "paused")
    ]
    assert running == []
    rungs = len(world.rungs())
    sweep(world, date(2026, 6, 30))
    assert len(world.rungs()) == rungs


@pytest.mark.parametrize("pause", ["suspend_term", "request_extension"])
def test_what_stands_still_is_not_chased(world: World, pause: str) -> None:
    order = world.served_order(world.accepted(), days=4)
    given: dict[str, Any] = (
        {"ground": "inspection", "evidence": "检验委托书", "reason": "检验"}
        if pause == "suspend_term"
        else {"reason": "设备未到", "until": "2026-05-01", "controls": "停用"}
    )
    world.take(order, pause, HEAD if pause == "suspend_term" else unit_of(world, order), **given)
    clock = world.clock_of(order, "R-RECTIFY")
    sweep(world, date(2026, 4, 30))
    assert [rung for rung in world.rungs() if rung.clock_id == clock.id] == []
    assert world.state(order) in ("suspended", "extension_pending")
    world.take(order, "resume_term" if pause == "suspend_term" else "deny_extension", HEAD, **REASON)
    sweep(world, date(2026, 5, 8))
    assert world.clocks(order, "R-REVIEW") or world.clock_of(order, "R-RECTIFY").due_on > world.on  # type: ignore[operator]


# — bad rows —

POISON = {
    "an unknown department": ("UPDATE clock SET department = 'XXX' WHERE id = :clock", "XXX"),
    "a finding of an unknown item": (
        "UPDATE finding SET item_code = 'NO-1' WHERE matter_id IN (SELECT id FROM matter WHERE kind = 'finding' AND case_id = :case)",
        "NO-1",
    ),
    "an origin that no longer exists": ("UPDATE matter SET origin = 'YYY' WHERE id = :case", "YYY"),
    "a rule without a ladder to judge it": (
        "UPDATE clock SET severity = 'unheard-of', department = 'ZZZ' WHERE id = :clock",
        "ZZZ",
    ),
}


@pytest.mark.parametrize("poison", POISON)
def test_one_bad_row_is_named_and_the_others_are_swept(world: World, poison: str) -> None:
    good, bad = world.delivered(), world.delivered()
    also_good = world.delivered()
    clock = world.clock_of(bad, "R-ACCEPT")
    statement, name = POISON[poison]
    with world.desk.engine.connect() as connection:
        assert connection.execute(text(statement), {"clock": clock.id, "case": bad}).rowcount >= 1
        connection.commit()
    assert clock.due_on is not None
    day = world.book.calendar.add_workdays(clock.due_on, 1)
    swept = sweep(world, day)
    named = [(number, why) for _, each in swept for number, why in each.skipped]
    assert {number for number, _ in named} == {clock.id} and all(name in why for _, why in named)
    for case in (good, also_good):
        mine = world.clock_of(case, "R-ACCEPT")
        assert "2@+1" in {rung.key for rung in world.rungs() if rung.clock_id == mine.id}
    assert [paper.number for paper in world.documents("CUIBAN")] == ["云综执催〔2026〕1号", "云综执催〔2026〕2号"], (
        "no number is lost to it"
    )
    with world.read() as session:
        kept = session.get(SweepDay, day)
        assert kept is not None and kept.skipped == 1
    assert audit.verify_all(world.desk.reading).faults == []


def test_a_bad_row_is_named_every_day_until_it_is_mended_and_climbs_then(world: World) -> None:
    bad = world.delivered()
    clock = world.clock_of(bad, "R-ACCEPT")
    assert clock.due_on is not None
    with world.desk.engine.connect() as connection:
        connection.execute(text("UPDATE clock SET department = 'XXX' WHERE id = :clock"), {"clock": clock.id})
        connection.commit()
    swept = sweep(world, world.book.calendar.add_workdays(clock.due_on, 3))
    late = [day for day, each in swept if each.skipped]
    assert set(working_days(world, clock.due_on, world.on)) <= set(late)
    with world.desk.engine.connect() as connection:
        connection.execute(
            text("UPDATE clock SET department = :who WHERE id = :clock"), {"clock": clock.id, "who": ANSWERABLE}
        )
        connection.commit()
    sweep(world, world.book.calendar.add_workdays(clock.due_on, 4))
    assert [rung.key for rung in world.rungs() if rung.clock_id == clock.id] == ["2@+1"]


def test_a_lapse_that_the_table_refuses_is_named_and_stops_nothing(world: World) -> None:
    """A row that was moved behind the programme's back: its lapse is refused by name, the next one is taken."""
    bad, good = (world.served_order(world.accepted(), days=3) for _ in range(2))
    with world.desk.engine.connect() as connection:
        connection.execute(text("UPDATE matter SET state = 'passed' WHERE id = :order"), {"order": bad})
        connection.commit()
    due = world.clock_of(good, "R-RECTIFY").due_on
    assert due is not None
    world.go(due + timedelta(days=1))
    swept = deadlines.lapse_all(world.desk.transaction, book=world.book, day=world.on, at=world.at)
    assert swept.lapsed == 1
    ((number, why),) = swept.skipped
    assert number == world.clock_of(bad, "R-RECTIFY").id and "期限届满未报告" in why
    assert [event.action for event in world.events(good)][-1] == "expire"
    assert world.clock_of(bad, "R-RECTIFY").lapse == "expire", "it is not forgotten"


# — midnight —


def test_a_term_ends_at_midnight_and_not_when_the_offices_open(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    due = world.clock_of(order, "R-RECTIFY").due_on
    assert due is not None
    world.go(due, 23, 59)
    assert deadlines.lapse_all(world.desk.transaction, book=world.book, day=world.on, at=world.at).lapsed == 0
    lapse(world, due)
    last = world.events(order)[-1]
    assert (last.action, last.on) == ("expire", due)
    assert deadlines.lapse_all(world.desk.transaction, book=world.book, day=world.on, at=world.at).lapsed == 0


def test_the_sweep_takes_the_lapses_that_midnight_missed(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    due = world.clock_of(order, "R-RECTIFY").due_on
    assert due is not None
    sweep(world, due + timedelta(days=4))
    assert [event.on for event in world.events(order) if event.action == "expire"] == [due]
    assert world.clock_of(order, "R-REVIEW").start_on == due


def test_a_sweep_knows_how_late_it_is(world: World) -> None:
    world.delivered()
    with world.read() as session:
        assert deadlines.health(session, today=world.on)["last_swept"] is None
    sweep(world, world.on)
    with world.read() as session:
        health = deadlines.health(session, today=world.on + timedelta(days=3))
    assert (health["last_swept"], health["days_behind"]) == ("2026-03-09", 3)


def test_pages_do_not_matter(small_worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine clocks a page or all at once: the same rows, in the same order, with the same numbers."""
    whole, paged = small_worlds
    for world in small_worlds:
        crowd(world)
    sweep(whole, date(2026, 3, 25))
    monkeypatch.setattr(deadlines, "PAGE", 3)
    sweep(paged, date(2026, 3, 25))
    assert all_rows(paged) == all_rows(whole)
    assert paged.every(OutboxRow, col(OutboxRow.id)) and paged.every(Rung, col(Rung.clock_id))
