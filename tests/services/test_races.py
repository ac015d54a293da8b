"""Who comes second is told so by name (并发办理): on both databases, with threads and connections of their own."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, col

from models import Clock, Document, Event, Matter
from tests.services.crowd import Deed, at_once, refusals
from tests.services.scenes import HEAD, OUR_CLERK, OUR_HEAD, REASON, unit_of
from tests.services.scenes_of_orders import order_in
from tests.services.world import ANSWERABLE, OFFICERS, ORIGIN, World, officer
from yisong.domain.lifecycle import Act
from yisong.domain.lifecycles import ALL
from yisong.services import audit, findings, handling, steps
from yisong.store import matters


def step(world: World, matter_id: int, act: Act, *, seen: int | None = None) -> Deed:
    return lambda session: steps.take_step(session, book=world.book, matter_id=matter_id, act=act, seen=seen)


def whole(world: World) -> None:
    assert audit.verify_all(world.desk.reading).faults == []


@pytest.mark.parametrize("looking", [False, True], ids=["blind", "with the page before them"])
def test_of_a_hundred_simultaneous_accepts_exactly_one_wins(world: World, looking: bool) -> None:
    case = world.delivered()
    seen = world.matter(case).seq if looking else None
    act = world.act("accept", HEAD)
    outcomes = at_once(world, [step(world, case, act, seen=seen) for _ in range(100)])
    assert len([each for each in outcomes if isinstance(each, Event)]) == 1
    assert refusals(outcomes) == ["lost_race" if looking else "wrong_state"] * 99
    assert [event.action for event in world.events(case)].count("accept") == 1
    assert len(world.clocks(case, "R-VERIFY")) == 1
    assert world.matter(case).tallies["accept"] == 1
    whole(world)


def test_of_twenty_simultaneous_approvals_one_numbers_one_letter(world: World) -> None:
    case = world.case()
    world.take(case, "submit", OUR_CLERK)
    act = world.act("approve", OUR_HEAD)
    outcomes = at_once(world, [step(world, case, act) for _ in range(20)])
    assert len(refusals(outcomes)) == 19
    (letter,) = world.documents("YISONG")
    assert letter.number.endswith("〕1号") and letter.sequence == 1
    assert len([row for row in world.outbox("letter") if "YISONG" in row.key]) == 1


def test_accepting_and_returning_at_once_leaves_one_of_both(world: World) -> None:
    """Different acts on one matter exclude each other like equal ones; only what was returned may still be voided after it."""
    case = world.delivered()
    given: dict[str, Any] = {"reason": "不属本部门", "basis": "清单", "proposed_department": "XFJ"}
    acts = [
        world.act("accept", HEAD),
        world.act("return_jurisdiction", HEAD, **given),
        world.act("void", OUR_HEAD, **REASON),
    ]
    outcomes = at_once(world, [step(world, case, act) for act in acts for _ in range(5)])
    done = [event.action for event in world.events(case)[4:]]
    assert done in (["accept"], ["return_jurisdiction"], ["void"], ["return_jurisdiction", "void"])
    assert len(refusals(outcomes)) == 15 - len(done)
    assert world.state(case) == {"accept": "accepted", "void": "voided"}.get(done[-1], "returned_for_rerouting")
    whole(world)


def test_the_last_two_orders_of_a_case_may_pass_at_the_same_moment(world: World) -> None:
    """Each must see the other: the case neither stays behind nor ends twice."""
    case = world.accepted()
    orders = [order_in(world, case, "report_submitted") for _ in range(2)]
    act = world.act("conclude_pass", officer(ANSWERABLE), note="合格", officers=OFFICERS, items=[])

    def review(order: int) -> Deed:
        return lambda session: handling.conclude_review(
            session, book=world.book, order=matters.matter(session, order), act=act
        )

    outcomes = at_once(world, [review(order) for order in orders])
    assert refusals(outcomes) == []
    assert world.state(case) == "publicising"
    assert [matter.code[-4:] for matter in outcomes] in (["-FC1", "-FC2"], ["-FC2", "-FC1"])
    assert len(world.clocks(case, "R-FEEDBACK")) == 1
    whole(world)


def test_one_order_is_reviewed_once(world: World) -> None:
    order = order_in(world, world.accepted(), "report_submitted")

    def review(outcome: str) -> Deed:
        act = world.act(f"conclude_{outcome}", officer(ANSWERABLE), note="复查", officers=OFFICERS, items=["余项"])
        return lambda session: handling.conclude_review(
            session, book=world.book, order=matters.matter(session, order), act=act
        )

    outcomes = at_once(world, [review(outcome) for outcome in ("pass", "fail", "partial") for _ in range(4)])
    assert refusals(outcomes) == ["wrong_state"] * 11
    assert len(world.kin(world.matter(order).case_id or 0, "review")) == 1
    whole(world)


def test_acts_on_a_case_and_on_its_orders_do_not_wait_for_each_other_for_ever(world: World) -> None:
    """Whoever ends a case touches its orders, whoever ends an order touches its case: one queue, no deadlock."""
    for _ in range(3):
        case = world.accepted()
        orders = [order_in(world, case, "report_submitted") for _ in range(3)]
        review = world.act("conclude_pass", officer(ANSWERABLE), note="合格", officers=OFFICERS, items=[])
        deeds: list[Deed] = [step(world, case, world.act("terminate", HEAD, successor_checked=True, **REASON))]
        for order in orders:
            deeds.append(
                lambda session, order=order, review=review: handling.conclude_review(  # type: ignore[misc]
                    session, book=world.book, order=matters.matter(session, order), act=review
                )
            )
            deeds.append(step(world, order, world.act("withdraw", HEAD, **REASON)))
            deeds.append(step(world, order, world.act("object", unit_of(world, order), claim="异议")))
        at_once(world, deeds)
        states = [world.state(order) for order in orders]
        assert set(states) <= {"passed", "withdrawn", "cancelled"}
        live = [state for state in states if state == "report_submitted"]
        assert world.state(case) in ({"terminated", "publicising", "accepted"} if not live else {"rectifying"})
    whole(world)


def test_a_service_is_recorded_once(world: World) -> None:
    order = world.issued_order(world.accepted())
    paper = world.paper(order, "ZEGAI")
    act = world.act("serve", officer(ANSWERABLE), method="direct", served_on=world.on.isoformat())
    deed: Deed = lambda session: handling.record_service(session, book=world.book, document=paper, act=act)  # noqa: E731
    outcomes = at_once(world, [deed] * 10)
    assert refusals(outcomes) == ["wrong_state"] * 9
    assert len(world.clocks(order, "R-RECTIFY")) == 1
    whole(world)


def test_orders_drafted_at_once_get_codes_of_their_own(world: World) -> None:
    case = world.accepted()
    act = world.act("open", officer(ANSWERABLE))
    deed: Deed = lambda session: handling.draft_order(  # noqa: E731
        session, book=world.book, case=matters.matter(session, case), act=act, days=5
    )
    outcomes = at_once(world, [deed] * 8)
    assert refusals(outcomes) == []
    code = world.matter(case).code
    assert sorted(world.matter(order).code for order in world.kin(case, "order")) == [
        f"{code}-ZG{n}" for n in range(1, 9)
    ]


def test_cases_opened_at_once_get_codes_of_their_own(world: World) -> None:
    found = [world.finding(department=ANSWERABLE) for _ in range(12)]
    act = world.act("open", OUR_CLERK)

    def opening(finding: int) -> Deed:
        def deed(session: Session) -> Any:
            held = matters.matter(session, finding)
            return findings.open_case(
                session, book=world.book, findings=[held], act=act, kind="lead", responsible=ANSWERABLE
            ).code

        return deed

    codes = at_once(world, [opening(finding) for finding in found])
    assert sorted(codes) == [f"YX-2026-{number:04d}" for number in range(1, 13)]


def test_a_finding_becomes_one_case(world: World) -> None:
    finding = world.finding(department=ANSWERABLE)
    act = world.act("open", OUR_CLERK)

    def deed(session: Session) -> Any:
        held = matters.matter(session, finding)
        return findings.open_case(
            session, book=world.book, findings=[held], act=act, kind="lead", responsible=ANSWERABLE
        )

    outcomes = at_once(world, [deed] * 8)
    assert refusals(outcomes) == ["wrong_state"] * 7
    assert len([matter for matter in world.every(Matter, col(Matter.id)) if matter.kind == "transfer"]) == 1


def test_a_crowd_over_many_cases_leaves_every_one_whole(world: World) -> None:
    """Sixty people on ten cases, each with an act of its own: whatever is not refused stands, and nothing else does."""
    cases = [world.delivered() for _ in range(10)]
    deeds: list[Deed] = []
    for case in cases:
        for action, actor, given in (
            ("sign_receipt", officer(ANSWERABLE), {}), ("accept", HEAD, {}), ("accept", HEAD, {}), ("void", OUR_HEAD, REASON),
            ("request_supplement", officer(ANSWERABLE), {"items": ["证明"], "reason": "不全"}), ("change_unit", HEAD, {"unit": world.units[1], "reason": "承受"}),
        ):  # fmt: skip
            deeds.append(step(world, case, world.act(action, actor, **given)))
    outcomes = at_once(world, deeds)
    done = [outcome for outcome in outcomes if isinstance(outcome, Event)]
    assert len(done) + len(refusals(outcomes)) == 60
    for case in cases:
        events = world.events(case)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert events[-1].target == world.state(case) and world.state(case) in ALL["transfer"].states
        for rule in ("R-ACCEPT", "R-VERIFY"):
            assert len([clock for clock in world.clocks(case, rule) if clock.status in ("running", "paused")]) <= 1
    assert len(done) == sum(len(world.events(case)) for case in cases) - 40
    numbers = [paper.number for paper in world.documents() if paper.number]
    assert len(set(numbers)) == len(numbers)
    assert len({clock.id for clock in world.every(Clock, col(Clock.id))}) >= 20 and world.every(
        Document, col(Document.matter_id)
    )
    assert ORIGIN != ANSWERABLE
    whole(world)
