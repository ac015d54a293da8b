"""Reads for a page of matters at once (成页读取)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from models import Document, Finding, Matter, Transfer, Unit


def matters(session: Session, ids: Sequence[int]) -> dict[int, Matter]:
    return {found.id or 0: found for found in session.scalars(select(Matter).where(col(Matter.id).in_(ids)))}


def transfers(session: Session, case_ids: Sequence[int]) -> dict[int, Transfer]:
    return {
        found.matter_id: found
        for found in session.scalars(select(Transfer).where(col(Transfer.matter_id).in_(case_ids)))
    }


def units(session: Session, ids: Sequence[int]) -> dict[int, Unit]:
    return {found.id or 0: found for found in session.scalars(select(Unit).where(col(Unit.id).in_(ids)))}


def findings(session: Session, case_ids: Sequence[int]) -> dict[int, list[tuple[Matter, Finding]]]:
    """The findings of each case (各案发现)."""
    found: dict[int, list[tuple[Matter, Finding]]] = {}
    query = (
        select(Matter, Finding)
        .join(Finding, col(Finding.matter_id) == col(Matter.id))
        .where(col(Matter.case_id).in_(case_ids))
    )
    for matter, finding in session.execute(query.order_by(col(Matter.id))):
        found.setdefault(matter.case_id or 0, []).append((matter, finding))
    return found


def transfer_letters(session: Session, case_ids: Sequence[int]) -> dict[int, Document]:
    """The latest transfer letter of each case (各案移送函)."""
    query = (
        select(Document)
        .where(col(Document.subject_id).in_(case_ids), col(Document.type_code) == "YISONG")
        .order_by(col(Document.matter_id))
    )
    return {document.subject_id: document for document in session.scalars(query)}
