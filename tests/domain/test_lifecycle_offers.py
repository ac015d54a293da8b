"""What is offered is what is accepted, for every state, action and post (可办即可办成)."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as generated
from hypothesis import settings
from hypothesis import strategies as st

from tests.domain import tables as made
from tests.domain.tables import act, actors, allowing, facts, filled
from yisong.domain.lifecycle import (
    Facts,
    Lifecycle,
    Offer,
    Refusal,
    Transition,
    decide,
    offers,
)
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import SYSTEM, Actor

TABLES = tuple(ALL.values())
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
NAMED = {
    "unknown_action",
    "wrong_state",
    "wrong_role",
    "separation_of_duties",
    "missing",
    "not_a_choice",
    "not_a_date",
    "not_a_number",
}


class Watched(Facts):
    """Facts that remember which of them were looked at."""

    seen: set[str] = set()

    def value(self, name: str, default: object = None) -> object:
        Watched.seen.add(name)
        return super().value(name, default)


@each_table
def test_the_made_up_facts_leave_out_nothing_that_a_table_looks_at(table: Lifecycle) -> None:
    Watched.seen = set()
    for row in table.transitions:
        for state in row.source:
            for variant in (*made.VARIANTS.get(table.kind, ()), ""):
                known = Watched(table.kind, "X", state, variant=variant, values={})
                for test in [guard.test for guard in row.guards]:
                    test(known, act(row.action, SYSTEM, **filled(row, state=known)))
                if row.when is not None:
                    row.when.test(known)
    assert Watched.seen <= set(made.VALUES)


STATES = [(table.kind, state) for table in TABLES for state in (*dict.fromkeys((*table.initial, *table.states)),)]


@pytest.mark.parametrize(("kind", "state"), STATES, ids=[f"{kind}-{state or 'new'}" for kind, state in STATES])
@settings(max_examples=12)
@generated(data=st.data())
def test_what_is_offered_is_what_is_accepted(kind: str, state: str, data: st.DataObject) -> None:
    """For every state, action and post: an offer without obstacle is accepted once its needs are given, everything else is refused by name."""
    table = ALL[kind]
    known = data.draw(facts(table=table, state=state))
    before = copy.deepcopy(known)
    by_action: dict[str, list[Transition]] = {}
    for row in table.transitions:
        by_action.setdefault(row.action, []).append(row)
    fitting = {action for action, rows in by_action.items() if any(fits(row, known) for row in rows)}
    for actor in actors():
        found = {offer.transition.action: offer for offer in offers(table, facts=known, act=act("", actor))}
        assert set(found) <= fitting
        for action in fitting:
            check_offer(table, known, found.get(action), by_action[action], actor)
    for action in set(by_action) - fitting:
        with pytest.raises(Refusal) as caught:
            decide(table, facts=known, act=act(action, SYSTEM, **filled(by_action[action][0], state=known)))
        assert caught.value.code == "wrong_state"
    assert known == before


def fits(row: Transition, known: Facts) -> bool:
    return known.state in row.source and (row.when is None or row.when.test(known))


def check_offer(table: Lifecycle, known: Facts, offer: Offer | None, rows: list[Transition], actor: Actor) -> None:
    row = offer.transition if offer else next(row for row in rows if fits(row, known))
    doing = act(row.action, actor, **filled(row, state=known))
    if offer is not None and not offer.obstacle:
        step = decide(table, facts=known, act=doing)
        assert step.transition is row and step == decide(table, facts=known, act=doing)
        for need in row.needs:
            if need.required:
                lacking = {name: value for name, value in doing.given.items() if name != need.name}
                with pytest.raises(Refusal) as caught:
                    decide(table, facts=known, act=replace(doing, given=lacking))
                assert caught.value.code == "missing" and need.label in caught.value.message
        return
    with pytest.raises(Refusal) as caught:
        decide(table, facts=known, act=doing)
    if offer is None:
        assert caught.value.code == "wrong_role"
    else:
        assert caught.value.code == "separation_of_duties" or caught.value.message == offer.obstacle
        assert caught.value.code in NAMED | {guard.name for guard in row.guards}


@each_table
def test_every_guard_of_what_is_typed_in_can_stand_and_can_fall(table: Lifecycle) -> None:
    """A guard that never refuses guards nothing; one that always does is a wall."""
    wrong: dict[str, dict[str, Any]] = {
        "two_officers": {"officers": ["张三 33990001", "张三 33990001"]}, "proposed_is_self": {"proposed_department": "RES"},
        "reroute_to_same": {"department": "RES"}, "reroute_to_origin": {"department": "ORI"},
        "city_branch": {"department": made.BRANCH, "city_opinion": ""}, "new_violation": {"ground": "new_violation"},
        "extension_shortens": {"new_due": "2026-01-01"}, "controls_missing": {"controls": ""}, "date_in_future": {"served_on": "2026-03-11"},
        "served_before_issue": {"served_on": "2026-02-01"}, "no_consent": {"method": "electronic"}, "leaving_without_record": {"method": "leaving", "witness": "", "recording": ""},
        "not_police": {"reason": ""}, "taken_in_future": {"seized_on": "2026-03-11"}, "extension_too_long": {"new_due": made.TODAY + timedelta(days=31)},
        "not_case_department": {"department": "RES"},
    }  # fmt: skip
    for row in table.transitions:
        for guard in (guard for guard in row.guards if not guard.early):
            known = allowing(table, row, row.source[0])
            known = replace(known, values={**known.values, "rectify_due": made.TODAY, "seizure_due": made.TODAY, "severity": "critical", "issued_on": "2026-03-02",
                                           "city_branches": frozenset({made.BRANCH})})  # fmt: skip
            good = filled(row, state=known)
            assert guard.test(known, act(row.action, SYSTEM, **good)), guard.name
            assert not guard.test(known, act(row.action, SYSTEM, **{**good, **wrong[guard.name]})), guard.name
