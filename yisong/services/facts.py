"""Everything a decision may look at (判定事实), read for one matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session

from models import Clock, Matter
from yisong.clock import SHANGHAI
from yisong.domain.lifecycle import Facts
from yisong.domain.lifecycles.order import LIVE
from yisong.domain.lifecycles.seizure import HELD
from yisong.domain.materials import missing
from yisong.domain.roles import Party
from yisong.domain.rulebook import OrganLevel, RuleBook, RuleBookError
from yisong.services.listing_facts import listing_values
from yisong.services.material_list import checklist
from yisong.store import casefile, deadlines, matters

AWAITING = {"ZEGAI": ("issued", "announced"), "LIERU_GZ": ("notice_issued",), "LIERU_JD": ("decided",)}
"""The papers whose service moves the matter that issued them, and the states in which it waits for that (送达即生效)."""
TAKEN_OVER = ("accepted", "case_filed", "rectifying", "review_failed", "reopened", "publicising", "criminal_branch")
"""States of a case in which the responsible department has it for good (责任部门已接手)."""
LIMITATION_DAYS = 731
"""Two years (行政处罚法第三十六条), the shorter of its two periods; five years need a person's judgement."""


def parties(book: RuleBook, matter: Matter) -> dict[Party, frozenset[str]]:
    """Which organ stands in which relation to a matter (当事各方)."""
    found = {
        Party.ORIGIN: frozenset({matter.origin}) - {""},
        Party.RESPONSIBLE: frozenset(matter.details.get("departments") or {matter.responsible}) - {""},
        Party.GUIDANCE: frozenset({book.guidance_code}),
        Party.SUPERVISOR: frozenset({book.supervisor_code}),
        Party.GOVERNMENT: frozenset({book.government_code}),
        Party.UNIT: frozenset({f"unit:{matter.unit_id}"}) if matter.unit_id else frozenset(),
    }
    try:
        found[Party.POLICE] = frozenset({book.police_code})
    except RuleBookError:
        found[Party.POLICE] = frozenset()
    return found


def _clock(session: Session, matter: Matter, rule: str) -> Clock | None:
    return next(
        (clock for clock in reversed(deadlines.of_matter(session, matter.id)) if clock.rule.startswith(rule)), None
    )


class Asked(Mapping[str, Any]):
    """Values of which some are read only when a guard asks for them (按需读取): most steps ask for few."""

    def __init__(self, known: dict[str, Any], readers: Mapping[str, Callable[[], Any]]) -> None:
        self._known = known
        self._readers = readers

    def __getitem__(self, name: str) -> Any:
        if name not in self._known and name in self._readers:
            self._known[name] = self._readers[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._known, *self._readers)))

    def __len__(self) -> int:
        return len(self._known.keys() | self._readers.keys())


def _case_readers(session: Session, matter: Matter, *, book: RuleBook, on: date) -> dict[str, Callable[[], Any]]:
    """What is counted over a whole case (整案统计)."""

    def orders(*states: str) -> int:
        return sum(1 for order, _ in casefile.orders(session, matter.case_id) if order.state in states)

    def penalty_paused() -> bool:
        clock = _clock(session, matter, "R-PENALTY")
        return clock is not None and clock.status == "paused"

    @cache
    def lacking() -> tuple[str, ...]:
        return missing(checklist(session, matter, book=book, on=on))

    return {
        "materials_missing": lacking,
        "materials_complete": lambda: not lacking(),
        "findings": lambda: len(casefile.findings(session, matter.case_id)),
        "live_orders": lambda: orders(*(state for state in LIVE if state != "drafted")),
        "refused_orders": lambda: orders("refused"),
        "held_seizures": lambda: len(matters.of_case(session, matter.case_id or 0, kind="seizure", states=HELD)),
        "penalty_paused": penalty_paused,
    }


def _case_values(session: Session, book: RuleBook, matter: Matter, on: date) -> dict[str, Any]:
    transfer = casefile.transfer(session, matter.case_id)
    found_on = transfer.found_on if transfer else on
    return {
        "routed": bool(matter.responsible),
        "found_on": found_on, "urgent": bool(transfer and transfer.urgent), "severity": transfer.severity if transfer else "general",
        "within_limitation": on - found_on <= timedelta(days=LIMITATION_DAYS), "designated": bool(matter.details.get("designated")),
        "city_branches": frozenset(organ.code for organ in book.organs if organ.level is OrganLevel.CITY_BRANCH),
    }  # fmt: skip


def _order_values(session: Session, matter: Matter, on: date) -> dict[str, Any]:
    order = casefile.order(session, matter.id)
    case = matters.matter(session, matter.case_id) if matter.case_id else matter
    transfer = casefile.transfer(session, matter.case_id)
    clocks = deadlines.of_matter(session, matter.id)
    clock = next((each for each in reversed(clocks) if each.rule.startswith("R-RECTIFY")), None)
    asked = (
        [event for event in matters.events(session, [matter.id or 0]) if event.action == "request_extension"]
        if matter.tallies.get("request_extension")
        else []
    )
    return {
        "days": order.days if order else 0, "child_order": bool(order and order.parent_id), "severity": transfer.severity if transfer else "general",
        "rectify_due": clock.due_on if clock else None, "served": bool(matter.tallies.get("served")), "served_on": matter.details.get("served_on"),
        "term_expired": clock is not None and clock.due_on is not None and clock.due_on < on,
        "stayed": clock is not None and clock.status == "paused", "case_open": case.state in ("accepted", "case_filed", "rectifying", "review_failed", "reopened"),
        "order_state": matter.state, "extension_requested_on": asked[-1].on if asked else None,
        "reported_by": matter.actors.get("report"), "case_state": case.state,
        "objection_pending": any(each.rule == "R-OBJECTION" and each.status in deadlines.LIVE for each in clocks),
    }  # fmt: skip


def _seizure_values(session: Session, matter: Matter) -> dict[str, Any]:
    """Facts of what is held: its term, and where the case stands (查封扣押)."""
    case = matters.matter(session, matter.case_id or 0)
    clock = next(
        (each for each in reversed(deadlines.of_matter(session, matter.id)) if each.status in deadlines.LIVE), None
    )
    return {
        "seizure_due": clock.due_on if clock else None, "case_responsible": case.responsible, "case_accepted": case.state in TAKEN_OVER,
        "case_live": case.state not in ("closed", "closed_refused", "returned", "terminated", "voided"),
    }  # fmt: skip


def _service_values(session: Session, subject: Matter, matter: Matter) -> dict[str, Any]:
    """Facts of a service that is about to be recorded: `subject` is the paper's document matter."""
    document = casefile_document(session, matter if matter.kind == "document" else subject)
    owner = matters.matter(session, document.subject_id) if document else None
    unit = matters.unit(session, subject.unit_id)
    attempts = (
        [record for record in matters.service_records(session, [document.matter_id]) if record.matter_id != matter.id]
        if document
        else []
    )
    awaited = owner is not None and document is not None and owner.state in AWAITING.get(document.type_code, ())
    served = any(record.effective_on for record in attempts)
    servable = bool(
        document and document.for_service and not served and (awaited or document.type_code not in AWAITING)
    )
    return {
        "servable": servable, "awaited": awaited, "electronic_consent": bool(unit and unit.electronic_consent), "failed_attempts": sum(1 for record in attempts if record.reason),
        "issued_on": document.dated_on.isoformat() if document else "",
    }  # fmt: skip


def casefile_document(session: Session, matter: Matter) -> Any:
    from models import Document

    return session.get(Document, matter.id)


def facts_of(session: Session, *, book: RuleBook, matter: Matter, on: date, subject: Matter | None = None) -> Facts:
    """Read the facts of a matter as of a day (读取判定事实).

    `subject` is what a matter without rows yet is about: the order of a review, the paper of a service.
    """
    unit = matters.unit(session, matter.unit_id)
    values: dict[str, Any] = {
        "unit_active": unit is None
        or unit.status == "active"
        or (unit.deregistered_on is not None and unit.deregistered_on > on),
        "unit_complete": unit is None or bool(unit.legal_rep.strip() and unit.address.strip()),
    }
    readers: dict[str, Callable[[], Any]] = {}
    if matter.kind == "transfer":
        values |= _case_values(session, book, matter, on)
        readers = _case_readers(session, matter, book=book, on=on)
    elif matter.kind == "order":
        values |= _order_values(session, matter, on)
    elif matter.kind == "review":
        about = subject or matters.matter(session, matter.subject_id or 0)
        values |= _order_values(session, about, on)
    elif matter.kind == "service":
        about = subject or matters.matter(session, matter.subject_id or 0)
        values |= _service_values(session, about, matter)
    elif matter.kind == "finding":
        from models import Finding

        finding = session.get(Finding, matter.id)
        values["evidence"] = bool(finding and finding.evidence)
    elif matter.kind == "criminal":
        approved = next(
            (event for event in reversed(matters.events(session, [matter.id or 0])) if event.action == "approve"), None
        )
        values |= {
            "approved_at": approved.at.astimezone(SHANGHAI).isoformat() if approved else None,
            "approved_by": approved.actor_name if approved else None,
        }
    elif matter.kind == "seizure":
        values |= _seizure_values(session, matter)
    elif matter.kind == "listing":
        values |= listing_values(session, book=book, matter=matter, on=on)
    return Facts(
        kind=matter.kind, code=matter.code, state=matter.state, variant=matter.variant, tallies=matter.tallies, actors=matter.actors,
        parties=parties(book, matter), values=Asked(values, readers) if readers else values,
    )  # fmt: skip
