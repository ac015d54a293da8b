"""Reads for a list of cases (案件清单读取): every case in a fixed number of queries, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from models import Clock, Matter, Transfer, Unit


@dataclass(slots=True)
class CaseRow:
    """One case with what a list shows of it (案件一行). `due_on`: the earliest day on which somebody is chased."""

    matter: Matter
    title: str
    unit: str
    due_on: date | None = None
    orders: list[str] = field(default_factory=list)
    criminal: str = ""


def rows(session: Session, *, department: str = "") -> list[CaseRow]:
    """All cases by code (案件清单); of one organ where it is named, as origin or as the one answerable."""
    query = (
        select(Matter, col(Transfer.title), col(Unit.name))
        .join(Transfer, col(Transfer.matter_id) == col(Matter.id))
        .outerjoin(Unit, col(Unit.id) == col(Matter.unit_id))
        .order_by(col(Matter.code))
    )
    if department:
        query = query.where(or_(col(Matter.responsible) == department, col(Matter.origin) == department))
    found = {matter.id or 0: CaseRow(matter, title, unit or "") for matter, title, unit in session.execute(query)}
    pressing = select(col(Clock.case_id), func.min(col(Clock.due_on))).where(
        col(Clock.status) == "running", col(Clock.chased), ~col(Clock.held)
    )
    for case_id, due_on in session.execute(pressing.group_by(col(Clock.case_id))):
        if case_id in found:
            found[case_id].due_on = due_on
    children = select(col(Matter.case_id), col(Matter.kind), col(Matter.state)).where(
        col(Matter.kind).in_(("order", "criminal"))
    )
    for case_id, kind, state in session.execute(children.order_by(col(Matter.id))):
        row = found.get(case_id or 0)
        if row is not None and kind == "order":
            row.orders.append(state)
        elif row is not None:
            row.criminal = state
    return list(found.values())


def count_of_matters(session: Session) -> int:
    """How many matters of any kind there are (事项总数)."""
    return int(session.scalar(select(func.count()).select_from(Matter)) or 0)
