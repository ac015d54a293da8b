"""Reads for a report of everything that came of a year (办理结果读取)."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Clock, Document, Inspection, Matter, PlannedInspection, Rung, Transfer


def cases(session: Session) -> list[tuple[Matter, Transfer]]:
    """All cases by code (全部案件)."""
    query = (
        select(Matter, Transfer).join(Transfer, col(Transfer.matter_id) == col(Matter.id)).order_by(col(Matter.code))
    )
    return [(matter, transfer) for matter, transfer in session.execute(query)]


def papers_of_case(session: Session, case_id: int) -> list[tuple[Document, Matter]]:
    """The papers of a case in the order of their making (本案文书)."""
    query = (
        select(Document, Matter).join(Matter, col(Matter.id) == col(Document.matter_id)).where(col(Matter.case_id) == case_id).order_by(col(Matter.id))
    )  # fmt: skip
    return [(document, matter) for document, matter in session.execute(query)]


def papers_of(session: Session, subject_id: int) -> list[tuple[Document, Matter]]:
    """The papers that one matter has issued (所出文书)."""
    query = (
        select(Document, Matter)
        .join(Matter, col(Matter.id) == col(Document.matter_id))
        .where(col(Document.subject_id) == subject_id)
    )
    return [(document, matter) for document, matter in session.execute(query.order_by(col(Matter.id)))]


def papers_by_type(session: Session) -> Counter[str]:
    """How many numbered papers of each type (文书数量)."""
    query = (
        select(col(Document.type_code), func.count())
        .where(col(Document.offline).is_(False))
        .group_by(col(Document.type_code))
    )
    return Counter(dict(session.execute(query)))


def all_papers(session: Session) -> list[tuple[Document, Matter]]:
    """Every paper with files (全部已出具文书)."""
    query = (
        select(Document, Matter)
        .join(Matter, col(Matter.id) == col(Document.matter_id))
        .where(col(Document.pdf_sha256) != "")
    )
    return [(document, matter) for document, matter in session.execute(query.order_by(col(Matter.id)))]


def rungs_by_level(session: Session) -> list[tuple[int, str, str, int]]:
    """How often each rung has been climbed (各层级次数): level, name, status, count."""
    query = select(col(Rung.level), col(Rung.name), col(Rung.status), func.count()).group_by(
        col(Rung.level), col(Rung.name), col(Rung.status)
    )
    return sorted((level, name, status, number) for level, name, status, number in session.execute(query))


def overdue(session: Session, *, on: date) -> list[tuple[Clock, str]]:
    """Running clocks whose term has ended (逾期时钟), the oldest first, with the code of their case or matter."""
    query = (
        select(Clock, col(Matter.code))
        .join(Matter, col(Matter.id) == func.coalesce(col(Clock.case_id), col(Clock.matter_id)))
        .where(col(Clock.status) == "running", col(Clock.due_on) < on)
        .order_by(col(Clock.due_on), col(Clock.id))
    )
    return [(clock, code) for clock, code in session.execute(query)]


def clocks_of_matters(session: Session, ids: list[int]) -> list[Clock]:
    return list(session.scalars(select(Clock).where(col(Clock.matter_id).in_(ids)).order_by(col(Clock.id))))


def grounds(session: Session) -> tuple[int, int, int]:
    """Failed orders, inspections made, plans known: what counting and scanning look at (计数与扫描所据)."""
    failed = (
        select(func.count())
        .select_from(Matter)
        .where(col(Matter.kind).in_(("order", "review")), col(Matter.state).in_(("failed", "refused", "revoked")))
    )
    made, planned = select(func.count()).select_from(Inspection), select(func.count()).select_from(PlannedInspection)
    first, second, third = (int(session.scalar(query) or 0) for query in (failed, made, planned))
    return first, second, third
