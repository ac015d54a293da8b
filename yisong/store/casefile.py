"""Reads of everything that belongs to one case (案卷读取)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from models import Account, Document, Finding, Inspection, Matter, RectificationOrder, Review, Transfer

# Stated once: every step asks these, and stating a question costs more than its answer.
_ALL_FINDINGS = select(Matter, Finding).join(Finding, col(Finding.matter_id) == col(Matter.id)).order_by(col(Matter.id))
_FINDINGS = _ALL_FINDINGS.where(col(Matter.case_id) == bindparam("case"))
_LOOSE_FINDINGS = _ALL_FINDINGS.where(col(Matter.case_id).is_(None))
_ORDERS = (
    select(Matter, RectificationOrder)
    .join(RectificationOrder, col(RectificationOrder.matter_id) == col(Matter.id))
    .where(col(Matter.case_id) == bindparam("case"))
    .order_by(col(Matter.id))
)
_LAST_REVIEW = (
    select(Matter, Review)
    .join(Review, col(Review.matter_id) == col(Matter.id))
    .where(col(Review.order_id) == bindparam("order"))
    .order_by(col(Matter.id).desc())
    .limit(1)
)
_DOCUMENT = (
    select(Document)
    .where(col(Document.subject_id) == bindparam("subject"), col(Document.type_code) == bindparam("type"))
    .order_by(col(Document.matter_id).desc())
    .limit(1)
)
_PEOPLE = (
    select(Account)
    .where(col(Account.department) == bindparam("department"), col(Account.active))
    .order_by(col(Account.id))
)


def findings(session: Session, case_id: int | None, *, only: Iterable[int] = ()) -> list[tuple[Matter, Finding]]:
    """The findings of a case in the order of their registration (本案发现); without a case, those that have none."""
    query, wanted = (_LOOSE_FINDINGS if case_id is None else _FINDINGS), tuple(only)
    if wanted:
        query = query.where(col(Matter.id).in_(wanted))
    return [
        (matter, finding) for matter, finding in session.execute(query, {} if case_id is None else {"case": case_id})
    ]


def transfer(session: Session, case_id: int | None) -> Transfer | None:
    return session.get(Transfer, case_id) if case_id is not None else None


def order(session: Session, matter_id: int | None) -> RectificationOrder | None:
    return session.get(RectificationOrder, matter_id) if matter_id is not None else None


def orders(session: Session, case_id: int | None) -> list[tuple[Matter, RectificationOrder]]:
    """The orders of a case, oldest first (本案责改)."""
    return [(matter, found) for matter, found in session.execute(_ORDERS, {"case": case_id})]


def review(session: Session, matter_id: int | None) -> Review | None:
    return session.get(Review, matter_id) if matter_id is not None else None


def last_review(session: Session, order_id: int | None) -> tuple[Matter, Review] | None:
    """The latest review of an order (最近一次复查)."""
    found = session.execute(_LAST_REVIEW, {"order": order_id}).first()
    return (found[0], found[1]) if found else None


def inspection(session: Session, inspection_id: int | None) -> Inspection | None:
    return session.get(Inspection, inspection_id) if inspection_id is not None else None


def document(session: Session, subject_id: int | None, *, type_code: str, issued_only: bool = False) -> Document | None:
    """The latest paper of a type that a matter has issued (最近一份文书)."""
    return session.scalars(_DOCUMENT, {"subject": subject_id, "type": type_code}).first()


def contact(session: Session, department: str) -> Account | None:
    """The liaison of an organ, or anyone of it (联系人)."""
    people = session.scalars(_PEOPLE, {"department": department}).all()
    return next(
        (person for person in people if "liaison" in person.roles or "coordinator" in person.roles),
        people[0] if people else None,
    )


def officers(session: Session, department: str) -> list[Account]:
    """The people of an organ who bear a certificate (执法人员)."""
    return [person for person in session.scalars(_PEOPLE, {"department": department}) if person.cert_no]
