"""Bring a county's registers into the database (登记信息入库)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from models import Matter, Unit
from yisong.countyfile import HistoryEvent, InspectedUnit
from yisong.countyfile import Inspection as InspectionEntry
from yisong.domain.lifecycle import Act, Refusal
from yisong.replay.stage import Stage
from yisong.services import findings, registry
from yisong.store import casefile, inspections, matters


def _gone_before_visits(stage: Stage, entry: InspectedUnit) -> bool:
    """Whether the register had struck the unit off before anybody visited it (检查前已注销)."""
    visits = [visit.on for visit in stage.county.inspections if visit.unit == entry.code]
    return entry.deregistered_on is not None and (not visits or entry.deregistered_on <= min(visits))


def keep_unit(session: Session, entry: InspectedUnit, *, gone: bool) -> None:
    """One unit of the county (单位入库). That it was struck off is known only once the registers have been compared.

    A history is replayed even where a credit code does not hold: the report names such units.
    """
    registry.keep_unit(
        session, code=entry.code, name=entry.name, uscc=entry.uscc, kind=entry.kind, address=entry.address, town=entry.town, legal_rep=entry.legal_rep,
        contact=entry.contact, phone=entry.phone, status=entry.status if gone or entry.deregistered_on is None else "active",
        deregistered_on=entry.deregistered_on if gone else None, credit_tier=entry.credit_tier, electronic_consent=entry.e_service_consent,
        parent_code=entry.parent, checked=False,
    )  # fmt: skip


def load_units(stage: Stage) -> int:
    """Every inspected unit of the county (监管对象入库)."""
    with stage.transaction() as session:
        for entry in stage.county.units:
            keep_unit(session, entry, gone=_gone_before_visits(stage, entry))
            if not registry.credit_code_holds(entry.uscc):
                event = HistoryEvent(on=stage.clock.now().date(), event="unit_registered")
                stage.trouble(
                    entry.code,
                    event,
                    "wrong_credit_code",
                    f"“{entry.name}”的统一社会信用代码 {entry.uscc} 校验不通过（GB 32100），请对照营业执照核对。",
                )
    return len(stage.county.units)


def compare_registers(stage: Stage, codes: Iterable[str]) -> None:
    """What a comparison with the business register brings to light (登记信息比对)."""
    wanted = set(codes)
    with stage.transaction() as session:
        for entry in stage.county.units:
            if entry.code in wanted:
                keep_unit(session, entry, gone=True)


def unit_of(session: Session, code: str) -> Unit:
    found = matters.unit_by_code(session, code)
    if found is None:
        raise Refusal("unknown_unit", f"没有编号为“{code}”的单位，请先登记。")
    return found


def officers_of(stage: Stage, organs: Iterable[str]) -> list[dict[str, str]]:
    """Two officers of these organs with their certificates, where the county has them (检查人员)."""
    known = tuple(organs)
    people = [user for user in stage.county.users if user.department in known and user.cert_no]
    return [{"name": user.name, "cert_no": user.cert_no} for user in people[:2]]


def name_officers(stage: Stage, session: Session, matter: Matter) -> None:
    """Say who went, for the visits of a case that came from a ledger without that column (补录检查人员)."""
    found = [finding.inspection_id for _, finding in casefile.findings(session, matter.case_id)]
    for visit in (casefile.inspection(session, inspection_id) for inspection_id in dict.fromkeys(found)):
        if visit is not None and not visit.officers:
            visit.officers = officers_of(stage, (visit.initiator, *visit.participants))
            session.add(visit)
    session.flush()


def keep_inspection(stage: Stage, session: Session, entry: InspectionEntry) -> None:
    """One inspection of the county (检查入库)."""
    unit = unit_of(session, entry.unit)
    officers = officers_of(stage, (entry.initiator, *entry.participants))
    registry.keep_inspection(
        session, code=entry.code, unit=unit, inspected_on=entry.on, initiator=entry.initiator, participants=entry.participants, theme=entry.theme or "",
        kind=entry.kind, scanned_in=entry.scanned_in, behaviour_code=entry.behaviour_code, officers=officers, note=entry.note,
    )  # fmt: skip


def register_findings(
    stage: Stage, session: Session, *, codes: Iterable[str], event: HistoryEvent, department: str = ""
) -> list[Matter]:
    """These findings of the county, each once (发现登记)."""
    entries = {entry.code: entry for entry in stage.county.findings}
    visits = {entry.code: entry for entry in stage.county.inspections}
    registered = []
    for code in codes:
        if matters.has_code(session, code):
            registered.append(matters.matter_by_code(session, code))
            continue
        entry = entries.get(code)
        if entry is None:
            raise Refusal("unknown_finding", f"县文件中没有编号为“{code}”的检查发现。")
        keep_inspection(stage, session, visits[entry.inspection])
        inspection = inspections.inspection_by_code(session, entry.inspection)
        assert inspection is not None
        act = Act("register", stage.people.officer(inspection.initiator), event.on, stage.clock.now())
        registered.append(
            findings.register_finding(
                session,
                book=stage.book,
                inspection=inspection,
                code=code,
                item_code=entry.item,
                facts=entry.facts,
                disposal=entry.disposal,
                act=act,
                department=department,
                evidence=stage.book.item(entry.item).evidence or ("现场检查笔录",),
            )
        )
    return registered
