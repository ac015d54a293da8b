"""Register a batch of a ledger's inspections in one transaction (台账分批登记): what the registers know is looked up once for all.

Only what is new through and through is written here. An inspection that adds to a registered one, that meets a number used before, or
that the registers or tables refuse is handed back, to be written alone by `ledger_entries.write_inspection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from models import Finding, ImportedInspection, Inspection, Matter, Unit
from yisong.domain.lifecycle import Refusal
from yisong.intake.rows import LedgerInspection
from yisong.services import registry
from yisong.services.journal_openings import Opened, Opening, Openings, Unforeseen
from yisong.services.ledger_check import code_of, finding_code_of
from yisong.services.ledger_entries import (
    Import,
    Imported,
    act_of,
    head_of,
    officers_of,
    place_of,
    run_of,
    tell_run,
    unit_row,
)
from yisong.services.registering import describe, follow_up, variant_of
from yisong.store import imports as stored
from yisong.store import rows as bulk
from yisong.store.imports import Registered, UnitKnown


@dataclass(frozen=True, slots=True)
class _Visit:
    """An inspection that is about to be registered (待登记检查)."""

    ledger: LedgerInspection
    code: str
    inspected_on: date
    place: str
    town: str
    unit: UnitKnown
    found: list[tuple[Opened, dict[str, Any]]] = field(default_factory=list)


def write_batch(
    session: Session, batch: Sequence[LedgerInspection], *, bringing: Import
) -> tuple[Imported, list[LedgerInspection]]:
    """Register inspections of a ledger, in the caller's transaction (分批登记).

    Returns what came of it, and the inspections that have to be written one by one. Raises `IntegrityError` where somebody else has
    registered one of them this very moment: then nothing of the batch is kept.
    """
    run = stored.run_of_file(session, bringing.checked.sha256)
    if run is not None:
        run_of(session, bringing)  # held from here on: who held it before has written what is looked up now
    known = stored.registered(
        session,
        inspections={code_of(each) for each in batch},
        findings={finding_code_of(each, finding) for each in batch for finding in each.findings},
        uscc={each.uscc for each in batch},
    )
    done, alone, new = _sorted_out(batch, known=known)
    if not new:
        return done, alone
    openings = Openings(bringing.book, at=bringing.at)
    visits: list[_Visit] = []
    for inspection in new:
        try:
            visits.append(_planned(inspection, known=known, openings=openings, bringing=bringing))
        except (Refusal, ValueError, Unforeseen):
            alone.append(inspection)
    if visits:
        run = run_of(session, bringing)
        done.run_id = run.id
        done.inspections, done.findings = len(visits), sum(len(visit.found) for visit in visits)
        done.units = _register_units(session, visits)
        _write(session, visits, openings=openings, run_id=run.id or 0)
        tell_run(session, run, done=done)
    return done, alone


def _sorted_out(
    batch: Sequence[LedgerInspection], *, known: Registered
) -> tuple[Imported, list[LedgerInspection], list[LedgerInspection]]:
    """What is there already is told; what is new, and what has to be looked at alone (分拣)."""
    done = Imported()
    alone: list[LedgerInspection] = []
    new: list[LedgerInspection] = []
    seen: set[str] = set()
    for inspection in batch:
        code = code_of(inspection)
        numbers = [finding_code_of(inspection, finding) for finding in inspection.findings]
        taken = sum(number in known.findings for number in numbers)
        clash = f"检查 {code}" in seen or not seen.isdisjoint(numbers) or len(set(numbers)) < len(numbers)
        seen.update((f"检查 {code}", *numbers))
        if clash or (taken and taken < len(numbers)) or (bool(taken) != (code in known.inspections) and numbers):
            alone.append(inspection)
        elif code in known.inspections:
            prints = known.fingerprints.get(known.inspections[code], {})
            for number, finding in zip(numbers, inspection.findings, strict=True):
                if prints.get(finding.key, finding.fingerprint) == finding.fingerprint:
                    done.unchanged += 1
                else:
                    done.corrections.append((number, finding.sheet, finding.row))
        else:
            new.append(inspection)
    return done, alone, new


def _planned(inspection: LedgerInspection, *, known: Registered, openings: Openings, bringing: Import) -> _Visit:
    """Everything of an inspection but what the database gives (登记方案). Raises what refuses it."""
    if inspection.inspected_on is None or not inspection.uscc or inspection.uscc in known.doubtful:
        raise Unforeseen("unit")
    unit = known.units.get(inspection.uscc)
    if unit is None:
        if not registry.credit_code_holds(inspection.uscc):
            raise Unforeseen("credit_code")
        unit = UnitKnown(0, inspection.place, inspection.town)
    visit = _Visit(
        inspection, code_of(inspection), inspection.inspected_on, inspection.place or unit.address, inspection.town or unit.town, unit
    )  # fmt: skip
    for finding in inspection.findings:
        disposal = finding.disposal or "transfer"
        act = act_of(finding, bringing=bringing, initiator=inspection.initiator, on=inspection.inspected_on)
        described = describe(
            bringing.book, inspection=visit, item_code=finding.item, facts=finding.facts, disposal=disposal, urgent=finding.urgent, evidence=finding.evidence
        )  # fmt: skip
        responsible = finding.department or described["routed_to"]
        opening = Opening(
            kind="finding", code=finding_code_of(inspection, finding), acts=[act, *follow_up(act, disposal=disposal, responsible=responsible)],
            variant=variant_of(disposal), origin=inspection.initiator, responsible=responsible, unit_id=unit.id or None,
            values={"evidence": bool(described["evidence"])},
        )  # fmt: skip
        visit.found.append((openings.decide(opening), described))
    known.units[inspection.uscc] = unit  # only now: one that refused inspections alone name is not registered
    return visit


def _register_units(session: Session, visits: Sequence[_Visit]) -> int:
    """Register the units that are new (登记新单位); how many there are."""
    first = {id(visit.unit): visit for visit in reversed(visits) if not visit.unit.id}
    rows = []
    for number, visit in zip(bulk.next_ids(session, Unit, amount=len(first)), reversed(first.values()), strict=True):
        visit.unit.id = number
        rows.append({"id": number, **unit_row(visit.ledger)})
    bulk.insert_whole(session, Unit, rows=rows)
    return len(rows)


def _write(session: Session, visits: Sequence[_Visit], *, openings: Openings, run_id: int) -> None:
    """The rows of all tables, ids first (批量写入)."""
    visit_ids = bulk.next_ids(session, Inspection, amount=len(visits))
    matter_ids = iter(bulk.next_ids(session, Matter, amount=sum(len(visit.found) for visit in visits)))
    opened: list[Opened] = []
    ids: list[int] = []
    registered: list[dict[str, Any]] = []
    findings: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for visit_id, visit in zip(visit_ids, visits, strict=True):
        told = visit.ledger
        registered.append(
            {
                "id": visit_id, "code": visit.code, "behaviour_code": told.behaviour_code, "theme": told.theme, "unit_id": visit.unit.id,
                "inspected_on": visit.inspected_on, "initiator": told.initiator, "participants": list(told.participants),
                "kind": told.kind or "joint", "scanned_in": told.scanned_in is not False, "place": visit.place, "town": visit.town,
                "officers": officers_of(told), "note": told.note,
            }
        )  # fmt: skip
        own = []
        for one, described in visit.found:
            matter_id = next(matter_ids)
            one.unit_id = visit.unit.id
            own.append(matter_id)
            opened.append(one)
            findings.append({"matter_id": matter_id, "inspection_id": visit_id, **described})
        ids += own
        rows = [head_of(told, new=True), *(place_of(told, finding) for finding in told.findings)]
        entries.append({"run_id": run_id, "inspection_id": visit_id, "findings": own, "rows": rows})
    bulk.insert_whole(session, Inspection, rows=registered)
    openings.write(session, opened, ids=ids)
    bulk.insert_whole(session, Finding, rows=findings)
    bulk.insert_whole(session, ImportedInspection, rows=entries)
