"""Orders, their service and their review (责改、送达、复查)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from models import Document, Matter, RectificationOrder, Review, ServiceRecord
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.rulebook import RuleBook
from yisong.services.clocks import day_of
from yisong.services.lettering_extras import lines
from yisong.services.steps import hold, open_matter
from yisong.store import casefile, matters

FAILED_METHOD = "attempt_failed"


def draft_order(
    session: Session, *, book: RuleBook, case: Matter, act: Act, days: int, findings: Sequence[int] = (), parent: Matter | None = None,
    unit_id: int | None = None, number_word: str = "",
) -> Matter:  # fmt: skip
    """Draft a rectification order in a case (拟责令改正): `days` are natural days from the day after service."""
    if days < 0 or days > 365 * 3:
        raise Refusal("days_unreasonable", f"整改期限 {days} 日不合理，请填写 0 至 1095 之间的天数。")
    case = hold(session, case.id or 0)
    wanted = list(findings) or [matter.id or 0 for matter, _ in casefile.findings(session, case.id)]
    order = RectificationOrder(
        matter_id=0, days=days, findings=wanted, demands=lines(act.given.get("demands")), parent_id=parent.id if parent else None, number_word=number_word,
    )  # fmt: skip
    ordinal = matters.next_ordinal(session, case_id=case.id, kind="order")
    return open_matter(
        session, book=book, kind="order", code=f"{case.code}-ZG{ordinal}", act=replace(act, action="open", given={**act.given, "days": days}),
        origin=case.origin, responsible=case.responsible, unit_id=unit_id or case.unit_id, case_id=case.id, subject=case, extension=order,
    )  # fmt: skip


def conclude_review(session: Session, *, book: RuleBook, order: Matter, act: Act) -> Matter:
    """Conclude the review of an order (复查结论): `act.action` is conclude_pass, conclude_partial or conclude_fail."""
    order = hold(session, order.id or 0)
    review = Review(
        matter_id=0, order_id=order.id or 0, concluded_on=act.on, note=str(act.given.get("note") or ""), items=lines(act.given.get("items")),
        officers=lines(act.given.get("officers")),
    )  # fmt: skip
    ordinal = matters.next_ordinal(session, case_id=order.case_id, kind="review")
    return open_matter(
        session, book=book, kind="review", code=f"{order.code.rsplit('-', 1)[0]}-FC{ordinal}", act=act, origin=order.origin, responsible=order.responsible,
        unit_id=order.unit_id, case_id=order.case_id, subject=order, extension=review,
    )  # fmt: skip


def record_service(session: Session, *, book: RuleBook, document: Document, act: Act) -> Matter:
    """Record an attempt at service of a paper (登记送达): `act.action` is serve, attempt_failed or announce."""
    hold(session, document.subject_id)
    paper = matters.matter(session, document.matter_id)
    given = dict(act.given)
    effective = day_of(given.get("served_on") or act.on) if act.action == "serve" else None
    if effective is not None:
        given["served_on"] = effective.isoformat()
    record = ServiceRecord(
        matter_id=0, document_id=document.matter_id, method=str(given.get("method") or ("announcement" if act.action == "announce" else "")),
        attempted_on=act.on, effective_on=effective, place=str(given.get("place") or ""), receiver=str(given.get("receiver") or ""),
        servers=lines(given.get("servers")), witness=str(given.get("witness") or ""), recording=str(given.get("recording") or ""),
        reason=str(given.get("reason") or "") if act.action == FAILED_METHOD else "",
    )  # fmt: skip
    ordinal = len(matters.about(session, paper.id or 0, kind="service")) + 1
    return open_matter(
        session, book=book, kind="service", code=f"{paper.code}-SD{ordinal}", act=replace(act, given=given), origin=document.issuer,
        responsible=document.issuer, unit_id=paper.unit_id, case_id=paper.case_id, subject=paper, extension=record,
    )  # fmt: skip
