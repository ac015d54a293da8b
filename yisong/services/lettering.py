"""Gather what a letter has to know (文书事实), in the vocabulary of docs/decisions/0003-document-facts.md."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from models import Finding, Inspection, Matter, Unit
from yisong.domain.lifecycle import Act, Facts, Paper
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.services.lettering_extras import extras, held_things
from yisong.services.material_list import for_letter
from yisong.store import casefile, matters

UNIT_KEYS = ("name", "uscc", "kind", "address", "legal_rep", "contact", "phone")
HELD_TOLD = ("YISONG", "BUZHENG", "ZUIYI")
"""Papers that tell the receiver what is held of the unit's, and until when (随案说明已采取的措施)."""
NOT_REGISTERED = {"address": "（住所未登记）", "legal_rep": "（未登记）"}
SEVERITY = {"general": "一般", "major": "较重", "critical": "重大"}


def organ_facts(session: Session, *, book: RuleBook, code: str, on: date, act: Act | None = None) -> dict[str, Any]:
    """An organ as a letter names it on a day (机关)."""
    organ = book.organ(code)
    if act is not None and act.actor.department == code and act.actor.id != "system":
        name = act.actor.name
    else:
        person = casefile.contact(session, code)
        name = person.name if person else organ.short
    above = "上一级主管部门" if organ.level.value == "city_branch" else book.organ(book.government_code).name_on(on)
    return {
        "code": code, "name": organ.name_on(on), "short": organ.short, "phone": organ.phone or "见机关公开信息", "address": organ.address or organ.name_on(on),
        "contact": name, "reconsideration": above,
    }  # fmt: skip


def unit_facts(unit: Unit | None) -> dict[str, Any]:
    """A unit as a letter names it (当事人). What the register lacks is said to be lacking: no letter waits for it."""
    if unit is None:
        return dict.fromkeys(UNIT_KEYS, "")
    return {key: getattr(unit, key, "") or NOT_REGISTERED.get(key, "") for key in UNIT_KEYS}


def finding_facts(book: RuleBook, *, matter: Matter, finding: Finding) -> dict[str, Any]:
    """A finding with the law of the day of the act (检查发现、行为时的依据)."""
    item = book.item(finding.item_code)
    law = item.version_on(finding.found_on)
    return {
        "code": matter.code, "item_code": item.code, "item_name": item.name, "facts": finding.facts, "duty": law.duty, "penalty": law.penalty,
        "refuse_clause": law.refuse_clause or item.refuse_clause if hasattr(item, "refuse_clause") else law.refuse_clause, "demand": item.demand,
        "severity": SEVERITY.get(finding.severity, finding.severity), "found_on": finding.found_on, "place": finding.place,
    }  # fmt: skip


def inspection_facts(
    session: Session, *, book: RuleBook, inspection: Inspection | None, department: str
) -> dict[str, Any]:
    if inspection is None:
        return {}
    try:
        theme = book.theme(inspection.theme).name if inspection.theme else "日常检查"
    except RuleBookError:
        theme = inspection.theme
    on = inspection.inspected_on
    people = inspection.officers or [
        {"name": person.name, "cert_no": person.cert_no} for person in casefile.officers(session, department)[:2]
    ]
    while len(people) < 2:
        people = [*people, {"name": "（签名）", "cert_no": "（执法证号）"}]
    return {
        "code": inspection.code, "behaviour_code": inspection.behaviour_code, "date": on, "theme": theme, "initiator": book.organ(inspection.initiator).name_on(on),
        "participants": [book.organ(code).name_on(on) for code in inspection.participants], "place": inspection.place, "officers": people,
    }  # fmt: skip


def recipient_name(session: Session, *, book: RuleBook, paper: Paper, matter: Matter, facts: Facts, on: date) -> str:
    """To whom a paper goes (主送)."""
    if paper.to is Party.UNIT:
        unit = matters.unit(session, matter.unit_id)
        return unit.name if unit else "当事人"
    codes = (
        {matter.responsible}
        if paper.to is Party.RESPONSIBLE and matter.responsible
        else facts.parties.get(paper.to, frozenset())
    )
    return "、".join(book.organ(code).name_on(on) for code in sorted(codes) if code)


def _list_name(book: RuleBook, code: str, *, on: date | None) -> str:
    """The name of the list that answered, as of the day of the finding (清单名称)."""
    try:
        return book.item_list(code, on=on).name if code else "权责清单"
    except RuleBookError:
        return code


def case_facts(session: Session, *, book: RuleBook, matter: Matter, department: str) -> dict[str, Any]:
    """The part of a letter's facts that every paper of a case shares (案件事实)."""
    case_id = matter.case_id
    case = matters.matter(session, case_id) if case_id is not None else matter
    transfer = casefile.transfer(session, case_id)
    order = casefile.order(session, matter.id) if matter.kind == "order" else None
    pairs = casefile.findings(session, case_id, only=(order.findings if order else ())) if case_id is not None else []
    first = pairs[0][1] if pairs else None
    inspection = casefile.inspection(session, first.inspection_id if first else None)
    return {
        "case": {"code": case.code, "title": transfer.title if transfer else case.code},
        "unit": unit_facts(matters.unit(session, matter.unit_id)),
        "findings": [finding_facts(book, matter=held, finding=finding) for held, finding in pairs],
        "inspection": inspection_facts(session, book=book, inspection=inspection, department=department),
        "materials": for_letter(session, case) if transfer else [],
        "measures_taken": list(transfer.measures_taken) if transfer else [],
        "routing": {
            "list_name": _list_name(book, first.routing_list if first else "", on=first.found_on if first else None), "item_code": first.item_code if first else "",
            "basis": (first.routing_basis if first else "") or "本县权责清单",
            "reason": (transfer.routing_reason if transfer else "") or (first.routing_reason if first else "") or "按照谁主管、谁负责原则",
        },
    }  # fmt: skip


def gather(
    session: Session,
    *,
    book: RuleBook,
    matter: Matter,
    paper: Paper,
    act: Act,
    facts: Facts,
    issuer: str,
    number: str,
    issued_on: date,
) -> dict[str, Any]:
    """All facts of one paper (文书事实): plain data, frozen with the act."""
    gathered = case_facts(session, book=book, matter=matter, department=issuer)
    gathered |= {
        "number": number,
        "issued_on": issued_on,
        "issuer": organ_facts(session, book=book, code=issuer, on=issued_on, act=act),
        "recipient": {
            "name": recipient_name(session, book=book, paper=paper, matter=matter, facts=facts, on=issued_on)
        },
        "copies": [
            book.organ(code).name_on(issued_on)
            for party in paper.copies
            for code in sorted(facts.parties.get(party, ()))
            if code
        ],
        "platform": book.county.platform_name,
        "reason": str(act.given.get("reason") or act.given.get("note") or act.given.get("opinion") or ""),
    }
    if paper.code in HELD_TOLD:
        gathered["measures_taken"] += held_things(session, case_id=matter.case_id)
    gathered |= extras(
        session, book=book, matter=matter, paper=paper, act=act, facts=facts, issued_on=issued_on, number=number
    )
    return gathered
