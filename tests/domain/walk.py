"""A walk through a life cycle by real decisions, to the end of every road (模型检验)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.domain.tables import ORGANS, STRANGER, act, actors, filled
from yisong.domain.lifecycle import Facts, Lifecycle, Refusal, Transition, decide

Taken = frozenset[tuple[str, str]]
"""(action, the state it was taken in)."""
COUNTED = {
    "served", "sign_receipt", "request_supplement", "return_jurisdiction", "request_reconsideration", "reroute", "file_case", "merge", "feed_back",
    "publish", "decide_penalty", "reopen", "expire", "hand_over", "approve_extension", "extend",
}  # fmt: skip
"""What guards and conditions count."""
WILLING: Mapping[str, Any] = {
    "unit_active": True, "unit_complete": True, "routed": True, "materials_complete": True, "within_limitation": True, "live_orders": 0, "findings": 2, "refusals": 3, "threshold": 1,
    "measures": [{"measure": "约谈", "basis": "条例"}], "effective_on": "2020-01-01", "case_open": True, "served": True, "term_expired": True,
    "case_accepted": True, "case_responsible": STRANGER, "objection_pending": True,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a walk stands: the state, what was ever taken, and how often what is counted was taken."""

    state: str
    variant: str = ""
    taken: Taken = frozenset()
    counts: tuple[tuple[str, int], ...] = ()
    marks: frozenset[str] = frozenset()

    @property
    def tallies(self) -> dict[str, int]:
        return dict(self.counts)


@dataclass
class Walk:
    """Every place that real decisions lead to. Only what a guard counts is counted, up to `most`, and only what is watched is
    remembered, so that the walk comes to an end."""

    table: Lifecycle
    variant: str = ""
    most: int = 2
    values: Mapping[str, Any] = field(default_factory=lambda: dict(WILLING))
    follow: Callable[[Transition], bool] = lambda row: True
    watched: frozenset[str] = frozenset()

    def facts(self, place: Place) -> Facts:
        organs = {party: frozenset({organ}) for party, organ in ORGANS.items()}
        values = {**self.values, "designated": "designated" in place.marks}
        return Facts(
            self.table.kind,
            "X",
            place.state,
            variant=self.variant,
            tallies=place.tallies,
            parties=organs,
            values=values,
        )

    def steps(self, place: Place) -> Iterator[tuple[Transition, Place]]:
        known = self.facts(place)
        for row in self.table.transitions:
            if place.state not in row.source or not self.follow(row) or (row.when and not row.when.test(known)):
                continue
            for actor in actors():
                try:
                    step = decide(self.table, facts=known, act=act(row.action, actor, **filled(row, state=known)))
                except Refusal:
                    continue
                if step.transition is row:
                    counts = place.tallies
                    if row.action in COUNTED:
                        counts[row.action] = min(counts.get(row.action, 0) + 1, self.most)
                    marks = place.marks | ({"designated"} if "designated" in row.sets else set())
                    taken = place.taken | ({(row.action, place.state)} if row.action in self.watched else frozenset())
                    yield row, Place(step.target, self.variant, taken, tuple(sorted(counts.items())), marks)
                    break

    def places(self, start: str) -> set[Place]:
        first = Place(start, self.variant)
        found, waiting = {first}, [first]
        while waiting:
            for _, place in self.steps(waiting.pop()):
                if place not in found:
                    found.add(place)
                    waiting.append(place)
        return found
