"""The list of what travels with a transfer (移送材料清单), made of the files that are there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from yisong.intake.evidence_kinds import EvidenceKind


@dataclass(frozen=True, slots=True)
class Listed:
    """One file as the list needs it (待列文件). `taken_on` is a day of the county."""

    title: str
    kind: EvidenceKind
    family: str
    sha256: str
    taken_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One line of the list of materials (移送材料清单行)."""

    number: int
    name: str
    kind: str
    form: str
    count: int
    unit: str
    digest: str
    remark: str


def list_of_materials(files: Iterable[Listed], *, papers: Iterable[tuple[str, int]] = ()) -> tuple[MaterialLine, ...]:
    """Make the list that travels with a letter (生成移送材料清单).

    `papers` are letters and forms of the case with their number of pages; they come first. Photographs of one kind are
    one line with their count; every other file is a line of its own, with the beginning of its SHA-256.
    """
    found = list(files)
    lines = [MaterialLine(0, name, "", "原件", pages, "页", "", "") for name, pages in papers]
    photographs = [file for file in found if file.family == "image" and file.kind is EvidenceKind.AUDIOVISUAL]
    if photographs:
        days = sorted({file.taken_on for file in photographs if file.taken_on})
        when = "拍摄于 " + "、".join(day.isoformat() for day in days) if days else ""
        label = EvidenceKind.AUDIOVISUAL.label
        lines.append(MaterialLine(0, "现场照片", label, "电子原件", len(photographs), "张", "", when))
    order = list(EvidenceKind)
    others = sorted(
        (file for file in found if file not in photographs), key=lambda file: (order.index(file.kind), file.title)
    )
    lines.extend(
        MaterialLine(0, file.title, file.kind.label, "电子件", 1, "份", file.sha256[:16], "") for file in others
    )
    return tuple(
        MaterialLine(number, line.name, line.kind, line.form, line.count, line.unit, line.digest, line.remark)
        for number, line in enumerate(lines, start=1)
    )
