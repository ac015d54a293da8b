"""A calendar comes into force (日历启用): every running clock is derived anew, once, and nothing moves against a unit by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from models import CalendarActivation, ClockEntry, Event, Reprojection
from tests.services.world import ANSWERABLE, World, leader, officer, shipped_book
from yisong.domain.deadlines import explain
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBook
from yisong.domain.workdays import CalendarYear, Holiday
from yisong.services import audit, calendars, clocks, deadlines, reprojections
from yisong.store import calendars as stored
from yisong.store.deadlines import of_matter

SATURDAY = date(2026, 3, 14)


def changed(
    book: RuleBook, *, off: tuple[date, ...] = (), worked: tuple[date, ...] = (), source: str = "国办调整通知"
) -> RuleBook:
    """The same book under a notice that adds days off and make-up workdays to 2026."""
    year = book.calendar.years[2026]
    holidays = year.holidays + tuple(Holiday("临时放假", day, day) for day in off)
    return book.with_calendar(
        book.calendar.with_year(CalendarYear(2026, source, holidays, year.makeup_workdays + worked))
    )


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(database_url, tmp_path)
    yield made
    made.close()


def put_in_force(world: World, book: RuleBook, *, page: int = 2) -> calendars.Reprojected:
    world.book = world.desk.book = book
    with world.write() as session:
        calendars.activate(session, book=book, on=world.on, at=world.at, source="测试")
    return calendars.reproject(world.desk.transaction, book=book, on=world.on, at=world.at, page=page)


def explained_ends(world: World, matter: int) -> list[tuple[date, date | None]]:
    """For each clock of a matter: the last day of its explanation, and the due day that the sweep uses."""
    with world.read() as session:
        return [
            (
                explain(
                    clocks.ledger_of(session, clock), calendar=clocks.calendar_of(session, book=world.book, clock=clock)
                )[-1].day,
                clock.due_on,
            )
            for clock in of_matter(session, matter)
        ]


def test_a_holiday_added_later_moves_every_running_clock_and_the_journal_says_why(world: World) -> None:
    case = world.delivered()
    assert world.clock_of(case, "R-ACCEPT").due_on == date(2026, 3, 12)
    before = len(world.events(case))
    done = put_in_force(world, changed(world.book, off=(date(2026, 3, 11),)))
    assert (done.moved, done.waiting, done.skipped) == (1, 0, [])
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on == date(2026, 3, 13) and clock.calendar_version == world.book.calendar.version
    (entry,) = world.every(ClockEntry)
    assert entry.kind == "reproject" and entry.data["old_due"] == "2026-03-12" and entry.data["new_due"] == "2026-03-13"
    assert "2026-03-11由工作日改为法定节假日" in entry.reason and entry.basis == "国办调整通知"
    event = world.events(case)[before]
    assert event.action == "reproject" and event.given["new_due"] == "2026-03-13" and "2026-03-11" in event.given["why"]
    assert audit.verify_all(world.desk.reading).faults == []
    (told,) = [row for row in world.outbox("notice") if row.payload["notice"] == "due_changed"]
    assert told.payload["department"] == ANSWERABLE


def test_a_second_run_finds_nothing_left(world: World) -> None:
    world.delivered()
    put_in_force(world, changed(world.book, off=(date(2026, 3, 11),)))
    events, outbox = len(world.every(Event)), len(world.outbox())
    again = put_in_force(world, world.book)
    assert again.total == 0
    assert (len(world.every(Event)), len(world.outbox())) == (events, outbox)
    (activation,) = world.every(CalendarActivation)
    assert activation.moved == 1 and activation.finished_at is not None


def test_a_clock_that_the_change_cannot_reach_is_counted_and_left_alone(world: World) -> None:
    case = world.delivered()
    done = put_in_force(world, changed(world.book, off=(date(2026, 6, 10),)))
    assert (done.moved, done.waiting) == (0, 0) and done.unchanged == len(stored_clocks(world))
    assert world.every(ClockEntry) == []
    assert world.clock_of(case, "R-ACCEPT").calendar_version == world.book.calendar.version


def stored_clocks(world: World) -> list[int]:
    from models import Clock

    return [clock.id for clock in world.every(Clock) if clock.status in ("running", "paused")]


def test_an_earlier_date_against_the_unit_waits_and_the_old_date_stands(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    clock = world.clock_of(order, "R-RECTIFY")
    assert clock.due_on == date(2026, 3, 16), "a Saturday moves to Monday"
    done = put_in_force(world, changed(world.book, worked=(SATURDAY,)))
    assert done.waiting == 1
    held = world.clock_of(order, "R-RECTIFY")
    assert held.due_on == date(2026, 3, 16) and held.calendar_version == shipped_book().calendar.version
    (asked,) = world.every(Reprojection)
    assert (asked.old_due, asked.new_due, asked.status) == (date(2026, 3, 16), SATURDAY, "waiting")
    assert all(end == due for end, due in explained_ends(world, order) if due is not None)
    assert not [
        row for row in world.outbox("notice") if "unit" in row.payload and row.payload["notice"] == "due_changed"
    ]
    assert put_in_force(world, world.book).total == 0, "one calendar asks about one clock once"


def test_confirming_applies_the_earlier_date_and_tells_the_unit_anew(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    put_in_force(world, changed(world.book, worked=(SATURDAY,)))
    number = world.clock_of(order, "R-RECTIFY").id or 0
    with pytest.raises(Refusal) as refused, world.write() as session:
        reprojections.confirm(
            session, book=world.book, clock_id=number, actor=officer(ANSWERABLE), on=world.on, at=world.at
        )
    assert refused.value.code == "not_your_post"
    with world.write() as session:
        reprojections.confirm(
            session, book=world.book, clock_id=number, actor=leader(ANSWERABLE), on=world.on, at=world.at
        )
    assert world.clock_of(order, "R-RECTIFY").due_on == SATURDAY
    assert all(end == due for end, due in explained_ends(world, order) if due is not None)
    assert [row for row in world.outbox("notice") if "unit" in row.payload and row.payload["notice"] == "due_changed"]
    assert world.events(order)[-1].actor_id == leader(ANSWERABLE).id
    (paper,) = world.documents("CHEHUI")
    told = world.paper(order, "ZEGAI")
    assert paper.for_service and paper.number.endswith("1号") and paper.recipient == world.unit().name
    assert (
        paper.facts["corrected"]["old_due_on"] == "2026-03-16"
        and paper.facts["corrected"]["new_due_on"] == "2026-03-14"
    )
    letter = world.desk.catalogue.compose("chehui", paper.facts, organ=paper.issuer)
    words = str(letter)
    assert told.number in words and "继续有效" in words and "2026年3月14日" in words and "作废" not in words
    assert paper.number in str([row.payload for row in world.outbox("notice") if "unit" in row.payload][-1]["lines"])
    assert {
        "paper": "CHEHUI",
        "document": paper.matter_id,
        "number": paper.number,
        "facts": paper.facts_sha256,
    } in world.events(order)[-1].effects
    world.service(order, "CHEHUI")
    assert audit.verify_all(world.desk.reading).faults == []


def test_an_earlier_date_that_has_gone_by_cannot_be_confirmed_only_declined(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    put_in_force(world, changed(world.book, worked=(SATURDAY,)))
    number = world.clock_of(order, "R-RECTIFY").id or 0
    world.go(date(2026, 3, 15))
    with pytest.raises(Refusal) as refused, world.write() as session:
        reprojections.confirm(
            session, book=world.book, clock_id=number, actor=leader(ANSWERABLE), on=world.on, at=world.at
        )
    assert refused.value.code == "date_past"
    with world.write() as session:
        reprojections.decline(
            session, clock_id=number, actor=leader(ANSWERABLE), reason="已按原期限告知", on=world.on, at=world.at
        )
    assert world.clock_of(order, "R-RECTIFY").due_on == date(2026, 3, 16)
    assert put_in_force(world, world.book).total == 0
    with world.read() as session:
        assert stored.waiting(session) == []


def test_what_a_person_does_while_a_date_waits_counts_by_the_calendar_that_was_told(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    put_in_force(world, changed(world.book, worked=(SATURDAY,)))
    world.go(date(2026, 3, 10))
    world.take(order, "suspend_term", leader(ANSWERABLE), ground="inspection", evidence="委托书1号", reason="检验")
    world.go(date(2026, 3, 11))
    world.take(order, "resume_term", leader(ANSWERABLE), reason="检验结束")
    clock = world.clock_of(order, "R-RECTIFY")
    assert clock.due_on == date(2026, 3, 16) and all(
        end == due for end, due in explained_ends(world, order) if due is not None
    )


def test_a_later_calendar_asks_anew(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    first = changed(world.book, worked=(SATURDAY,))
    put_in_force(world, first)
    done = put_in_force(world, shipped_book())
    assert (done.moved, done.waiting) == (0, 0)
    assert [asked.status for asked in world.every(Reprojection)] == ["superseded"]
    assert world.clock_of(order, "R-RECTIFY").due_on == date(2026, 3, 16)


def test_a_year_that_is_announced_makes_a_provisional_date_firm(world: World) -> None:
    order = world.served_order(world.accepted(), days=330)
    assert world.clock_of(order, "R-RECTIFY").provisional
    year = world.book.calendar.years[2026]
    named = tuple(
        Holiday(holiday.name, holiday.first.replace(year=2027), holiday.last.replace(year=2027))
        for holiday in year.holidays
    )
    done = put_in_force(
        world,
        world.book.with_calendar(world.book.calendar.with_year(CalendarYear(2027, "国办发明电〔2026〕9号", named, ()))),
    )
    assert done.skipped == []
    clock = world.clock_of(order, "R-RECTIFY")
    assert not clock.provisional or done.waiting


@contextmanager
def dying(world: World, *, after: int) -> Iterator[object]:
    """Transactions that stop being given out after so many."""
    left = [after]

    @contextmanager
    def transaction() -> Iterator[Session]:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        with world.desk.transaction() as session:
            yield session

    yield transaction


def test_a_run_that_is_killed_anywhere_is_gone_on_with(world: World) -> None:
    cases = [world.delivered() for _ in range(5)]
    book = changed(world.book, off=(date(2026, 3, 11),))
    with world.write() as session:
        calendars.activate(session, book=book, on=world.on, at=world.at)
    killed = 0
    for after in range(1, 12):
        with dying(world, after=after) as transaction:
            try:
                calendars.reproject(transaction, book=book, on=world.on, at=world.at, page=1)  # type: ignore[arg-type]
            except KeyboardInterrupt:
                killed += 1
    assert killed > 3
    calendars.reproject(world.desk.transaction, book=book, on=world.on, at=world.at)
    for case in cases:
        assert world.clock_of(case, "R-ACCEPT").due_on == date(2026, 3, 13)
    entries = world.every(ClockEntry)
    assert len(entries) == len({entry.clock_id for entry in entries}) == 5
    (activation,) = world.every(CalendarActivation)
    assert activation.moved == 5
    assert audit.verify_all(world.desk.reading).faults == []


def test_the_sweep_climbs_by_the_date_that_was_moved(world: World) -> None:
    case = world.delivered()
    put_in_force(world, changed(world.book, off=(date(2026, 3, 11),)))
    for day in (date(2026, 3, 13), date(2026, 3, 16)):
        world.go(day)
        list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))
    rungs = {(rung.key, rung.on) for rung in world.rungs() if rung.clock_id == world.clock_of(case, "R-ACCEPT").id}
    assert ("2@+1", date(2026, 3, 16)) in rungs and ("1@0", date(2026, 3, 13)) in rungs
    with world.read() as session:
        assert session.scalars(select(CalendarActivation).order_by(col(CalendarActivation.id))).first() is not None
