"""Check a ledger against the rule book and the registers (台账核对). Nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from models import Unit
from yisong.domain.organs import OrganLevel
from yisong.domain.rulebook import RuleBook
from yisong.intake import reference as intake
from yisong.intake.corrections import corrected
from yisong.intake.ledger import Workbook, read_workbook
from yisong.intake.rows import LedgerFinding, LedgerInspection, Verification
from yisong.intake.verify import verify
from yisong.store import imports as stored
from yisong.store import ledger

Reading = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Checked:
    """A ledger that was checked (已核对的台账): its file, its content's digest, what was found."""

    workbook: Workbook
    sha256: str
    verification: Verification


def names_of(book: RuleBook) -> dict[str, tuple[object, ...]]:
    """The names that the book knows, as a ledger is checked against them (规则库名称)."""
    return {
        "departments": tuple(
            intake.Department(organ.code, organ.name, organ.short, tuple(dict.fromkeys((*organ.aka, *(entry.name for entry in organ.names)))))
            for organ in book.organs
        ),
        "items": tuple(
            intake.Item(item.code, item.name, item.themes, item.finding, item.severity.value, item.criminal_hint, item.exempt_candidate)
            for item in book.items
        ),
        "themes": tuple(intake.Theme(theme.code, theme.name, theme.initiator) for theme in book.themes),
        "towns": tuple(
            intake.Town(organ.code, organ.name, tuple(dict.fromkeys((organ.short, *organ.aka)))) for organ in book.organs if organ.level is OrganLevel.TOWNSHIP
        ),
    }  # fmt: skip


def registered_units(registered: Sequence[Unit]) -> dict[str, intake.Unit]:
    """Units by their credit code, as a ledger is checked against them (已登记单位)."""
    names = {unit.code: f"{unit.name}（{unit.uscc or unit.code}）" for unit in registered}
    return {
        unit.uscc: intake.Unit(
            unit.uscc, unit.name, unit.status, unit.deregistered_on, names.get(unit.successor_code, ""), unit.town,
            tuple(former["name"] for former in unit.former_names),
        )
        for unit in registered if unit.uscc
    }  # fmt: skip


def reference_of(session: Session, *, book: RuleBook) -> intake.Reference:
    """What a ledger is checked against (核对依据): the book's names, the registered units, what has been brought in before."""
    known_inspections: dict[str, str] = {}
    for inspection, _ in stored.inspections(session):
        known_inspections[inspection.code] = ""
        if inspection.behaviour_code:
            known_inspections[inspection.behaviour_code] = ""
    known_findings = dict.fromkeys(stored.finding_codes(session), "")
    for entry in stored.imported(session):
        for row in entry.rows:
            (known_inspections if row["what"] == "inspection" else known_findings)[row["key"]] = row["fingerprint"]
    return intake.Reference(
        **names_of(book),  # type: ignore[arg-type]
        units=registered_units(stored.units(session)),
        known_inspections=known_inspections,
        known_findings=known_findings,
    )


def check(
    reading: Reading,
    *,
    book: RuleBook,
    path: Path,
    today: date | None,
    department: str = "",
    columns: Mapping[str, str] | None = None,
    name: str = "",
) -> Checked:
    """Read and check a ledger (核对台账).

    Args:
        reading: opens a reading session.
        book: the rule book in force.
        path: the ledger's file.
        today: inspections later than this are errors; None leaves that out.
        department: whose column names are remembered from the last time.
        columns: a person's corrections, column name → canonical column; they outrank what is remembered.
        name: what messages call the file, where it is not what the path calls it.

    Raises:
        LedgerUnreadable: the file cannot be read, in Chinese, saying what to do. Everything else is a message on a row.
    """
    workbook = read_workbook(path, name=name)
    with reading() as session:
        reference = reference_of(session, book=book)
        remembered = stored.last_mapping(session, department) if department else None
    if columns:
        remembered = corrected(workbook, remembered=remembered, corrections=columns)
    verification = verify(workbook, reference=reference, mapping=remembered, today=today)
    return Checked(workbook, hashlib.sha256(path.read_bytes()).hexdigest(), verification)


def code_of(inspection: LedgerInspection) -> str:
    """The code an inspection is registered under (检查编号); one without a number gets one that its content fixes.

    A row that lacks its day is an error and is never registered; it has a code all the same, so that it can be told.
    """
    if inspection.code or inspection.behaviour_code:
        return inspection.code or inspection.behaviour_code
    day = f"{inspection.inspected_on:%Y%m%d}" if inspection.inspected_on is not None else "00000000"
    return f"JC{day}-{hashlib.sha256(inspection.key.encode()).hexdigest()[:8].upper()}"  # as a ledger reads codes back


def finding_code_of(inspection: LedgerInspection, finding: LedgerFinding) -> str:
    """The code a finding is registered under (发现编号)."""
    if finding.code:
        return finding.code
    return f"{code_of(inspection)}-{finding.key.removeprefix(inspection.key + '#').replace('#', '-')}".upper()


def conflicts(reading: Reading, verification: Verification) -> list[str]:
    """Numbers that stand for something else already (编号冲突), each with its place; empty in a sound ledger."""
    codes = [code_of(inspection) for inspection in verification.inspections]
    named = [
        finding_code_of(inspection, entry) for inspection in verification.inspections for entry in inspection.findings
    ]
    with reading() as session:
        known, findings = ledger.visits(session, codes), ledger.bearers(session, named)
    found = []
    for inspection in verification.inspections:
        code = code_of(inspection)
        sheet, row = inspection.rows[0]
        uscc, on = known.get(code, ("", None))
        if on is not None and (
            (inspection.uscc and inspection.uscc != uscc) or (inspection.inspected_on and inspection.inspected_on != on)
        ):
            found.append(
                f"“{verification.file}”工作表“{sheet}”第 {row} 行：检查编号“{code}”已用于 {on} 对 {uscc} 的检查，与本行不是同一次：请核对编号"
            )
        for entry in inspection.findings:
            bearer = findings.get(finding_code_of(inspection, entry), code)
            if bearer != code:
                found.append(
                    f"“{verification.file}”工作表“{entry.sheet}”第 {entry.row} 行：问题编号“{entry.code}”已用于检查“{bearer}”：请给每个问题一个不重复的编号"
                )
    return found


def errors_of(reading: Reading, *, checked: Checked) -> list[str]:
    """Everything that keeps a ledger from being brought in whole (妨碍导入的错误), ready to print."""
    return [*checked.verification.lines(levels=("error",)), *conflicts(reading, checked.verification)]
