"""What must accompany a transfer (移送材料包): the list of materials, and the check before it may be submitted.

The points are those of common practice (案件移送材料): a system default, 系统默认, that a county may lengthen, except
where an article is named. Where an element of the offence is a measured result, the report is part of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yisong.intake.evidence import EvidenceFile
from yisong.intake.evidence_kinds import EvidenceKind

FEWEST_OFFICERS = 2  # 行政处罚法第四十二条: at least two officers with certificates


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure already taken against the unit or its goods (已采取的措施); its clock goes on while the case travels."""

    name: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer of the inspection and the number of the enforcement certificate (检查人员)."""

    name: str
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class TransferMaterials:
    """What has been put together for one transfer (移送材料).

    `record` says that the on-site record is there; `signed` that the unit signed it, else `refusal_note` tells how the
    refusal was noted. `measures` None means nobody has said whether any were taken; () means that none were.
    """

    letter: bool
    record: bool
    signed: bool
    evidence: Sequence[EvidenceFile]
    identity_proof: bool
    materials_list: bool
    measures: Sequence[Measure] | None
    officers: Sequence[Officer]
    behaviour_code: str
    plan_number: str
    legal_basis: str
    refusal_note: str = ""
    emergency_note: str = ""
    needs_test_report: bool = False
    test_report: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A point that is not met (缺项)."""

    code: str
    text: str


def missing_materials(materials: TransferMaterials) -> tuple[Missing, ...]:
    """Name everything that still stands in the way of submitting a transfer (移送材料硬校验); () when complete."""
    checks = (
        (materials.letter, "LETTER", "缺移送函：请先生成移送函"),
        (materials.record, "RECORD", "缺现场检查笔录：请上传笔录"),
        (
            not materials.record or materials.signed or bool(materials.refusal_note),
            "SIGNATURE", "现场检查笔录没有当事人签字：请补签，拒签的写明拒签情况并附录音录像或见证",
        ),
        (bool(materials.evidence), "EVIDENCE", "没有证据：请至少上传一份照片、视频、复印件或检测报告"),
        (materials.identity_proof, "IDENTITY", "缺当事人主体证明：请上传营业执照或身份证复印件"),
        (materials.materials_list, "LIST", "缺移送材料清单：请生成清单并由双方签字"),
        (materials.measures is not None, "MEASURES", "没有说明已采取的措施：请填写先行登记保存、查封扣押等及到期日，没有的填“无”"),
        (bool(materials.behaviour_code) or bool(materials.emergency_note), "BEHAVIOUR_CODE", "缺行政行为码：请补码；紧急检查请写明事后补办情况"),
        (bool(materials.plan_number) or bool(materials.emergency_note), "PLAN", "缺检查计划备案号：请补填；紧急检查请写明事后补办情况"),
        (bool(materials.legal_basis.strip()), "BASIS", "缺法律依据条款：请写明涉嫌违反的条款和处罚依据"),
        (
            not materials.needs_test_report or materials.test_report,
            "TEST_REPORT", "违法构成含检测结果，缺检测报告：请补充检测报告，否则受理部门会要求补正",
        ),
    )  # fmt: skip
    found = [Missing(code, text) for met, code, text in checks if not met]
    found.extend(
        Missing("MEASURE_EXPIRY", f"措施“{measure.name}”没有写到期日：请填写，期限在移送期间继续计算")
        for measure in materials.measures or ()
        if measure.expires_on is None
    )
    certified = [officer for officer in materials.officers if officer.certificate]
    if len(certified) < FEWEST_OFFICERS:
        text = f"有执法证号的检查人员只有 {len(certified)} 名：行政处罚法第四十二条要求不少于两名，请补全姓名和证号"
        found.append(Missing("OFFICERS", text))
    return tuple(found)


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


def list_of_materials(
    files: Iterable[EvidenceFile], *, papers: Iterable[tuple[str, int]] = ()
) -> tuple[MaterialLine, ...]:
    """Make the list that travels with a letter (生成移送材料清单).

    `papers` are letters and forms of the case with their number of pages; they come first. Photographs of one kind are
    one line with their count; every other file is a line of its own, with the beginning of its SHA-256.
    """
    lines = [MaterialLine(0, name, "", "原件", pages, "页", "", "") for name, pages in papers]
    photographs = [file for file in files if file.content.family == "image" and file.kind is EvidenceKind.AUDIOVISUAL]
    others = [file for file in files if file not in photographs]
    if photographs:
        days = sorted({file.taken.at.date() for file in photographs if file.taken.at})
        when = "拍摄于 " + "、".join(day.isoformat() for day in days) if days else ""
        lines.append(
            MaterialLine(0, "现场照片", EvidenceKind.AUDIOVISUAL.label, "电子原件", len(photographs), "张", "", when)
        )
    lines.extend(
        MaterialLine(
            0,
            file.member.name.rpartition(".")[0] or file.member.name,
            file.kind.label,
            "电子件",
            1,
            "份",
            file.sha256[:16],
            "",
        )
        for file in sorted(others, key=lambda file: (list(EvidenceKind).index(file.kind), file.path))
    )
    return tuple(
        MaterialLine(number, line.name, line.kind, line.form, line.count, line.unit, line.digest, line.remark)
        for number, line in enumerate(lines, start=1)
    )
