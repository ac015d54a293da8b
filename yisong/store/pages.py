"""Reads for a page of letters at once (成页读取): of each row only what a letter says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models import Document, Finding, Matter, Transfer, Unit
from yisong.store.rows import among, listed


class CasePart(NamedTuple):
    """A case (案件)."""

    id: int
    code: str
    origin: str
    responsible: str
    title: str | None
    """None where it is no transfer."""


class UnitPart(NamedTuple):
    """An inspected business as letters name it (当事人)."""

    id: int
    name: str
    uscc: str
    kind: str
    address: str
    legal_rep: str
    contact: str
    phone: str


class FindingPart(NamedTuple):
    """A finding (检查发现)."""

    case_id: int
    code: str
    item_code: str
    facts: str
    severity: str
    found_on: date
    place: str


class LetterPart(NamedTuple):
    """A case's transfer letter (移送函)."""

    subject_id: int
    number: str
    dated_on: date


_OF_FINDING = ("item_code", "facts", "severity", "found_on", "place")


@lru_cache(maxsize=8)
def _queries(dialect: str) -> dict[str, Select[Any]]:
    case = select(col(Matter.id), col(Matter.code), col(Matter.origin), col(Matter.responsible), col(Transfer.title))
    finding = select(col(Matter.case_id), col(Matter.code), *(col(getattr(Finding, name)) for name in _OF_FINDING))
    letter = select(col(Document.subject_id), col(Document.number), col(Document.dated_on))
    return {
        "cases": case.outerjoin(Transfer, col(Transfer.matter_id) == col(Matter.id)).where(among(col(Matter.id), dialect=dialect)),
        "units": select(*(col(getattr(Unit, name)) for name in UnitPart._fields)).where(among(col(Unit.id), dialect=dialect)),
        "findings": finding.join(Finding, col(Finding.matter_id) == col(Matter.id)).where(among(col(Matter.case_id), dialect=dialect)).order_by(col(Matter.id)),
        "letters": letter.where(among(col(Document.subject_id), dialect=dialect), col(Document.type_code) == "YISONG").order_by(col(Document.matter_id)),
    }  # fmt: skip


def _ask(session: Session, what: str, ids: Sequence[int]) -> Any:
    return session.execute(_queries(session.get_bind().dialect.name)[what], {"ids": listed(session, ids)})


def cases(session: Session, ids: Sequence[int]) -> dict[int, CasePart]:
    """Cases with their titles (案件)."""
    return {row[0]: CasePart(*row) for row in _ask(session, "cases", ids)}


def units(session: Session, ids: Sequence[int]) -> dict[int, UnitPart]:
    """Inspected businesses (当事人)."""
    return {row[0]: UnitPart(*row) for row in _ask(session, "units", ids)}


def findings(session: Session, case_ids: Sequence[int]) -> dict[int, list[FindingPart]]:
    """The findings of each case, oldest first (各案发现)."""
    found: dict[int, list[FindingPart]] = {}
    for row in _ask(session, "findings", case_ids):
        found.setdefault(row[0], []).append(FindingPart(*row))
    return found


def transfer_letters(session: Session, case_ids: Sequence[int]) -> dict[int, LetterPart]:
    """The latest transfer letter of each case (各案移送函)."""
    return {row[0]: LetterPart(*row) for row in _ask(session, "letters", case_ids)}
