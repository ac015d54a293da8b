"""The edge cases that speak of time (时间边界情形), each named by its number in the domain's list, taken with real steps.

Case 10 (a seizure's own 30 and 7 days) has no clock in the county's rules; the rest of the list that speaks of time is here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col

from models import Clock, Matter, OutboxRow, Rung
from tests.services.test_calendars import changed, put_in_force
from tests.services.world import ANSWERABLE, OFFICERS, World, leader, officer, shipped_book, unit_itself
from yisong.clock import SHANGHAI
from yisong.domain.deadlines import explain
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.workdays import CalendarYear, Holiday
from yisong.notify import pacing
from yisong.services import clocks, deadlines, steps


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(sqlite_url, tmp_path)
    yield made
    made.close()


def sweep(world: World, until: date, *, hour: int = 8, minute: int = 30) -> None:
    world.go(until, hour, minute)
    list(deadlines.sweep(world.desk.transaction, book=world.book, until=until, at=world.at))


def sweep_daily(world: World, until: date) -> None:
    """Every day from now to that day, as the schedule does it."""
    day = world.on
    while day <= until:
        sweep(world, day)
        day += timedelta(days=1)


def rungs_of(world: World, clock: Clock) -> list[tuple[str, date]]:
    return [
        (rung.key, rung.on) for rung in world.every(Rung, col(Rung.on), col(Rung.level)) if rung.clock_id == clock.id
    ]


def rectify(world: World, order: int) -> Clock:
    return world.clock_of(order, "R-RECTIFY")


def refused(world: World, matter: int, action: str, actor: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        world.take(matter, action, actor, **given)
    return refusal.value.code


def test_2_a_due_day_on_a_makeup_workday_does_not_move(world: World) -> None:
    world.go(date(2026, 9, 5))
    order = world.served_order(world.accepted(), days=15)
    assert rectify(world, order).due_on == date(2026, 9, 20), "a Sunday that is worked"
    world.go(date(2026, 9, 7))
    other = world.served_order(world.accepted(unit=1), days=12)
    assert rectify(world, other).due_on == date(2026, 9, 20), "Saturday the 19th moves to the Sunday that is worked"


def test_3_an_order_served_before_a_holiday_counts_it_and_ends_after_it(world: World) -> None:
    world.go(date(2026, 9, 24))
    order = world.served_order(world.accepted(), days=10)
    assert rectify(world, order).due_on == date(2026, 10, 8), (
        "10-04 lies in the holiday, 10-08 is the first day after it"
    )
    letter = world.paper(order, "ZEGAI")
    assert letter.dated_on == date(2026, 9, 24)


def test_4_a_year_that_is_not_announced_is_provisional_and_recomputed_when_it_is(world: World) -> None:
    order = world.served_order(world.accepted(), days=339)
    assert rectify(world, order).provisional
    days_off = Holiday("春节", date(2027, 2, 5), date(2027, 2, 14))
    festivals = tuple(Holiday(name, day, day) for name, day in (("元旦", date(2027, 1, 1)), ("清明", date(2027, 4, 5))))
    put_in_force(
        world,
        world.book.with_calendar(
            world.book.calendar.with_year(CalendarYear(2027, "国办发明电〔2026〕9号", (*festivals, days_off), ()))
        ),
    )
    clock = rectify(world, order)
    assert clock.due_on == date(2027, 2, 15) and not clock.provisional
    assert [event.action for event in world.events(order)][-1] == "reproject"


def test_5_a_pending_extension_holds_escalation_and_its_decider_is_reminded(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    clock = rectify(world, order)
    world.go(date(2026, 3, 16))
    world.take(
        order, "request_extension", unit_itself(world.units[0]), reason="待料", until="2026-03-30", controls="停用"
    )
    sweep_daily(world, date(2026, 3, 20))
    assert rungs_of(world, clock) == [], "nobody is chased for the term while an extension is asked for"
    deciding = world.clock_of(order, "R-EXT-DECIDE")
    assert deciding.due_on == date(2026, 3, 19) and deciding.department == ANSWERABLE
    assert ("1@0", date(2026, 3, 19)) in rungs_of(world, deciding) and ("2@+1", date(2026, 3, 20)) in rungs_of(
        world, deciding
    )
    told = [row for row in world.outbox("notice") if row.payload.get("clock") == deciding.id]
    assert told and {row.payload["department"] for row in told} == {ANSWERABLE}
    world.take(order, "deny_extension", leader(ANSWERABLE), reason="不符合条件")
    back = rectify(world, order)
    assert back.due_on == clock.due_on and not back.held, "denied: the old date stands"
    sweep_daily(world, date(2026, 3, 24))
    assert [key for key, _ in rungs_of(world, clock)][:1] == ["2@+1"], (
        "and what is late by now is chased, from its first rung"
    )


def test_6_an_extension_asked_for_after_the_due_day_is_refused(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    given = {"reason": "待料", "until": "2026-03-30", "controls": "停用"}
    world.go(date(2026, 3, 17))
    assert refused(world, order, "request_extension", unit_itself(world.units[0]), **given) == "extension_late"
    world.go(date(2026, 3, 16), 23, 59)
    world.take(order, "request_extension", unit_itself(world.units[0]), **given)


def test_7_what_is_done_is_done_and_the_rest_gets_a_term_of_its_own(world: World) -> None:
    case = world.accepted(number=2)
    order = world.served_order(case, days=5)
    world.go(date(2026, 3, 13))
    world.take(order, "report", unit_itself(world.units[0]), report="部分完成")
    world.review(order, "partial")
    assert world.state(order) == "partial" and rectify(world, order).status == "met"
    child = world.served_order(case, days=7, parent=order)
    clock = rectify(world, child)
    assert clock.start_on == world.on and clock.due_on == date(2026, 3, 20) and clock.status == "running"
    assert rectify(world, order).due_on == date(2026, 3, 16), "the first order's term is what it was"


def test_8_merged_findings_keep_terms_of_their_own_and_the_earliest_is_shown_first(world: World) -> None:
    from yisong.store import digests

    case = world.accepted(number=2)
    world.take(case, "merge", leader(ANSWERABLE), reason="同一当事人、同次检查")
    late, early = world.served_order(case, days=20), world.served_order(case, days=5)
    assert rectify(world, early).due_on < rectify(world, late).due_on  # type: ignore[operator]
    with world.read() as session:
        due = [
            clock.due_on
            for clock, _ in digests.due_until(session, ANSWERABLE, until=date(2026, 4, 30))
            if clock.rule == "R-RECTIFY"
        ]
    assert due == sorted(due) and due[0] == rectify(world, early).due_on
    world.take(early, "report", unit_itself(world.units[0]), report="完成")
    world.review(early, "pass")
    assert rectify(world, early).status == "met" and rectify(world, late).status == "running"


def test_11_when_the_police_refuse_the_penalty_clock_goes_on_with_its_remaining_days(world: World) -> None:
    from yisong.services import findings
    from yisong.store import matters

    case = world.accepted()
    world.take(case, "file_case", leader(ANSWERABLE), cause="涉嫌违法")
    before = world.clock_of(case, "R-PENALTY-90")
    world.go(date(2026, 3, 19))
    world.take(case, "suspect_crime", officer(ANSWERABLE), reason="达到追诉标准")
    with world.write() as session:
        track = (
            findings.open_criminal(
                session, book=world.book, case=matters.matter(session, case), act=world.act("open", officer(ANSWERABLE))
            ).id
            or 0
        )
    world.take(track, "set_team", leader(ANSWERABLE), officers=OFFICERS)
    world.take(track, "submit_report", officer(ANSWERABLE), facts="事实", law="刑法")
    world.take(track, "approve", leader(ANSWERABLE))
    world.take(track, "deliver", officer(ANSWERABLE), materials=["卷宗"])
    assert (
        world.clock_of(case, "R-PENALTY-90").status == "paused" and world.clock_of(case, "R-PENALTY-90").due_on is None
    )
    world.go(date(2026, 4, 8))
    world.take(track, "refuse", officer(ANSWERABLE), reason="不构成犯罪")
    world.take(track, "return_to_admin", leader(ANSWERABLE), reason="依法给予行政处罚")
    after = world.clock_of(case, "R-PENALTY-90")
    assert after.status == "running" and before.due_on is not None and after.due_on is not None
    stood_still = (date(2026, 4, 8) - date(2026, 3, 19)).days
    expected = (
        world.book.calendar.roll_forward(before.start_on + timedelta(days=before.amount + stood_still))
        if before.unit == "nd"
        else before.due_on + timedelta(days=stood_still)
    )
    assert after.due_on == expected


def test_18_serving_again_does_not_start_the_term_again(world: World) -> None:
    order = world.served_order(world.accepted(), days=10)
    clock = rectify(world, order)
    world.go(date(2026, 3, 12))
    with pytest.raises(Refusal):
        world.service(order, "ZEGAI")
    assert [(each.id, each.start_on, each.due_on) for each in world.clocks(order, "R-RECTIFY")] == [
        (clock.id, clock.start_on, clock.due_on)
    ]


def test_19_an_announced_order_starts_its_term_when_the_announcement_is_over(world: World) -> None:
    order = world.issued_order(world.accepted(), days=10)
    world.service(order, "ZEGAI", "attempt_failed")
    record = world.service(order, "ZEGAI", "announce")
    assert world.clocks(order, "R-RECTIFY") == [], "no term runs while the announcement does"
    announced = world.clock_of(record, "R-SERVE-ANNOUNCE")
    assert announced.due_on == date(2026, 4, 8) and not announced.chased
    sweep(world, date(2026, 4, 9))
    clock = rectify(world, order)
    assert clock.start_on == date(2026, 4, 8) and clock.due_on == date(2026, 4, 20), (
        "ten days from the day after; the 18th is a Saturday"
    )
    assert rungs_of(world, announced) == []


def test_20_leaving_with_a_record_is_service_on_that_day(world: World) -> None:
    order = world.issued_order(world.accepted(), days=10)
    with pytest.raises(Refusal) as refusal:
        world.service(order, "ZEGAI", method="leaving")
    assert refusal.value.code == "leaving_without_record"
    world.service(order, "ZEGAI", method="leaving", recording="录像0001")
    assert rectify(world, order).start_on == world.on


def test_21_electronic_service_counts_from_the_day_it_reaches_the_system_read_or_not(world: World) -> None:
    from models import Unit

    order = world.issued_order(world.accepted(), days=10)
    with pytest.raises(Refusal) as refusal:
        world.service(order, "ZEGAI", method="electronic")
    assert refusal.value.code == "no_consent"
    with world.write() as session:
        unit = session.get(Unit, world.units[0])
        assert unit is not None
        unit.electronic_consent = True
        session.add(unit)
    world.service(order, "ZEGAI", method="electronic")
    assert rectify(world, order).start_on == world.on
    world.go(date(2026, 3, 27))
    assert rectify(world, order).due_on == date(2026, 3, 19), "nobody has read it, and the term has run"


def test_31_what_was_done_on_paper_counts_from_its_own_day_and_both_days_are_kept(world: World) -> None:
    case = world.case()
    world.take(case, "submit", officer("ZFJ"))
    world.go(date(2026, 3, 20))
    with world.write() as session:
        act = Act("approve", leader("ZFJ"), date(2026, 3, 10), world.at, {}, True)
        steps.take_step(session, book=world.book, matter_id=case, act=act)
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.start_on == date(2026, 3, 10) and clock.due_on == date(2026, 3, 13), "late by its own days"
    event = world.events(case)[-1]
    assert event.offline and event.on == date(2026, 3, 10) and event.at.astimezone(SHANGHAI).date() == date(2026, 3, 20)
    sweep_daily(world, date(2026, 3, 24))
    assert [day for _, day in rungs_of(world, clock)] and min(day for _, day in rungs_of(world, clock)) > date(
        2026, 3, 20
    ), "nobody is chased for days before the entry"


def test_32_after_ten_days_without_a_sweep_one_run_climbs_what_ten_would_have(
    world: World, tmp_path: Path, sqlite_template: Path
) -> None:
    import shutil

    case = world.delivered()
    last = date(2026, 3, 26)
    other = tmp_path / "daily"
    other.mkdir()
    world.desk.engine.dispose()
    for file in tmp_path.glob("yisong.db*"):
        shutil.copy(file, other / file.name)
    daily = World.__new__(World)
    daily.__dict__.update(world.__dict__)
    from tests.services.world import settings_for
    from yisong.desk import Desk

    daily.desk = Desk(
        settings=settings_for(f"sqlite:///{other / 'yisong.db'}", other), book=world.book, clock=world.clock
    )
    sweep_daily(daily.go(date(2026, 3, 9)), last)
    sweep(world, last)
    clock = world.clock_of(case, "R-ACCEPT")
    assert rungs_of(world, clock) == rungs_of(daily, clock) and len(rungs_of(world, clock)) >= 4
    assert len({day for _, day in rungs_of(world, clock)}) == len(rungs_of(world, clock)), "one rung a day"
    assert sorted(row.key for row in world.every(OutboxRow)) == sorted(row.key for row in daily.every(OutboxRow))
    assert all(world.book.calendar.is_workday(day) for _, day in rungs_of(world, clock))
    assert {row.created_at for row in world.every(OutboxRow) if row.payload.get("action") == "climb"} == {world.at}, (
        "recorded when it was"
    )
    sweep(world, last)
    assert rungs_of(world, clock) == rungs_of(daily, clock)
    daily.close()


def test_36_the_due_day_is_in_time_until_midnight_and_nobody_is_written_to_at_night(world: World) -> None:
    case = world.delivered()
    clock = world.clock_of(case, "R-ACCEPT")
    assert clock.due_on == date(2026, 3, 12)
    sweep_daily(world, date(2026, 3, 12))
    assert not [key for key, _ in rungs_of(world, clock) if key.startswith("2")]
    world.go(date(2026, 3, 12), 23, 59)
    world.take(case, "accept", leader(ANSWERABLE))
    ended = world.clock_of(case, "R-ACCEPT")
    assert ended.status == "met" and ended.ended_on == ended.due_on
    sweep_daily(world.go(date(2026, 3, 13)), date(2026, 3, 17))
    assert not [key for key, _ in rungs_of(world, clock) if key.startswith("2")]
    night = datetime.combine(date(2026, 3, 12), time(23, 0), SHANGHAI)
    ready = pacing.quiet_until(night, zone=SHANGHAI, is_working_day=world.book.calendar.is_workday)
    assert ready == datetime.combine(date(2026, 3, 13), time(7, 0), SHANGHAI)


def test_closing_a_matter_cancels_its_rungs_in_the_same_transaction(world: World) -> None:
    case = world.accepted()
    order = world.served_order(case, days=5)
    world.take(order, "withdraw", leader(ANSWERABLE), reason="文书有误")
    assert rectify(world, order).status == "cancelled" and rectify(world, order).look_on is None
    sweep_daily(world, date(2026, 3, 25))
    assert rungs_of(world, rectify(world, order)) == []


def test_every_clock_that_is_left_explains_itself_to_the_day_that_is_swept(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    world.go(date(2026, 3, 10))
    world.take(order, "suspend_term", leader(ANSWERABLE), ground="inspection", evidence="委托书", reason="检验")
    put_in_force(world, changed(world.book, off=(date(2026, 3, 18),), worked=(date(2026, 3, 21),)))
    world.go(date(2026, 3, 13))
    world.take(order, "resume_term", leader(ANSWERABLE), reason="检验结束")
    put_in_force(world, changed(shipped_book(), off=(date(2026, 3, 20),), source="再次调整"))
    with world.read() as session:
        for clock in world.every(Clock):
            if clock.due_on is not None:
                calendar = clocks.calendar_of(session, book=world.book, clock=clock)
                assert explain(clocks.ledger_of(session, clock), calendar=calendar)[-1].day == clock.due_on
    assert world.every(Matter)
