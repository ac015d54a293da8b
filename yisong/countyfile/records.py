"""What a county file tells (县文件内容): its book, its people and units, and what happened, as typed records.

Dates are local days; `at` and the due instants of clocks in hours are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yisong.domain.deadlines import Unit
from yisong.domain.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class User:
    """A person of an organ (人员)."""

    id: str
    name: str
    department: str
    role: str
    cert_no: str = ""


@dataclass(frozen=True, slots=True)
class InspectedUnit:
    """An inspected unit (监管对象)."""

    code: str
    name: str
    uscc: str
    kind: str = ""
    themes: tuple[str, ...] = ()
    address: str = ""
    town: str = ""
    legal_rep: str = ""
    contact: str = ""
    phone: str = ""
    status: str = "active"
    deregistered_on: date | None = None
    parent: str = ""
    credit_tier: str = "normal"
    e_service_consent: bool = False


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection (检查任务)."""

    code: str
    behaviour_code: str
    theme: str | None
    unit: str
    on: date
    initiator: str
    participants: tuple[str, ...]
    kind: str
    scanned_in: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindingEntry:
    """One finding (检查发现). `facts` empty: the item's standard wording. `disposal`: transfer / onsite / own."""

    code: str
    inspection: str
    item: str
    disposal: str
    facts: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event of a history (历史事件).

    `rule`, `due_from` and `due` say which term was running and when it was due, by the file. `due` is an instant for
    terms in hours. `extra` holds every key that has no name here.
    """

    on: date
    event: str
    at: datetime | None = None
    doc: str = ""
    note: str = ""
    service: str = ""
    days: int | None = None
    to: str = ""
    to_entity: str = ""
    new_due: date | None = None
    rule: str = ""
    due_from: date | None = None
    due: date | datetime | None = None
    due_provisional: bool = False
    level: int | None = None
    issuer: str = ""
    path: str = field(default="", compare=False)
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """A case and what happened to it (案件历史). `kind`: lead 线索移送 / case 案件移送 / criminal 涉罪移送 / own 自办."""

    code: str
    title: str
    kind: str
    findings: tuple[str, ...]
    unit: str
    origin: str
    responsible: str
    state: str
    events: tuple[HistoryEvent, ...]
    scenario: str = ""
    reassigned_to: str = ""
    wrong_unit: str = ""
    merged_children: tuple[str, ...] = ()
    clock_paused: bool = False


@dataclass(frozen=True, slots=True)
class ListingHistory:
    """A unit listed, or nearly (列入历史)."""

    code: str
    unit: str
    lead: str
    state: str
    events: tuple[HistoryEvent, ...]
    basis_cases: tuple[str, ...] = ()
    threshold: int | None = None
    year: int | None = None
    note: str = ""
    measures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedInspection:
    """A planned inspection (检查计划)."""

    code: str
    department: str
    unit: str
    planned_on: date
    kind: str
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class RiskLetter:
    """A risk letter that was sent (风险提示函)."""

    code: str
    doc: str
    issuer: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    unit: str
    reason: str
    suggestion: str
    sent_on: date
    reply_due: date | None
    state: str


@dataclass(frozen=True, slots=True)
class TestVector:
    """One due date that the calendar must give (期限测试向量)."""

    __test__ = False

    unit: Unit
    start: date
    amount: int
    due: date
    pauses: tuple[tuple[date, date], ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class County:
    """A whole county (县)."""

    book: RuleBook
    as_of: datetime | None
    users: tuple[User, ...]
    units: tuple[InspectedUnit, ...]
    inspections: tuple[Inspection, ...]
    findings: tuple[FindingEntry, ...]
    cases: tuple[CaseHistory, ...]
    listings: tuple[ListingHistory, ...]
    planned_inspections: tuple[PlannedInspection, ...]
    risk_letters: tuple[RiskLetter, ...]
    test_vectors: tuple[TestVector, ...]
