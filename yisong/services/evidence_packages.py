"""Bring a package of evidence in (证据包入卷): the files beside a ledger, matched to its rows by number.

What belongs nowhere is an orphan, what should be there and is not a gap; both are named. A package that is brought again,
or goes on where it was interrupted, changes nothing that stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from models import Matter
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.intake.errors import IntakeError
from yisong.intake.evidence import EvidenceFile, EvidencePackage, Gap, read_evidence
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.rows import LedgerInspection
from yisong.intake.vault import EvidenceVault
from yisong.services import evidence
from yisong.services.evidence import Bringing, Piece
from yisong.services.ledger_check import Reading, check, code_of, finding_code_of
from yisong.store import evidence as stored

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Packed:
    """What came of a package (证据包结果).

    `orphans`: (path, why) of files that belong to no row. `waiting`: files of inspections that are not registered yet.
    `left_out`: (path, code, reason) of what is no evidence. `gaps`: what should be there and is not.
    """

    added: int = 0
    already: int = 0
    matched: int = 0
    looked_only: bool = False
    orphans: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Give the outcome in a form a program reads (机器可读)."""
        return {
            "added": self.added, "already": self.already, "matched": self.matched, "written": not self.looked_only,
            "orphans": [{"path": path, "message": why} for path, why in self.orphans],
            "waiting": [{"path": path, "message": why} for path, why in self.waiting],
            "left_out": [{"path": path, "code": code, "message": why} for path, code, why in self.left_out],
            "gaps": [{"inspection": gap.inspection, "finding": gap.finding, "code": gap.code, "message": gap.text} for gap in self.gaps],
            "notes": [{"path": path, "message": why} for path, why in self.notes],
        }  # fmt: skip

    def lines(self) -> list[str]:
        """Everything that a person has to look at, ready to print (须处理的问题)."""
        return [
            *(f"“{path}”{reason}" for path, code, reason in self.left_out if code != "DEBRIS"),
            *(f"“{path}”没有归属：{why}" for path, why in self.orphans),
            *(f"“{path}”暂未入卷：{why}" for path, why in self.waiting),
            *(gap.text for gap in self.gaps),
            *(f"“{path}”{why}" for path, why in self.notes),
        ]


def beside(ledger: Path) -> Path | None:
    """The package that lies beside a ledger under the same name (同名证据包): a folder or a ZIP; None where there is none."""
    candidates = (ledger.with_suffix(""), ledger.with_suffix(".zip"), ledger.with_suffix(".ZIP"))
    return next((place for place in candidates if place.is_dir() or (place.suffix and place.is_file())), None)


def bring_package(
    transaction: Transaction, reading: Reading, *, vault: EvidenceVault, source: str | Path | bytes, name: str = "",
    inspections: Sequence[LedgerInspection], bringing: Bringing,
) -> Packed:  # fmt: skip
    """Bring the package of a checked ledger in (台账证据入卷): one transaction for all rows, after the bytes are kept.

    Only files of registered findings are kept; the rest is named and stays where it lies.
    Raises PackageRefused for a package that must not be opened, `Refusal` where the registers do not take it.
    """
    package = read_evidence(source, inspections=inspections, name=name, today=bringing.on)
    done = _told(package)
    with reading() as session:
        homes = _homes(session, inspections)
        standing = frozenset(stored.standing_digests(session, {matter.id or 0 for matter, _ in homes.values()}))
    pieces = _kept(vault, package.files, homes, standing=standing, done=done)
    if pieces:
        with transaction() as session:
            brought = evidence.bring(session, pieces, bringing=bringing)
            done.added, done.already = len(brought.added), len(brought.already)
            done.waiting += [(piece.file.path, "所属案件已经办结，案卷不再增减证据") for piece in brought.closed]
    with reading() as session:
        done.gaps = _still_missing(session, package.gaps, homes)
    return done


def look_at(
    source: str | Path | bytes, *, name: str = "", inspections: Sequence[LedgerInspection], on: date
) -> Packed:  # fmt: skip
    """What would come of a package, without keeping anything (证据包核对). Raises PackageRefused."""
    package = read_evidence(source, inspections=inspections, name=name, today=on)
    done = _told(package)
    done.gaps, done.looked_only = list(package.gaps), True
    return done


def bring_beside(
    transaction: Transaction, reading: Reading, *, vault: EvidenceVault, ledger: Path, package: Path, bringing: Bringing
) -> Packed:  # fmt: skip
    """Bring the package in that lies beside a ledger, against the ledger as it reads now (同名证据包入卷).

    Raises PackageRefused, LedgerUnreadable, or `Refusal`.
    """
    checked = check(reading, book=bringing.book, path=ledger, today=None)
    return bring_package(
        transaction, reading, vault=vault, source=package, name=package.name, inspections=checked.verification.inspections, bringing=bringing
    )  # fmt: skip


def bring_unattended(
    transaction: Transaction, reading: Reading, *, book: RuleBook, vault: EvidenceVault, ledger: Path, package: Path, on: date, at: datetime
) -> dict[str, Any]:  # fmt: skip
    """What the hourly look at the inbox folder does with a package (自动入卷); one that must not be opened is named and left there."""
    bringing = Bringing(book, SYSTEM, on, at, source=f"ledger:{ledger.name}", entrusted=True)
    try:
        done = bring_beside(transaction, reading, vault=vault, ledger=ledger, package=package, bringing=bringing)
    except (IntakeError, Refusal) as refusal:
        return {"added": 0, "already": 0, "problems": [refusal.message]}
    return {"added": done.added, "already": done.already, "problems": done.lines()}


def _told(package: EvidencePackage) -> Packed:
    done = Packed(left_out=list(package.left_out), matched=sum(1 for file in package.files if file.inspection))
    for file in package.files:
        if not file.inspection:
            why = next(
                (note.text for note in file.notes if note.code in ("ORPHAN", "UNCLEAR")), "路径里没有可识别的编号"
            )
            done.orphans.append((file.path, why))
        else:
            done.notes += [(file.path, note.text) for note in file.notes if note.level == "warning"]
    return done


def _homes(session: Session, inspections: Sequence[LedgerInspection]) -> dict[tuple[str, str], tuple[Matter, str]]:
    """Where a file goes (归属): by the ledger's keys, the matter it is about, and the visit it belongs to as a whole."""
    codes = {code_of(inspection): inspection for inspection in inspections}
    registered = stored.findings_of_inspections(session, list(codes))
    homes: dict[tuple[str, str], tuple[Matter, str]] = {}
    for code, inspection in codes.items():
        by_code = {matter.code: matter for matter, _ in registered.get(code, [])}
        standing = [matter for matter, _ in registered.get(code, []) if matter.state != "void"]
        if standing:
            homes[inspection.key, ""] = (standing[0], code)
        for finding in inspection.findings:
            matter = by_code.get(finding_code_of(inspection, finding))
            if matter is not None and matter.state != "void":
                homes[inspection.key, finding.key] = (matter, "")
    session.expunge_all()
    return homes


def _kept(
    vault: EvidenceVault, files: Sequence[EvidenceFile], homes: dict[tuple[str, str], tuple[Matter, str]], *, standing: frozenset[tuple[int, str]],
    done: Packed,
) -> list[Piece]:  # fmt: skip
    """The files that have a home, kept; what stands there already is not written again (存入证据库)."""
    pieces = []
    for file in files:
        home = homes.get((file.inspection, file.finding))
        if home is not None:
            known = (home[0].id or 0, file.sha256) in standing
            pieces.append(Piece(file, home[0], "" if known else evidence.keep(vault, file), inspection=home[1]))
        elif file.inspection:
            done.waiting.append((file.path, f"检查“{file.inspection}”还没有登记（台账有错误或尚未导入），导入后再收"))
    return pieces


def _still_missing(
    session: Session, gaps: Sequence[Gap], homes: dict[tuple[str, str], tuple[Matter, str]]
) -> list[Gap]:
    """The gaps of a package that no earlier one has filled (证据缺口)."""
    ids = {matter.id or 0 for matter, _ in homes.values()}
    standing = stored.of_matters(session, ids, inspections={code for _, code in homes.values() if code})
    about = {row.matter_id for row in standing if not row.inspection}
    whole = {row.inspection for row in standing if row.inspection}
    records = [row for row in standing if row.kind == EvidenceKind.RECORD]
    recorded = {row.inspection for row in records} | {
        key for (key, _), (matter, _) in homes.items() if any(row.matter_id == matter.id for row in records)
    }
    names = {Path(row.name).stem.casefold() for row in standing} | {Path(row.name).name.casefold() for row in standing}
    left = []
    for gap in gaps:
        visit = homes.get((gap.inspection, ""), (None, ""))[1]
        home = homes.get((gap.inspection, gap.finding))
        filled = {
            "NO_RECORD": visit in recorded or gap.inspection in recorded,
            "NO_EVIDENCE": visit in whole or (home is not None and home[0].id in about),
            "FILE_NAMED_BUT_ABSENT": gap.wanted.casefold() in names,
        }
        if not filled.get(gap.code, False):
            left.append(gap)
    return left
