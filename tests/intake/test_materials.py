"""The list of what travels with a transfer (移送材料清单)."""

from __future__ import annotations

import datetime as dt

from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.materials import Listed, list_of_materials


def test_the_list_of_materials_counts_photographs_and_names_the_rest() -> None:
    day = dt.date(2026, 9, 8)
    files = [
        Listed("W1_a", EvidenceKind.AUDIOVISUAL, "image", "1" * 64, day), Listed("现场检查笔录", EvidenceKind.RECORD, "document", "2" * 64),
        Listed("W1_b", EvidenceKind.AUDIOVISUAL, "image", "3" * 64, day), Listed("检定证书复印件", EvidenceKind.DOCUMENTARY, "document", "4" * 64),
        Listed("录像", EvidenceKind.AUDIOVISUAL, "video", "5" * 64, day),
    ]  # fmt: skip
    lines = list_of_materials(files, papers=[("案件移送函", 2)])
    assert [(line.number, line.name, line.count, line.unit) for line in lines] == [
        (1, "案件移送函", 2, "页"), (2, "现场照片", 2, "张"), (3, "检定证书复印件", 1, "份"), (4, "录像", 1, "份"), (5, "现场检查笔录", 1, "份"),
    ]  # fmt: skip
    assert lines[1].remark == "拍摄于 2026-09-08" and lines[2].digest == "4" * 16
    assert list_of_materials([]) == ()
