"""Reads for the ledger that goes back to the offices (台账读取): what was found, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models import (
    Clock,
    ColumnMapping,
    Document,
    Event,
    Finding,
    ImportedInspection,
    Inspection,
    LedgerUpload,
    Matter,
    Unit,
)

AT_ONCE = 500
_CASE: Any = aliased(Matter)
_VOID_PAPERS = ("withdrawn", "superseded", "voided")


@dataclass(slots=True)
class Found:
    """One row of the ledger (台账一行); an inspection that found nothing has neither matter nor finding."""

    inspection: Inspection
    unit: Unit
    matter: Matter | None
    finding: Finding | None


def found(
    session: Session, *, department: str = "", first: date | None = None, last: date | None = None
) -> list[Found]:
    """What inspections of these days found, by day and number (检查与发现), of one organ where it is named.

    Its own are the inspections that it called, and the findings that it is answerable for, alone or by their case.
    """
    query = (
        select(Inspection, Unit, Matter, Finding)
        .join(Unit, col(Unit.id) == col(Inspection.unit_id))
        .outerjoin(Finding, col(Finding.inspection_id) == col(Inspection.id))
        .outerjoin(Matter, col(Matter.id) == col(Finding.matter_id))
        .order_by(col(Inspection.inspected_on), col(Inspection.id), col(Matter.id))
    )
    if first is not None:
        query = query.where(col(Inspection.inspected_on) >= first)
    if last is not None:
        query = query.where(col(Inspection.inspected_on) <= last)
    if department:
        query = query.outerjoin(_CASE, col(_CASE.id) == col(Matter.case_id)).where(
            or_(
                col(Inspection.initiator) == department,
                col(Matter.responsible) == department,
                col(_CASE.responsible) == department,
            )
        )
    return [Found(*row) for row in session.execute(query)]


def departments(session: Session) -> list[str]:
    """The organs that have rows in the ledger (有台账的部门)."""
    called = select(col(Inspection.initiator))
    answerable = select(col(Matter.responsible)).where(col(Matter.kind).in_(("finding", "transfer")))
    return sorted({str(code) for code in session.scalars(called.union(answerable)) if code})


def findings_of_codes(session: Session, codes: Iterable[str]) -> dict[str, tuple[Inspection, Matter]]:
    """The findings of these numbers with their inspections (按编号取问题)."""
    held: dict[str, tuple[Inspection, Matter]] = {}
    for some in _portions(sorted(set(codes))):
        query = (
            select(Inspection, Matter)
            .join(Finding, col(Finding.inspection_id) == col(Inspection.id))
            .join(Matter, col(Matter.id) == col(Finding.matter_id))
            .where(col(Matter.code).in_(some))
        )
        held.update({matter.code: (inspection, matter) for inspection, matter in session.execute(query)})
    return held


def visits(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, date]]:
    """Whom these inspections visited and when, where they are registered (已登记检查的单位与日期): code → credit code, day."""
    held: dict[str, tuple[str, date]] = {}
    for some in _portions(sorted(set(codes))):
        query = select(col(Inspection.code), col(Unit.uscc), col(Inspection.inspected_on))
        query = query.join(Unit, col(Unit.id) == col(Inspection.unit_id)).where(col(Inspection.code).in_(some))
        held.update({code: (uscc, on) for code, uscc, on in session.execute(query)})
    return held


def bearers(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """To which inspections these findings belong, where they are registered (已登记问题的检查): code → inspection's code."""
    held: dict[str, str] = {}
    for some in _portions(sorted(set(codes))):
        query = select(col(Matter.code), col(Inspection.code)).join(Finding, col(Finding.matter_id) == col(Matter.id))
        query = query.join(Inspection, col(Inspection.id) == col(Finding.inspection_id))
        held |= {str(code): str(bearer) for code, bearer in session.execute(query.where(col(Matter.code).in_(some)))}
    return held


def known_numbers(session: Session, numbers: Iterable[str]) -> list[tuple[int, str, str]]:
    """Registered inspections with one of these numbers or behaviour codes (已登记检查): id, code, behaviour code."""
    held: dict[int, tuple[int, str, str]] = {}
    for some in _portions(sorted(set(numbers) - {""})):
        query = select(col(Inspection.id), col(Inspection.code), col(Inspection.behaviour_code))
        either = or_(col(Inspection.code).in_(some), col(Inspection.behaviour_code).in_(some))
        held.update(
            {number: (number, code, behaviour) for number, code, behaviour in session.execute(query.where(either))}
        )
    return list(held.values())


def units_of(session: Session, credit_codes: Iterable[str]) -> list[Unit]:
    """The registered units of these credit codes (已登记单位)."""
    held: list[Unit] = []
    for some in _portions(sorted(set(credit_codes) - {""})):
        held += session.scalars(select(Unit).where(col(Unit.uscc).in_(some)))
    return held


def organs_of(session: Session, codes: Iterable[str]) -> dict[str, set[str]]:
    """Who called and who took part in these inspections, where they are registered (已登记检查的部门), by code."""
    held: dict[str, set[str]] = {}
    for some in _portions(sorted(set(codes))):
        query = select(col(Inspection.code), col(Inspection.initiator), col(Inspection.participants))
        for code, initiator, participants in session.execute(query.where(col(Inspection.code).in_(some))):
            held[code] = {initiator, *participants}
    return held


def imported_rows(session: Session, inspection_ids: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What was kept of the rows that brought these inspections in (来件各行): inspection, row."""
    for some in _portions(sorted(set(inspection_ids))):
        query = select(ImportedInspection).where(col(ImportedInspection.inspection_id).in_(some))
        for entry in session.scalars(query.order_by(col(ImportedInspection.run_id))):
            for row in entry.rows:
                yield entry.inspection_id, row


def cases(session: Session, ids: Iterable[int]) -> dict[int, Matter]:
    """These cases (案件)."""
    held: dict[int, Matter] = {}
    for some in _portions(sorted(set(ids))):
        for matter in session.scalars(select(Matter).where(col(Matter.id).in_(some))):
            held[matter.id or 0] = matter
    return held


def tracks(session: Session, case_ids: Iterable[int]) -> dict[int, tuple[list[str], str]]:
    """For each case the states of its orders, oldest first, and that of its criminal track (责改与涉罪)."""
    held: dict[int, tuple[list[str], str]] = {}
    for some in _portions(sorted(set(case_ids))):
        query = select(col(Matter.case_id), col(Matter.kind), col(Matter.state)).where(
            col(Matter.case_id).in_(some), col(Matter.kind).in_(("order", "criminal"))
        )
        for case_id, kind, state in session.execute(query.order_by(col(Matter.id))):
            orders, criminal = held.get(case_id, ([], ""))
            held[case_id] = ([*orders, state], criminal) if kind == "order" else (orders, state)
    return held


def due_days(session: Session, ids: Iterable[int], *, of_cases: bool) -> dict[int, date]:
    """The earliest day on which something of these cases, or of these matters, is chased (最近期限)."""
    key = col(Clock.case_id) if of_cases else col(Clock.matter_id)
    held: dict[int, date] = {}
    for some in _portions(sorted(set(ids))):
        query = select(key, func.min(col(Clock.due_on))).where(
            key.in_(some),
            col(Clock.status) == "running",
            col(Clock.chased),
            ~col(Clock.held),
            col(Clock.due_on).is_not(None),
        )
        held.update({int(number): due_on for number, due_on in session.execute(query.group_by(key))})
    return held


def numbers(session: Session, case_ids: Iterable[int]) -> dict[int, list[str]]:
    """The numbers of the papers of these cases that stand, oldest first (文号)."""
    held: dict[int, list[str]] = {}
    for some in _portions(sorted(set(case_ids))):
        query = (
            select(col(Matter.case_id), col(Document.number))
            .join(Document, col(Document.matter_id) == col(Matter.id))
            .where(col(Matter.case_id).in_(some), col(Document.number) != "", col(Matter.state).not_in(_VOID_PAPERS))
            .order_by(col(Document.matter_id))
        )
        for case_id, number in session.execute(query):
            held.setdefault(case_id, []).append(number)
    return held


def last_days(session: Session, ids: Iterable[int]) -> dict[int, date]:
    """The day of the last step of these matters (最近一步的日期)."""
    held: dict[int, date] = {}
    for some in _portions(sorted(set(ids))):
        last = and_(col(Event.matter_id) == col(Matter.id), col(Event.seq) == col(Matter.seq))
        query = select(col(Matter.id), col(Event.on)).join(Event, last).where(col(Matter.id).in_(some))
        held.update({int(number): on for number, on in session.execute(query)})
    return held


def column_mapping(session: Session, department: str, *, lock: bool = False) -> ColumnMapping | None:
    """What a person of this organ confirmed of its columns (记住的列名对应)."""
    return session.get(ColumnMapping, department, with_for_update=lock or None, populate_existing=lock)


def upload(session: Session, upload_id: int, *, lock: bool = False) -> LedgerUpload | None:
    """One ledger that was handed in on a page (上传的台账)."""
    return session.get(LedgerUpload, upload_id, with_for_update=lock or None, populate_existing=lock)


def is_kept(session: Session, sha256: str) -> bool:
    """Whether a handed-in ledger of this content is still wanted (文件仍在使用)."""
    return session.scalars(select(col(LedgerUpload.id)).where(col(LedgerUpload.sha256) == sha256)).first() is not None


def uploads(session: Session, department: str, *, most: int) -> list[LedgerUpload]:
    """The latest ledgers that were handed in, newest first (最近上传); of one organ where it is named."""
    query = select(LedgerUpload)
    if department:
        query = query.where(col(LedgerUpload.department) == department)
    return list(session.scalars(query.order_by(col(LedgerUpload.id).desc()).limit(most)))


def _portions(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
