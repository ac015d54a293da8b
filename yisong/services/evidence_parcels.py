"""Evidence between two installations (证据移交标准包): a case's evidence with manifest and digests, out and in, equal on both sides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlmodel import Session

from models import Evidence, Matter
from yisong.domain.chain import json_value
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBook
from yisong.intake.archive import Member, safe_path
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence import EvidenceFile, take_in
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.matching import Match
from yisong.intake.package import PackedFile, StandardPackage, read_package, write_package
from yisong.intake.vault import EvidenceVault
from yisong.services import evidence
from yisong.services.evidence import Bringing, Brought, Piece
from yisong.services.ledger_check import Reading
from yisong.store import casefile, matters
from yisong.store import evidence as stored

Transaction = Callable[[], AbstractContextManager[Session]]
TRAVELS = ("title", "name", "media_type", "taken_at", "zone_assumed", "latitude", "longitude", "camera", "remark", "brought_name", "department", "on", "at")  # fmt: skip
"""What is told of a file, beside its kind, size and digest."""


def export(session: Session, case: Matter, *, book: RuleBook, vault: EvidenceVault) -> bytes:
    """The standing evidence of a case as a standard package (导出标准包): the same content gives the same bytes.

    Raises `Refusal` no_evidence; PackageRefused where a file is gone or changed: no package is made of what is not sound.
    """
    rows = stored.of_case(session, case)
    if not rows:
        raise Refusal("no_evidence", f"{case.code}还没有证据，没有可以导出的内容。")
    names = (
        {matter.id: matter.code for matter in matters.of_case(session, case.case_id)}
        if case.case_id
        else {case.id: case.code}
    )
    files = [_packed(row, names.get(row.matter_id, ""), case, vault.get(row.sha256)) for row in rows]
    return write_package(StandardPackage(_header(session, case, book=book), files))


def bring_parcel(
    transaction: Transaction, reading: Reading, *, vault: EvidenceVault, source: str | Path | bytes, name: str = "", case_code: str = "",
    bringing: Bringing,
) -> Brought:  # fmt: skip
    """Bring a standard package in (导入标准包): every digest is checked first; nothing at all of a package that was touched.

    The files go to the case of the same code, or to `case_code`; to a finding where it has one of the same code, else to the
    case. The same package again changes nothing.

    Raises:
        PackageRefused: no standard package, of a newer version, or changed, short of a file, or with one too many.
        Refusal: unknown_matter where there is no such case; other_unit where it is about another unit; as `evidence.bring`.
    """
    package = read_package(source, name=name)
    header = package.header
    with reading() as session:
        case = matters.matter_by_code(session, case_code or str(header.get("case", "")))
        evidence.refuse_stranger(session, case, book=bringing.book, actor=bringing.by)
        unit = matters.unit(session, case.unit_id)
        uscc = str((header.get("unit") or {}).get("uscc", ""))
        if unit is not None and uscc and uscc != unit.uscc:
            raise Refusal(
                "other_unit",
                f"标准包是关于{uscc}的证据，{case.code}的当事人是{unit.name}（{unit.uscc}），请核对案件编号。",
            )
        homes = (
            {each.code: each for each in matters.of_case(session, case.case_id)} if case.case_id else {case.code: case}
        )
        session.expunge_all()
    pieces, details = [], {}
    for packed in package.files:
        file = _file(packed, bringing)
        small = evidence.keep(vault, file)
        told = dict(packed.details)
        details[file.sha256, packed.finding] = told
        pieces.append(
            Piece(
                file, homes.get(packed.finding, case), small, inspection=str(told.get("inspection") or ""), kind=EvidenceKind(packed.kind),
                title=str(told.get("title") or ""), remark=str(told.get("remark") or ""),
            )
        )  # fmt: skip
    with transaction() as session:
        done = evidence.bring(session, pieces, bringing=bringing)
        for row in done.added:
            _as_it_was(row, details, homes={home.id: code for code, home in homes.items()})
            session.add(row)
        return done


def _header(session: Session, case: Matter, *, book: RuleBook) -> dict[str, Any]:
    unit = matters.unit(session, case.unit_id)
    transfer = casefile.transfer(session, case.case_id)
    organs = {
        place: book.organ(code).name if code else ""
        for place, code in (("from", case.origin), ("to", case.responsible))
    }
    return {
        **organs, "case": case.code, "title": transfer.title if transfer else "",
        "unit": {"name": unit.name, "uscc": unit.uscc} if unit is not None else {},
        "findings": sorted(matter.code for matter, _ in casefile.findings(session, case.case_id)) if case.case_id else [case.code],
    }  # fmt: skip


def _packed(row: Evidence, about: str, case: Matter, data: bytes) -> PackedFile:
    folder = row.inspection or (about if about and about != case.code else "案件")
    plain = (safe_path(row.name) or "文件").rpartition("/")[2]
    told: dict[str, Any] = json_value({key: getattr(row, key) for key in TRAVELS})
    told |= {"inspection": row.inspection, "notes": list(row.notes)}
    return PackedFile(f"{folder}/{row.sha256[:16]}_{plain}", data, row.media_type, row.kind, about or case.code, told)


def _file(packed: PackedFile, bringing: Bringing) -> EvidenceFile:
    path = str(packed.details.get("name") or packed.path.rpartition("/")[2])
    try:
        EvidenceKind(packed.kind)
        return take_in(Member(path, len(packed.data), partial(bytes, packed.data)), match=Match(), today=bringing.on)
    except (PackageRefused, ValueError) as error:
        reason = error.message if isinstance(error, PackageRefused) else f"证据种类“{packed.kind}”不在法定种类之内"
        raise PackageRefused("NOT_STANDARD", f"标准包里的“{packed.path}”{reason}：请向移送方索取原包") from error


def _as_it_was(row: Evidence, details: dict[tuple[str, str], dict[str, Any]], *, homes: dict[int | None, str]) -> None:
    """What the sender said of a file stands; who brought it here is in the journal (沿用移送方的登记)."""
    told = details.get((row.sha256, homes.get(row.matter_id, ""))) or next(
        (each for (sha256, _), each in details.items() if sha256 == row.sha256), {}
    )
    row.brought_name = str(told.get("brought_name") or row.brought_name)
    row.department = str(told.get("department") or row.department)
    row.notes = [dict(note) for note in told.get("notes") or [] if isinstance(note, dict)]
    if told.get("at"):
        row.at = datetime.fromisoformat(str(told["at"]))
    if told.get("on"):
        row.on = datetime.fromisoformat(str(told["on"])).date()
