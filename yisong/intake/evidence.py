"""Take in photographs and records beside a ledger (证据接收): checked by content, matched to findings by number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from yisong.intake.archive import Member, digest, open_package
from yisong.intake.content import ContentType, same_kind, sniff
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence_kinds import EvidenceKind, propose_kind
from yisong.intake.matching import Index, Match, file_names
from yisong.intake.photo import PhotoUnreadable, Taken, read_photo
from yisong.intake.rows import LedgerInspection
from yisong.intake.values import Note

CHINA = dt.timezone(dt.timedelta(hours=8), "CST")
_TRANSFER = "transfer"


@dataclass(frozen=True)
class EvidenceFile:
    """One piece of evidence that was taken in (证据文件).

    `inspection` and `finding` are keys of the ledger, "" where not matched; `matched_by` says why. `kind` is proposed.
    """

    member: Member = field(repr=False)
    sha256: str
    content: ContentType
    kind: EvidenceKind
    taken: Taken
    inspection: str = ""
    finding: str = ""
    matched_by: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def path(self) -> str:
        """Where it lies in the package (包内路径)."""
        return self.member.path


@dataclass(frozen=True, slots=True)
class Gap:
    """Evidence that should be there and is not (证据缺口)."""

    inspection: str
    finding: str
    code: str
    text: str
    wanted: str = ""
    """The file that the ledger names, where it names one."""


@dataclass(frozen=True)
class EvidencePackage:
    """What a package holds (证据包). `left_out`: (path, code, reason) of every file that was not taken in."""

    files: tuple[EvidenceFile, ...]
    gaps: tuple[Gap, ...]
    left_out: tuple[tuple[str, str, str], ...]

    @property
    def orphans(self) -> tuple[EvidenceFile, ...]:
        """Files that belong to no inspection of the ledger (无主文件)."""
        return tuple(file for file in self.files if not file.inspection)

    def of(self, finding: str) -> tuple[EvidenceFile, ...]:
        """The evidence of one finding, by its key (某问题的证据)."""
        return tuple(file for file in self.files if file.finding == finding)

    def to_json(self) -> dict[str, object]:
        """Give the outcome in a form a program reads (机器可读)."""
        return {
            "files": [
                {
                    "path": file.path, "size": file.member.size, "sha256": file.sha256, "type": file.content.mime,
                    "kind": file.kind.value, "label": file.kind.label, "inspection": file.inspection, "finding": file.finding,
                    "matched_by": file.matched_by, "taken_at": file.taken.at.isoformat() if file.taken.at else None,
                    "place": [file.taken.latitude, file.taken.longitude] if file.taken.latitude is not None else None,
                    "notes": [{"level": note.level, "code": note.code, "message": note.text} for note in file.notes],
                }
                for file in self.files
            ],
            "gaps": [{"inspection": gap.inspection, "finding": gap.finding, "code": gap.code, "message": gap.text} for gap in self.gaps],
            "left_out": [{"path": path, "code": code, "reason": reason} for path, code, reason in self.left_out],
        }  # fmt: skip


def read_evidence(
    source: str | Path | bytes, *, inspections: Sequence[LedgerInspection], name: str = "", today: dt.date | None = None
) -> EvidencePackage:
    """Take in a ZIP or folder that lies beside a ledger (接收证据包).

    Files are matched by the number of a finding in their path, by a file name that the ledger's evidence column gives,
    or by the number of an inspection. What cannot be matched is an orphan, what is missing a gap; both are named.
    Raises PackageRefused for packages that must not be opened.
    """
    opened = open_package(source, name=name)
    index = Index(inspections)
    left_out = list(opened.left_out)
    files: list[EvidenceFile] = []
    for member in opened.members:
        try:
            files.append(take_in(member, match=index.match(member.path), today=today))
        except PackageRefused as refusal:
            left_out.append((member.path, refusal.code, refusal.message))
    files = _name_repeats(files)
    return EvidencePackage(tuple(files), tuple(_gaps(inspections, files)), tuple(left_out))


def take_in(member: Member, *, match: Match, today: dt.date | None = None) -> EvidenceFile:
    """Take in one file (接收一份文件): what it is by content, what it says of itself, and what is odd about it.

    Raises PackageRefused for what is no evidence: programs, scripts, archives, empty files, unknown types.
    """
    data = member.read()
    if not data:
        raise PackageRefused("EMPTY_FILE", "是空文件，没有接收：请重新取得原文件")
    content = sniff(data)
    if content.family == "program":
        raise PackageRefused("PROGRAM", "是程序或网页脚本，不作为证据接收：请改交截图或 PDF")
    if content.family == "archive":
        raise PackageRefused("NESTED_ARCHIVE", "是包中的压缩包，没有接收：请解开后重新打包")
    if content.family == "unknown":
        raise PackageRefused("UNKNOWN_TYPE", "文件类型无法识别，没有接收：请改交照片、PDF、Office 文档或音视频")
    notes: list[Note] = []
    ending = member.name.rpartition(".")[2] if "." in member.name else ""
    if ending and not same_kind(content, ending):
        notes.append(
            Note("warning", "TYPE_DIFFERS", f"扩展名是“.{ending}”，内容其实是“.{content.extension}”：请核对来源")
        )
    taken = Taken()
    if content.family == "image" and content.extension != "heic":
        try:
            taken = read_photo(data)
        except PhotoUnreadable:
            notes.append(Note("warning", "PHOTO_UNREADABLE", "图片打不开，可能已损坏：请核对原件"))
    notes.extend(match.notes)
    if taken.at is not None:
        notes.extend(_compare_times(taken, match.inspected_on, today))
    if taken.edited_by:
        notes.append(Note("warning", "EDITED", f"照片经“{taken.edited_by}”处理过，不是原始文件：请提交原片"))
    if content.extension == "jpg" and taken.at is None and not notes:
        notes.append(Note("info", "NO_TIME", "照片没有拍摄时间（可能经聊天软件转发）：有原片的请提交原片"))
    kind = propose_kind(member.path, content=content)
    return EvidenceFile(
        member, digest(data), content, kind, taken, match.inspection, match.finding, match.why, tuple(notes)
    )


def _compare_times(taken: Taken, inspected_on: dt.date | None, today: dt.date | None) -> list[Note]:
    assert taken.at is not None
    day = taken.at.astimezone(CHINA).date()
    if today is not None and day > today:
        return [Note("warning", "TAKEN_IN_FUTURE", f"照片拍摄日期 {day} 晚于今天，相机时间可能不准：请核对")]
    if inspected_on is not None and day < inspected_on:
        return [Note("warning", "TAKEN_BEFORE", f"照片拍摄于 {day}，早于检查日期 {inspected_on}：请核对是不是旧照片")]
    if inspected_on is not None and day > inspected_on:
        return [Note("info", "TAKEN_AFTER", f"照片拍摄于 {day}，晚于检查日期 {inspected_on}")]
    return []


def _name_repeats(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    first: dict[str, EvidenceFile] = {}
    kept: list[EvidenceFile] = []
    for file in files:
        earlier = first.setdefault(file.sha256, file)
        if earlier is not file:
            other = "另一个问题的" if earlier.finding and file.finding and earlier.finding != file.finding else ""
            note = Note("warning", "SAME_CONTENT", f"与{other}“{earlier.path}”内容完全相同：请核对是否放错或重复")
            file = replace(file, notes=(*file.notes, note))
        kept.append(file)
    return kept


def _gaps(inspections: Sequence[LedgerInspection], files: Sequence[EvidenceFile]) -> Iterable[Gap]:
    present = {re.sub(r"\.\w+$", "", file.member.name).casefold() for file in files} | {
        file.member.name.casefold() for file in files
    }
    for inspection in inspections:
        shared = [file for file in files if file.inspection == inspection.key and not file.finding]
        if not any(file.kind is EvidenceKind.RECORD for file in files if file.inspection == inspection.key) and any(
            finding.disposal == _TRANSFER for finding in inspection.findings
        ):
            yield Gap(inspection.key, "", "NO_RECORD", f"检查“{inspection.key}”没有现场检查笔录：移送前必须补上")
        for finding in inspection.findings:
            own = [file for file in files if file.finding == finding.key]
            if finding.disposal == _TRANSFER and not own and not shared:
                yield Gap(
                    inspection.key,
                    finding.key,
                    "NO_EVIDENCE",
                    f"问题“{finding.key}”拟移送，但证据包里没有它的文件：请补充",
                )
            for wanted in (name for words in finding.evidence for name in file_names(words)):
                if wanted.casefold() not in present:
                    yield Gap(
                        inspection.key,
                        finding.key,
                        "FILE_NAMED_BUT_ABSENT",
                        f"台账写了证据“{wanted}”，证据包里没有这个文件",
                        wanted,
                    )
