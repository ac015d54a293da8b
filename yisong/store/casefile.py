"""Reads of everything that belongs to one case (案卷读取)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session, col

from models import Account, Document, Finding, Inspection, Matter, RectificationOrder, Review, Transfer


def findings(session: Session, case_id: int | None, *, only: Iterable[int] = ()) -> list[tuple[Matter, Finding]]:
    """The findings of a case in the order of their registration (本案发现)."""
    query = (
        select(Matter, Finding)
        .join(Finding, col(Finding.matter_id) == col(Matter.id))
        .where(col(Matter.case_id) == case_id)
        .order_by(col(Matter.id))
    )
    wanted = tuple(only)
    if wanted:
        query = query.where(col(Matter.id).in_(wanted))
    return [(matter, finding) for matter, finding in session.execute(query)]


def transfer(session: Session, case_id: int | None) -> Transfer | None:
    return session.get(Transfer, case_id) if case_id is not None else None


def order(session: Session, matter_id: int | None) -> RectificationOrder | None:
    return session.get(RectificationOrder, matter_id) if matter_id is not None else None


def orders(session: Session, case_id: int | None) -> list[tuple[Matter, RectificationOrder]]:
    """The orders of a case, oldest first (本案责改)."""
    query = (
        select(Matter, RectificationOrder)
        .join(RectificationOrder, col(RectificationOrder.matter_id) == col(Matter.id))
        .where(col(Matter.case_id) == case_id)
        .order_by(col(Matter.id))
    )
    return [(matter, found) for matter, found in session.execute(query)]


def review(session: Session, matter_id: int | None) -> Review | None:
    return session.get(Review, matter_id) if matter_id is not None else None


def last_review(session: Session, order_id: int | None) -> tuple[Matter, Review] | None:
    """The latest review of an order (最近一次复查)."""
    query = (
        select(Matter, Review)
        .join(Review, col(Review.matter_id) == col(Matter.id))
        .where(col(Review.order_id) == order_id)
        .order_by(col(Matter.id).desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def inspection(session: Session, inspection_id: int | None) -> Inspection | None:
    return session.get(Inspection, inspection_id) if inspection_id is not None else None


def document(session: Session, subject_id: int | None, *, type_code: str, issued_only: bool = False) -> Document | None:
    """The latest paper of a type that a matter has issued (最近一份文书)."""
    query = select(Document).where(col(Document.subject_id) == subject_id, col(Document.type_code) == type_code)
    return session.scalars(query.order_by(col(Document.matter_id).desc()).limit(1)).first()


def contact(session: Session, department: str) -> Account | None:
    """The liaison of an organ, or anyone of it (联系人)."""
    people = session.scalars(
        select(Account).where(col(Account.department) == department, col(Account.active)).order_by(col(Account.id))
    ).all()
    return next(
        (person for person in people if "liaison" in person.roles or "coordinator" in person.roles),
        people[0] if people else None,
    )


def officers(session: Session, department: str) -> list[Account]:
    """The people of an organ who bear a certificate (执法人员)."""
    query = select(Account).where(col(Account.department) == department, col(Account.active)).order_by(col(Account.id))
    return [person for person in session.scalars(query) if person.cert_no]
