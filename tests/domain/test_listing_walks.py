"""No unit is listed that was never served: every road to the list, walked (列入模型检验)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.domain.tables import edges
from tests.domain.walk import WILLING, Place, Walk
from yisong.domain.lifecycle import Facts
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import Party

LISTED = {"effective", "removal_applied", "removal_verifying", "removed", "expired", "unpublished"}


def listing_walk(*, adopting: bool) -> set[Place]:
    way_on = {
        "open",
        "nominate",
        "check_basis",
        "issue_notice",
        "served",
        "attempt_failed",
        "announced",
        "receive_statement",
        "waive_statement",
    }
    way_on |= {
        "review_statement",
        "discuss",
        "decide",
        "reject",
        "dismiss",
        "expire",
        "apply_removal",
        "deny_removal",
        "revoke",
        "object",
    }
    way_on |= {"adopt"} if adopting else set()
    watched = frozenset({"served", "adopt", "receive_statement", "review_statement"})
    return Walk(ALL["listing"], most=1, follow=lambda row: row.action in way_on, watched=watched).places("")


def test_no_unit_is_listed_that_was_never_served() -> None:
    """Every road to the list, whatever its turns, passes the service of the notice and then that of the decision."""
    places = listing_walk(adopting=False)
    listed = [place for place in places if place.state in LISTED]
    assert listed
    for place in listed:
        assert ("served", "notice_issued") in place.taken and ("served", "decided") in place.taken, sorted(place.taken)


def test_only_what_the_platform_inherits_is_listed_without_its_papers_and_says_so() -> None:
    beside = [
        row
        for _, row, _ in edges([ALL["listing"]])
        if row.target == "effective" and row.action not in ("served", "deny_removal")
    ]
    assert {row.action for row in beside} == {"adopt"}
    (adopt,) = {id(row): row for row in beside}.values()
    assert adopt.label == "承接原有名单" and adopt.source == ("",)
    assert {need.name for need in adopt.needs if need.required} == {"reason", "served_on"}
    without_service = [
        place
        for place in listing_walk(adopting=True)
        if place.state in LISTED and ("served", "decided") not in place.taken
    ]
    assert without_service and all(("adopt", "") in place.taken for place in without_service)


def test_a_paper_counts_as_served_only_through_a_recorded_service() -> None:
    """Nobody can say “served”: it follows from a record of service, and only of the paper that the matter waits for."""
    for kind in ("listing", "order"):
        for row in (row for row in ALL[kind].transitions if row.action in ("served", "announced", "attempt_failed")):
            assert all(who.party is Party.SYSTEM for who in row.by)
    bringing = [
        (kind, row)
        for kind, table in ALL.items()
        for row in table.transitions
        if any(also.action == "served" for also in row.also)
    ]
    assert {(kind, row.action) for kind, row in bringing} == {("service", "serve"), ("service", "mature")}
    for _, row in bringing:
        not_awaited = Facts("service", "X", row.source[0], values={"servable": True, "awaited": False})
        assert row.when is not None and not row.when.test(not_awaited)


@pytest.mark.parametrize(
    "lacking", [{"refusals": 0, "threshold": 1}, {"measures": []}, {"measures": [{"measure": "限制", "basis": ""}]}]
)
def test_no_unit_is_listed_below_the_threshold_or_without_a_measure_that_has_a_basis(lacking: dict[str, Any]) -> None:
    walk = Walk(ALL["listing"], most=1, values={**WILLING, **lacking}, follow=lambda row: row.action != "adopt")
    states = {place.state for place in walk.places("")} | {place.state for place in walk.places("candidate")}
    assert not states & LISTED


def test_a_statement_is_reviewed_before_anything_is_decided() -> None:
    """行政处罚法第四十五条: what was brought forward must be reviewed."""
    for place in listing_walk(adopting=False):
        if (
            place.state in ("discussed", "decided", "effective")
            and ("receive_statement", "statement_period") in place.taken
        ):
            assert ("review_statement", "statement_received") in place.taken


def test_the_walk_itself_can_see_a_hole() -> None:
    """Take the guard from the decision and the row for the notice's service becomes avoidable: the walk finds the road."""
    table = ALL["listing"]
    rows = [
        replace(row, source=(*row.source, "basis_checked"), guards=()) if row.action == "decide" else row
        for row in table.transitions
    ]
    holed = replace(table, transitions=tuple(rows))
    way = {"open", "nominate", "check_basis", "decide", "served"}
    places = Walk(holed, most=1, follow=lambda row: row.action in way, watched=frozenset({"served"})).places("")
    assert any(place.state == "effective" and ("served", "notice_issued") not in place.taken for place in places)
