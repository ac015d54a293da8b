"""Findings and the cases made of them (检查发现与立项)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from models import Finding, Inspection, Matter, Transfer
from yisong.domain.entries import Severity
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services.registering import describe, follow_up, variant_of
from yisong.services.steps import open_matter, take_step
from yisong.store import casefile, matters, numbers
from yisong.store import inspections as stored

SEVERITIES = [Severity.GENERAL, Severity.MAJOR, Severity.CRITICAL]


def register_finding(
    session: Session, *, book: RuleBook, inspection: Inspection, code: str, item_code: str, facts: str, disposal: str, act: Act,
    department: str = "", evidence: Sequence[str] = (), place: str = "", town: str = "", urgent: bool = False,
) -> Matter:  # fmt: skip
    """Register what an inspection found (登记检查发现), and ask the lists who is answerable for it.

    The answer is stored with its reason, list and version. No answer puts the finding into the queue for coordination.
    """
    described = describe(
        book, inspection=inspection, item_code=item_code, facts=facts, disposal=disposal, place=place, town=town, urgent=urgent, evidence=evidence
    )  # fmt: skip
    matter = open_matter(
        session, book=book, kind="finding", code=code, act=replace(act, action="register"), variant=variant_of(disposal),
        origin=inspection.initiator, responsible=department or described["routed_to"], unit_id=inspection.unit_id,
        extension=Finding(matter_id=0, inspection_id=inspection.id or 0, **described),
    )  # fmt: skip
    for step in follow_up(act, disposal=disposal, responsible=matter.responsible):
        take_step(session, book=book, matter_id=matter.id or 0, act=step)
    return matter


def next_case_code(session: Session, *, year: int) -> str:
    """The next case code of a year (案号): YX-2026-0001. Two who open a case at once get two; a code in use is passed over."""
    series = numbers.counter(session, issuer="", series="案号", year=year)
    if series.last == 0:
        series.last = stored.last_case_number(session, year=year)
    while True:
        series.last += 1
        code = f"YX-{year}-{series.last:04d}"
        if not matters.has_code(session, code):
            return code


def open_case(
    session: Session, *, book: RuleBook, findings: Sequence[Matter], act: Act, kind: str, responsible: str, code: str = "", title: str = "",
    reason: str = "", origin: str = "", unit_id: int | None = None, materials: Sequence[Mapping[str, str]] = (), urgent: bool = False,
) -> Matter:  # fmt: skip
    """Make one case of findings on the same unit (立项): kinds lead 线索移送 / case 案件移送 / own 自办 / criminal 涉罪.

    Raises `Refusal`: no_findings, different_units, or what the tables refuse.
    """
    if not findings:
        raise Refusal("no_findings", "请至少选择一项检查发现。")
    if len({finding.unit_id for finding in findings}) > 1:
        raise Refusal("different_units", "所选发现分属不同的被检查单位，不能并作一案，请分别移送。")
    rows = [
        row for finding in findings for _, row in casefile.findings(session, finding.case_id, only=[finding.id or 0])
    ]
    origin = origin or findings[0].origin
    if kind in ("lead", "case") and responsible == origin:
        raise Refusal("transfer_to_self", "责任部门就是本部门，请选择“本部门办理”。")
    materials = list(materials) or [
        {"name": name, "form": "复印件", "quantity": "1份", "keeper": "", "note": ""}
        for row in rows
        for name in row.evidence
    ]
    transfer = Transfer(
        matter_id=0, title=title or "、".join(dict.fromkeys(book.item(row.item_code).name for row in rows)), found_on=min(row.found_on for row in rows),
        urgent=urgent or any(row.urgent for row in rows), severity=max((row.severity for row in rows), key=lambda value: SEVERITIES.index(Severity(value))),
        routing_reason=reason or rows[0].routing_reason, materials=[dict(entry) for entry in materials],
    )  # fmt: skip
    code = code or next_case_code(session, year=act.on.year)
    case = open_matter(
        session, book=book, kind="transfer", code=code, act=replace(act, action="open", given={**act.given, "found_on": transfer.found_on.isoformat()}),
        variant=kind, origin=origin, responsible=responsible if kind != "criminal" else origin, unit_id=unit_id or findings[0].unit_id, extension=transfer,
    )  # fmt: skip
    action = "handle_own" if kind in ("own", "criminal") else "assign"
    for finding in findings:
        held = matters.matter(session, finding.id or 0, lock=True)
        held.case_id = case.id
        take_step(
            session,
            book=book,
            matter_id=held.id or 0,
            act=replace(act, action=action, actor=SYSTEM if action == "assign" else act.actor),
        )
    if kind == "criminal":
        open_criminal(session, book=book, case=case, act=act)
    return case


def open_criminal(session: Session, *, book: RuleBook, case: Matter, act: Act) -> Matter:
    """The criminal track of a case (涉罪移送线); a case that came back may be suspected again."""
    ordinal = matters.next_ordinal(session, case_id=case.id, kind="criminal")
    code = f"{case.code}-ZX{ordinal if ordinal > 1 else ''}"
    return open_matter(
        session, book=book, kind="criminal", code=code, act=replace(act, action="open"), origin=case.origin, responsible=case.responsible,
        unit_id=case.unit_id, case_id=case.id, subject=case,
    )  # fmt: skip
