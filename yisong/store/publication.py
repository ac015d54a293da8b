"""Reads of what the public may see (公示读取)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session, col

from models import Document, Matter, Unit

LISTED = ("effective", "removal_applied", "removal_verifying")
"""States of a listing in which it holds."""


def listings(session: Session) -> list[tuple[Matter, Unit]]:
    """Listings that hold, with their units (现列入名单)."""
    query = select(Matter, Unit).join(Unit, col(Unit.id) == col(Matter.unit_id))
    query = query.where(col(Matter.kind) == "listing", col(Matter.state).in_(LISTED)).order_by(col(Matter.id))
    return [(matter, unit) for matter, unit in session.execute(query)]


def sheets(
    session: Session, *, types: Iterable[str], states: Iterable[str]
) -> list[tuple[Document, Matter, Unit | None]]:
    """Sheets of publication in these states, each with the matter that it is about and the unit, the latest first (公示表)."""
    paper, subject = Matter.__table__.alias("paper"), Matter  # type: ignore[attr-defined]
    query = (
        select(Document, subject, Unit)
        .join(paper, paper.c.id == col(Document.matter_id))
        .join(subject, col(subject.id) == col(Document.subject_id))
        .join(Unit, col(Unit.id) == col(subject.unit_id), isouter=True)
        .where(col(Document.type_code).in_(tuple(types)), paper.c.state.in_(tuple(states)))
        .order_by(col(Document.dated_on).desc(), col(Document.matter_id).desc())
    )
    return [(document, matter, unit) for document, matter, unit in session.execute(query)]
