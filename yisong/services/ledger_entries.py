"""Register what a ledger says of one inspection (台账登记): its unit, the inspection, its findings, and where each stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import ImportedInspection, ImportRun, Inspection
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM, Actor, Party, staff
from yisong.domain.rulebook import RuleBook
from yisong.intake.rows import LedgerFinding, LedgerInspection
from yisong.services import registry
from yisong.services.findings import register_finding
from yisong.services.ledger_check import Checked, code_of, finding_code_of
from yisong.store import imports as stored
from yisong.store import inspections, matters

STAFF = staff(Party.ORIGIN).roles


@dataclass(frozen=True, slots=True)
class Import:
    """Who brings which ledger in, and when (导入): `on` the present day, `at` the present instant.

    A person of the initiating organ registers in their own name; for others the system does, and their name is kept.
    """

    book: RuleBook
    checked: Checked
    on: date
    at: datetime
    by: Actor = SYSTEM
    department: str = ""


@dataclass(slots=True)
class Imported:
    """What came of it (导入结果).

    `unchanged`: findings that were there already. `corrections`: findings that read otherwise now, with sheet and row.
    `blocked`: inspections with an error. `waiting`: inspections of later days. `refused`: inspections that the registers
    or tables refused, with the reason in Chinese.
    """

    run_id: int | None = None
    inspections: int = 0
    findings: int = 0
    units: int = 0
    unchanged: int = 0
    blocked: int = 0
    waiting: int = 0
    corrections: list[tuple[str, str, int]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Imported) -> None:
        self.run_id = other.run_id or self.run_id
        self.inspections += other.inspections
        self.findings += other.findings
        self.units += other.units
        self.unchanged += other.unchanged
        self.corrections += other.corrections


def write_inspection(session: Session, inspection: LedgerInspection, *, bringing: Import) -> Imported:
    """One inspection of a ledger, in the caller's transaction (登记一次检查); what is there already stays as it is.

    Raises `Refusal` or `RuleBookError` where the registers or tables do not take it.
    """
    held, fresh, done = _look(session, inspection)
    if held is not None and not fresh:
        return done
    run = run_of(session, bringing)
    held, fresh, done = _look(session, inspection)  # again: who held the run before may have brought it in meanwhile
    if held is not None and not fresh:
        return done
    done.run_id = run.id
    if held is None:
        held = _register_inspection(session, inspection, done=done)
    entry = stored.entry(session, run.id or 0, inspection_id=held.id or 0)
    if entry is None:
        head = head_of(inspection, new=bool(done.inspections))
        entry = ImportedInspection(run_id=run.id or 0, inspection_id=held.id or 0, findings=[], rows=[head])
    entry.findings = [
        *entry.findings,
        *(_register(session, held, inspection=inspection, finding=each, bringing=bringing) for each in fresh),
    ]
    entry.rows = [*entry.rows, *(place_of(inspection, each) for each in fresh)]
    session.add(entry)
    done.findings = len(fresh)
    tell_run(session, run, done=done)
    return done


def tell_run(session: Session, run: ImportRun, *, done: Imported) -> None:
    """Add what has just come in to what its run tells of itself (批次小结)."""
    run.summary = {
        name: int(run.summary.get(name, 0)) + getattr(done, name) for name in ("inspections", "findings", "units")
    }
    session.add(run)


def _look(session: Session, inspection: LedgerInspection) -> tuple[Inspection | None, list[LedgerFinding], Imported]:
    """The inspection if it is registered, and its findings that are not; the others are told as unchanged or corrections."""
    done = Imported()
    held = inspections.inspection_by_code(session, code_of(inspection))
    known: dict[str, str] = {}
    for entry in stored.entries_of_inspection(session, held.id or 0) if held is not None else ():
        known |= {row["key"]: row["fingerprint"] for row in entry.rows if row["what"] == "finding"}
    fresh = []
    for finding in inspection.findings:
        if not matters.has_code(session, finding_code_of(inspection, finding)):
            fresh.append(finding)
        elif known.get(finding.key, finding.fingerprint) != finding.fingerprint:
            done.corrections.append((finding_code_of(inspection, finding), finding.sheet, finding.row))
        else:
            done.unchanged += 1
    return held, fresh, done


def run_of(session: Session, bringing: Import) -> ImportRun:
    """The run of this very ledger, its row held (导入批次): the same content again goes on with the same run."""
    checked = bringing.checked
    run = stored.run_of_file(session, checked.sha256)
    if run is not None:
        return stored.run(session, run.id or 0, lock=True) or run
    run = ImportRun(
        name=checked.workbook.name,
        sha256=checked.sha256,
        department=bringing.department,
        created_by=bringing.by.id,
        created_at=bringing.at,
        mapping=dict(checked.verification.mapping.remember()),
    )
    session.add(run)
    session.flush()
    return run


def _register_inspection(session: Session, inspection: LedgerInspection, *, done: Imported) -> Inspection:
    if inspection.inspected_on is None or not inspection.uscc:
        raise Refusal(
            "inspection_incomplete", f"检查“{inspection.key}”缺少检查日期或统一社会信用代码，请补齐后再导入。"
        )
    unit = matters.unit_by_code(session, inspection.uscc)
    if unit is None:
        unit = registry.keep_unit(session, **unit_row(inspection))
        done.units = 1
    done.inspections = 1
    return registry.keep_inspection(
        session,
        code=code_of(inspection),
        unit=unit,
        inspected_on=inspection.inspected_on,
        initiator=inspection.initiator,
        participants=inspection.participants,
        theme=inspection.theme,
        kind=inspection.kind or "joint",
        scanned_in=inspection.scanned_in is not False,
        behaviour_code=inspection.behaviour_code,
        place=inspection.place,
        town=inspection.town,
        officers=officers_of(inspection),
        note=inspection.note,
    )


def unit_row(inspection: LedgerInspection) -> dict[str, Any]:
    """What is registered of a unit that an inspection names (新单位登记内容); what the ledger does not tell is filled in later."""
    code = inspection.uscc
    kind = "个体工商户" if code.startswith("92") else "企业"
    return {"code": code, "name": inspection.unit_name, "uscc": code, "kind": kind, "address": inspection.place, "town": inspection.town}  # fmt: skip


def officers_of(inspection: LedgerInspection) -> list[dict[str, str]]:
    """The officers with their certificates (检查人员及证号)."""
    found = []
    for text in inspection.officers:
        name, _, number = text.replace("（", " ").replace("(", " ").rstrip("）) ").partition(" ")
        found.append({"name": name, "cert_no": number.strip()})
    return found


def act_of(finding: LedgerFinding, *, bringing: Import, initiator: str, on: date) -> Act:
    """Who registers a finding of a ledger, with where it stood (登记行为).

    Raises `Refusal` `item_unknown` where no item of the lists is named.
    """
    if not finding.item:
        what = finding.item_text or finding.facts
        raise Refusal("item_unknown", f"“{what}”没有对应的检查事项，请填写事项清单里的编码或名称。")
    by = bringing.by
    belongs = by.department == initiator and bool(by.roles & STAFF)
    given: dict[str, Any] = {
        "ledger": bringing.checked.workbook.name,
        "sheet": finding.sheet,
        "row": finding.row,
        "imported_by": by.id,
    }
    if finding.criminal:
        given["criminal"] = True
    if finding.exempt:
        given["exempt"] = True
    return Act("register", by if belongs else SYSTEM, on, bringing.at, given=given, offline=on < bringing.on)


def _register(
    session: Session, held: Inspection, *, inspection: LedgerInspection, finding: LedgerFinding, bringing: Import
) -> int:
    on = held.inspected_on
    act = act_of(finding, bringing=bringing, initiator=held.initiator, on=on)
    matter = register_finding(
        session,
        book=bringing.book,
        inspection=held,
        code=finding_code_of(inspection, finding),
        item_code=finding.item,
        facts=finding.facts,
        disposal=finding.disposal or "transfer",
        act=act,
        department=finding.department,
        evidence=finding.evidence,
        urgent=finding.urgent,
    )
    return matter.id or 0


def head_of(inspection: LedgerInspection, *, new: bool) -> dict[str, Any]:
    """What is kept of an inspection's rows (台账中的检查信息); `new`: this run has registered it."""
    return {
        "what": "inspection",
        "key": inspection.key,
        "fingerprint": inspection.fingerprint,
        "new": new,
        "time": inspection.inspected_at.isoformat() if inspection.inspected_at else "",
        "extras": dict(inspection.extras),
        "headers": list(inspection.extras),
    }


def place_of(inspection: LedgerInspection, finding: LedgerFinding) -> dict[str, Any]:
    """What is kept of a finding's row, so that the ledger can go back as it came (台账位置).

    `headers` is the order of `extras`, which stored data does not keep.
    """
    return {
        "what": "finding",
        "key": finding.key,
        "fingerprint": finding.fingerprint,
        "code": finding_code_of(inspection, finding),
        "sheet": finding.sheet,
        "row": finding.row,
        "part": finding.part,
        "remark": finding.remark,
        "extras": dict(finding.extras),
        "headers": list(finding.extras),
        "told": {
            "disposal": finding.disposal,
            "department": finding.department,
            "criminal": finding.criminal,
            "exempt": finding.exempt,
            "evidence": list(finding.evidence),
        },
    }
