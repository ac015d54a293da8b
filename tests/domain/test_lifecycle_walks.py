"""Walk the tables to the end of every road (模型检验): what no sequence of steps can bring about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.tables import ORGANS, act, actors, edges, filled
from tests.domain.walk import COUNTED, WILLING, Place, Walk
from yisong.domain.lifecycle import Act, Facts, Lifecycle, Refusal, Transition, Verb, decide
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import SYSTEM, Party

# — transfers do not bounce —

COUNTER = {
    "submit", "approve", "deliver", "request_supplement", "deliver_supplement", "supplement_timeout", "return_jurisdiction", "return_groundless",
    "request_reconsideration", "reroute", "insist", "settle", "not_settled", "designate", "accept",
}  # fmt: skip


@pytest.fixture(scope="module", params=["lead", "case"])
def arrivals(request: pytest.FixtureRequest) -> tuple[Walk, set[Place]]:
    walk = Walk(ALL["transfer"], variant=request.param, most=2, follow=lambda row: row.action in COUNTER)
    return walk, walk.places("draft")


def test_a_transfer_comes_back_and_is_sent_on_at_most_once(arrivals: tuple[Walk, set[Place]]) -> None:
    walk, places = arrivals
    assert any(place.state == "accepted" for place in places)
    for place in places:
        assert place.tallies.get("reroute", 0) <= 1
        assert place.tallies.get("request_supplement", 0) <= 1
        assert place.tallies.get("request_reconsideration", 0) <= 1
        for row, after in walk.steps(place):
            if row.action == "return_jurisdiction":
                first = walk.variant == "lead" and not place.tallies.get("return_jurisdiction")
                assert after.state == ("returned_for_rerouting" if first else "in_dispute"), (
                    "the second time it is a dispute"
                )


def test_a_designated_department_can_only_accept(arrivals: tuple[Walk, set[Place]]) -> None:
    walk, places = arrivals
    designated = [place for place in places if "designated" in place.marks]
    assert designated
    for place in designated:
        assert not {row.action for row, _ in walk.steps(place)} & {"return_jurisdiction", "return_groundless"}


def test_every_transfer_that_is_under_way_can_still_be_accepted(arrivals: tuple[Walk, set[Place]]) -> None:
    """No turn leads to where nobody can act; what was returned rests with its origin."""
    walk, places = arrivals
    leads = {place: {after for _, after in walk.steps(place)} for place in places}
    good = {place for place in places if place.state in ("accepted", "returned")}
    while True:
        more = {place for place, nexts in leads.items() if nexts & good} - good
        if not more:
            break
        good |= more
    assert places == good


def effects(row: Transition, rule: str) -> set[Verb]:
    return {effect.verb for effect in row.clocks if effect.rule == rule}


def test_delivery_and_not_a_click_starts_the_acceptance_clock() -> None:
    """Whatever brings a case to the counter starts or resumes R-ACCEPT; signing for it changes no clock."""
    rows = ALL["transfer"].transitions
    for row in rows:
        if row.target == "pending_acceptance":
            assert effects(row, "R-ACCEPT") & {Verb.START, Verb.RESUME}, row.action
        if "pending_acceptance" in row.source and row.end("pending_acceptance") != "pending_acceptance":
            ended = effects(row, "R-ACCEPT") | effects(row, "*")
            assert ended & {Verb.MEET, Verb.PAUSE, Verb.CANCEL}, row.action
    (sign,) = [row for row in rows if row.action == "sign_receipt"]
    assert sign.clocks == () and sign.target == "="
    (deliver,) = [row for row in rows if row.action == "deliver"]
    assert {who.party for who in deliver.by} == {Party.SYSTEM}


def test_the_clock_of_a_step_that_cannot_be_taken_is_never_started() -> None:
    """A clock ends when its duty is done; whoever has the duty must be able to take a step that ends it, from where the clock was started."""
    for kind, table in ALL.items():
        for _, row, source in edges([table]):
            for effect in row.clocks:
                if effect.verb is Verb.START and effect.chased:
                    assert ends_somewhere(table, row.end(source), effect.rule), (
                        f"{kind}.{row.action}: who can end {effect.rule}?"
                    )


def ends_somewhere(table: Lifecycle, state: str, rule: str) -> bool:
    """Whether some road from a state has a row that meets the rule."""
    found, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        for row in table.transitions:
            if here not in row.source:
                continue
            if Verb.MEET in effects(row, rule):
                return True
            if row.end(here) not in found:
                found.add(row.end(here))
                waiting.append(row.end(here))
    return False


@pytest.mark.parametrize("variant", ["own", "criminal"])
def test_feedback_is_owed_only_to_another_department(variant: str) -> None:
    """Whoever handles its own finding has nobody to report to: no clock for it, and no obstacle to closing."""
    for row in ALL["transfer"].transitions:
        if Verb.START in effects(row, "R-FEEDBACK"):
            known = Facts("transfer", "X", row.source[0], variant=variant, values={"live_orders": 0})
            assert row.when is not None and not row.when.test(known), row.action
    leader = next(actor for actor in actors() if actor.id == "RES.leader")
    organs = {party: frozenset({organ}) for party, organ in ORGANS.items()}
    at_end = Facts("transfer", "X", "publicising", variant=variant, parties=organs, values={"live_orders": 0})
    assert decide(ALL["transfer"], facts=at_end, act=act("close", leader)).target == "closed"
    with pytest.raises(Refusal) as caught:
        decide(ALL["transfer"], facts=replace(at_end, variant="lead"), act=act("close", leader))
    assert caught.value.code == "not_fed_back"


# — a case to its end —


@pytest.mark.parametrize("variant", ["lead", "case", "own", "criminal"])
@pytest.mark.parametrize("live", [0, 1])
def test_every_accepted_case_can_be_brought_to_an_end(variant: str, live: int) -> None:
    """Whatever was done with a case: somebody can do something about it, with or without orders that are open."""
    table = ALL["transfer"]
    walk = Walk(
        table,
        variant=variant,
        most=1,
        values={**WILLING, "live_orders": live},
        follow=lambda row: row.action not in COUNTER | {"reopen", "merge"},
    )
    starts = ("criminal_branch",) if variant == "criminal" else ("accepted",)
    for start in starts:
        for place in walk.places(start):
            if place.state in table.final or place.state == "closed":
                continue
            ways = {after.state for _, after in walk.steps(place)}
            assert ways - {place.state}, f"{place.state} with {live} open orders after {place.counts}"


def test_a_reopened_case_can_report_and_be_closed_again() -> None:
    table = ALL["transfer"]
    walk = Walk(table, variant="lead", most=3)
    place = Place("publicising", "lead", counts=(("feed_back", 1), ("order_passed", 1), ("reopen", 1)))
    taken = {row.action: after for row, after in walk.steps(place)}
    assert "feed_back" in taken and "close" not in taken, (
        "the first round's feedback does not stand for the second's result"
    )
    again = {row.action for row, _ in walk.steps(taken["feed_back"])}
    assert "close" in again and "feed_back" not in again


def test_a_filed_case_comes_to_its_penalty_although_an_order_was_issued() -> None:
    """行政处罚法第二十八条: penalty and order to rectify belong together."""
    table = ALL["transfer"]
    walk = Walk(table, variant="lead", most=1, values={**WILLING, "live_orders": 0})
    place = Place("case_filed", "lead", counts=(("file_case", 1),))
    for action in ("order_issued", "order_passed"):
        place = next(after for row, after in walk.steps(place) if row.action == action)
        assert place.state == "case_filed"
    assert "decide_penalty" in {row.action for row, _ in walk.steps(place)}


def test_everything_that_is_counted_is_walked_with_its_count() -> None:
    looked_at: set[str] = set()

    class Watched(Facts):
        def times(self, action: str) -> int:
            looked_at.add(action)
            return super().times(action)

    for table in ALL.values():
        for row in table.transitions:
            known = Watched(table.kind, "X", row.source[0], variant="lead", values=WILLING)
            for guard in row.guards:
                guard.test(known, act(row.action, SYSTEM, **filled(row, state=known)))
            if row.when is not None:
                row.when.test(known)
    assert looked_at - {"open"} <= COUNTED


def test_an_act_of_the_system_is_never_open_to_a_person() -> None:
    for table in ALL.values():
        for _, row, source in edges([table]):
            if any(who.party is not Party.SYSTEM for who in row.by):
                continue
            walk = Walk(table)
            known = walk.facts(Place(source))
            for actor in (actor for actor in actors() if actor.id != SYSTEM.id):
                doing: Act = act(row.action, actor, **filled(row, state=known))
                with pytest.raises(Refusal):
                    decide(table, facts=known, act=doing)
