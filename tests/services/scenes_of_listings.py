"""Scenes of the list: onto it, off it, and refused at every stage (流程场景：重点监管对象)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.services.scenes import CLERK, HEAD, REASON, lapse
from tests.services.world import (
    ANSWERABLE,
    OFFICERS,
    World,
    supervisor,
    unit_itself,
)
from yisong.services import listing

STAGES = (
    "candidate",
    "basis_checked",
    "notice_issued",
    "statement_period",
    "statement_received",
    "statement_waived",
    "statement_reviewed",
    "discussed",
    "decided",
)


def listings(world: World) -> None:
    listed = world.listing(unit=0)
    world.noticed(listed)
    world.service(listed, "LIERU_GZ", "attempt_failed")
    announced = world.service(listed, "LIERU_GZ", "announce")
    lapse(world, world.clock_of(announced, "R-SERVE-ANNOUNCE").due_on)
    lapse(world, world.clock_of(listed, "R-LIST-STATEMENT").due_on)
    assert world.state(listed) == "statement_waived"
    world.take(listed, "discuss", HEAD, officers=OFFICERS, opinion="同意")
    world.take(listed, "decide", HEAD, legal_review="通过", months=36)
    world.take(listed, "object", unit_itself(world.units[0]), claim="不服")
    world.service(listed, "LIERU_JD", "attempt_failed")
    announced = world.service(listed, "LIERU_JD", "announce")
    lapse(world, world.clock_of(announced, "R-SERVE-ANNOUNCE").due_on)
    assert world.state(listed) == "effective"
    unit = unit_itself(world.units[0])
    world.take(listed, "object", unit, claim="不服")
    world.go(date(world.on.year + 1, world.on.month, 20))
    world.take(listed, "apply_removal", unit, reason="已改正")
    world.take(listed, "object", unit, claim="不服")
    world.take(listed, "deny_removal", HEAD, **REASON)
    world.take(listed, "apply_removal", unit, reason="已改正")
    world.take(listed, "accept_removal", CLERK)
    world.take(listed, "object", unit, claim="不服")
    world.take(listed, "deny_removal", HEAD, **REASON)
    world.take(listed, "apply_removal", unit, reason="已改正")
    world.take(listed, "accept_removal", CLERK)
    world.take(listed, "remove", HEAD, **REASON)
    world.take(listed, "unpublish", CLERK)


def adopted(world: World, unit: int = 3) -> int:
    with world.write() as session:
        act = world.act("adopt", HEAD, reason="承接原决定", served_on="2024-05-06")
        found = listing.open_listing(
            session, book=world.book, unit_id=world.units[unit], responsible=ANSWERABLE, act=act, year=2024
        )
        return found.id or 0


def listings_undone(world: World) -> None:
    for state in ("effective", "removal_applied", "removal_verifying"):
        listed = adopted(world)
        if state != "effective":
            world.take(listed, "apply_removal", CLERK, reason="已改正")
        if state == "removal_verifying":
            world.take(listed, "accept_removal", CLERK)
        world.take(listed, "revoke", supervisor(world.book), **REASON)
        world.take(listed, "withdraw_publicity", CLERK)
    listed = adopted(world)
    world.take(listed, "expire")
    world.take(listed, "unpublish", CLERK)
    with world.write() as session:
        act = world.act("open", CLERK)
        watched = (
            listing.open_listing(
                session, book=world.book, unit_id=world.units[3], responsible=ANSWERABLE, act=act, year=2026
            ).id
            or 0
        )
    world.take(watched, "dismiss", HEAD, **REASON)


def listings_rejected(world: World) -> None:
    """At every stage before the decision the listing can be refused; the decision itself can be revoked."""
    for stage in STAGES:
        world.failed_order(unit=2)  # what an earlier listing was about does not count again
        with world.write() as session:
            act = world.act("open", CLERK)
            opened = listing.open_listing(
                session, book=world.book, unit_id=world.units[2], responsible=ANSWERABLE, act=act, year=world.on.year, threshold=1,
            )  # fmt: skip
            listed = opened.id or 0
        world.take(listed, "nominate", HEAD)
        bring(world, listed, stage)
        world.take(listed, "revoke" if stage == "decided" else "reject", HEAD, **REASON)
        if stage == "decided":
            world.take(listed, "withdraw_publicity", CLERK)


def bring(world: World, listed: int, stage: str) -> None:
    """Bring a candidate as far as a stage."""
    unit = unit_itself(world.matter(listed).unit_id)
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("basis_checked", lambda: world.take(listed, "check_basis", supervisor(world.book), **REASON)),
        ("notice_issued", lambda: world.take(listed, "issue_notice", HEAD)),
        ("statement_period", lambda: world.service(listed, "LIERU_GZ")),
        ("statement_received", lambda: world.take(listed, "receive_statement", unit, points=["已改正"])),
        (
            "statement_reviewed",
            lambda: world.take(listed, "review_statement", CLERK, findings=["不成立"], adopted="no"),
        ),
        ("discussed", lambda: world.take(listed, "discuss", HEAD, officers=OFFICERS, opinion="同意")),
        ("decided", lambda: world.take(listed, "decide", HEAD, legal_review="通过", months=36)),
    ]
    if stage == "statement_waived":
        steps[3:] = [(stage, lambda: lapse(world, world.clock_of(listed, "R-LIST-STATEMENT").due_on))]
    for reached, step in steps:
        if world.state(listed) == stage:
            return
        step()
        assert world.state(listed) == reached
