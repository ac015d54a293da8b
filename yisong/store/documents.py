"""Reads of papers (查文书): by their files, by their code, by their number, and of a whole case."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import Session, col

from models import Document, Event, Matter, ServiceRecord


def by_digest(session: Session, sha256: str) -> tuple[Document, Matter] | None:
    """The paper one of whose files has this SHA-256, with its matter (按摘要查文书)."""
    query = select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id))
    query = query.where(or_(col(Document.pdf_sha256) == sha256, col(Document.docx_sha256) == sha256)).order_by(
        col(Document.matter_id)
    )
    found = session.execute(query.limit(1)).first()
    return (found[0], found[1]) if found is not None else None


def by_code(session: Session, code: str) -> tuple[Document, Matter] | None:
    """The paper of this code, with its matter (按编号查文书)."""
    query = select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id))
    found = session.execute(query.where(col(Matter.code) == code).limit(1)).first()
    return (found[0], found[1]) if found is not None else None


def by_number(session: Session, number: str, *, issuer: str) -> list[tuple[Document, Matter]]:
    """The papers of an organ under this number, the latest first (按文号查文书): one at most where the organ numbers by the rules."""
    query = select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id))
    query = query.where(col(Document.number) == number, col(Document.issuer) == issuer)
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(Document.matter_id).desc()))]


def of_case(session: Session, case_id: int) -> list[tuple[Document, Matter]]:
    """All papers of a case in the order of their date, then of their making (案内文书)."""
    query = select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id))
    query = query.where(col(Matter.case_id) == case_id).order_by(col(Document.dated_on), col(Document.matter_id))
    return [(row[0], row[1]) for row in session.execute(query)]


def services(session: Session, document_ids: list[int]) -> list[tuple[ServiceRecord, Matter]]:
    """Every attempt at service of these papers, with its matter, oldest first (送达记录)."""
    query = select(ServiceRecord, Matter).join(Matter, col(Matter.id) == col(ServiceRecord.matter_id))
    query = query.where(col(ServiceRecord.document_id).in_(document_ids)).order_by(
        col(ServiceRecord.attempted_on), col(ServiceRecord.matter_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def last_act(session: Session, matter_id: int, *, action: str) -> Event | None:
    """The latest event of this action on a matter (最近一次办理)."""
    query = select(Event).where(col(Event.matter_id) == matter_id, col(Event.action) == action)
    return session.scalars(query.order_by(col(Event.seq).desc()).limit(1)).first()
