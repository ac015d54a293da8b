"""Bring a ledger in (台账导入): verified first, then confirmed inspection by inspection, one transaction each.

A ledger imported twice changes nothing; one that was interrupted goes on where it stopped. What is already known is compared with what
was imported, and a changed row is told, never written over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from models import ImportedInspection, ImportRun, Matter, Unit
from yisong.clock import local_date
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.organs import OrganLevel
from yisong.domain.roles import SYSTEM, Actor
from yisong.domain.rulebook import RuleBook
from yisong.services import findings, registry
from yisong.store import imports as stored
from yisong.store import inspections, matters

if TYPE_CHECKING:
    from yisong.intake.reference import Reference
    from yisong.intake.rows import LedgerInspection, Verification

Opening = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Confirmed:
    """What a confirmation wrote (导入结果). `refused`: (inspection, reason in Chinese)."""

    run_id: int = 0
    inspections: int = 0
    findings: int = 0
    known: int = 0
    waiting: int = 0
    errors: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "run": self.run_id, "inspections": self.inspections, "findings": self.findings, "known": self.known, "waiting": self.waiting,
            "errors": self.errors, "refused": [{"inspection": code, "message": why} for code, why in self.refused],
        }  # fmt: skip


def reference_of(session: Session, *, book: RuleBook) -> Reference:
    """What a ledger is checked against (核对依据): the rule book and what is registered."""
    from yisong.intake.reference import Department, Item, Reference, Theme, Town
    from yisong.intake.reference import Unit as KnownUnit

    fingerprints = stored.fingerprints(session)
    return Reference(
        departments=tuple(Department(organ.code, organ.name, organ.short, organ.aka) for organ in book.organs),
        items=tuple(
            Item(item.code, item.name, item.themes, item.finding, item.severity.value, item.criminal_hint, item.exempt_candidate) for item in book.items
        ),
        themes=tuple(Theme(theme.code, theme.name, theme.initiator) for theme in book.themes),
        towns=tuple(Town(organ.code, organ.short or organ.name, (organ.name,)) for organ in book.organs if organ.level is OrganLevel.TOWNSHIP),
        units={
            unit.uscc: KnownUnit(uscc=unit.uscc, name=unit.name, status=unit.status, deregistered_on=unit.deregistered_on, town=unit.town)
            for unit in stored.units(session)
        },
        known_inspections={code: fingerprints[0].get(code, "") for code in stored.inspection_codes(session)},
        known_findings={code: fingerprints[1].get(code, "") for code in stored.finding_codes(session)},
    )  # fmt: skip


def verify_ledger(reading: Opening, *, book: RuleBook, path: Path, today: date | None = None, mapping: Any = None) -> Verification:
    """Check a ledger file against what is known (台账校验). Nothing is written.

    Raises the intake room's errors, in Chinese, where the file cannot be read at all.
    """
    from yisong.intake.ledger import read_workbook
    from yisong.intake.verify import verify

    with reading() as session:
        reference = reference_of(session, book=book)
    return verify(read_workbook(path), reference=reference, mapping=mapping, today=today)


def _unit_of(session: Session, entry: LedgerInspection) -> Unit:
    found = matters.unit_by_code(session, entry.uscc) if entry.uscc else None
    if found is not None:
        return found
    if not entry.uscc:
        raise Refusal("unit_without_code", f"“{entry.unit_name}”没有统一社会信用代码，也不在已登记单位中，请补填代码。")
    return registry.keep_unit(session, code=entry.uscc, name=entry.unit_name, uscc=entry.uscc, address=entry.place, town=entry.town)


def _officers(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"name": name.split()[0], "cert_no": " ".join(name.split()[1:]) or "（执法证号）"} for name in names if name.strip()]


def _store(session: Session, *, book: RuleBook, entry: LedgerInspection, run_id: int, act: Act) -> list[Matter]:
    """One inspection with its findings (一次检查入库)."""
    if entry.inspected_on is None:
        raise Refusal("date_missing", f"检查“{entry.key}”没有检查日期，请补填。")
    unit = _unit_of(session, entry)
    inspection = inspections.inspection_by_code(session, entry.code or entry.key) or registry.keep_inspection(
        session, code=entry.code or entry.key, unit=unit, inspected_on=entry.inspected_on, initiator=entry.initiator, participants=entry.participants,
        theme=entry.theme, kind=entry.kind or "joint", scanned_in=entry.scanned_in is not False, behaviour_code=entry.behaviour_code, place=entry.place,
        town=entry.town, officers=_officers(entry.officers), note=entry.note,
    )  # fmt: skip
    made = [
        findings.register_finding(
            session, book=book, inspection=inspection, code=found.code or found.key, item_code=found.item, facts=found.facts,
            disposal=found.disposal or "transfer", act=act, department=found.department, evidence=found.evidence, urgent=found.urgent,
        )  # fmt: skip
        for found in entry.findings
        if not matters.has_code(session, found.code or found.key)
    ]
    kept = {
        "inspection": entry.code or entry.key,
        "fingerprint": entry.fingerprint,
        "findings": {found.code or found.key: found.fingerprint for found in entry.findings},
        "rows": [list(place) for place in entry.rows],
        "extras": {found.code or found.key: dict(found.extras) for found in entry.findings if found.extras},
    }
    session.add(
        ImportedInspection(run_id=run_id, inspection_id=inspection.id or 0, findings=[matter.id or 0 for matter in made], rows=[kept])
    )
    return made


def begin_run(session: Session, *, name: str, content: bytes, actor: Actor, at: datetime, mapping: Any = None) -> ImportRun:
    """The run of this very ledger: the same content again goes on with the same run (导入批次)."""
    digest = hashlib.sha256(content).hexdigest()
    run = stored.run_of(session, digest)
    if run is None:
        run = ImportRun(name=name, sha256=digest, department=actor.department, created_by=actor.id, created_at=at, mapping=mapping or {})
        session.add(run)
        session.flush()
    return run


def confirm(
    transaction: Opening, *, book: RuleBook, verification: Verification, content: bytes, at: datetime, actor: Actor = SYSTEM, until: date | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Confirmed:  # fmt: skip
    """Write what was verified (确认导入), one transaction per inspection: what has a fault stays out and is named.

    `until` leaves later inspections waiting: they are brought in when their day has come.
    """
    result = Confirmed(errors=verification.counts["error"])
    if any(problem.level == "error" for problem in verification.problems):
        raise Refusal("ledger_unusable", "；".join(problem.text for problem in verification.problems if problem.level == "error"))
    with transaction() as session:
        run = begin_run(session, name=verification.file, content=content, actor=actor, at=at)
        result.run_id = run.id or 0
    on = local_date(at)
    for index, entry in enumerate(verification.inspections):
        progress(index + 1, len(verification.inspections))
        if entry.blocked:
            result.refused.append((entry.code or entry.key, "该检查有未通过校验的行，改正后重新导入"))
            continue
        if until is not None and entry.inspected_on is not None and entry.inspected_on > until:
            result.waiting += 1
            continue
        try:
            with transaction() as session:
                if stored.imported(session, run_id=result.run_id, code=entry.code or entry.key) or _all_known(session, entry):
                    result.known += 1
                    continue
                made = _store(session, book=book, entry=entry, run_id=result.run_id, act=Act("register", actor, on, at))
            result.inspections += 1
            result.findings += len(made)
        except (Refusal, ValueError) as refusal:
            result.refused.append((entry.code or entry.key, str(refusal)))
    with transaction() as session:
        stored.close_run(session, run_id=result.run_id, summary=result.to_json())
    return result


def _all_known(session: Session, entry: LedgerInspection) -> bool:
    if inspections.inspection_by_code(session, entry.code or entry.key) is None:
        return False
    return all(matters.has_code(session, found.code or found.key) for found in entry.findings)


def bring_in(transaction: Opening, reading: Opening, *, book: RuleBook, path: Path, until: date, at: datetime) -> dict[str, Any]:
    """Verify and confirm a ledger that lies in the inbox folder (自动导入)."""
    verification = verify_ledger(reading, book=book, path=path, today=until)
    return confirm(transaction, book=book, verification=verification, content=path.read_bytes(), at=at, until=until).to_json()


def inspection_codes(reading: Opening, *, book: RuleBook, path: Path, until: date) -> list[str]:
    """The inspections of a ledger that a run would bring in (待导入检查), for naming the run."""
    verification = verify_ledger(reading, book=book, path=path)
    with reading() as session:
        known = set(stored.inspection_codes(session))
    found = [entry.code or entry.key for entry in verification.inspections if entry.inspected_on is not None and entry.inspected_on <= until]
    return [code for code in found if code not in known]
