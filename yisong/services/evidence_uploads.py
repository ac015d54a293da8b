"""Bring files to one case (本案证据上传): single files and ZIP packages, matched to the case's findings by number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from sqlmodel import Session

from models import Finding, Inspection, Matter
from yisong.domain.lifecycle import Refusal
from yisong.intake.archive import Member, open_package
from yisong.intake.content import sniff
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence import EvidenceFile, take_in
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.matching import Index, Match
from yisong.intake.rows import LedgerFinding, LedgerInspection
from yisong.intake.vault import EvidenceVault
from yisong.services import evidence
from yisong.services.evidence import Bringing, Brought, Piece
from yisong.services.ledger_check import Reading
from yisong.store import evidence as stored
from yisong.store import matters

Transaction = Callable[[], AbstractContextManager[Session]]
MOST_NAMED = 20


def bring_to_case(
    transaction: Transaction, reading: Reading, *, vault: EvidenceVault, members: Sequence[Member], case: Matter, bringing: Bringing,
    kind: EvidenceKind | None = None, title: str = "", remark: str = "",
) -> Brought:  # fmt: skip
    """Bring files to a case, a finding or another matter (本案证据入卷): all of them, or, where one is no evidence, none.

    A file whose path bears the number of one of the case's findings belongs to that finding; every other to the case.
    `kind` and `title` are what a person says, for all files alike; without them they are proposed from name and content.

    Raises:
        Refusal: evidence_refused, naming every file that is no evidence and why; or as `evidence.refuse_stranger` does.
        PackageRefused: a ZIP that must not be opened: a bomb, locked, damaged, too large.
    """
    with reading() as session:
        evidence.refuse_stranger(session, case, book=bringing.book, actor=bringing.by)
        homes = (
            {matter.code: matter for matter in matters.of_case(session, case.case_id, kind="finding")}
            if case.case_id
            else {}
        )
        index = Index(as_ledger(session, case))
        first = next(
            iter(stored.inspections_of(session, [each.id or 0 for each in homes.values()] or [case.id or 0])), None
        )
        session.expunge_all()
    otherwise = Match(inspected_on=first.inspected_on if first else None)
    files = _files(members, index, otherwise, bringing)
    pieces: list[Piece] = []
    for file in files:
        name = (f"{title}{len(pieces) + 1}" if len(files) > 1 else title) if title else ""
        small = evidence.keep(vault, file)
        pieces.append(Piece(file, homes.get(file.finding, case), small, kind=kind, title=name, remark=remark))
    with transaction() as session:
        return evidence.bring(session, pieces, bringing=bringing)


def receive(vault: EvidenceVault, members: Sequence[Member], *, bringing: Bringing) -> list[tuple[EvidenceFile, str]]:
    """Check files that nobody has matched to a finding, and put them into the vault (接收): each with the digest of its small picture.

    Nothing knows of them until `attach` writes them into a case.

    Raises:
        Refusal: evidence_refused, naming every file that is no evidence and why.
        PackageRefused: a ZIP that must not be opened.
    """
    return [(file, evidence.keep(vault, file)) for file in _files(members, Index(()), Match(), bringing)]


def attach(
    session: Session, received: Sequence[tuple[EvidenceFile, str]], *, matter: Matter, bringing: Bringing, title: str = "", remark: str = ""
) -> Brought:  # fmt: skip
    """Write received files into the case of a matter (随案入卷), in the caller's transaction, with the step that they belong to."""
    home = evidence.root_of(session, matter)
    named = [f"{title}{place}" if title and len(received) > 1 else title for place in range(1, len(received) + 1)]
    pieces = [
        Piece(file, home, small, title=name, remark=remark) for (file, small), name in zip(received, named, strict=True)
    ]
    return evidence.bring(session, pieces, bringing=bringing)


def _files(members: Sequence[Member], index: Index, otherwise: Match, bringing: Bringing) -> list[EvidenceFile]:
    files: list[EvidenceFile] = []
    refused: list[str] = []
    for member in members:
        data = member.read()
        packed = sniff(data).extension == "zip"
        opened = open_package(data, name=member.name) if packed else None
        if opened is not None:
            refused += [f"“{path}”{reason}" for path, code, reason in opened.left_out if code != "DEBRIS"]
        for each in opened.members if opened is not None else (member,):
            match = index.match(each.path)
            if not match.finding:
                unclear = tuple(note for note in match.notes if note.code == "UNCLEAR")
                match = replace(otherwise, notes=unclear)
            try:
                files.append(take_in(each, match=match, today=bringing.on))
            except PackageRefused as refusal:
                refused.append(f"“{each.name}”{refusal.message}")
    if refused:
        more = f"；另有 {len(refused) - MOST_NAMED} 个" if len(refused) > MOST_NAMED else ""
        raise Refusal(
            "evidence_refused",
            f"有 {len(refused)} 个文件不能作为证据，本次全部没有入卷：{'；'.join(refused[:MOST_NAMED])}{more}。",
        )
    if not files:
        raise Refusal("evidence_missing", "没有可以入卷的文件，请选择照片、视频、PDF 或 Office 文档后再提交。")
    return files


def as_ledger(session: Session, case: Matter) -> tuple[LedgerInspection, ...]:
    """A case's registered inspections and findings, as matching wants them (按案件匹配的依据)."""
    ids = (
        [each.id or 0 for each in matters.of_case(session, case.case_id, kind="finding")]
        if case.case_id
        else [case.id or 0]
    )
    visits = stored.inspections_of(session, ids)
    unit = matters.unit(session, case.unit_id)
    findings = stored.findings_of_inspections(session, [visit.code for visit in visits])
    return tuple(
        _ledger_inspection(visit, [pair for pair in findings.get(visit.code, []) if pair[0].id in ids], unit.name if unit else "")
        for visit in visits
    )  # fmt: skip


def _ledger_inspection(
    visit: Inspection, findings: Sequence[tuple[Matter, Finding]], unit_name: str
) -> LedgerInspection:
    rows = tuple(
        LedgerFinding(
            key=matter.code, code=matter.code, item=finding.item_code, item_text="", facts=finding.facts, disposal="", urgent=False, criminal=False,
            exempt=False, department="", evidence=(), remark="", extras={}, sheet="", row=0, part=0,
        )
        for matter, finding in findings
    )  # fmt: skip
    return LedgerInspection(
        key=visit.code, code=visit.code, behaviour_code=visit.behaviour_code, theme="", unit_name=unit_name, uscc="", inspected_on=visit.inspected_on,
        inspected_at=None, initiator=visit.initiator, participants=(), kind="", scanned_in=None, town="", place="", officers=(), note="",
        findings=rows, rows=(), blocked=False,
    )  # fmt: skip
