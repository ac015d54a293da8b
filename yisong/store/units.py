"""Reads of the inspected units (被检查单位读取): search, what an organ may look at, and everything that hangs on one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select, union, update
from sqlmodel import Session, col

from models import Document, Finding, Inspection, Matter, Notice, PlannedInspection, RiskHit, Transfer, Unit, UnitChange

MOVED: tuple[Any, ...] = (Inspection, PlannedInspection, RiskHit, Notice)
"""What hangs on a unit beside its matters (随单位的登记)."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search (查询结果)."""

    units: list[Unit]
    total: int


def unit(session: Session, code: str, *, lock: bool = False) -> Unit | None:
    """A unit by its own code or its credit code (按编号取单位); `lock` holds its row until the transaction ends."""
    if not code:
        return None
    query = select(Unit).where(or_(col(Unit.code) == code, col(Unit.uscc) == code.upper()))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def of_department(department: str) -> ColumnElement[bool]:
    """The units of an organ's cases and inspections (本部门案件所涉单位), as a condition."""
    told = cast(col(Matter.details), Text).contains(f'"{department}"', autoescape=True)
    cases = select(col(Matter.unit_id)).where(
        or_(col(Matter.origin) == department, col(Matter.responsible) == department)
    )
    letters = select(col(Matter.unit_id)).where(col(Matter.kind) == "risk", told)
    joined = cast(col(Inspection.participants), Text).contains(f'"{department}"', autoescape=True)
    visits = select(col(Inspection.unit_id)).where(or_(col(Inspection.initiator) == department, joined))
    plans = select(col(PlannedInspection.unit_id)).where(col(PlannedInspection.department) == department)
    return col(Unit.id).in_(union(cases, letters, visits, plans))


def is_of_department(session: Session, unit_id: int, *, department: str) -> bool:
    """Whether the organ has anything to do with the unit (是否本部门案件所涉单位)."""
    query = select(col(Unit.id)).where(col(Unit.id) == unit_id, of_department(department))
    return session.scalars(query).first() is not None


def search(session: Session, text: str, *, most: int, after: int = 0, department: str = "") -> Found:
    """Units whose present or former name, code or credit code holds this text (查询单位).

    `department`: only what that organ may look at; "" = all. `after`: so many have been shown already.
    """
    query = select(Unit)
    if text:
        like = col(Unit.name).contains(text, autoescape=True) | col(Unit.uscc).contains(text.upper(), autoescape=True)
        former = cast(col(Unit.former_names), Text).contains(text, autoescape=True)
        query = query.where(like | former | (col(Unit.code) == text))
    if department:
        query = query.where(of_department(department))
    total = int(session.scalar(select(func.count()).select_from(query.subquery())) or 0)
    page = query.order_by((col(Unit.status) == "active").desc(), col(Unit.name), col(Unit.id)).limit(most).offset(after)
    return Found(list(session.scalars(page)), total)


def named(session: Session, name: str) -> list[Unit]:
    """Units that bear exactly this name now (同名单位)."""
    return list(session.scalars(select(Unit).where(col(Unit.name) == name).order_by(col(Unit.id))))


def sharing(session: Session, pieces: Sequence[str], *, most: int) -> list[Unit]:
    """Units whose names share the most of these pieces (名称有相同字段的单位), the most first."""
    if not pieces:
        return []
    has = [col(Unit.name).contains(piece, autoescape=True) for piece in pieces]
    shared = sum((case((each, 1), else_=0) for each in has[1:]), start=case((has[0], 1), else_=0))
    query = select(Unit).where(or_(*has), col(Unit.status) != "merged").order_by(shared.desc(), col(Unit.id))
    return list(session.scalars(query.limit(most)))


def branches(session: Session, code: str) -> list[Unit]:
    """The branches of a head office (分支机构)."""
    return list(session.scalars(select(Unit).where(col(Unit.parent_code) == code).order_by(col(Unit.name))))


def merged_into(session: Session, code: str) -> list[Unit]:
    """Second entries that were merged into this unit (已并入的重复登记)."""
    query = select(Unit).where(col(Unit.status) == "merged", col(Unit.successor_code) == code)
    return list(session.scalars(query.order_by(col(Unit.id))))


def last_person_number(session: Session) -> int:
    """The highest running number of natural persons' codes (自然人编号流水)."""
    codes = session.scalars(select(col(Unit.code)).where(col(Unit.code).like("ZRR-%")))
    return max((int(code[4:]) for code in codes if code[4:].isdecimal()), default=0)


def changes(session: Session, unit_id: int) -> list[UnitChange]:
    """A unit's register, oldest first (登记变更)."""
    query = select(UnitChange).where(col(UnitChange.unit_id) == unit_id).order_by(col(UnitChange.seq))
    return list(session.scalars(query))


def changed_units(session: Session) -> list[Unit]:
    """The units whose register has lines, or says so (有登记变更的单位)."""
    lines = select(col(UnitChange.unit_id))
    return list(session.scalars(select(Unit).where(or_(col(Unit.seq) > 0, col(Unit.id).in_(lines)))))


def matters_of(session: Session, unit_id: int, *, kind: str = "", lock: bool = False) -> list[Matter]:
    """The matters about a unit, oldest first (单位全部事项)."""
    query = select(Matter).where(col(Matter.unit_id) == unit_id).order_by(col(Matter.id))
    if kind:
        query = query.where(col(Matter.kind) == kind)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(query))


def findings_of(session: Session, unit_id: int) -> list[tuple[Matter, Finding]]:
    """What was ever found at a unit, the latest first (历次检查发现)."""
    query = select(Matter, Finding).join(Finding, col(Finding.matter_id) == col(Matter.id))
    query = query.where(col(Matter.unit_id) == unit_id).order_by(col(Finding.found_on).desc(), col(Matter.id).desc())
    return [(matter, finding) for matter, finding in session.execute(query)]


def transfers_of(session: Session, unit_id: int) -> dict[int, Transfer]:
    query = select(Transfer).join(Matter, col(Matter.id) == col(Transfer.matter_id))
    return {found.matter_id: found for found in session.scalars(query.where(col(Matter.unit_id) == unit_id))}


def inspections_of(session: Session, unit_id: int) -> list[Inspection]:
    """Inspections made, the latest first (历次检查)."""
    query = select(Inspection).where(col(Inspection.unit_id) == unit_id)
    return list(session.scalars(query.order_by(col(Inspection.inspected_on).desc(), col(Inspection.id).desc())))


def plans_of(session: Session, unit_id: int) -> list[PlannedInspection]:
    """Inspections planned, by day (检查计划)."""
    query = select(PlannedInspection).where(col(PlannedInspection.unit_id) == unit_id)
    return list(session.scalars(query.order_by(col(PlannedInspection.planned_on), col(PlannedInspection.id))))


def letters_of(session: Session, unit_id: int) -> list[Document]:
    """The papers that are for the unit to have, the latest first (发给当事人的文书)."""
    query = select(Document).join(Matter, col(Matter.id) == col(Document.matter_id))
    query = query.where(col(Matter.unit_id) == unit_id, col(Document.for_service))
    return list(session.scalars(query.order_by(col(Document.dated_on).desc(), col(Document.matter_id).desc())))


def move(session: Session, ids: dict[str, list[Any]], *, to: int) -> None:
    """Let registered inspections, plans, hits and notices belong to another unit (改归单位)."""
    for table in MOVED:
        keys = ids.get(table.__tablename__, [])
        if keys:
            key = table.key if table is RiskHit else table.id
            session.execute(update(table).where(col(key).in_(keys)).values(unit_id=to))


def hanging_on(session: Session, unit_id: int) -> dict[str, list[Any]]:
    """The keys of what hangs on a unit beside its matters (随单位的登记)."""
    found: dict[str, list[Any]] = {}
    for table in MOVED:
        key = table.key if table is RiskHit else table.id
        found[table.__tablename__] = list(
            session.scalars(select(col(key)).where(col(table.unit_id) == unit_id).order_by(col(key)))
        )
    return found
