"""Reads of inspections, plans and what was imported (检查读取)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Inspection, Matter, PlannedInspection


def inspection_by_code(session: Session, code: str) -> Inspection | None:
    return session.scalars(select(Inspection).where(col(Inspection.code) == code)).first()


def plan_by_code(session: Session, code: str) -> PlannedInspection | None:
    return session.scalars(select(PlannedInspection).where(col(PlannedInspection.code) == code)).first()


def made_between(session: Session, *, first: date, last: date) -> list[Inspection]:
    """Inspections made on days from `first` to `last` (期间检查)."""
    query = (
        select(Inspection)
        .where(col(Inspection.inspected_on).between(first, last))
        .order_by(col(Inspection.inspected_on), col(Inspection.id))
    )
    return list(session.scalars(query))


def planned_between(session: Session, *, first: date, last: date, known_on: date) -> list[PlannedInspection]:
    """Plans for days from `first` to `last` that were known on a day (期间计划)."""
    query = select(PlannedInspection).where(
        col(PlannedInspection.planned_on).between(first, last), col(PlannedInspection.registered_on) <= known_on
    )
    return list(session.scalars(query.order_by(col(PlannedInspection.planned_on), col(PlannedInspection.id))))


def last_case_number(session: Session, *, year: int) -> int:
    """The highest running number of the cases of a year (案号流水): whatever else cases are called is passed over."""
    code = col(Matter.code)
    query = select(code).where(col(Matter.kind) == "transfer", code.like(f"YX-{year}-%"))
    for found in session.scalars(query.order_by(func.length(code).desc(), code.desc())):
        number = str(found).rsplit("-", 1)[1]
        if number.isdecimal():
            return int(number)
    return 0
