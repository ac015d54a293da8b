"""Verify the journal (流转记录核验): any row edited, dropped, swapped or forged is found, and where.

The chain proves the events; what stands beside them, a matter's state and tallies and the papers that it issued, must follow from
them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlmodel import Session

from models import Document, Event, Matter
from yisong.domain.chain import BreakKind, Link, canonical, verify
from yisong.domain.lifecycles import ALL
from yisong.services import unit_changes
from yisong.services.evidence_audit import row_faults
from yisong.services.journal import body_of
from yisong.store import audit as stored
from yisong.store import evidence as stored_evidence

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the journal does not hold (断链): the matter, the position in its chain, and how."""

    matter: str
    position: int
    kind: str
    message: str


@dataclass(slots=True)
class Audited:
    """What an audit found (核验结果)."""

    matters: int = 0
    events: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify_all(
    reading: Callable[[], AbstractContextManager[Session]], *, progress: Callable[[int], None] = lambda done: None
) -> Audited:
    """Verify every chain (全部核验), a page of matters at a time."""
    result, after = Audited(), 0
    with reading() as session:
        orphans = stored.orphan_events(session)
    result.faults += [
        Fault(f"#{matter_id}", seq, BreakKind.FORGED.value, "流转记录所属的事项不存在。") for matter_id, seq in orphans
    ]
    with reading() as session:
        result.faults += [
            Fault(unit.code, broken.position, broken.kind.value, f"单位登记变更：{broken.message}")
            for unit, broken in unit_changes.faults(session)
        ]
    while True:
        with reading() as session:
            page = stored.page_of_matters(session, after=after, most=PAGE)
            if not page:
                return result
            ids = [matter.id or 0 for matter in page]
            events, papers = stored.events_of(session, ids), stored.papers_of(session, ids)
            evidence = stored_evidence.by_chain(session, ids)
        for matter in page:
            result.faults += _faults(matter, events.get(matter.id or 0, []), papers.get(matter.id or 0, []))
            for position, kind, why in row_faults(events.get(matter.id or 0, []), evidence.get(matter.id or 0, [])):
                result.faults.append(Fault(matter.code, position, kind, why))
            result.events += len(events.get(matter.id or 0, []))
        result.matters += len(page)
        after = page[-1].id or 0
        progress(result.matters)


def _faults(matter: Matter, events: Sequence[Event], papers: Sequence[Document]) -> Iterator[Fault]:
    """Everything that does not hold of one matter (单件核验)."""
    links = (
        Link(position=event.seq, previous=event.previous, hash=event.hash, body=body_of(event)) for event in events
    )
    for broken in verify(links, head=matter.head):
        yield Fault(matter.code, broken.position, broken.kind.value, broken.message)
    last = events[-1].seq if events else 0

    def fault(kind: BreakKind, why: str, position: int = last) -> Fault:
        return Fault(matter.code, position, kind.value, why)

    if not events and matter.state not in ALL[matter.kind].initial:
        yield fault(BreakKind.FORGED, f"事项现状态为“{matter.state}”，却没有任何流转记录。")
    if events and events[-1].target != matter.state:
        why = f"事项现状态“{matter.state}”与最后一条流转记录“{events[-1].target}”不符。"
        yield fault(BreakKind.EDITED, why)
    if last != matter.seq:
        yield fault(BreakKind.EDITED, f"事项登记的记录条数 {matter.seq} 与流转记录 {last} 条不符。")
    steps = [event for event in events if event.action in ALL[matter.kind].actions()]
    if Counter(event.action for event in steps) != Counter(matter.tallies):
        yield fault(BreakKind.EDITED, "事项登记的各步骤次数与流转记录不符。")
    if {event.action: event.actor_id for event in steps} != matter.actors:
        yield fault(BreakKind.EDITED, "事项登记的各步骤经办人与流转记录不符。")
    yield from _paper_faults(matter, events, papers)


def _paper_faults(matter: Matter, events: Sequence[Event], papers: Sequence[Document]) -> Iterator[Fault]:
    """The papers that a matter's events issued are there as they were issued, and no others (文书核验)."""
    issued = {
        int(effect["document"]): (event.seq, effect)
        for event in events
        for effect in event.effects
        if isinstance(effect, dict) and "document" in effect and "facts" in effect
    }
    for paper in papers:
        position, effect = issued.pop(paper.matter_id, (0, None))
        name = f"文书 {paper.type_code}（{paper.number or '不编号'}）"
        if effect is None:
            yield Fault(matter.code, position, BreakKind.FORGED.value, f"{name}没有任何流转记录出具过。")
        elif (paper.type_code, paper.number) != (effect["paper"], effect["number"]):
            yield Fault(matter.code, position, BreakKind.EDITED.value, f"{name}的类型或者文号与出具时不符。")
        elif not paper.facts_sha256 == effect["facts"] == hashlib.sha256(canonical(paper.facts)).hexdigest():
            yield Fault(matter.code, position, BreakKind.EDITED.value, f"{name}的内容与出具时不符。")
    for position, effect in issued.values():
        why = f"文书 {effect['paper']}（{effect['number'] or '不编号'}）已不在册。"
        yield Fault(matter.code, position, BreakKind.DROPPED.value, why)
