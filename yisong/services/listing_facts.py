"""How often a unit has refused, from the orders themselves (拒不整改计数), and what the listing's letters say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session

from models import Listing, Matter
from yisong.domain.lifecycle import Act, Facts
from yisong.domain.refusal import OrderRecord, RefusalCount, Window, count_refusals
from yisong.domain.rulebook import RuleBook
from yisong.store import casefile, matters
from yisong.store import listing as stored

REMOVAL_TERMS = "已改正违法行为并消除影响，列入满十二个月可以申请提前移出；期限届满自动移出（提前移出期间参照市监总局名单管理办法第十七条）"


def order_records(session: Session, *, unit_id: int) -> list[OrderRecord]:
    """The orders served on a unit as the count sees them (责改情况)."""
    records = []
    for order, _, clock, uscc in stored.orders_of_unit(session, unit_id):
        last = casefile.last_review(session, order.id)
        paper = casefile.document(session, order.id, type_code="ZEGAI")
        outcome = {"passed": "passed", "partial": "partial", "failed": "failed"}.get(last[0].state) if last else None
        served, ground = order.details.get("served_on"), order.details.get("ground")
        records.append(
            OrderRecord(
                order_number=(paper.number if paper else "") or order.code,
                unit_uscc=uscc,
                served_on=date.fromisoformat(served) if served else None,
                due_on=clock.due_on if clock else None,
                review_outcome=outcome,
                reviewed_on=last[1].concluded_on if last else None,
                review_revoked=bool(last and last[0].state == "revoked"),
                order_withdrawn=order.state in ("withdrawn", "cancelled"),
                extension_pending=order.state == "extension_pending",
                paused=order.state == "suspended" and ground not in ("stay_of_execution", "force_majeure"),
                stay_of_execution=order.state == "suspended" and ground == "stay_of_execution",
                force_majeure=order.state == "suspended" and ground == "force_majeure",
            )
        )
    return records


def refusals_of(
    session: Session, *, book: RuleBook, unit_id: int, on: date, listing: int | None = None
) -> RefusalCount:
    """Count a unit's refusals as of a day (拒不整改计数).

    What an earlier listing was about does not count again (不得用旧事实重复列入). `listing`: for this listing, whose own end is no
    earlier one's.
    """
    unit = matters.unit(session, unit_id)
    found = count_refusals(
        order_records(session, unit_id=unit_id), rule=book.refusal_rule, unit=unit.uscc if unit else "", on=on
    )
    dealt_with = stored.ended_on(session, unit_id=unit_id, before=listing)
    if dealt_with is None:
        return found
    old = [order for order in found.counted if order.reviewed_on is not None and order.reviewed_on <= dealt_with]
    why = f"已在{dealt_with}终结的列入程序中处理，不得重复计算"
    return replace(
        found,
        counted=tuple(order for order in found.counted if order not in old),
        excluded=(*found.excluded, *((order, why) for order in old)),
    )


def counted_for(session: Session, *, book: RuleBook, matter: Matter, on: date) -> RefusalCount:
    """The refusals that a listing is about (本次列入的拒不整改).

    A listing of a year stays one of that year when its procedure runs into the next: its refusals are counted as of its last day.
    """
    row = session.get(Listing, matter.id)
    if row is not None and book.refusal_rule.window is Window.CALENDAR_YEAR:
        on = min(on, date(row.year, 12, 31))
    return refusals_of(session, book=book, unit_id=matter.unit_id or 0, on=on, listing=matter.id)


def listing_values(session: Session, *, book: RuleBook, matter: Matter, on: date) -> dict[str, Any]:
    """Facts that a listing's guards look at (列入判定事实)."""
    row = session.get(Listing, matter.id)
    counted = counted_for(session, book=book, matter=matter, on=on)
    return {
        "refusals": counted.count,
        "threshold": row.threshold if row else book.refusal_rule.threshold,
        "measures": chosen_measures(book, matter),
        "effective_on": matter.details.get("effective_on"),
        "removal_months": 12,
    }


def chosen_measures(book: RuleBook, matter: Matter) -> list[dict[str, str]]:
    """The measures that were chosen, each with its basis; those without one fall out (措施与依据)."""
    given = matter.details.get("measures")
    if given:
        pairs = [
            str(line).replace("|", "｜").partition("｜")
            for line in (given if isinstance(given, list) else str(given).splitlines())
        ]
        return [
            {"measure": name.strip(), "basis": basis.strip(), "kind": "regulatory"}
            for name, _, basis in pairs
            if name.strip() and basis.strip()
        ]
    return [
        {"measure": entry.measure, "basis": entry.basis, "kind": entry.kind}
        for entry in book.measures
        if entry.basis and entry.kind == "regulatory"
    ]


def _refusal_lines(session: Session, *, unit_id: int, wanted: Iterable[str], book: RuleBook) -> list[dict[str, Any]]:
    numbers = set(wanted)
    found = []
    for order, held, clock, _ in stored.orders_of_unit(session, unit_id):
        paper = casefile.document(session, order.id, type_code="ZEGAI")
        number = (paper.number if paper else "") or order.code
        if number not in numbers:
            continue
        last = casefile.last_review(session, order.id)
        opinion = casefile.document(session, last[0].id, type_code="FUCHA") if last else None
        names = [
            book.item(finding.item_code).name
            for _, finding in casefile.findings(session, order.case_id, only=held.findings)
        ]
        found.append(
            {
                "order_number": number, "due_on": clock.due_on if clock else None, "review_number": (opinion.number if opinion else "") or "（文号未录）",
                "reviewed_on": last[1].concluded_on if last else None, "item_name": "、".join(names),
            }
        )  # fmt: skip
    return found


def listing_facts(
    session: Session, *, book: RuleBook, matter: Matter, act: Act, facts: Facts, issued_on: date
) -> dict[str, Any]:
    """The facts of a listing's letters (列入文书事实)."""
    row = session.get(Listing, matter.id)
    counted = counted_for(session, book=book, matter=matter, on=act.on)
    try:
        days = book.deadline_rule("R-LIST-STATEMENT", act.on).amount or 5
    except ValueError:
        days = 5
    notice = casefile.document(session, matter.id, type_code="LIERU_GZ")
    decision = casefile.document(session, matter.id, type_code="LIERU_JD")
    received = next(
        (event for event in matters.events(session, [matter.id or 0]) if event.action == "receive_statement"), None
    )
    findings = list(act.given.get("findings") or [])
    points = list(matter.details.get("points") or [])
    adopted = act.given.get("adopted") == "partly"
    listing = {
        "code": matter.code, "year": row.year if row else act.on.year, "threshold": row.threshold if row else book.refusal_rule.threshold,
        "refusals": _refusal_lines(session, unit_id=matter.unit_id or 0, wanted=[order.order_number for order in counted.counted], book=book),
        "measures": chosen_measures(book, matter), "months": int(act.given.get("months") or matter.details.get("months") or 36), "removal_terms": REMOVAL_TERMS,
        "statement_days": days, "statement_due_on": None, "notice_number": notice.number if notice else "", "decision_number": decision.number if decision else "",
        "decided_on": decision.dated_on if decision else None,
    }  # fmt: skip
    found: dict[str, Any] = {"listing": listing}
    if received is not None:
        lines = [
            {
                "claim": str(claim),
                "finding": str(findings[index]) if index < len(findings) else "经核查，不影响认定",
                "adopted": adopted,
            }
            for index, claim in enumerate(points)
        ]
        found["statement"] = {"received_on": received.on, "points": lines}
    return found
