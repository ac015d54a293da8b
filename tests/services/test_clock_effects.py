"""What real steps do to the clocks (期限效果): started, paused, resumed, held, extended, met, missed and ended, to the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col

from models import Clock, ClockEntry
from tests.services.scenes import CLERK, HEAD, OUR_CLERK, OUR_HEAD, REASON, RETURN, lapse, unit_of
from tests.services.scenes_of_endings import report, suspected
from tests.services.scenes_of_orders import order_in, pass_order
from tests.services.world import ANSWERABLE, MONDAY, OFFICERS, ORIGIN, World, coordinator, government, leader, officer
from yisong.clock import SHANGHAI
from yisong.domain.deadlines import due
from yisong.domain.lifecycle import Refusal
from yisong.services import clocks
from yisong.store import deadlines

WEDNESDAY = date(2026, 9, 23)


def the_clock(world: World, matter: int, rule: str) -> tuple[date | None, str, str]:
    found = world.clock_of(matter, rule)
    return found.due_on, found.status, found.department


def ledger(world: World, clock: Clock) -> list[tuple[str, date]]:
    entries = [
        entry
        for entry in world.every(ClockEntry, col(ClockEntry.clock_id), col(ClockEntry.seq))
        if entry.clock_id == clock.id
    ]
    return [(entry.kind, entry.on) for entry in entries]


def rederived(world: World, clock: Clock) -> date | None:
    """The due day from the ledger alone, by the domain's own walk."""
    with world.read() as session:
        held = deadlines.clock(session, clock.id or 0)
        assert held is not None
        return due(clocks.ledger_of(session, held), calendar=world.book.calendar, timezone=SHANGHAI).on


# — from finding to acceptance —


def test_the_transfer_clock_runs_from_the_finding_to_delivery(world: World) -> None:
    case = world.case()
    assert the_clock(world, case, "R-TRANSFER") == (MONDAY + timedelta(days=3), "running", ORIGIN)
    world.go(MONDAY + timedelta(days=2))
    world.take(case, "submit", OUR_CLERK)
    world.take(case, "approve", OUR_HEAD)
    clock = world.clock_of(case, "R-TRANSFER")
    assert (clock.status, clock.ended_on) == ("met", world.on)
    assert the_clock(world, case, "R-ACCEPT") == (MONDAY + timedelta(days=7), "running", ANSWERABLE)


def test_an_urgent_transfer_runs_by_the_hour_over_the_weekend(world: World) -> None:
    world.go(date(2026, 3, 13), 16, 30)
    case = world.case(urgent=True)
    clock = world.clock_of(case, "R-TRANSFER-URGENT")
    assert clock.due_at is not None and clock.start_at is not None
    assert clock.due_at - clock.start_at == timedelta(hours=24)
    assert clock.due_at.astimezone(SHANGHAI).date() == date(2026, 3, 14) == clock.due_on, "a Saturday is no reprieve"
    world.take(case, "submit", OUR_CLERK)
    world.take(case, "approve", OUR_HEAD)
    assert world.clock_of(case, "R-TRANSFER-URGENT").status == "met"


def test_signing_for_a_letter_changes_no_clock(world: World) -> None:
    case = world.delivered()
    before = world.clock_of(case, "R-ACCEPT")
    world.go(world.on + timedelta(days=2))
    world.take(case, "sign_receipt", CLERK)
    assert world.clock_of(case, "R-ACCEPT") == before


def test_a_supplement_stops_the_acceptance_clock_and_the_rest_of_it_runs_on(world: World) -> None:
    """The county's case 0003, to the day: delivered 09-23, supplement 09-24 to 09-29 over 中秋, due 10-08 after 国庆."""
    world.go(WEDNESDAY - timedelta(days=1))
    case = world.case()
    world.go(WEDNESDAY)
    world.take(case, "submit", OUR_CLERK)
    world.take(case, "approve", OUR_HEAD)
    assert world.clock_of(case, "R-ACCEPT").due_on == date(2026, 9, 29)
    world.go(date(2026, 9, 24))
    world.take(case, "request_supplement", CLERK, items=["油烟检测报告"], reason="罚则含超标要件")
    accept = world.clock_of(case, "R-ACCEPT")
    assert accept.status == "paused" and accept.look_on is None
    supplement = world.clock_of(case, "R-SUPPLEMENT")
    assert (supplement.department, supplement.due_on, supplement.lapse) == (
        ORIGIN,
        date(2026, 9, 30),
        "supplement_timeout",
    )
    world.go(date(2026, 9, 29))
    world.take(case, "deliver_supplement", OUR_CLERK, materials=["油烟检测报告"])
    accept = world.clock_of(case, "R-ACCEPT")
    assert (accept.status, accept.due_on, accept.start_on) == ("running", date(2026, 10, 8), WEDNESDAY)
    assert ledger(world, accept) == [("pause", date(2026, 9, 24)), ("resume", date(2026, 9, 29))]
    assert rederived(world, accept) == accept.due_on
    assert world.clock_of(case, "R-SUPPLEMENT").status == "met"
    world.go(date(2026, 9, 30))
    world.take(case, "accept", HEAD)
    assert world.clock_of(case, "R-ACCEPT").status == "met"


def test_a_supplement_that_never_came_ends_both_clocks_and_returns_the_case(world: World) -> None:
    case = world.delivered()
    world.take(case, "request_supplement", CLERK, items=["证明"], reason="不全")
    supplement = world.clock_of(case, "R-SUPPLEMENT")
    lapse(world, supplement.due_on)
    assert world.state(case) == "returned"
    assert world.clock_of(case, "R-SUPPLEMENT").status == "missed"
    assert world.clock_of(case, "R-ACCEPT").status == "cancelled"
    last = world.events(case)[-1]
    assert (last.action, last.on) == ("supplement_timeout", supplement.due_on), (
        "it counts for the day on which the term ended"
    )


def test_supplement_is_asked_for_once(world: World) -> None:
    case = world.delivered()
    world.take(case, "request_supplement", CLERK, items=["证明"], reason="不全")
    world.take(case, "deliver_supplement", OUR_CLERK, materials=["证明"])
    with pytest.raises(Refusal) as caught:
        world.take(case, "request_supplement", CLERK, items=["另一证明"], reason="仍不全")
    assert caught.value.code == "request_supplement_once"


def test_whoever_gets_the_case_next_gets_a_clock_of_its_own(world: World) -> None:
    """After a re-route the new department is chased, by the rule of the new department, from the new delivery."""
    case = world.delivered()
    world.go(MONDAY + timedelta(days=1))
    world.take(case, "return_jurisdiction", HEAD, **RETURN)
    assert the_clock(world, case, "R-REROUTE") == (MONDAY + timedelta(days=3), "running", ORIGIN)
    world.go(MONDAY + timedelta(days=2))
    world.take(case, "reroute", OUR_HEAD, department="XFJ", reason="认可")
    first, second = world.clocks(case, "R-ACCEPT")
    assert (first.status, first.department) == ("met", ANSWERABLE)
    assert (second.status, second.department, second.start_on) == ("running", "XFJ", world.on)
    assert [row.payload["department"] for row in world.outbox("notice") if row.payload["action"] == "reroute"] == [
        "XFJ"
    ]


@pytest.mark.parametrize("way", ["settle", "designate"])
def test_a_dispute_has_its_own_clocks_and_ends_in_a_new_acceptance_clock(world: World, way: str) -> None:
    case = world.delivered("case")
    world.take(case, "return_jurisdiction", HEAD, **RETURN)
    assert the_clock(world, case, "R-DISPUTE-NEGOTIATE") == (date(2026, 3, 18), "running", world.book.guidance_code)
    if way == "settle":
        world.take(case, "settle", coordinator(world.book), department="SJJ", reason="协调一致")
    else:
        world.take(case, "not_settled", coordinator(world.book), opinion="建议指定")
        assert the_clock(world, case, "R-DISPUTE-DESIGNATE") == (
            date(2026, 3, 18),
            "running",
            world.book.government_code,
        )
        world.take(case, "designate", government(world.book), department="SJJ", basis="第二十五条")
        assert world.clock_of(case, "R-DISPUTE-DESIGNATE").status == "met"
    assert world.clock_of(case, "R-DISPUTE-NEGOTIATE").status == "met"
    running = [clock for clock in world.clocks(case, "R-ACCEPT") if clock.status == "running"]
    assert [clock.department for clock in running] == ["SJJ"]


# — orders: term, extension, suspension, review —


def test_the_term_runs_from_the_day_of_service_and_not_from_its_recording(world: World) -> None:
    order = world.issued_order(world.accepted(), days=10)
    assert the_clock(world, order, "R-SERVE") == (date(2026, 3, 18), "running", ANSWERABLE)
    served = world.on
    world.go(served + timedelta(days=3))
    world.service(order, "ZEGAI", served_on=served.isoformat())
    clock = world.clock_of(order, "R-RECTIFY")
    assert (clock.start_on, clock.due_on, clock.amount, clock.unit) == (served, served + timedelta(days=10), 10, "nd")
    assert world.clock_of(order, "R-SERVE").status == "met"


def test_an_announcement_serves_on_its_thirtieth_day(world: World) -> None:
    order = order_in(world, world.accepted(), "announced")
    (announced,) = [clock for clock in world.every(Clock, col(Clock.id)) if clock.rule == "R-SERVE-ANNOUNCE"]
    assert announced.due_on == MONDAY + timedelta(days=30) and not announced.chased
    assert world.clocks(order, "R-RECTIFY") == [], "what is not served does not run"
    lapse(world, announced.due_on)
    assert world.clock_of(order, "R-RECTIFY").start_on == announced.due_on
    assert world.matter(order).details["served_on"] == announced.due_on.isoformat()


def test_an_application_for_extension_holds_the_chase_and_not_the_term(world: World) -> None:
    order = world.served_order(world.accepted(), days=10)
    before = world.clock_of(order, "R-RECTIFY")
    world.go(before.due_on or MONDAY)
    world.take(
        order, "request_extension", unit_of(world, order), reason="设备未到", until="2026-04-20", controls="停用"
    )
    held = world.clock_of(order, "R-RECTIFY")
    assert held.held and held.look_on is None and held.status == "running" and held.due_on == before.due_on
    assert the_clock(world, order, "R-EXT-DECIDE") == (
        world.book.calendar.add_workdays(world.on, 3),
        "running",
        ANSWERABLE,
    )


def test_an_extension_gives_the_day_that_was_granted(world: World) -> None:
    order = order_in(world, world.accepted(), "extension_pending")
    world.go(MONDAY + timedelta(days=2))
    world.take(order, "approve_extension", HEAD, new_due="2026-04-30", conditions="停用")
    clock = world.clock_of(order, "R-RECTIFY")
    assert (clock.due_on, clock.held, clock.status) == (date(2026, 4, 30), False, "running")
    assert ledger(world, clock) == [("extend", world.on)] and rederived(world, clock) == clock.due_on
    assert clock.look_on is not None and clock.look_on <= date(2026, 4, 30)
    assert world.clock_of(order, "R-EXT-DECIDE").status == "met"
    assert world.paper(order, "YANPI").facts["extension"]["new_due_on"] == "2026-04-30"


def test_an_extension_is_granted_once_asked_for_in_time_and_never_shortens(world: World) -> None:
    order = order_in(world, world.accepted(), "extension_pending")
    with pytest.raises(Refusal) as caught:
        world.take(order, "approve_extension", HEAD, new_due="2026-03-12")
    assert caught.value.code == "extension_shortens"
    world.take(order, "approve_extension", HEAD, new_due="2026-04-30")
    ask: dict[str, Any] = {"reason": "仍未到货", "until": "2026-06-01", "controls": "停用"}
    with pytest.raises(Refusal) as caught:
        world.take(order, "request_extension", unit_of(world, order), **ask)
    assert caught.value.code == "extension_once"
    late = world.served_order(world.accepted(), days=3)
    world.go((world.clock_of(late, "R-RECTIFY").due_on or MONDAY) + timedelta(days=1))
    with pytest.raises(Refusal) as caught:
        world.take(late, "request_extension", unit_of(world, late), **ask)
    assert caught.value.code == "extension_late"


def test_a_refused_extension_leaves_the_old_day_and_the_chase_goes_on(world: World) -> None:
    order = order_in(world, world.accepted(), "extension_pending")
    before = world.clock_of(order, "R-RECTIFY").due_on
    world.go((before or MONDAY) + timedelta(days=2))
    world.take(order, "deny_extension", HEAD, **REASON)
    clock = world.clock_of(order, "R-RECTIFY")
    assert clock.due_on == before and not clock.held
    assert clock.look_on is not None and clock.look_on <= world.on + timedelta(days=3)
    lapse(world, world.on)
    assert world.clock_of(order, "R-REVIEW").start_on == before


def test_a_suspension_stops_the_term_and_gives_the_rest_back(world: World) -> None:
    order = world.served_order(world.accepted(), days=10)
    world.go(MONDAY + timedelta(days=4))
    world.take(order, "suspend_term", HEAD, ground="inspection", evidence="检验委托书3号", reason="检验")
    assert world.clock_of(order, "R-RECTIFY").status == "paused"
    world.go(MONDAY + timedelta(days=14))
    world.take(order, "resume_term", HEAD, **REASON)
    clock = world.clock_of(order, "R-RECTIFY")
    assert clock.due_on == date(2026, 3, 30) == rederived(world, clock), "ten days more, and then a Sunday"
    assert [kind for kind, _ in ledger(world, clock)] == ["pause", "resume"]


def test_the_review_clock_starts_with_the_report_where_that_is_earlier(world: World) -> None:
    order = world.served_order(world.accepted(), days=20)
    world.go(MONDAY + timedelta(days=7))
    world.take(order, "report", unit_of(world, order), report="已整改")
    review = world.clock_of(order, "R-REVIEW")
    assert (review.start_on, review.due_on) == (MONDAY + timedelta(days=7), date(2026, 3, 30))
    assert world.clock_of(order, "R-RECTIFY").status == "met"


def test_the_review_clock_starts_with_the_end_of_the_term_where_that_is_earlier(world: World) -> None:
    order = world.served_order(world.accepted(), days=7)
    end = world.clock_of(order, "R-RECTIFY").due_on
    lapse(world, end)
    world.go((end or MONDAY) + timedelta(days=3))
    world.take(order, "report", unit_of(world, order), report="已整改")
    review = world.clock_of(order, "R-REVIEW")
    assert (review.start_on, review.due_on) == (date(2026, 3, 16), date(2026, 3, 30)), (
        "a late report gives no new start"
    )
    world.review(order, "fail")
    assert world.clock_of(order, "R-REVIEW").status == "met"


def test_the_fire_brigade_reviews_by_its_own_rule(world: World) -> None:
    """消防: three working days instead of ten; the variant ends with the same acts."""
    for department, rule, days in (("XFJ", "R-REVIEW-FIRE", 3), ("SJJ", "R-REVIEW", 10)):
        order = world.served_order(world.accepted(to=department))
        world.take(order, "report", unit_of(world, order), report="已整改")
        clock = world.clock_of(order, "R-REVIEW")
        assert (clock.rule, clock.due_on) == (rule, world.book.calendar.add_workdays(world.on, days))
        world.review(order, "pass")
        assert world.clock_of(order, "R-REVIEW").status == "met"


def test_a_term_that_was_missed_is_missed(world: World) -> None:
    order = world.served_order(world.accepted(), days=3)
    lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
    assert world.clock_of(order, "R-RECTIFY").status == "running", "late, not ended"
    world.review(order, "fail")
    assert world.clock_of(order, "R-RECTIFY").status == "missed"


@pytest.mark.parametrize(
    "state", ["issued", "announced", "rectifying", "extension_pending", "suspended", "report_submitted", "failed"]
)
@pytest.mark.parametrize("ending", ["withdraw", "terminate"])
def test_a_withdrawn_order_has_no_clock_left(world: World, state: str, ending: str) -> None:
    case = world.accepted()
    order = order_in(world, case, state)
    if ending == "withdraw":
        world.take(order, "withdraw", HEAD, **REASON)
    else:
        world.take(case, "terminate", HEAD, successor_checked=True, **REASON)
    assert [clock.rule for clock in world.clocks(order) if clock.status in ("running", "paused")] == []
    assert all(clock.look_on is None for clock in world.clocks(order))


# — the case —


def test_the_verification_clock_ends_with_an_order_a_filing_or_a_decision(world: World) -> None:
    for ending in ("order", "file_case", "decide_no_penalty"):
        case = world.accepted()
        assert the_clock(world, case, "R-VERIFY") == (date(2026, 3, 30), "running", ANSWERABLE)
        if ending == "order":
            world.issued_order(case)
        elif ending == "file_case":
            world.take(case, "file_case", HEAD, cause="未制定预案")
        else:
            world.take(case, ending, HEAD, article="minor", reason="轻微", education="已教育")
        assert world.clock_of(case, "R-VERIFY").status == "met"


def test_an_investigation_that_stands_still_does_not_use_up_its_ninety_days(world: World) -> None:
    case = world.accepted()
    world.take(case, "file_case", HEAD, cause="未制定预案")
    assert world.clock_of(case, "R-PENALTY-90").due_on == MONDAY + timedelta(days=91), "the ninetieth day is a Sunday"
    world.go(MONDAY + timedelta(days=10))
    world.take(case, "suspend_case", HEAD, ground="inspection", reason="检测")
    with pytest.raises(Refusal) as caught:
        world.take(case, "suspend_case", HEAD, ground="inspection", reason="检测")
    assert caught.value.code == "already_suspended"
    world.go(MONDAY + timedelta(days=30))
    world.take(case, "resume_case", HEAD, **REASON)
    clock = world.clock_of(case, "R-PENALTY-90")
    assert clock.due_on == date(2026, 6, 29) == rederived(world, clock), "twenty days more, and then a Saturday"
    world.take(
        case,
        "decide_penalty",
        HEAD,
        decision_number="云应急罚〔2026〕1号",
        result="罚款",
        notified=True,
        legal_review="不适用",
        officers=OFFICERS,
    )
    assert world.clock_of(case, "R-PENALTY-90").status == "met"
    assert world.clock_of(case, "R-PUBLISH").due_on == world.book.calendar.add_workdays(world.on, 20)
    world.take(case, "publish", CLERK)
    assert world.clock_of(case, "R-PUBLISH").status == "met"


def test_feedback_is_due_three_working_days_after_the_result_and_only_to_another(world: World) -> None:
    case = world.accepted()
    pass_order(world, world.served_order(case))
    assert the_clock(world, case, "R-FEEDBACK") == (MONDAY + timedelta(days=3), "running", ANSWERABLE)
    world.take(case, "feed_back", CLERK)
    assert world.clock_of(case, "R-FEEDBACK").status == "met"
    own = world.accepted("own")
    pass_order(world, world.served_order(own))
    assert world.clocks(own, "R-FEEDBACK") == []
    world.take(own, "close", leader(ORIGIN))


def test_a_reopened_case_has_a_clock_that_its_new_result_ends(world: World) -> None:
    case = world.accepted()
    order = world.served_order(case)
    pass_order(world, order)
    world.take(case, "feed_back", CLERK)
    world.take(case, "close", HEAD)
    world.take(case, "reopen", HEAD, ground="review_fraud", **REASON)
    assert [clock.status for clock in world.clocks(case, "R-VERIFY")] == ["met", "running"]
    world.review(order, "pass")
    assert [clock.status for clock in world.clocks(case, "R-VERIFY")] == ["met", "met"]
    assert [clock.status for clock in world.clocks(case, "R-FEEDBACK")] == ["met", "running"]
    world.take(case, "feed_back", CLERK)
    world.take(case, "close", HEAD)


# — crime: every hour counts —


def test_the_referral_to_the_police_runs_by_days_and_hours_without_rest(world: World) -> None:
    """移送规定: 3日 to approve, counted over the weekend; 24小时 to deliver, from the instant of approval."""
    world.go(date(2026, 3, 13), 9)
    case = world.case("criminal", item="GS-08")
    (track,) = world.kin(case, "criminal")
    report(world, track)
    approve = world.clock_of(track, "R-CRIM-APPROVE")
    assert (approve.unit, approve.due_on) == ("cd", date(2026, 3, 16))
    world.go(date(2026, 3, 14), 17, 45)
    world.take(track, "approve", leader(ORIGIN))
    deliver = world.clock_of(track, "R-CRIM-DELIVER")
    assert deliver.due_at is not None and deliver.start_at == world.at
    assert deliver.due_at.astimezone(SHANGHAI) == datetime(2026, 3, 15, 17, 45, 1, tzinfo=SHANGHAI)
    assert deliver.due_on == date(2026, 3, 15), "a Sunday"
    world.go(date(2026, 3, 15), 11)
    world.take(track, "deliver", officer(ORIGIN), materials=["移送书", "案卷"])
    assert world.clock_of(track, "R-CRIM-DELIVER").status == "met"
    police = world.clock_of(track, "R-CRIM-REVIEW")
    assert (police.due_on, police.department, police.chased, police.look_on) == (
        date(2026, 3, 18),
        world.book.police_code,
        False,
        None,
    )
    world.take(track, "refuse", officer("GAJ"), **REASON)
    assert world.clock_of(track, "R-CRIM-RECONSIDER").due_on == date(2026, 3, 18)
    world.take(track, "ask_reconsideration", leader(ORIGIN), **REASON)
    assert world.clock_of(track, "R-CRIM-RECONSIDER").status == "met"
    world.take(track, "file", officer("GAJ"))
    assert world.clock_of(track, "R-CRIM-HANDOVER").due_on == date(2026, 3, 18)
    world.take(track, "hand_over", leader(ORIGIN), materials=["物品"])
    assert world.clock_of(track, "R-CRIM-HANDOVER").status == "met"


def test_the_days_with_the_police_are_not_counted(world: World) -> None:
    """行政处罚法: what the police took does not use up the ninety days; what they return runs on."""
    case = world.accepted()
    world.take(case, "file_case", HEAD, cause="无证储存")
    world.go(MONDAY + timedelta(days=5))
    track = suspected(world, case)
    assert world.clock_of(case, "R-PENALTY-90").status == "paused"
    world.go(MONDAY + timedelta(days=25))
    report(world, track)
    world.take(track, "disapprove", HEAD, **REASON)
    world.take(track, "return_to_admin", HEAD, **REASON)
    clock = world.clock_of(case, "R-PENALTY-90")
    assert (clock.status, clock.due_on) == ("running", date(2026, 6, 29)), "twenty days more, and then a Saturday"
    assert [each.status for each in world.clocks(track) if each.status in ("running", "paused")] == []


# — calendars that are not yet known —


def test_a_term_into_a_year_without_a_calendar_is_provisional(world: World) -> None:
    world.go(date(2026, 12, 21))
    order = world.served_order(world.accepted(), days=20)
    clock = world.clock_of(order, "R-RECTIFY")
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 11), True), "the tenth is a Sunday"
    assert world.clock_of(world.delivered(), "R-ACCEPT").provisional is False
    (started,) = [
        effect for event in world.events(order) for effect in event.effects if effect.get("rule") == "R-RECTIFY"
    ]
    assert started["provisional"] is True


# — entered afterwards —


def test_what_was_entered_late_does_not_call_back_the_past(world: World) -> None:
    """线下移送、事后补录: the due day follows the true day; reminders whose day has passed are not sent after it."""
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    world.go(MONDAY + timedelta(days=14))
    world.take(case, "approve", OUR_HEAD, offline=True, on=MONDAY + timedelta(days=1))
    clock = world.clock_of(case, "R-ACCEPT")
    assert (clock.start_on, clock.due_on) == (MONDAY + timedelta(days=1), MONDAY + timedelta(days=4))
    assert clock.look_on is not None and clock.look_on > world.on


def test_every_due_day_follows_from_its_ledger_alone(world: World) -> None:
    """Whatever the steps did: the stored day is what the domain derives from start, pauses and extensions."""
    for state in ("extension_pending", "suspended", "report_submitted"):
        order = order_in(world, world.accepted(), state)
        world.go(world.on + timedelta(days=3))
        if state == "extension_pending":
            world.take(order, "approve_extension", HEAD, new_due="2026-05-08")
        elif state == "suspended":
            world.take(order, "resume_term", HEAD, **REASON)
    every = world.every(Clock, col(Clock.id))
    assert len(every) > 15
    for clock in every:
        assert rederived(world, clock) == clock.due_on, clock.rule
