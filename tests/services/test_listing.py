"""Who refuses again and again (重点监管对象): what counts, what does not and why, and that the count decides nothing by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col

from models import Listing, Matter
from tests.services.scenes import CLERK, HEAD, REASON, lapse, unit_of
from tests.services.scenes_of_listings import adopted, bring
from tests.services.scenes_of_orders import order_in
from tests.services.world import ANSWERABLE, OFFICERS, World, leader, officer, shipped_book, supervisor, unit_itself
from yisong.domain.lifecycle import Refusal
from yisong.domain.refusal import RefusalCount, RefusalRule, Window
from yisong.domain.roles import SYSTEM
from yisong.services import audit, listing
from yisong.services.listing_facts import counted_for, refusals_of
from yisong.store import matters


def count(world: World, unit: int = 0, on: date | None = None) -> RefusalCount:
    with world.read() as session:
        return refusals_of(session, book=world.book, unit_id=world.units[unit], on=on or world.on)


def watch(world: World) -> list[tuple[str, str]]:
    with world.write() as session:
        return [
            (matter.code, action)
            for matter, action in listing.watch(session, book=world.book, on=world.on, at=world.at)
        ]


def listings(world: World, unit: int = 0) -> list[Matter]:
    return [
        matter
        for matter in world.every(Matter, col(Matter.id))
        if matter.kind == "listing" and matter.unit_id == world.units[unit]
    ]


def reasons(found: RefusalCount) -> list[str]:
    return [why for _, why in found.excluded]


# — what counts —


def test_an_order_counts_when_its_term_ran_out_and_its_review_failed(world: World) -> None:
    order = world.failed_order()
    found = count(world)
    assert [each.order_number for each in found.counted] == [world.paper(order, "ZEGAI").number]
    assert (found.count, found.threshold, found.reached) == (1, 3, False)
    assert found.counted[0].served_on == date(2026, 3, 9) and found.counted[0].reviewed_on == world.on


def excluded_not_served(world: World) -> None:
    world.issued_order(world.accepted())


def excluded_in_time(world: World) -> None:
    world.served_order(world.accepted())


def excluded_waiting(world: World) -> None:
    order = world.served_order(world.accepted(), days=3)
    lapse(world, world.clock_of(order, "R-RECTIFY").due_on)


def excluded_passed(world: World) -> None:
    order = world.served_order(world.accepted(), days=3)
    lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
    world.review(order, "pass")


def excluded_partial(world: World) -> None:
    order = world.served_order(world.accepted(), days=3)
    lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
    world.review(order, "partial")


def excluded_early(world: World) -> None:
    order = order_in(world, world.accepted(), "failed")
    world.go((world.clock_of(order, "R-RECTIFY").due_on or world.on) + timedelta(days=1))


def excluded_withdrawn(world: World) -> None:
    world.take(world.failed_order(), "withdraw", HEAD, **REASON)


def excluded_withdrawn_after_refusal(world: World) -> None:
    order = world.failed_order()
    world.take(order, "record_refusal", HEAD, **REASON)
    world.take(order, "withdraw", HEAD, **REASON)


def excluded_terminated(world: World) -> None:
    order = world.failed_order()
    world.take(world.matter(order).case_id or 0, "terminate", HEAD, successor_checked=True, **REASON)


def excluded_extension(world: World) -> None:
    order = world.served_order(world.accepted(), days=3)
    world.take(
        order, "request_extension", unit_of(world, order), reason="设备未到", until="2026-04-20", controls="停用"
    )
    world.go(world.on + timedelta(days=10))


def suspended(ground: str) -> Any:
    def scene(world: World) -> None:
        order = world.served_order(world.accepted(), days=3)
        world.take(order, "suspend_term", HEAD, ground=ground, evidence="证明材料1号", reason="依法中止")
        world.go(world.on + timedelta(days=10))

    return scene


EXCLUDED = {
    "never served": (excluded_not_served, "责令改正通知书尚未有效送达"),
    "still in its term": (excluded_in_time, "改正期限尚未届满"),
    "not reviewed": (excluded_waiting, "尚无复查结论"),
    "passed": (excluded_passed, "复查合格"),
    "partly done": (excluded_partial, "复查结论为部分完成，未完成项另行责令改正"),
    "reviewed too early": (excluded_early, "复查时改正期限尚未届满"),
    "withdrawn": (excluded_withdrawn, "责令改正通知书已撤回或撤销"),
    "withdrawn after the refusal was recorded": (excluded_withdrawn_after_refusal, "责令改正通知书已撤回或撤销"),
    "its case ended": (excluded_terminated, "责令改正通知书已撤回或撤销"),
    "an extension is open": (excluded_extension, "延期申请尚未批复"),
    "being inspected": (suspended("inspection"), "期限中止计算中"),
    "its execution was stayed": (suspended("stay_of_execution"), "复议或者诉讼期间已停止执行"),
    "force majeure": (suspended("force_majeure"), "因不可抗力未能改正"),
}


@pytest.mark.parametrize("why", EXCLUDED)
def test_an_order_that_does_not_count_says_why(world: World, why: str) -> None:
    scene, reason = EXCLUDED[why]
    scene(world)
    found = count(world)
    assert found.count == 0 and reasons(found) == [reason]
    assert watch(world) == [] and listings(world) == []


def test_a_revoked_conclusion_takes_its_refusal_with_it(world: World) -> None:
    order = order_in(world, world.accepted(), "passed")
    (review,) = world.kin(world.matter(order).case_id or 0, "review")
    world.take(review, "revoke", HEAD, **REASON)
    world.go((world.clock_of(order, "R-RECTIFY").due_on or world.on) + timedelta(days=1))
    assert reasons(count(world)) == ["复查结论已撤销"]
    world.review(order, "fail")
    assert count(world).count == 1, "the new review counts"


def test_a_stay_that_has_ended_does_not_excuse_for_ever(world: World) -> None:
    order = world.served_order(world.accepted(), days=5)
    world.take(order, "suspend_term", HEAD, ground="stay_of_execution", evidence="裁定书", reason="停止执行")
    world.go(world.on + timedelta(days=4))
    world.take(order, "resume_term", HEAD, **REASON)
    lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
    world.review(order, "fail")
    assert count(world).count == 1


def test_other_units_and_other_years_do_not_count(world: World) -> None:
    world.failed_order(unit=0)
    world.failed_order(unit=1)
    assert [count(world, unit).count for unit in range(3)] == [1, 1, 0]
    later = count(world, on=date(2027, 1, 4))
    assert later.count == 0 and reasons(later) == ["复查日期不在2027-01-01至2027-12-31之内"]


def test_a_refusal_counts_by_the_day_of_its_review(world: World) -> None:
    """Served in December, reviewed in January: one of the new year."""
    world.go(date(2026, 12, 21))
    order = world.served_order(world.accepted(), days=7)
    world.go(date(2027, 1, 5))
    world.review(order, "fail")
    assert count(world).count == 1 and count(world, on=date(2026, 12, 31)).count == 0


def test_twelve_rolling_months_can_be_chosen_instead(sqlite_url: str, tmp_path: Path) -> None:
    rolling = replace(
        shipped_book(), refusal_rule=RefusalRule(threshold=2, window=Window.ROLLING_12_MONTHS, basis="县办法")
    )
    world = World(sqlite_url, tmp_path, book=rolling)
    world.go(date(2026, 11, 2))
    world.failed_order()
    world.go(date(2027, 2, 1))
    world.failed_order()
    assert count(world).reached and watch(world)[-1][1] == "nominate"
    assert count(world, on=date(2027, 11, 20)).count == 1
    world.close()


# — warning and candidate —


def test_the_count_opens_a_warning_and_at_the_threshold_a_candidate_and_no_more(world: World) -> None:
    world.failed_order()
    assert [action for _, action in watch(world)] == ["open"]
    assert watch(world) == [], "the same evening once more"
    world.failed_order()
    assert watch(world) == []
    world.failed_order()
    assert [action for _, action in watch(world)] == ["nominate"]
    assert watch(world) == []
    (listed,) = listings(world)
    assert (listed.state, listed.responsible, listed.code) == ("candidate", ANSWERABLE, "ZD-2026-001")
    assert [event.actor_id for event in world.events(listed.id or 0)] == ["system", "system"]
    assert world.documents("LIERU_GZ") == [] and world.documents("LIERU_JD") == [], "people decide"


def test_three_at_once_are_a_candidate_in_one_evening(world: World) -> None:
    for _ in range(3):
        world.failed_order()
    assert [action for _, action in watch(world)] == ["open", "nominate"]


def test_the_department_that_met_the_first_refusal_leads(world: World) -> None:
    for department in ("SJJ", ANSWERABLE):
        order = world.served_order(world.accepted(to=department), days=3)
        lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
        world.review(order, "fail")
    watch(world)
    assert [matter.responsible for matter in listings(world)] == ["SJJ"]


def test_a_threshold_that_the_county_has_set_is_the_one_that_counts(sqlite_url: str, tmp_path: Path) -> None:
    world = World(
        sqlite_url, tmp_path, book=replace(shipped_book(), refusal_rule=RefusalRule(threshold=1, basis="县办法"))
    )
    world.failed_order()
    assert [action for _, action in watch(world)] == ["open", "nominate"]
    with world.read() as session:
        row = session.get(Listing, listings(world)[0].id)
        assert row is not None and (row.year, row.threshold) == (2026, 1)
    world.close()


def test_a_unit_that_cannot_be_judged_is_named_and_the_others_are(world: World) -> None:
    bad, good = (world.failed_order(unit=unit) for unit in (0, 1))
    with world.desk.engine.connect() as connection:
        connection.execute(
            text(
                'UPDATE matter SET details = \'{"served_on": "unlesbar"}\' WHERE id = :order'.replace('": "', '" : "')
            ),
            {"order": bad},
        )
        connection.commit()
    skipped: list[tuple[int, str]] = []
    with world.write() as session:
        moved = listing.watch(session, book=world.book, on=world.on, at=world.at, skipped=skipped)
    assert [unit for unit, _ in skipped] == [world.units[0]] and "unlesbar" in skipped[0][1]
    assert [matter.unit_id for matter, _ in moved] == [world.units[1]] and world.state(good) == "failed"


# — old facts —


@pytest.mark.parametrize("ending", ["dismissed", "rejected", "revoked", "removed", "expired"])
def test_what_a_listing_was_about_does_not_begin_another(world: World, ending: str) -> None:
    """移出后又拒改：重新计数，不得用旧事实重复列入."""
    if ending == "dismissed":
        world.failed_order()
        watch(world)
        listed = listings(world)[0].id or 0
        world.take(listed, "dismiss", HEAD, **REASON)
        before = 1
    else:
        listed, before = world.listing(), 3
        if ending == "rejected":
            world.take(listed, "reject", supervisor(world.book), **REASON)
        else:
            bring(world, listed, "decided")
            if ending == "revoked":
                world.take(listed, "revoke", HEAD, **REASON)
                world.take(listed, "withdraw_publicity", CLERK)
            else:
                world.service(listed, "LIERU_JD")
                if ending == "removed":
                    world.go(date(2027, 4, 20))
                    world.take(listed, "apply_removal", CLERK, reason="已改正")
                    world.take(listed, "accept_removal", CLERK)
                    world.take(listed, "remove", HEAD, **REASON)
                else:
                    world.take(listed, "expire", SYSTEM)
                world.take(listed, "unpublish", CLERK)
    ended = world.on
    assert watch(world) == []
    found = count(world, on=date(ended.year, 12, 30))
    assert found.count == 0
    if ended.year == 2026:
        assert reasons(found) == [f"已在{ended}终结的列入程序中处理，不得重复计算"] * before
    world.go(world.on + timedelta(days=1))
    world.failed_order()
    assert count(world).count == 1
    assert [action for _, action in watch(world)] == ["open"], "a new refusal is a new warning"
    with world.read() as session:
        first = counted_for(session, book=world.book, matter=matters.matter(session, listed), on=world.on)
    assert first.count >= before, "the ended listing still knows what it was about"


def test_a_procedure_that_runs_into_the_new_year_keeps_its_refusals(world: World) -> None:
    """Counted in December, decided in January: the year of the count is the listing's, not the calendar's."""
    world.go(date(2026, 11, 16))
    listed = world.listing()
    world.noticed(listed)
    world.go(date(2027, 1, 11))
    world.decided(listed)
    assert world.state(listed) == "decided"
    letter = world.paper(listed, "LIERU_JD").facts["listing"]
    assert len(letter["refusals"]) == 3 and letter["year"] == 2026
    world.desk.catalogue.compose("lieru_jd", world.paper(listed, "LIERU_JD").facts, organ=ANSWERABLE)


def test_a_refusal_that_falls_away_takes_the_candidate_below_the_threshold(world: World) -> None:
    """被撤销的责改自动扣减: nothing is decided on what no longer counts."""
    listed = world.listing()
    world.noticed(listed)
    order = next(
        matter for matter in world.every(Matter, col(Matter.id)) if matter.kind == "order" and matter.state == "failed"
    )
    world.take(order.id or 0, "withdraw", HEAD, **REASON)
    with pytest.raises(Refusal) as caught:
        world.decided(listed)
    assert caught.value.code == "below_threshold" and world.state(listed) == "discussed"
    world.take(listed, "reject", HEAD, **REASON)


# — people decide —


def test_without_service_there_is_no_listing(world: World) -> None:
    listed = world.listing()
    world.noticed(listed)
    with pytest.raises(Refusal) as caught:
        world.take(listed, "discuss", HEAD, officers=OFFICERS, opinion="同意")
    assert caught.value.code == "wrong_state"
    world.decided(listed)
    assert world.state(listed) == "decided"
    with world.read() as session:
        assert listing.public_list(session) == []
    world.service(listed, "LIERU_JD")
    with world.read() as session:
        (row,) = listing.public_list(session)
    assert (row["code"], row["since"], row["department"]) == ("ZD-2026-001", world.on.isoformat(), ANSWERABLE)
    assert set(row) == {"code", "name", "uscc", "since", "department"}, "nobody's personal data"
    assert audit.verify_all(world.desk.reading).faults == []


@pytest.mark.parametrize("measures", [["公开曝光｜"], ["｜某依据"], ["随意处罚"], []])
def test_a_measure_without_a_basis_falls_out_and_none_is_left(world: World, measures: list[str]) -> None:
    listed = world.listing()
    world.take(listed, "check_basis", CLERK, measures=measures, reason="核对")
    if measures:
        with pytest.raises(Refusal) as caught:
            world.take(listed, "issue_notice", HEAD)
        assert caught.value.code == "measure_without_basis"
    else:
        world.take(listed, "issue_notice", HEAD)
        named = world.paper(listed, "LIERU_GZ").facts["listing"]["measures"]
        assert named and all(measure["basis"] for measure in named), "the county's own measures, each with its basis"


def test_the_term_of_a_listing_ends_by_itself_on_its_day(world: World) -> None:
    listed = world.effective()
    since = date.fromisoformat(world.matter(listed).details["effective_on"])

    def expire(day: date) -> list[Any]:
        world.go(day)
        with world.write() as session:
            return listing.expire(session, book=world.book, on=world.on, at=world.at)

    assert expire(date(since.year + 3, since.month, since.day) - timedelta(days=1)) == []
    assert [matter.id for matter in expire(date(since.year + 3, since.month, since.day))] == [listed]
    assert expire(world.on) == [] and world.state(listed) == "expired"
    with world.read() as session:
        assert listing.public_list(session) == []


def test_removal_is_asked_for_only_after_twelve_months(world: World) -> None:
    listed = adopted(world)
    since = date(2024, 5, 6)
    assert world.matter(listed).details["effective_on"] == since.isoformat()
    world.take(listed, "apply_removal", CLERK, reason="已改正")
    young = world.effective(unit=1)
    with pytest.raises(Refusal) as caught:
        world.take(young, "apply_removal", unit_itself(world.units[1]), reason="已改正")
    assert caught.value.code == "removal_too_early"


def test_a_listing_cannot_be_adopted_from_the_future(world: World) -> None:
    with pytest.raises(Refusal) as caught, world.write() as session:
        listing.open_listing(
            session, book=world.book, unit_id=world.units[0], responsible=ANSWERABLE, year=2026,
            act=world.act("adopt", HEAD, reason="承接", served_on=(world.on + timedelta(days=1)).isoformat()),
        )  # fmt: skip
    assert caught.value.code == "date_in_future" and listings(world) == []


def test_only_the_unit_itself_or_the_department_makes_its_statement(world: World) -> None:
    listed = world.listing()
    bring(world, listed, "statement_period")
    for actor in (unit_itself(world.units[1]), officer("SJJ"), leader("XFJ")):
        with pytest.raises(Refusal) as caught:
            world.take(listed, "receive_statement", actor, points=["已改正"])
        assert caught.value.code == "wrong_role"
    world.take(listed, "receive_statement", unit_itself(world.units[0]), points=["已改正"])
