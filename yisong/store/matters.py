"""Reads of matters and their kin (事项读取)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from models import Document, Event, Matter, ServiceRecord, Unit
from yisong.domain.lifecycle import Refusal

_HAS_CODE = select(col(Matter.id)).where(col(Matter.code) == bindparam("code"))


def matter(session: Session, matter_id: int, *, lock: bool = False) -> Matter:
    """One matter (事项); `lock` holds its row until the transaction ends."""
    found = session.get(Matter, matter_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise Refusal("unknown_matter", f"没有编号为 {matter_id} 的事项，可能已被删除或链接有误，请从收件箱重新进入。")
    return found


def matter_by_code(session: Session, code: str) -> Matter:
    """One matter by its code (按编号取事项)."""
    found = session.scalars(select(Matter).where(col(Matter.code) == code)).first()
    if found is None:
        raise Refusal("unknown_matter", f"没有编号为“{code}”的事项，请核对编号。")
    return found


def has_code(session: Session, code: str) -> bool:
    return session.scalars(_HAS_CODE, {"code": code}).first() is not None


def of_case(session: Session, case_id: int, *, kind: str = "", states: Iterable[str] = ()) -> list[Matter]:
    """The matters of one case, oldest first (本案事项)."""
    query = select(Matter).where(col(Matter.case_id) == case_id).order_by(col(Matter.id))
    if kind:
        query = query.where(col(Matter.kind) == kind)
    wanted = tuple(states)
    if wanted:
        query = query.where(col(Matter.state).in_(wanted))
    return list(session.scalars(query))


def about(session: Session, subject_id: int, *, kind: str) -> list[Matter]:
    """The matters whose subject this is, oldest first (相关事项)."""
    query = (
        select(Matter).where(col(Matter.subject_id) == subject_id, col(Matter.kind) == kind).order_by(col(Matter.id))
    )
    return list(session.scalars(query))


def unit(session: Session, unit_id: int | None) -> Unit | None:
    return session.get(Unit, unit_id) if unit_id is not None else None


def unit_by_code(session: Session, code: str) -> Unit | None:
    """A unit by its own code or its credit code (按编号或统一社会信用代码取单位)."""
    if not code:
        return None  # a natural person has no credit code
    return session.scalars(select(Unit).where((col(Unit.code) == code) | (col(Unit.uscc) == code))).first()


def events(session: Session, matter_ids: Iterable[int]) -> Sequence[Event]:
    """The journal of these matters in the order of recording (流转记录)."""
    wanted = tuple(matter_ids)
    query = (
        select(Event)
        .where(col(Event.matter_id).in_(wanted))
        .order_by(col(Event.at), col(Event.matter_id), col(Event.seq))
    )
    return session.scalars(query).all()


def next_ordinal(session: Session, *, case_id: int | None, kind: str) -> int:
    """The next running number of a kind within a case (案内序号)."""
    counted = session.scalar(
        select(func.count()).select_from(Matter).where(col(Matter.case_id) == case_id, col(Matter.kind) == kind)
    )
    return int(counted or 0) + 1


def documents_of(session: Session, subject_id: int, *, type_code: str = "") -> list[Document]:
    """The papers that a matter's steps have issued, oldest first (所出文书)."""
    query = select(Document).where(col(Document.subject_id) == subject_id).order_by(col(Document.matter_id))
    if type_code:
        query = query.where(col(Document.type_code) == type_code)
    return list(session.scalars(query))


def service_records(session: Session, document_ids: Iterable[int]) -> list[ServiceRecord]:
    """Every attempt at service of these papers (送达记录)."""
    query = (
        select(ServiceRecord)
        .where(col(ServiceRecord.document_id).in_(tuple(document_ids)))
        .order_by(col(ServiceRecord.matter_id))
    )
    return list(session.scalars(query))
