"""What the tests of the life cycles stand on (流转表测试支撑): the rows as text, made-up facts, and plausible answers to every need."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from yisong.domain.lifecycle import Act, Facts, Lifecycle, Need, NeedKind, Transition
from yisong.domain.lifecycles import ALL
from yisong.domain.roles import SYSTEM, Actor, Party, Role

GOLDEN = Path(__file__).resolve().parents[1] / "data" / "transitions.csv"
COLUMNS = ("kind", "action", "source", "target", "when", "by", "not_by", "guards", "clocks", "papers", "also")
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ORGANS = {
    Party.ORIGIN: "ORI", Party.RESPONSIBLE: "RES", Party.GUIDANCE: "GUI", Party.SUPERVISOR: "SUP", Party.GOVERNMENT: "GOV", Party.POLICE: "POL",
    Party.UNIT: "unit:7",
}  # fmt: skip
STRANGER, BRANCH = "OTH", "CITY"
VARIANTS = {
    "transfer": ("lead", "case", "own", "criminal"), "finding": ("transfer", "own"),
    "risk": (Party.GUIDANCE.value, Party.SUPERVISOR.value, Party.GOVERNMENT.value),
}  # fmt: skip

Edge = tuple[Lifecycle, Transition, str]


def edges(tables: Iterable[Lifecycle] = tuple(ALL.values())) -> Iterator[Edge]:
    """Every row of every table, once for each state that it starts from."""
    for table in tables:
        for row in table.transitions:
            for source in row.source:
                yield table, row, source


def line_of(edge: Edge) -> tuple[str, ...]:
    """One edge as the golden list writes it."""
    table, row, source = edge
    clocks = (f"{each.verb.value} {each.rule}" + (f" 届满 {each.lapse}" if each.lapse else "") for each in row.clocks)
    return (
        table.kind,
        row.action,
        source,
        row.end(source),
        row.when.label if row.when else "",
        "或".join(who.label for who in row.by),
        "、".join(row.not_by),
        "、".join(guard.name for guard in row.guards),
        "；".join(clocks),
        "、".join(paper.code for paper in row.papers),
        "、".join(f"{also.kin.value}.{also.action}" for also in row.also),
    )


def name_of(edge: Edge) -> str:
    return "-".join(line_of(edge)[:4])


def golden() -> list[tuple[str, ...]]:
    """The committed list of edges."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        head, *lines = csv.reader(file)
    assert tuple(head) == COLUMNS
    return [tuple(line) for line in lines]


def without(edge: Edge) -> list[Lifecycle]:
    """All tables, but for one edge."""
    table, row, source = edge
    left = tuple(each for each in row.source if each != source)
    rows = [replace(each, source=left) if each is row else each for each in table.transitions]
    maimed = replace(table, transitions=tuple(each for each in rows if each.source))
    return [maimed if each is table else each for each in ALL.values()]


# — who, with which facts —


def actors() -> list[Actor]:
    """One person of every post in every organ that stands to the matter in some relation, and in one that does not."""
    found = [
        Actor(f"{organ}.{role.value}", f"{organ}的人", organ, frozenset({role}))
        for organ in (*ORGANS.values(), STRANGER)
        for role in Role
        if role is not Role.SYSTEM
    ]
    return [
        *found,
        Actor("system", "系统", "", frozenset({Role.SYSTEM})),
        Actor("both", "兼任的人", "RES", frozenset({Role.OFFICER, Role.LEADER})),
    ]


VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "evidence": st.booleans(), "unit_active": st.booleans(), "unit_complete": st.booleans(), "routed": st.booleans(), "materials_complete": st.booleans(), "urgent": st.booleans(),
    "live_orders": st.integers(0, 2), "refused_orders": st.integers(0, 1), "findings": st.integers(0, 3), "within_limitation": st.booleans(),
    "designated": st.booleans(), "penalty_paused": st.booleans(), "city_branches": st.just(frozenset({BRANCH})), "case_open": st.booleans(),
    "case_state": st.sampled_from(["closed", "rectifying", "reopened"]), "severity": st.sampled_from(["general", "major", "critical"]),
    "rectify_due": st.sampled_from([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]), "served": st.booleans(),
    "term_expired": st.booleans(), "stayed": st.booleans(), "extension_limit": st.integers(1, 2), "child_order": st.booleans(),
    "order_state": st.sampled_from(["report_submitted", "rectifying", "review_revoked", "passed"]),
    "reported_by": st.sampled_from([None, "RES.officer", "unit:7.unit"]), "servable": st.booleans(), "awaited": st.booleans(),
    "electronic_consent": st.booleans(), "failed_attempts": st.integers(0, 2), "issued_on": st.sampled_from(["", "2026-03-02"]),
    "refusals": st.integers(0, 4), "threshold": st.integers(1, 3),
    "measures": st.sampled_from([[], [{"measure": "约谈", "basis": "条例第二十三条"}], [{"measure": "约谈", "basis": ""}]]),
    "effective_on": st.sampled_from([None, "2025-03-10", "2026-01-31"]), "removal_months": st.sampled_from([1, 12]),
    "seizure_due": st.sampled_from([None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=9)]), "case_live": st.booleans(), "case_accepted": st.booleans(),
    "case_responsible": st.just(STRANGER), "held_seizures": st.integers(0, 1), "objection_pending": st.booleans(),
}  # fmt: skip
"""Every fact that a guard or a condition of the tables looks at, with values on both sides of each fork."""


@st.composite
def facts(draw: st.DrawFn, *, table: Lifecycle, state: str) -> Facts:
    """Made-up facts of a matter of that kind in that state."""
    actions = sorted(table.actions())
    people = [actor.id for actor in actors()]
    organs = {party: frozenset({organ}) for party, organ in ORGANS.items()}
    if draw(st.booleans()):
        organs[Party.RESPONSIBLE] = organs[draw(st.sampled_from([Party.ORIGIN, Party.GUIDANCE, Party.SUPERVISOR]))]
    return Facts(
        kind=table.kind,
        code="YX-2026-0001",
        state=state,
        variant=draw(st.sampled_from(VARIANTS.get(table.kind, ("",)))),
        tallies=draw(st.dictionaries(st.sampled_from(actions), st.integers(0, 2))),
        actors=draw(st.dictionaries(st.sampled_from(actions), st.sampled_from(people))),
        parties=organs,
        values=draw(st.fixed_dictionaries({}, optional=dict(VALUES))),
    )


def answer(need: Need, *, state: Facts) -> Any:
    """A plausible answer to one need, such that no guard of what was typed in stands against it."""
    if need.name == "new_due" and state.kind == "seizure":
        return (state.value("seizure_due") or TODAY) + timedelta(days=30)
    if need.name == "new_due":
        return max(state.value("rectify_due") or TODAY, TODAY)
    if need.name == "ground":
        return need.choices[0][0]
    if need.name in ("department", "proposed_department"):
        return STRANGER
    if need.name == "city_opinion":
        return "虚市监函〔2026〕1号"
    if need.name == "officers":
        return ["张三 33990001", "李四 33990002"]
    if need.kind is NeedKind.CHOICE:
        return next(value for value, _ in need.choices)
    return {
        NeedKind.DATE: TODAY, NeedKind.NUMBER: 12, NeedKind.LIST: ["第一项"], NeedKind.YES: True, NeedKind.UNIT: 7, NeedKind.LINE: "一行",
        NeedKind.TEXT: "如实填写", NeedKind.DEPARTMENT: STRANGER,
    }[need.kind]  # fmt: skip


def filled(row: Transition, *, state: Facts) -> dict[str, Any]:
    """All needs of a row with plausible answers."""
    return {need.name: answer(need, state=state) for need in row.needs}


def act(action: str, actor: Actor, **given: Any) -> Act:
    return Act(action, actor, TODAY, NOW, given)


def allowing(table: Lifecycle, row: Transition, state: str) -> Facts:
    """Facts with which nothing but a person could stand against a row."""
    values = {
        "evidence": True, "unit_active": True, "unit_complete": True, "routed": True, "materials_complete": True, "live_orders": 0, "within_limitation": True, "findings": 2,
        "case_open": True, "served": True, "term_expired": True, "order_state": "report_submitted", "servable": True, "awaited": True,
        "failed_attempts": 1, "refusals": 3, "threshold": 1, "measures": [{"measure": "约谈", "basis": "条例"}], "effective_on": "2020-01-01",
        "case_accepted": True, "case_responsible": STRANGER, "objection_pending": True,
    }  # fmt: skip
    organs = {party: frozenset({organ}) for party, organ in ORGANS.items()}
    turns: tuple[dict[str, Any], ...] = (
        {}, {"urgent": True}, {"awaited": False}, {"live_orders": 1}, {"penalty_paused": True}, {"refused_orders": 1},
    )  # fmt: skip
    for variant in (*VARIANTS.get(table.kind, ()), ""):
        for turn in turns:
            for once in ("", "file_case", "feed_back", "served", "return_jurisdiction"):
                tallies = {once: 1} if once else {}
                known = Facts(
                    table.kind, "X", state, variant=variant, tallies=tallies, parties=organs, values={**values, **turn}
                )
                fits = row.when is None or row.when.test(known)
                if fits and all(guard.test(known, act("", SYSTEM)) for guard in row.guards if guard.early):
                    return known
    raise AssertionError(f"{table.kind}.{row.action} from {state!r}: no facts allow it")


def write_golden() -> None:
    """Write the golden list anew (python -m tests.domain.tables), to be read before it is committed."""
    with GOLDEN.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(line_of(edge) for edge in edges())


if __name__ == "__main__":
    write_golden()
