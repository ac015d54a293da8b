"""Reads for the audit (核验读取)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from models import Document, Event, Matter


def page_of_matters(session: Session, *, after: int, most: int) -> list[Matter]:
    """The next matters by id (逐页取事项)."""
    return list(session.scalars(select(Matter).where(col(Matter.id) > after).order_by(col(Matter.id)).limit(most)))


def events_of(session: Session, matter_ids: Sequence[int]) -> dict[int, list[Event]]:
    """The events of these matters, by matter and position (流转记录)."""
    found: dict[int, list[Event]] = {}
    query = select(Event).where(col(Event.matter_id).in_(matter_ids)).order_by(col(Event.matter_id), col(Event.seq))
    for event in session.scalars(query):
        found.setdefault(event.matter_id, []).append(event)
    return found


def papers_of(session: Session, matter_ids: Sequence[int]) -> dict[int, list[Document]]:
    """The papers that these matters' steps have issued, by matter (所出文书)."""
    found: dict[int, list[Document]] = {}
    query = select(Document).where(col(Document.subject_id).in_(matter_ids)).order_by(col(Document.matter_id))
    for paper in session.scalars(query):
        found.setdefault(paper.subject_id, []).append(paper)
    return found


def orphan_events(session: Session) -> list[tuple[int, int]]:
    """Events whose matter is gone (无主记录)."""
    query = (
        select(col(Event.matter_id), col(Event.seq))
        .outerjoin(Matter, col(Matter.id) == col(Event.matter_id))
        .where(col(Matter.id).is_(None))
    )
    return [(matter_id, seq) for matter_id, seq in session.execute(query)]
