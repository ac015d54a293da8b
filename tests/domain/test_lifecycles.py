"""The tables hold together: every state is reached and left, what is offered is what is accepted, nothing can be taken out (流转表)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import FrozenInstanceError

import pytest

from tests.domain import tables as made
from tests.domain.rulebooks import demo_book
from tests.domain.tables import Edge, act, answer, edges, line_of, name_of
from yisong.domain.lifecycle import (
    ALL_CLOCKS,
    Facts,
    Kin,
    Lifecycle,
    NeedKind,
    Verb,
    decide,
)
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import SYSTEM, Party, Role

TABLES = tuple(ALL.values())
each_table = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)


# — what a check of the tables looks for —


def starts(table: Lifecycle) -> set[str]:
    return set(table.initial)


def reached(table: Lifecycle) -> set[str]:
    found = starts(table)
    while True:
        more = {row.end(source) for _, row, source in edges([table]) if source in found} - found
        if not more:
            return found
        found |= more


DONE = {
    "finding": {"cleared", "onsite_fixed"},
    "order": {"passed", "refused"},
    "review": {"passed"},
    "transfer": {"closed", "closed_refused"},
}
"""Where a matter rests although it may be taken up again."""


def can_end(table: Lifecycle) -> set[str]:
    """The states from which an end can be reached, themselves included."""
    found = set(table.final) | DONE.get(table.kind, set())
    while True:
        more = {source for _, row, source in edges([table]) if row.end(source) in found} - found
        if not more:
            return found
        found |= more


def starts_clock_without_end(table: Lifecycle) -> set[str]:
    """Rules of clocks that a row starts and none ends."""
    started = {effect.rule for row in table.transitions for effect in row.clocks if effect.verb is Verb.START}
    ended = {effect.rule for row in table.transitions for effect in row.clocks if effect.verb in (Verb.MEET, Verb.MISS)}
    return started - ended


def faults(tables: Iterable[Lifecycle]) -> list[str]:
    """Everything that is wrong with these tables."""
    found: list[str] = []
    for table in tables:
        found += [f"{table.kind}: {state} is never reached" for state in set(table.states) - reached(table)]
        found += [f"{table.kind}: {state} has no way to an end" for state in set(table.states) - can_end(table)]
        found += [f"{table.kind}: nothing ends the clock {rule}" for rule in starts_clock_without_end(table)]
        actions = table.actions()
        for row in table.transitions:
            found += [
                f"{table.kind}: {row.action} excludes {other}, which nobody takes"
                for other in row.not_by
                if other not in actions
            ]
            found += [
                f"{table.kind}: {effect.lapse} lapses into nothing"
                for effect in row.clocks
                if effect.lapse and effect.lapse not in actions
            ]
    there = sorted(line_of(edge) for edge in edges(tuple(tables)))
    listed = sorted(made.golden())
    found += [f"not in {made.GOLDEN.name}: {line}" for line in there if line not in listed]
    found += [f"gone from the tables: {line}" for line in listed if line not in there]
    return found


def test_the_tables_have_no_fault_and_are_those_that_were_agreed() -> None:
    assert faults(TABLES) == [], "if the change is meant: python -m tests.domain.tables, and read the difference"


@pytest.mark.parametrize("edge", list(edges()), ids=name_of)
def test_removing_any_edge_is_noticed(edge: Edge) -> None:
    found = faults(made.without(edge))
    assert any(line_of(edge)[1] in fault for fault in found)


def test_every_table_names_its_matters_and_its_states() -> None:
    assert {kind: table.kind for kind, table in ALL.items()} == {kind: kind for kind in ALL}
    for table in TABLES:
        assert table.label and table.initial and table.final <= set(table.states)
        assert all(start == "" or start in table.states for start in table.initial)


@each_table
def test_every_state_is_reached(table: Lifecycle) -> None:
    assert reached(table) - {""} == set(table.states)


@each_table
def test_every_state_has_a_way_to_an_end_and_a_final_one_is_not_left(table: Lifecycle) -> None:
    assert can_end(table) >= set(table.states) | starts(table)
    left = {source for _, row, source in edges([table]) if row.end(source) != source}
    assert set(table.states) - left == set(table.final)


@each_table
def test_every_row_stands_on_known_states_and_known_people(table: Lifecycle) -> None:
    known = set(table.states)
    for row in table.transitions:
        assert row.label and row.basis
        assert row.by and row.source
        assert set(row.source) <= known | starts(table), row.action
        assert row.target == "=" or row.target in known, row.action
        assert len(set(row.source)) == len(row.source), row.action
        for who in row.by:
            assert who.roles and who.roles <= set(Role)
            assert (who.party is Party.SYSTEM) == (Role.SYSTEM in who.roles), f"{row.action}: a person is no system"
        for effect in row.clocks:
            assert effect.owner in Party


@each_table
def test_every_rule_of_a_clock_is_in_the_rule_book(table: Lifecycle) -> None:
    book = demo_book()
    known = {rule.code: rule for rule in book.deadline_rules}
    for row in table.transitions:
        for effect in row.clocks:
            if effect.rule == ALL_CLOCKS:
                assert effect.verb is Verb.CANCEL, f"{row.action}: only an end ends everything"
                continue
            assert effect.rule in known, f"{row.action}: {effect.rule}"
            if effect.verb is Verb.START and known[effect.rule].amount is None:
                assert effect.amount, f"{row.action}: who says how long {effect.rule} runs?"


@each_table
def test_every_paper_has_its_template_and_its_way_of_numbering(table: Lifecycle) -> None:
    from tests.house.test_tables import PAPERS

    book = demo_book()
    for row in table.transitions:
        for paper in row.papers:
            assert (PAPERS / paper.code.lower() / "body.j2").is_file(), paper.code
            assert paper.service == (paper.to is Party.UNIT) or paper.code == "GONGSHI", (
                f"{paper.code}: a paper for the unit is served"
            )
            if paper.code != "LIAN":  # numbered in the common manner where a county's list leaves it out
                book.numbering(paper.code)


@each_table
def test_every_lapse_and_every_consequence_is_a_step_that_the_system_may_take(table: Lifecycle) -> None:
    reach = {
        Kin.CASE: ["transfer"], Kin.FINDINGS: ["finding"], Kin.ORDER: ["order"], Kin.REVIEW: ["review"], Kin.CRIMINAL: ["criminal"], Kin.SEIZURE: ["seizure"],
        Kin.LISTING: ["listing"], Kin.SUBJECT: ["order", "listing"],
    }  # fmt: skip

    def by_system(kind: str, action: str) -> bool:
        rows = [row for row in ALL[kind].transitions if row.action == action]
        return bool(rows) and all(any(who.party is Party.SYSTEM for who in row.by) for row in rows)

    for row in table.transitions:
        for effect in row.clocks:
            assert not effect.lapse or by_system(table.kind, effect.lapse), effect.lapse
        for also in row.also:
            assert all(by_system(kind, also.action) for kind in reach[also.kin]), f"{row.action} → {also.action}"
        assert row.opens in ("", *ALL)


def test_a_consequence_finds_its_case_wherever_it_may_stand() -> None:
    """An order may end while its case is rectifying, filed, referred to the police or at its end: never a dead end."""
    case = ALL["transfer"]
    while_orders_live = ("rectifying", "review_failed", "reopened", "case_filed", "criminal_branch")
    for action in ("order_passed", "order_failed", "order_refused", "order_withdrawn"):
        for state in while_orders_live:
            if (action, state) == ("order_refused", "reopened"):
                continue  # the failed review has taken the case to review_failed
            for live in (0, 1):
                for refused in (0, 1):
                    for variant in made.VARIANTS["transfer"]:
                        known = Facts(
                            "transfer",
                            "X",
                            state,
                            variant=variant,
                            values={"live_orders": live, "refused_orders": refused},
                        )
                        assert decide(case, facts=known, act=act(action, SYSTEM)).target in case.states


SETTLED_BY_THEMSELVES = {
    "effective_on",
    "designated",
    "department",
    "unit",
    "served_on",
    "pdf_sha256",
    "docx_sha256",
    "template_digest",
}


@each_table
def test_what_a_row_keeps_is_given_with_it(table: Lifecycle) -> None:
    for row in table.transitions:
        asked = {need.name for need in row.needs}
        assert set(row.sets) <= asked | SETTLED_BY_THEMSELVES, row.action
        if "department" in row.sets or "unit" in row.sets:
            assert asked & {"department", "unit"}, row.action


def test_rows_cannot_be_changed_behind_the_tables_back() -> None:
    for table in TABLES:
        with pytest.raises(FrozenInstanceError):
            table.transitions[0].target = "closed"  # type: ignore[misc]
        assert isinstance(table.transitions, tuple)


def test_answers_are_of_the_kind_that_is_asked() -> None:
    for table in TABLES:
        for row in table.transitions:
            known = Facts(table.kind, "X", row.source[0])
            for need in row.needs:
                if need.kind is NeedKind.CHOICE:
                    assert answer(need, state=known) in dict(need.choices)
