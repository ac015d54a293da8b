"""Reads of what ledgers have brought in (台账导入读取)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from models import ColumnMapping, Finding, ImportedInspection, ImportRun, Inspection, Matter, OutboxRow, Unit
from yisong.store.rows import in_pieces


def run(session: Session, run_id: int, *, lock: bool = False) -> ImportRun | None:
    """One run (导入批次); `lock` holds its row until the transaction ends."""
    return session.get(ImportRun, run_id, with_for_update=lock or None, populate_existing=lock)


def run_of_file(session: Session, sha256: str) -> ImportRun | None:
    """The run of a ledger with exactly this content, unless it was undone (同一台账的批次)."""
    query = select(ImportRun).where(col(ImportRun.sha256) == sha256, col(ImportRun.state) != "undone")
    return session.scalars(query.order_by(col(ImportRun.id).desc()).limit(1)).first()


def runs(session: Session) -> list[ImportRun]:
    """All runs, newest first (导入批次清单)."""
    return list(session.scalars(select(ImportRun).order_by(col(ImportRun.id).desc())))


def last_mapping(session: Session, department: str) -> dict[str, str] | None:
    """Which column was which in an office's last ledger, as a person confirmed it (记住的列名对应)."""
    found = session.get(ColumnMapping, department)
    return dict(found.columns) if found is not None else None


def imported(session: Session, *, run_id: int | None = None) -> list[ImportedInspection]:
    """What runs have brought in, of one run or of all that stand (导入明细)."""
    query = select(ImportedInspection).order_by(col(ImportedInspection.run_id), col(ImportedInspection.inspection_id))
    if run_id is not None:
        query = query.where(col(ImportedInspection.run_id) == run_id)
    return list(session.scalars(query))


def entries_of_inspection(session: Session, inspection_id: int) -> list[ImportedInspection]:
    """What any run has brought in of one inspection (该检查的导入明细)."""
    query = select(ImportedInspection).where(col(ImportedInspection.inspection_id) == inspection_id)
    return list(session.scalars(query.order_by(col(ImportedInspection.run_id))))


def mark(run: ImportRun, state: str) -> None:
    """Say where a run stands (批次状态): verified, confirmed or undone."""
    run.state = state


def entry(session: Session, run_id: int, *, inspection_id: int) -> ImportedInspection | None:
    return session.get(ImportedInspection, (run_id, inspection_id))


def units(session: Session) -> list[Unit]:
    """Every registered unit (全部单位)."""
    return list(session.scalars(select(Unit).order_by(col(Unit.id))))


def inspections(session: Session) -> list[tuple[Inspection, str]]:
    """Every inspection with the credit code of its unit (全部检查)."""
    query = (
        select(Inspection, col(Unit.uscc))
        .join(Unit, col(Unit.id) == col(Inspection.unit_id))
        .order_by(col(Inspection.id))
    )
    return [(inspection, uscc) for inspection, uscc in session.execute(query)]


def finding_codes(session: Session) -> dict[str, str]:
    """Every finding's code with the code of its inspection (已登记发现)."""
    query = select(col(Matter.code), col(Inspection.code)).join(Finding, col(Finding.matter_id) == col(Matter.id))
    query = query.join(Inspection, col(Inspection.id) == col(Finding.inspection_id))
    return {str(code): str(inspection) for code, inspection in session.execute(query)}


def findings_of(session: Session, ids: Iterable[int]) -> list[tuple[Matter, Finding]]:
    """These findings, oldest first (所列发现)."""
    query = select(Matter, Finding).join(Finding, col(Finding.matter_id) == col(Matter.id))
    return [
        (matter, finding)
        for matter, finding in session.execute(query.where(col(Matter.id).in_(sorted(ids))).order_by(col(Matter.id)))
    ]


def release_code(session: Session, matter: Matter) -> None:
    """Give a retracted finding's number free (释放编号): its row and its notices keep it with a mark behind, as does the journal."""
    old, number = matter.code, 1
    while session.scalars(select(col(Matter.id)).where(col(Matter.code) == f"{old}~{number}")).first() is not None:
        number += 1
    matter.code = f"{old}~{number}"
    session.add(matter)
    for row in session.scalars(select(OutboxRow).where(col(OutboxRow.matter_id) == matter.id)):
        if row.key.startswith(f"{old}:"):  # or the notices of who gets the number next would pass for these
            row.key = matter.code + row.key.removeprefix(old)
            session.add(row)


def forget(session: Session, entry: ImportedInspection, *, inspection: bool) -> None:
    """Take an entry out of the registers (移出登记), and its inspection too where it has no finding left."""
    visit = session.get(Inspection, entry.inspection_id)
    left = session.scalars(
        select(col(Finding.matter_id)).where(col(Finding.inspection_id) == entry.inspection_id)
    ).first()
    session.delete(entry)
    session.flush()
    others = entries_of_inspection(session, entry.inspection_id)
    if inspection and visit is not None and left is None and not others:
        session.delete(visit)
        session.flush()


@dataclass(slots=True)
class UnitKnown:
    """What a unit lends to an inspection of it (已登记单位); `id` is 0 until it is registered."""

    id: int
    address: str
    town: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What the registers know of a batch (登记现状).

    `inspections`: code → id. `findings`: codes that are taken, whatever has them. `fingerprints`: inspection id → key → fingerprint.
    `units`: credit code → unit. `doubtful`: credit codes that more than one unit answers to.
    """

    inspections: dict[str, int]
    findings: set[str]
    fingerprints: dict[int, dict[str, str]]
    units: dict[str, UnitKnown]
    doubtful: set[str]


def registered(session: Session, *, inspections: set[str], findings: set[str], uscc: set[str]) -> Registered:
    """Look up a whole batch, one question a table (批量查询登记)."""
    found = Registered({}, set(), {}, {}, set())
    for piece in in_pieces(inspections):
        query = select(col(Inspection.code), col(Inspection.id)).where(col(Inspection.code).in_(piece))
        found.inspections.update({str(code): int(number) for code, number in session.execute(query)})
    for piece in in_pieces(findings):
        found.findings.update(session.scalars(select(col(Matter.code)).where(col(Matter.code).in_(piece))))
    for piece in in_pieces(found.inspections.values()):
        entries = select(ImportedInspection).where(col(ImportedInspection.inspection_id).in_(piece))
        for entry in session.scalars(entries.order_by(col(ImportedInspection.run_id))):
            prints = found.fingerprints.setdefault(entry.inspection_id, {})
            prints.update({row["key"]: row["fingerprint"] for row in entry.rows if row["what"] == "finding"})
    for column in (col(Unit.uscc), col(Unit.code)):
        for piece in in_pieces(sorted(uscc - {""})):
            of_unit = select(column, col(Unit.id), col(Unit.address), col(Unit.town)).where(column.in_(piece))
            for code, number, address, town in session.execute(of_unit):
                if code in found.units and found.units[code].id != number:
                    found.doubtful.add(code)
                found.units[code] = UnitKnown(number, address, town)
    return found
