"""Scenes of what is held and of objections that wait for an answer (流程场景：查封扣押、异议答复)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.services.scenes import CLERK, HEAD, REASON, lapse, unit_of
from tests.services.scenes_of_endings import suspected
from tests.services.scenes_of_orders import order_in
from tests.services.world import ANSWERABLE, OFFICERS, ORIGIN, World, leader, officer
from yisong.services import seizures
from yisong.store import matters

DECIDED: dict[str, Any] = {"disposal": "return", "decision_number": "处1号", **REASON}
RELEASED: dict[str, Any] = {"decision_number": "解1号", "receiver": "李某", **REASON}


def held_in(world: World, case: int, state: str, *, by: str = ANSWERABLE) -> int:
    """Something of the unit's that an organ holds, in a state."""
    register = state.endswith("registered")
    with world.write() as session:
        act = world.act(
            "register" if register else "seize", officer(by), items=["原料12桶"], decision_number="扣1号", seized_on=world.on.isoformat(), keeper="公物仓",
        )  # fmt: skip
        held = seizures.take_hold(session, book=world.book, case=matters.matter(session, case), act=act).id or 0
    if state == "inspecting":
        until = (world.on + timedelta(days=9)).isoformat()
        world.take(held, "inspect", officer(by), evidence="委托书1号", inspection_until=until, **REASON)
    elif state.startswith("expired"):
        lapse(world, world.clock_of(held, "R-REGISTER" if register else "R-SEIZE").due_on)
        assert world.state(held) == "expired"
    return held


def seized_things(world: World) -> None:
    """Taken, lengthened, examined, handed over with the case, dealt with, given back."""
    for state in ("registered", "seized"):
        world.take(held_in(world, world.accepted(), state), "dispose", HEAD, **DECIDED)
    late = held_in(world, world.accepted(), "expired")
    decided = world.clock_of(late, "R-SEIZE").due_on
    world.take(late, "dispose", HEAD, on=decided, offline=True, **DECIDED)  # decided in time, recorded afterwards
    for state in ("registered", "seized", "inspecting", "expired", "expired registered"):
        world.take(held_in(world, world.accepted(), state), "release", HEAD, **RELEASED)
    kept = held_in(world, world.accepted(), "registered")
    world.take(kept, "convert", HEAD, decision_number="扣2号", seized_on=world.on.isoformat(), **REASON)
    due = world.clock_of(kept, "R-SEIZE").due_on or world.on
    world.take(kept, "extend", HEAD, new_due=(due + timedelta(days=30)).isoformat(), notice_number="延1号", **REASON)
    examined = held_in(world, world.accepted(), "inspecting")
    world.take(examined, "finish_inspection", CLERK, result="报告1号")
    for state in ("registered", "seized", "inspecting"):
        held = held_in(world, world.accepted(), state, by=ORIGIN)
        world.take(held, "hand_over", officer(ORIGIN), department=ANSWERABLE, receipt="移交清单1号")
        assert world.matter(held).state == state


def things_for_the_police(world: World) -> None:
    """What is held goes with the case, in whatever state it is."""
    for state in ("registered", "seized", "inspecting", "expired"):
        case = world.accepted()
        held = held_in(world, case, state)
        track = suspected(world, case)
        world.take(track, "set_team", HEAD, officers=OFFICERS)
        world.take(track, "submit_report", CLERK, facts="事实", law="刑法")
        world.take(track, "approve", HEAD)
        world.take(track, "deliver", CLERK, materials=["卷宗"])
        world.take(track, "file", CLERK, notice="立字1号")
        world.take(track, "hand_over", CLERK, materials=["物品清单"])
        assert world.state(held) == "handed_over"


def objections_answered(world: World) -> None:
    """An objection is answered wherever the order has got to meanwhile."""
    for state in ("issued", "rectifying", "extension_pending", "report_submitted", "failed"):
        order = order_in(world, world.accepted(), state)
        world.take(order, "object", unit_of(world, order), claim="认定有误")
        world.take(order, "answer_objection", leader(ANSWERABLE), reply="维持")
        assert world.clock_of(order, "R-OBJECTION").status == "met"
    for state in ("suspended", "passed", "partial", "refused", "review_revoked"):
        order = order_in(world, world.accepted(), "rectifying")
        world.take(order, "object", unit_of(world, order), claim="认定有误")
        if state == "suspended":
            world.take(order, "suspend_term", HEAD, ground="inspection", evidence="检验委托书", reason="检验")
        elif state == "refused":
            lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
            world.review(order, "fail")
            world.take(order, "record_refusal", HEAD, **REASON)
        else:
            world.take(order, "report", unit_of(world, order), report="已整改")
            world.review(order, "partial" if state == "partial" else "pass")
            if state == "review_revoked":
                (review,) = world.kin(world.matter(order).case_id or 0, "review")
                world.take(review, "revoke", HEAD, **REASON)
        assert world.state(order) == state
        world.take(order, "answer_objection", leader(ANSWERABLE), reply="维持")
