"""The journal's pen for many at once (批量立项入账): new matters with their first steps, hundreds in one statement.

It writes what `journal.record()` would have written, one after the other: the same states, tallies and hash-chained events, the same
notices. Steps that start clocks, issue papers or reach other matters are not its business; it says so, and they are taken one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from sqlmodel import Session

from models import Event, Matter, OutboxRow
from yisong.domain import lifecycles
from yisong.domain.chain import GENESIS, event_hash, json_value
from yisong.domain.lifecycle import Act, Facts, Step, decide
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook
from yisong.services.facts import parties
from yisong.services.outgoing import notices
from yisong.store import rows as bulk

_PLAIN = (str, int, bool)
_NONE: list[dict[str, Any]] = []


class Unforeseen(Exception):
    """A step that asks for more than is looked up for many at once (须逐件办理)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A matter to be and its first steps (待立事项): the first act opens it, the others follow at once.

    `values` are the facts that guards may ask for; any other question sends the matter the long way.
    """

    kind: str
    code: str
    acts: Sequence[Act]
    variant: str = ""
    origin: str = ""
    responsible: str = ""
    unit_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """How a matter stands after its first steps (已判定的新事项). A unit that is yet to be registered is filled in before it is written."""

    opening: Opening
    code: str
    responsible: str
    unit_id: int | None
    state: str = ""
    tallies: dict[str, int] = field(default_factory=dict)
    actors: dict[str, str] = field(default_factory=dict)
    steps: list[tuple[Step, Act, Facts]] = field(default_factory=list)


class _Foreseen(dict[str, Any]):
    """Facts that refuse to be asked for what they do not hold, where `Facts.value` would answer with a default."""

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            raise Unforeseen(name)
        return self[name]


class Openings:
    """Decides and writes the openings of one batch (批量立项)."""

    def __init__(self, book: RuleBook, *, at: datetime) -> None:
        self._book = book
        self._at = at
        self._at_text = at.astimezone(UTC).isoformat(timespec="microseconds")
        self._tallied: dict[tuple[object, ...], tuple[dict[str, int], dict[str, str]]] = {}
        self._parties: dict[tuple[str, str, int | None], dict[Party, frozenset[str]]] = {}

    def decide(self, opening: Opening) -> Opened:
        """Decide all first steps of a matter; nothing is written (判定).

        Raises:
            Refusal: what the table refuses.
            Unforeseen: a step that has to be taken by `steps.take_step`.
        """
        lifecycle = lifecycles.ALL[opening.kind]
        found = Opened(opening, opening.code, opening.responsible, opening.unit_id)
        known, values = self._parties_of(opening), _Foreseen(opening.values)
        for act in opening.acts:
            facts = Facts(
                kind=opening.kind, code=opening.code, state=found.state, variant=opening.variant, tallies=found.tallies,
                actors=found.actors, parties=known, values=values,
            )  # fmt: skip
            step = decide(lifecycle, facts=facts, act=act)
            row = step.transition
            if row.clocks or row.papers or row.also or row.sets or act.at != self._at:
                raise Unforeseen(act.action)
            found.state = step.target
            found.tallies, found.actors = self._after(found, act)
            found.steps.append((step, act, facts))
        return found

    def _after(self, found: Opened, act: Act) -> tuple[dict[str, int], dict[str, str]]:
        """How often what was done, and by whom, after an act; matters that went the same way share it (办理计数)."""
        key = (*found.actors.items(), *found.tallies.values(), act.action, act.actor.id)
        known = self._tallied.get(key)
        if known is None:
            times = found.tallies.get(act.action, 0) + 1
            known = ({**found.tallies, act.action: times}, {**found.actors, act.action: act.actor.id})
            self._tallied[key] = known
        return known

    def write(self, session: Session, opened: Sequence[Opened], *, ids: Sequence[int]) -> None:
        """Write the matters, their events and notices in the caller's transaction (入账); `ids` are theirs, in order.

        Raises `IntegrityError` where a code is taken: then nothing of the batch may be kept.
        """
        matters: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        queued: list[dict[str, Any]] = []
        for matter_id, one in zip(ids, opened, strict=True):
            head = GENESIS
            for seq, (step, act, facts) in enumerate(one.steps, start=1):
                effects = _NONE
                keys: set[str] = set()
                for tell in step.transition.tells:
                    effects = list(effects)
                    for key, receiver, payload in notices(one, tell=tell, act=act, facts=facts, seq=seq, keys=keys):
                        queued.append({"key": key, "payload": payload, "matter_id": matter_id})
                        effects.append({"tell": receiver, "notice": tell.notice})
                event = self._event(matter_id, seq=seq, step=step, act=act, effects=effects, previous=head)
                head = event["hash"]
                events.append(event)
            opening = one.opening
            matters.append(
                {
                    "id": matter_id, "kind": opening.kind, "code": opening.code, "variant": opening.variant, "state": one.state,
                    "case_id": matter_id if opening.kind == "transfer" else None, "unit_id": one.unit_id, "origin": opening.origin,
                    "responsible": opening.responsible, "opened_on": opening.acts[0].on, "changed_at": self._at, "seq": len(one.steps), "head": head,
                    "tallies": one.tallies, "actors": one.actors,
                }
            )  # fmt: skip
        bulk.insert_whole(session, Matter, rows=matters)
        bulk.insert_whole(session, Event, rows=events)
        for row in queued:
            row |= {"kind": "notice", "case_id": None, "created_at": self._at, "next_at": self._at}
        bulk.insert_whole(session, OutboxRow, rows=queued)

    def _event(
        self, matter_id: int, *, seq: int, step: Step, act: Act, effects: list[dict[str, Any]], previous: str
    ) -> dict[str, Any]:
        given = act.given if all(type(each) in _PLAIN for each in act.given.values()) else json_value(act.given)
        actor = act.actor
        body = {
            "matter": matter_id, "seq": seq, "action": act.action, "source": step.source, "target": step.target,
            "actor": [actor.id, actor.name, actor.department], "on": act.on.isoformat(), "at": self._at_text,
            "offline": act.offline, "given": given, "effects": effects,
        }  # fmt: skip
        return {
            "matter_id": matter_id, "seq": seq, "action": act.action, "source": step.source, "target": step.target, "actor_id": actor.id,
            "actor_name": actor.name, "department": actor.department, "on": act.on, "at": self._at, "offline": act.offline, "given": given,
            "effects": effects, "previous": previous, "hash": event_hash(previous, body),
        }  # fmt: skip

    def _parties_of(self, opening: Opening) -> dict[Party, frozenset[str]]:
        key = (opening.origin, opening.responsible, opening.unit_id)
        known = self._parties.get(key)
        if known is None:
            known = self._parties[key] = parties(self._book, cast("Matter", _Party(*key)))
        return known


@dataclass(frozen=True, slots=True)
class _Party:
    """What `facts.parties` looks at of a matter that has not begun (当事各方)."""

    origin: str
    responsible: str
    unit_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
