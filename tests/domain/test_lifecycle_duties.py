"""Who may take a step, who may not take it too, and who has to say why (岗位、不相容职责与理由)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.tables import Edge, act, actors, allowing, edges, filled, name_of
from yisong.domain.lifecycle import (
    Facts,
    Lifecycle,
    Refusal,
    Transition,
    decide,
)
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import Party

TABLES = tuple(ALL.values())
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)


UNFAVOURABLE = (
    "return", "deny", "withdraw", "terminate", "void", "reopen", "revoke", "reject", "refuse", "dismiss", "disapprove", "send_back", "supersede",
    "suspend", "record_refusal", "attempt_failed", "settle_partly", "void", "merge", "change_unit", "suspect_crime",
)  # fmt: skip
REASON_WAS_GIVEN = {("listing", "withdraw_publicity")}
"""It only carries out a revocation, whose reason was given (行政处罚法第四十八条)."""


@each_table
def test_whoever_turns_something_down_says_why(table: Lifecycle) -> None:
    for row in table.transitions:
        a_person = any(who.party is not Party.SYSTEM for who in row.by)
        if not a_person or not row.action.startswith(UNFAVOURABLE) or (table.kind, row.action) in REASON_WAS_GIVEN:
            continue
        reasons = [need for need in row.needs if need.name == "reason"]
        assert reasons and reasons[0].required, f"{table.kind}.{row.action} needs no reason"


def test_publicity_is_withdrawn_only_after_a_reasoned_revocation() -> None:
    leading = [row for row in ALL["listing"].transitions if row.target == "revoked"]
    assert leading and all(any(need.name == "reason" and need.required for need in row.needs) for row in leading)


DUTIES = {
    ("transfer", "approve"): "submit", ("order", "issue"): "open", ("order", "approve_extension"): "request_extension",
    ("order", "deny_extension"): "request_extension", ("criminal", "approve"): "submit_report", ("criminal", "disapprove"): "submit_report",
    ("listing", "issue_notice"): "check_basis", ("listing", "decide"): "review_statement",
}  # fmt: skip


def test_duties_are_apart_where_they_have_to_be() -> None:
    assert {
        (table.kind, row.action): "".join(row.not_by) for table in TABLES for row in table.transitions if row.not_by
    } == DUTIES


@pytest.mark.parametrize(("kind", "action", "before"), [(*key, value) for key, value in DUTIES.items()])
def test_the_same_person_is_refused_the_second_duty(kind: str, action: str, before: str) -> None:
    table = ALL[kind]
    for row in (row for row in table.transitions if row.action == action):
        for state in row.source:
            refused = 0
            for actor in actors():
                known = allowing(table, row, state)
                if not accepted(table, row, known, actor.id):
                    continue
                with pytest.raises(Refusal) as caught:
                    decide(
                        table,
                        facts=replace(known, actors={before: actor.id}),
                        act=act(action, actor, **filled(row, state=known)),
                    )
                assert caught.value.code == "separation_of_duties"
                refused += 1
            assert refused


def accepted(table: Lifecycle, row: Transition, known: Facts, actor_id: str) -> bool:
    actor = next(each for each in actors() if each.id == actor_id)
    try:
        return decide(table, facts=known, act=act(row.action, actor, **filled(row, state=known))).transition is row
    except Refusal:
        return False


@pytest.mark.parametrize("edge", list(edges()), ids=name_of)
def test_every_edge_can_be_taken_by_somebody_and_by_nobody_else(edge: Edge) -> None:
    table, row, source = edge
    known = allowing(table, row, source)
    takers = {actor for actor in actors() if accepted(table, row, known, actor.id)}
    meant = {
        actor
        for actor in actors()
        for who in row.by
        if who.roles & actor.roles
        and (who.party is Party.SYSTEM or actor.department in known.parties.get(who.party, ()))
    }
    assert takers and takers == meant
