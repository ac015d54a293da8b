"""Scenes of orders: service, term, and two of one case ending in every combination (流程场景：责令改正)."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col

from models import Matter
from tests.services.scenes import CLERK, HEAD, REASON, lapse, unit_of
from tests.services.world import (
    World,
)


def order_in(world: World, case: int, state: str) -> int:
    """A new order of a case in a state."""
    if state == "drafted":
        return world.drafted_order(case)
    order = world.issued_order(case, days=10)
    if state == "issued":
        return order
    if state == "announced":
        world.service(order, "ZEGAI", "attempt_failed")
        world.service(order, "ZEGAI", "announce")
        return order
    world.service(order, "ZEGAI")
    unit = unit_of(world, order)
    if state == "extension_pending":
        world.take(
            order,
            "request_extension",
            unit,
            reason="设备未到",
            until=(world.on + timedelta(days=30)).isoformat(),
            controls="停用",
        )
    elif state == "suspended":
        world.take(order, "suspend_term", HEAD, ground="inspection", evidence="检验委托书", reason="检验")
    elif state in ("report_submitted", "failed", "passed"):
        world.take(order, "report", unit, report="已整改")
        if state != "report_submitted":
            world.review(order, "fail" if state == "failed" else "pass")
    return order


def terms(world: World) -> None:
    """An order's service, term and withdrawal in all their turns."""
    for state in ("issued", "announced", "rectifying", "extension_pending", "suspended", "report_submitted", "failed"):
        case = world.accepted()
        world.take(order_in(world, case, state), "withdraw", HEAD, **REASON)
        assert world.state(case) == "accepted"
    for state in (
        "drafted",
        "issued",
        "announced",
        "rectifying",
        "extension_pending",
        "suspended",
        "report_submitted",
        "failed",
    ):
        case = world.accepted()
        order = order_in(world, case, state)
        world.take(case, "terminate", HEAD, successor_checked=True, **REASON)
        assert world.state(order) == "cancelled"
    for state in ("issued", "rectifying", "extension_pending", "report_submitted", "failed"):
        order = order_in(world, world.accepted(), state)
        world.take(order, "object", unit_of(world, order), claim="对认定有异议")
    order = order_in(world, world.accepted(), "extension_pending")
    world.take(order, "approve_extension", HEAD, new_due=(world.on + timedelta(days=30)).isoformat())
    world.service(order, "YANPI")
    order = order_in(world, world.accepted(), "extension_pending")
    world.take(order, "deny_extension", HEAD, **REASON)
    world.service(order, "YANPI", "attempt_failed")
    served = world.service(order, "YANPI", "announce")
    lapse(world, world.clock_of(served, "R-SERVE-ANNOUNCE").due_on)
    assert world.state(served) == "served"
    order = order_in(world, world.accepted(), "suspended")
    world.take(order, "resume_term", HEAD, **REASON)
    order = order_in(world, world.accepted(), "announced")
    world.service(order, "ZEGAI", "attempt_failed")
    announced = world.every(Matter, col(Matter.id))[-2]
    lapse(world, next(clock.due_on for clock in world.clocks(announced.id or 0)))
    assert world.state(order) == "rectifying"
    for outcome in ("pass", "partial", "fail"):
        for reported in (False, True):
            order = world.served_order(world.accepted(), days=3)
            if reported:
                world.take(order, "report", unit_of(world, order), report="已整改")
            else:
                lapse(world, world.clock_of(order, "R-RECTIFY").due_on)
            world.review(order, outcome)


def late_orders(world: World, case: int, number: int) -> list[int]:
    """Orders of a case whose reviews failed after their terms."""
    orders = [world.served_order(case, days=2) for _ in range(number)]
    lapse(world, world.clock_of(orders[-1], "R-RECTIFY").due_on)
    for order in orders:
        world.review(order, "fail")
    return orders


def pass_order(world: World, order: int) -> None:
    world.take(order, "report", unit_of(world, order), report="已整改")
    world.review(order, "pass")


def fail_early(world: World, order: int) -> None:
    """Reported and found wanting before the term has run out: a failure, and no refusal yet."""
    world.take(order, "report", unit_of(world, order), report="已整改")
    world.review(order, "fail")


def orders_together(world: World) -> None:
    """Two orders of one case end in every combination, also beside a filed case and a crime."""
    case = world.accepted()
    first, second = world.served_order(case), world.served_order(case)
    world.take(first, "withdraw", HEAD, **REASON)
    world.take(second, "report", unit_of(world, second), report="已整改")
    world.review(second, "fail")
    third = world.served_order(case)
    assert world.state(case) == "rectifying"
    world.take(third, "report", unit_of(world, third), report="已整改")
    world.review(third, "pass")
    world.take(second, "withdraw", HEAD, **REASON)

    refused = world.accepted()
    one, two = late_orders(world, refused, 2)
    world.take(one, "record_refusal", HEAD, **REASON)
    assert world.state(refused) == "review_failed"
    world.take(two, "record_refusal", HEAD, **REASON)
    assert world.state(refused) == "closed_refused"
    world.take(refused, "feed_back", CLERK)
    world.take(one, "withdraw", HEAD, **REASON)
    assert world.state(refused) == "closed_refused"
    world.take(two, "withdraw", HEAD, **REASON)
    assert world.state(refused) == "accepted"

    mixed = world.accepted()
    (bad,) = late_orders(world, mixed, 1)
    good = world.served_order(mixed)
    world.take(bad, "record_refusal", HEAD, **REASON)
    world.take(good, "report", unit_of(world, good), report="已整改")
    world.review(good, "pass")
    assert world.state(mixed) == "closed_refused"

    failing = world.accepted()
    (bad,) = late_orders(world, failing, 1)
    other, spare = world.served_order(failing, days=30), world.issued_order(failing)
    world.take(spare, "withdraw", HEAD, **REASON)
    fail_early(world, other)
    assert world.state(failing) == "review_failed"
    third, fourth = world.drafted_order(failing), world.drafted_order(failing)
    world.take(failing, "change_unit", HEAD, unit=world.units[1], reason="承受")
    world.take(third, "issue", HEAD)
    world.take(fourth, "issue", HEAD)
    world.service(third, "ZEGAI")
    world.service(fourth, "ZEGAI")
    fail_early(world, third)
    pass_order(world, fourth)
    assert world.state(failing) == "review_failed"
    world.take(third, "withdraw", HEAD, **REASON)
    world.take(other, "withdraw", HEAD, **REASON)
    world.take(bad, "record_refusal", HEAD, **REASON)
    assert world.state(failing) == "closed_refused"

    for ending in ("withdraw", "record_refusal"):
        case = world.accepted()
        first, second = world.served_order(case, days=2), world.served_order(case, days=30)
        lapse(world, world.clock_of(first, "R-RECTIFY").due_on)
        world.review(first, "fail")
        world.take(first, ending, HEAD, **REASON)
        pass_order(world, second)
        assert world.state(case) == {"withdraw": "publicising", "record_refusal": "closed_refused"}[ending]

    last = world.accepted()
    (bad,) = late_orders(world, last, 1)
    pass_order(world, world.served_order(last))
    assert world.state(last) == "rectifying"
    world.take(bad, "record_refusal", HEAD, **REASON)
    assert world.state(last) == "closed_refused"

    both_fail = world.accepted()
    bad, good = late_orders(world, both_fail, 2)
    world.take(good, "withdraw", HEAD, **REASON)
    assert world.state(both_fail) == "review_failed"
    world.take(both_fail, "terminate", HEAD, successor_checked=True, **REASON)
