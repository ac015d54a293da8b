"""What came of a replay (重演结果), as plain data: per case, per listing, risk hits, and what was refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Clock, Document, Matter, Rung
from yisong.countyfile import CaseHistory, ListingHistory
from yisong.domain.casestate import case_state
from yisong.domain.refusal import OrderRecord
from yisong.replay.stage import Stage
from yisong.services.clocks import ledger_of
from yisong.services.listing_facts import refusals_of
from yisong.store import deadlines, matters, outcome
from yisong.store import risk as stored_risk


def clock_status(clock: Clock, *, on: date) -> str:
    """running, paused, met, overdue (still running or ended unmet) or cancelled (时钟状态)."""
    if clock.status == "missed" or (clock.status == "running" and clock.due_on is not None and clock.due_on < on):
        return "overdue"
    return clock.status


def clock_row(session: Session, clock: Clock, *, matter: str, on: date, zone: Any) -> dict[str, Any]:
    """One clock: rule, day 0, due, status (时钟)."""
    ledger = ledger_of(session, clock)
    return {
        "rule": clock.rule,
        "matter": matter,
        "start": clock.start_at.astimezone(zone).isoformat() if clock.start_at else clock.start_on.isoformat(),
        "amount": clock.amount,
        "unit": clock.unit,
        "due": clock.due_at.astimezone(zone).isoformat()
        if clock.due_at
        else clock.due_on.isoformat()
        if clock.due_on
        else None,
        "status": clock_status(clock, on=on),
        "provisional": clock.provisional,
        "ended_on": clock.ended_on.isoformat() if clock.ended_on else None,
        "late": bool(
            clock.due_on and (clock.ended_on or on) > clock.due_on and clock.status in ("met", "missed", "running")
        ),
        "original_due": _original_due(session, clock, ledger.extensions != ()),
        "pauses": [[pause.start.isoformat(), pause.end.isoformat() if pause.end else None] for pause in ledger.pauses],
        "extensions": [entry.new_due.isoformat() if entry.new_due else entry.amount for entry in ledger.extensions],
    }


def _original_due(session: Session, clock: Clock, extended: bool) -> str | None:
    if not extended:
        return clock.due_on.isoformat() if clock.due_on else None
    for entry in deadlines.entries(session, clock.id):
        if entry.kind == "extend":
            found = entry.data.get("old_due")
            return str(found) if found else None
    return None


def paper_row(document: Document, matter: Matter) -> dict[str, Any]:
    return {
        "type": document.type_code, "number": document.number, "issuer": document.issuer, "on": document.dated_on.isoformat(), "state": matter.state,
        "recipient": document.recipient, "code": matter.code, "offline": document.offline,
    }  # fmt: skip


def rung_row(rung: Rung, *, rule: str, matter: str, numbers: dict[int, str]) -> dict[str, Any]:
    return {
        "rule": rule, "matter": matter, "rung": rung.key, "level": rung.level, "name": rung.name, "on": rung.on.isoformat(), "issuer": rung.issuer or None,
        "number": numbers.get(rung.document_id or 0) or None, "status": rung.status,
    }  # fmt: skip


def _case(session: Session, stage: Stage, history: CaseHistory, *, on: date) -> dict[str, Any]:
    if not matters.has_code(session, history.code):
        return {
            "code": history.code,
            "state": None,
            "expected_state": history.state,
            "clocks": [],
            "papers": [],
            "rungs": [],
        }
    case = matters.matter_by_code(session, history.code)
    members = [case, *[found for found in matters.of_case(session, case.id or 0) if found.id != case.id]]
    codes = {found.id: found.code for found in members}
    kinds = {kind: [found for found in members if found.kind == kind] for kind in ("order", "criminal")}
    state = case_state(
        case.state,
        orders=[found.state for found in kinds["order"]],
        criminal=kinds["criminal"][-1].state if kinds["criminal"] else "",
    )
    clocks = deadlines.of_case(session, case.id)
    papers = outcome.papers_of_case(session, case.id or 0)
    numbers = {document.matter_id: document.number for document, _ in papers}
    rules = {clock.id: clock.rule for clock in clocks}
    return {
        "code": history.code, "title": history.title, "kind": case.variant, "state": state, "matter_state": case.state, "expected_state": history.state,
        "origin": case.origin, "responsible": case.responsible,
        "clocks": [clock_row(session, clock, matter=codes.get(clock.matter_id, ""), on=on, zone=stage.desk.settings.timezone) for clock in clocks],
        "papers": [paper_row(document, matter) for document, matter in papers],
        "rungs": [
            rung_row(rung, rule=rules[rung.clock_id], matter=codes.get(rung.matter_id, ""), numbers=numbers)
            for rung in deadlines.rungs(session, [clock.id or 0 for clock in clocks])
        ],
    }  # fmt: skip


def _order_row(order: OrderRecord, reason: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {
        "order": order.order_number, "served_on": order.served_on.isoformat() if order.served_on else None, "due_on": order.due_on.isoformat() if order.due_on else None,
        "reviewed_on": order.reviewed_on.isoformat() if order.reviewed_on else None,
    }  # fmt: skip
    return row | ({"reason": reason} if reason else {})


def _listing(session: Session, stage: Stage, history: ListingHistory, *, on: date) -> dict[str, Any]:
    code = stage.listings.get(history.code, history.code)
    unit = matters.unit_by_code(session, history.unit)
    counted = refusals_of(session, book=stage.book, unit_id=unit.id if unit and unit.id else 0, on=on)
    row: dict[str, Any] = {
        "code": history.code, "matter": None, "unit": history.unit, "state": None, "expected_state": history.state, "threshold": counted.threshold,
        "window": [counted.window_from.isoformat(), counted.window_to.isoformat()], "counted": [_order_row(order) for order in counted.counted],
        "not_counted": [_order_row(order, reason) for order, reason in counted.excluded], "clocks": [], "papers": [], "rungs": [],
    }  # fmt: skip
    if not matters.has_code(session, code):
        return row
    held = matters.matter_by_code(session, code)
    clocks = deadlines.of_matter(session, held.id)
    papers = outcome.papers_of(session, held.id or 0)
    numbers = {document.matter_id: document.number for document, _ in papers}
    return row | {
        "matter": held.code, "state": held.state,
        "clocks": [clock_row(session, clock, matter=held.code, on=on, zone=stage.desk.settings.timezone) for clock in clocks],
        "papers": [paper_row(document, matter) for document, matter in papers],
        "rungs": [
            rung_row(rung, rule=next(clock.rule for clock in clocks if clock.id == rung.clock_id), matter=held.code, numbers=numbers)
            for rung in deadlines.rungs(session, [clock.id or 0 for clock in clocks])
        ],
    }  # fmt: skip


def _risk(session: Session) -> list[dict[str, Any]]:
    rows = []
    for hit in stored_risk.hits(session):
        matter = matters.matter(session, hit.matter_id) if hit.matter_id else None
        unit = matters.unit(session, hit.unit_id)
        papers = outcome.papers_of(session, matter.id or 0) if matter else []
        rows.append(
            {
                "rule": hit.rule, "unit": unit.code if unit else "", "on": hit.on.isoformat(), "count": hit.facts.get("count"), "limit": hit.facts.get("limit"),
                "items": hit.facts.get("items", []), "departments": hit.facts.get("departments", []), "matter": matter.code if matter else None,
                "issuer": papers[0][0].issuer if papers else None, "number": papers[0][0].number if papers else None,
                "reply_by": (papers[0][0].facts.get("risk") or {}).get("reply_by") if papers else None,
            }
        )  # fmt: skip
    return rows


def report(stage: Stage, *, as_of: datetime) -> dict[str, Any]:
    """Everything that came of the replay, as JSON-able data (重演结果)."""
    on = as_of.astimezone(stage.desk.settings.timezone).date()
    with stage.desk.reading() as session:
        return {
            "county": stage.book.county.full_name,
            "as_of": as_of.isoformat(),
            "rule_book": stage.book.digest,
            "calendar": stage.book.calendar.version,
            "cases": [_case(session, stage, history, on=on) for history in stage.county.cases],
            "listings": [_listing(session, stage, history, on=on) for history in stage.county.listings],
            "risk_hits": _risk(session),
            "refused": [
                {
                    "where": entry.where,
                    "event": entry.event,
                    "on": entry.on.isoformat(),
                    "code": entry.code,
                    "message": entry.message,
                }
                for entry in stage.troubles
            ],
        }
