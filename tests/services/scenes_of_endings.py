"""Scenes of how a case ends, or begins anew (流程场景：立案、涉罪、办结、重启)."""

from __future__ import annotations

from tests.services.scenes import CLERK, HEAD, POLICE, REASON, lapse, unit_of
from tests.services.scenes_of_orders import late_orders, order_in, pass_order
from tests.services.world import (
    OFFICERS,
    ORIGIN,
    World,
    leader,
    officer,
)
from yisong.services import findings, handling
from yisong.store import matters


def recoveries(world: World) -> None:
    """A failed order stands while another passes: the case follows whichever ends last."""
    for kind in ("lead", "own"):
        case = world.accepted(kind)
        head = leader(world.matter(case).responsible)
        bad, good = late_orders(world, case, 1)[0], world.served_order(case, days=30)
        world.take(case, "file_case", head, cause="未按期改正")
        assert world.state(case) == "case_filed"
        world.take(bad, "record_refusal", head, **REASON)
        pass_order(world, good)
        assert world.state(case) == "case_filed"
        world.take(
            case,
            "decide_penalty",
            head,
            decision_number="云罚〔2026〕1号",
            result="罚款",
            notified=True,
            legal_review="不适用",
            officers=OFFICERS,
        )
        if kind == "lead":
            world.take(case, "feed_back", CLERK)
        world.take(case, "publish", officer(world.matter(case).responsible))
        world.take(case, "close", head)
        world.take(case, "reopen", head, ground="review_fraud", **REASON)
        world.review(good, "pass")
        assert world.state(case) == "closed_refused", "one of its orders stays refused"
    failed = world.accepted()
    late_orders(world, failed, 1)
    world.take(failed, "file_case", HEAD, cause="未按期改正")


def filed_cases(world: World) -> None:
    for kind in ("lead", "own"):
        case = world.accepted(kind, number=2)
        head, clerk = leader(world.matter(case).responsible), officer(world.matter(case).responsible)
        world.take(case, "merge", head, **REASON)
        world.take(case, "change_unit", head, unit=world.units[1], reason="承受")
        world.take(case, "file_case", head, cause="未制定预案")
        world.take(case, "suspend_case", head, ground="hearing", **REASON)
        world.take(case, "resume_case", head, **REASON)
        world.take(case, "change_unit", head, unit=world.units[0], reason="承受")
        passed, failed, gone = (
            world.served_order(case, days=2),
            world.served_order(case, days=2),
            world.issued_order(case),
        )
        world.take(passed, "report", clerk, report="已整改")
        review_by_head(world, passed)
        lapse(world, world.clock_of(failed, "R-RECTIFY").due_on)
        world.review(failed, "fail")
        world.take(gone, "withdraw", head, **REASON)
        world.take(failed, "record_refusal", head, **REASON)
        world.take(case, "decide_no_penalty", head, article="minor", reason="轻微", education="已教育")
        world.take(case, "decide_no_penalty", head, article="minor", reason="轻微", education="已教育")
        world.service(case, "BUFA")
        world.take(case, "publish", clerk)
        if kind == "lead":
            world.take(case, "feed_back", clerk)
        world.take(case, "close", head)
        unfiled = world.accepted(kind)
        world.take(
            unfiled,
            "decide_no_penalty",
            leader(world.matter(unfiled).responsible),
            article="first",
            reason="初次",
            education="已教育",
        )
    merged = world.accepted(number=2)
    world.take(merged, "file_case", HEAD, cause="未制定预案")
    world.take(merged, "merge", HEAD, **REASON)
    world.take(merged, "terminate", HEAD, successor_checked=True, **REASON)
    rectifying = world.accepted(number=2)
    world.served_order(rectifying)
    world.take(rectifying, "merge", HEAD, **REASON)
    world.take(rectifying, "change_unit", HEAD, unit=world.units[1], reason="承受")
    world.take(rectifying, "file_case", HEAD, cause="未制定预案")


def review_by_head(world: World, order: int) -> int:
    """The leader reviews what its officer has reported for the unit."""
    held = world.matter(order)
    with world.write() as session:
        act = world.act("conclude_pass", leader(held.responsible), note="现场复查", officers=OFFICERS, items=[])
        return handling.conclude_review(session, book=world.book, order=matters.matter(session, order), act=act).id or 0


def crimes(world: World) -> None:
    for state in ("accepted", "case_filed", "rectifying", "review_failed"):
        case = world.accepted()
        orders: list[int] = []
        if state == "case_filed":
            world.take(case, "file_case", HEAD, cause="未制定预案")
        elif state == "rectifying":
            orders = [world.served_order(case, days=2) for _ in range(4)]
        elif state == "review_failed":
            orders = late_orders(world, case, 1)
        track = suspected(world, case)
        if state == "rectifying":
            lapse(world, world.clock_of(orders[0], "R-RECTIFY").due_on)
            world.review(orders[0], "pass")
            world.review(orders[1], "fail")
            world.take(orders[1], "record_refusal", HEAD, **REASON)
            world.take(orders[2], "withdraw", HEAD, **REASON)
        disapproved(world, track)
        world.take(track, "return_to_admin", HEAD, **REASON)
        assert world.state(case) == {"accepted": "accepted", "case_filed": "case_filed"}.get(state, "rectifying")
    for way in (["refuse", "return_to_admin"], ["receive", "refuse", "ask_reconsideration", "return_to_admin"], ["refuse", "ask_prosecutor", "return_to_admin"],
                ["file", "hand_over", "transfer_back"], ["receive", "file"], ["refuse", "ask_reconsideration", "file"],
                ["refuse", "ask_reconsideration", "ask_prosecutor", "file"]):  # fmt: skip
        case = world.case("criminal", item="GS-08")
        (track,) = world.kin(case, "criminal")
        report(world, track)
        head = leader(ORIGIN)
        world.take(track, "approve", head)
        world.take(track, "deliver", officer(ORIGIN), materials=["移送书", "案卷"])
        for action in way:
            actor = POLICE if action in ("refuse", "receive", "file", "transfer_back") else head
            world.take(track, action, actor, **({"materials": ["物品"]} if action == "hand_over" else REASON))


def suspected(world: World, case: int) -> int:
    world.take(case, "suspect_crime", CLERK, **REASON)
    with world.write() as session:
        found = findings.open_criminal(
            session, book=world.book, case=matters.matter(session, case), act=world.act("open", CLERK)
        )
        return found.id or 0


def report(world: World, track: int) -> None:
    responsible = world.matter(track).responsible
    world.take(track, "set_team", leader(responsible), officers=OFFICERS)
    world.take(track, "submit_report", officer(responsible), facts="无证储存", law="刑法第一百三十四条之一")


def disapproved(world: World, track: int) -> None:
    report(world, track)
    world.take(track, "disapprove", leader(world.matter(track).responsible), **REASON)


def reopened_cases(world: World) -> None:
    """Whatever a closed case was, a faked review takes it up again, and it can end in every way once more."""

    def closed(kind: str = "lead", orders: int = 1) -> tuple[int, list[int]]:
        case = world.accepted(kind)
        held = [world.served_order(case) for _ in range(orders)]
        for order in held:
            world.take(order, "report", unit_of(world, order), report="已整改")
        for order in held:
            world.review(order, "pass")
        if kind == "lead":
            world.take(case, "feed_back", CLERK)
        world.take(case, "close", leader(world.matter(case).responsible))
        world.take(case, "reopen", leader(world.matter(case).responsible), ground="review_fraud", **REASON)
        return case, held

    for kind in ("lead", "own"):
        case, (order,) = closed(kind)
        world.review(order, "pass")
        if kind == "lead":
            world.take(case, "feed_back", CLERK)
        world.take(case, "close", leader(world.matter(case).responsible))
    case, (order, _) = closed(orders=2)
    world.take(order, "report", unit_of(world, order), report="重新整改")
    world.take(order, "withdraw", HEAD, **REASON)
    world.take(case, "change_unit", HEAD, unit=world.units[1], reason="承受")
    world.take(case, "file_case", HEAD, cause="整改造假")
    case, (first, second) = closed(orders=2)
    world.review(first, "pass")
    assert world.state(case) == "reopened"
    world.review(second, "fail")
    case, (order,) = closed()
    world.take(order, "report", unit_of(world, order), report="重新整改")
    world.take(order, "withdraw", HEAD, **REASON)
    assert world.state(case) == "accepted"
    case, _ = closed()
    world.take(case, "terminate", HEAD, successor_checked=True, **REASON)
    case, (order,) = closed()
    world.review(order, "partial")
    world.served_order(case, parent=order)
    assert world.state(case) == "rectifying"


def revoked_reviews(world: World) -> None:
    """A review is revoked before its case is closed: the case waits at its end, or goes back."""
    for ending in ("pass", "fail", "withdraw", "partly"):
        case = world.accepted()
        order = order_in(world, case, "passed")
        (review,) = world.kin(case, "review")
        world.take(review, "revoke", HEAD, **REASON)
        assert (world.state(order), world.state(case)) == ("review_revoked", "publicising")
        if ending == "withdraw":
            world.take(order, "report", CLERK, report="重新整改")
            world.take(order, "withdraw", HEAD, **REASON)
        else:
            world.review(order, {"partly": "partial"}.get(ending, ending))
        assert world.state(case) == {"fail": "review_failed"}.get(ending, "publicising")
