"""Verify the journal (流转记录核验): any row edited, dropped, swapped or forged is found, and where."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from sqlmodel import Session

from yisong.domain.chain import Link, verify
from yisong.services.journal import body_of
from yisong.store import audit as stored

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
    while True:
        with reading() as session:
            page = stored.page_of_matters(session, after=after, most=PAGE)
            if not page:
                break
            by_matter = stored.events_of(session, [matter.id or 0 for matter in page])
            orphans = stored.orphan_events(session) if after == 0 else []
        result.faults += [
            Fault(f"#{matter_id}", seq, "forged", "流转记录所属的事项不存在") for matter_id, seq in orphans
        ]
        for matter in page:
            events = by_matter.get(matter.id or 0, [])
            links = [
                Link(position=event.seq, previous=event.previous, hash=event.hash, body=body_of(event))
                for event in events
            ]
            result.faults += [
                Fault(matter.code, broken.position, broken.kind.value, broken.message)
                for broken in verify(links, head=matter.head)
            ]
            if events and events[-1].target != matter.state:
                result.faults.append(
                    Fault(
                        matter.code,
                        events[-1].seq,
                        "edited",
                        f"事项现状态“{matter.state}”与最后一条流转记录“{events[-1].target}”不符",
                    )
                )
            result.events += len(events)
        result.matters += len(page)
        after = page[-1].id or 0
        progress(result.matters)
    return result
