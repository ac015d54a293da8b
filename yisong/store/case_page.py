"""Reads of one case's page (案件页读取): everything that belongs to it, and what its forms ask for."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models import Clock, Document, Event, Finding, Inspection, Matter, Unit


def family(session: Session, root: Matter) -> list[Matter]:
    """A root and everything that belongs to it, oldest first (本案全部事项)."""
    if root.case_id is not None:
        query = select(Matter).where(col(Matter.case_id) == root.case_id)
    else:
        about = select(col(Matter.id)).where(col(Matter.subject_id) == root.id)
        query = select(Matter).where(
            or_(col(Matter.id) == root.id, col(Matter.subject_id) == root.id, col(Matter.subject_id).in_(about))
        )
    return list(session.scalars(query.order_by(col(Matter.id))))


def papers(session: Session, matter_ids: Sequence[int]) -> list[Document]:
    """These papers, oldest first (文书)."""
    return list(
        session.scalars(
            select(Document).where(col(Document.matter_id).in_(matter_ids)).order_by(col(Document.matter_id))
        )
    )


def clocks(session: Session, matter_ids: Sequence[int]) -> list[Clock]:
    """The clocks of these matters, oldest first (期限)."""
    return list(session.scalars(select(Clock).where(col(Clock.matter_id).in_(matter_ids)).order_by(col(Clock.id))))


def finding(session: Session, matter_id: int | None) -> Finding | None:
    return session.get(Finding, matter_id) if matter_id is not None else None


def inspections(session: Session, ids: Sequence[int]) -> dict[int, Inspection]:
    return {found.id or 0: found for found in session.scalars(select(Inspection).where(col(Inspection.id).in_(ids)))}


def submitted(session: Session, matter_ids: Sequence[int], *, token: str) -> Event | None:
    """The step that this very form has already caused on one of these matters (重复提交核对), or None."""
    if not token or not matter_ids:
        return None
    events = select(Event).where(col(Event.matter_id).in_(matter_ids)).order_by(col(Event.at), col(Event.matter_id))
    return next((event for event in session.scalars(events) if event.given.get("form") == token), None)


def units_like(session: Session, text: str, *, most: int) -> list[Unit]:
    """Units whose name or credit code holds this text (查找单位)."""
    like = or_(col(Unit.name).contains(text, autoescape=True), col(Unit.uscc).contains(text.upper(), autoescape=True))
    return list(session.scalars(select(Unit).where(like).order_by(col(Unit.name)).limit(most)))


def unit_named(session: Session, text: str) -> Unit | None:
    """The unit of exactly this name, code or credit code (按名称、编号或统一社会信用代码取单位)."""
    same = or_(col(Unit.name) == text, col(Unit.code) == text, col(Unit.uscc) == text.upper())
    return session.scalars(select(Unit).where(same).order_by(col(Unit.id))).first()


def loose_findings(session: Session, finding: Finding, *, unit_id: int | None) -> list[tuple[Matter, Finding]]:
    """The other findings of the same inspection and unit that no case has yet (可一并移送的发现)."""
    query = (
        select(Matter, Finding)
        .join(Finding, col(Finding.matter_id) == col(Matter.id))
        .where(
            col(Finding.inspection_id) == finding.inspection_id, col(Matter.unit_id) == unit_id, col(Matter.case_id).is_(None),
            col(Matter.state).in_(("recorded", "undecided")), col(Matter.id) != finding.matter_id,
        )
        .order_by(col(Matter.id))
    )  # fmt: skip
    return [(matter, other) for matter, other in session.execute(query)]
