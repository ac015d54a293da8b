"""More edge cases that speak of time, by their number in the domain's list: returns, wrong subjects, reopenings, objections, revocations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.world import ANSWERABLE, ORIGIN, World, leader, officer, shipped_book, supervisor, unit_itself
from yisong.domain.escalation import issuer_of, ladder_for
from yisong.domain.lifecycle import Refusal
from yisong.domain.routing import route
from yisong.services import deadlines, listing
from yisong.services.listing_facts import refusals_of


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    made = World(sqlite_url, tmp_path)
    yield made
    made.close()


def refused(world: World, matter: int, action: str, actor: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        world.take(matter, action, actor, **given)
    return refusal.value.code


def test_1_a_second_return_goes_to_dispute_and_each_department_has_its_own_three_days(world: World) -> None:
    case = world.delivered()
    world.go(date(2026, 3, 11))
    given = {"reason": "不属本部门", "basis": "权责清单", "proposed_department": "XFJ"}
    world.take(case, "return_jurisdiction", leader(ANSWERABLE), **given)
    first = world.clock_of(case, "R-ACCEPT")
    assert first.status == "met" and first.ended_on == date(2026, 3, 11)
    world.go(date(2026, 3, 12))
    world.take(case, "reroute", leader(ORIGIN), department="XFJ", reason="同意")
    again = [clock for clock in world.clocks(case, "R-ACCEPT") if clock.status == "running"]
    assert [(clock.department, clock.start_on, clock.due_on) for clock in again] == [
        ("XFJ", date(2026, 3, 12), date(2026, 3, 17))
    ]
    assert world.matter(case).opened_on == date(2026, 3, 9), "the whole time is counted from the first transfer"
    world.take(case, "return_jurisdiction", leader("XFJ"), **{**given, "proposed_department": ANSWERABLE})
    assert world.state(case) == "in_dispute"
    assert world.clock_of(case, "R-DISPUTE-NEGOTIATE").due_on == date(2026, 3, 23), "seven working days"


def test_14_an_order_against_the_wrong_unit_leaves_no_term_and_the_new_one_has_its_own(world: World) -> None:
    case = world.accepted()
    wrong = world.served_order(case, days=5)
    world.go(date(2026, 3, 12))
    world.take(wrong, "withdraw", leader(ANSWERABLE), reason="主体写错")
    assert {clock.status for clock in world.clocks(wrong)} <= {"cancelled", "met"}
    new = world.served_order(case, days=5)
    assert world.clock_of(new, "R-RECTIFY").start_on == date(2026, 3, 12)
    world.go(date(2026, 3, 24))
    list(deadlines.sweep(world.desk.transaction, book=world.book, until=world.on, at=world.at))
    assert not [rung for rung in world.rungs() if rung.matter_id == wrong], "nobody is chased for what was withdrawn"


def test_16_a_renamed_organ_bears_its_name_and_prefix_of_the_day(world: World) -> None:
    organ = world.book.organ("WLJ")
    changed = [name.valid_from for name in organ.names if name.valid_from is not None]
    assert changed, "the county has renamed this organ"
    day = max(changed)
    before = date.fromordinal(day.toordinal() - 1)
    assert organ.name_on(day) != organ.name_on(before) and organ.prefix_on(day) != organ.prefix_on(before)


def test_17_a_grant_taken_back_moves_later_findings_only_and_no_case_under_way(sqlite_url: str, tmp_path: Path) -> None:
    """乡镇赋权收回: the list of the finding's day decides, and whoever has the case keeps it."""
    shipped = shipped_book()
    rows = tuple(
        replace(row, valid_to=date(2026, 9, 29))
        if (row.item, row.list_code, row.town) == ("CY-11", "TOWN", "SLZ")
        else row
        for row in shipped.routing_rows
    )
    assert rows != tuple(shipped.routing_rows)
    book = replace(shipped, routing_rows=rows)
    before, after = (
        route("CY-11", place_town="SLZ", found_on=day, book=book).department
        for day in (date(2026, 9, 29), date(2026, 9, 30))
    )
    assert before == "SLZ" and after not in (None, "SLZ")
    world = World(sqlite_url, tmp_path, book=book)
    world.go(date(2026, 9, 28))
    case = world.case(to="SLZ", item="CY-11")
    world.take(case, "submit", officer(ORIGIN))
    world.take(case, "approve", leader(ORIGIN))
    world.go(date(2026, 9, 30))
    assert world.matter(case).responsible == "SLZ" and world.state(case) == "pending_acceptance"
    world.take(case, "accept", leader("SLZ"))
    assert world.clock_of(case, "R-VERIFY").department == "SLZ"
    world.close()


def test_24_who_was_removed_and_refuses_again_is_counted_anew(world: World) -> None:
    """移出后又拒改: old facts begin no second listing; new ones are counted from nought."""
    listed = world.listing()
    world.take(listed, "reject", supervisor(world.book), reason="不宜列入")
    with world.write() as session:
        assert listing.watch(session, book=world.book, on=world.on, at=world.at) == []
    world.go(world.on + timedelta(days=1))
    world.failed_order()
    with world.write() as session:
        ((opened, action),) = listing.watch(session, book=world.book, on=world.on, at=world.at)
    assert (action, opened.state) == ("open", "watch") and opened.id != listed
    with world.read() as session:
        assert refusals_of(session, book=world.book, unit_id=world.units[0], on=world.on).count == 1


def test_22_a_fraudulent_review_reopens_the_case_with_a_clock_of_its_own(world: World) -> None:
    case = world.accepted()
    order = world.served_order(case, days=5)
    world.go(date(2026, 3, 12))
    world.take(order, "report", unit_itself(world.units[0]), report="完成")
    world.review(order, "pass")
    for action, who in (("feed_back", officer(ANSWERABLE)), ("close", leader(ANSWERABLE))):
        world.take(case, action, who)
    world.go(date(2026, 4, 1))
    assert (
        refused(world, case, "reopen", leader(ANSWERABLE), ground="new_violation", reason="又犯") == "new_violation"
    ), "case 23"
    world.take(case, "reopen", leader(ANSWERABLE), ground="review_fraud", reason="照片造假")
    running = [clock for clock in world.clocks(case, "R-VERIFY") if clock.status == "running"]
    assert [(clock.start_on, clock.amount) for clock in running] == [(date(2026, 4, 1), 15)]


def test_25_a_revoked_listing_is_withdrawn_from_publication_within_three_working_days(world: World) -> None:
    listed = world.effective()
    revoked = world.on
    world.take(listed, "revoke", supervisor(world.book), reason="复议撤销")
    clock = world.clock_of(listed, "R-PUB-WITHDRAW")
    assert clock.start_on == revoked and clock.due_on == world.book.calendar.add_workdays(revoked, 3)
    world.take(listed, "withdraw_publicity", officer(world.matter(listed).responsible))
    assert world.clock_of(listed, "R-PUB-WITHDRAW").status == "met"


def test_26_an_objection_is_reviewed_in_five_working_days_and_stops_nothing(world: World) -> None:
    order = world.served_order(world.accepted(), days=10)
    term = world.clock_of(order, "R-RECTIFY")
    assert refused(world, order, "answer_objection", leader(ANSWERABLE), reply="无") == "no_objection"
    world.take(order, "object", unit_itself(world.units[0]), claim="认定有误")
    clock = world.clock_of(order, "R-OBJECTION")
    assert (clock.unit, clock.due_on, clock.department) == ("wd", date(2026, 3, 16), ANSWERABLE)
    assert world.clock_of(order, "R-RECTIFY").due_on == term.due_on and not world.clock_of(order, "R-RECTIFY").held
    assert refused(world, order, "answer_objection", officer(ANSWERABLE), reply="不成立") == "wrong_role"
    for day in (date(2026, 3, 17), date(2026, 3, 18)):
        world.go(day, 8, 30)
        list(deadlines.sweep(world.desk.transaction, book=world.book, until=day, at=world.at))
    assert [rung.key for rung in world.rungs() if rung.clock_id == clock.id][-1] == "2@+1", "late answers are chased"
    world.take(order, "answer_objection", leader(ANSWERABLE), reply="不成立，维持")
    assert world.clock_of(order, "R-OBJECTION").status == "met"
    world.take(order, "object", unit_itself(world.units[0]), claim="仍不服")
    assert [each.status for each in world.clocks(order, "R-OBJECTION")] == ["met", "running"], "a new one, a new term"


def test_29_nobody_supervises_itself_and_30_the_city_s_branch_is_told_upwards() -> None:
    book = shipped_book()
    rung = next(each for each in book.ladders[0].rungs if each.level == 3)
    assert issuer_of(rung, chased=book.organ(book.guidance_code), book=book).organ == book.supervisor_code
    branch = next(organ for organ in book.organs if organ.level.value == "city_branch")
    assert issuer_of(rung, chased=branch, book=book).city_path
    assert (
        ladder_for(book.ladders, rule="R-SEIZE").code == "seizure"
        and ladder_for(book.ladders, rule="R-ACCEPT").code == "default"
    )
