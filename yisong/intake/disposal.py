"""Read how a finding is to be dealt with (处置方式): fixed on the spot, own case, transfer; urgent; suspected crime."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from yisong.intake.values import BLANK_MARKS, Note, Raw, formula_error, shown

ONSITE, OWN, TRANSFER = "onsite", "own", "transfer"
LABELS = {ONSITE: "当场改正", OWN: "自办", TRANSFER: "移送"}
_CRIME = re.compile(r"涉罪|涉嫌犯罪|行刑|刑事|移送司法|追究刑责")
_URGENT = re.compile(r"紧急|加急|特急|立即移送|24小时")
_DENIED = re.compile(r"(?:不|未|无需|无须|不需|不予|不再|尚未)(?:再)?(?:移送|移交|转办|转交|转送)(?:处理|其他部门)?")
_COPIED = re.compile(r"抄告|抄送")
_TRANSFER = re.compile(r"移送|移交|转办|转交|转送|移转|转(?=[^\d]{2,}(?:局|队|委|办|镇|街道))")
_ONSITE = re.compile(
    r"当场(?:整改|改正|完成|纠正)|现场(?:整改|改正|纠正|完成)|已?(?:当场|现场)(?:已)?(?:整改|改正)|立行立改|即知即改|立整立改|即查即改|已整改(?:完毕|到位|完成)?$|已改正$|当场$"
)
_OWN = re.compile(
    r"自办|自行(?:办理|查处|处理|处置)|本(?:部门|单位|局|机关|队|镇|街道)(?:自行)?(?:办理|查处|处理|处置|立案|责令)?|立案|责令(?:限期)?(?:改正|整改)|限期(?:整改|改正)|"
    r"警告|当场处罚|简易程序|行政处罚|约谈|教育|查处"
)
_EXEMPT = re.compile(r"首违不罚|轻微不罚|不予处罚|免罚|首违免罚|轻微免罚")
_TARGET = re.compile(
    r"(?:移送|移交|转办|转交|转送|抄告|抄送|移转|转)\s*(?:至|给|到|由|于)?\s*[:：]?\s*([^\s，,。；;（(]{2,30})"
)
_NOT_A_TARGET = frozenset(
    {
        "处理",
        "处置",
        "办理",
        "查处",
        "其他部门",
        "相关部门",
        "有关部门",
        "主管部门",
        "责任部门",
        "职能部门",
        "案件",
        "线索",
    }
)


@dataclass(frozen=True, slots=True)
class Disposal:
    """How a finding is to be dealt with (处置方式).

    `way` is onsite, own or transfer. `target` is the department named after 移送, in the office's words.
    """

    way: str
    urgent: bool = False
    criminal: bool = False
    exempt: bool = False
    target: str = ""


def parse_disposal(raw: Raw) -> tuple[Disposal | None, tuple[Note, ...]]:
    """Take a cell as a disposal (处置方式). Blank gives (None, ()); an unknown word gives an error note."""
    broken = formula_error(raw)
    if broken:
        return None, (broken,)
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(raw))) if raw is not None else ""
    if text in BLANK_MARKS:
        return None, ()
    key = text.lower()
    if key in (ONSITE, OWN, TRANSFER):
        return Disposal(key), ()
    text = _DENIED.sub("", text)
    crime, urgent = bool(_CRIME.search(text)), bool(_URGENT.search(text))
    exempt = bool(_EXEMPT.search(text))
    onsite, own = bool(_ONSITE.search(text)), bool(_OWN.search(text))
    transfer = crime or bool(_TRANSFER.search(text)) or (bool(_COPIED.search(text)) and not own and not onsite)
    if transfer:
        target = _target(text)
        if onsite:
            note = Note(
                "warning",
                "DISPOSAL_MIXED",
                f"“{shown(raw)}”既写了当场改正又写了移送，按“移送”登记：如已办结请只写“当场改正”",
            )
            return Disposal(TRANSFER, urgent, crime, exempt, target), (note,)
        return Disposal(TRANSFER, urgent, crime, exempt, target), ()
    if onsite:
        return Disposal(ONSITE, urgent, False, exempt), ()
    if own or exempt:
        return Disposal(OWN, urgent, False, exempt), ()
    if urgent:
        return Disposal(TRANSFER, True), (
            Note(
                "warning",
                "DISPOSAL_ASSUMED",
                f"“{shown(raw)}”只写了紧急，按“移送（紧急）”登记：如由本部门办理请写“自办”",
            ),
        )
    wanted = "“当场改正”“自办”“移送”“紧急移送”或“涉嫌犯罪移送”"
    return None, (Note("error", "DISPOSAL_UNKNOWN", f"处置方式“{shown(raw)}”不认识：请写{wanted}"),)


def _target(text: str) -> str:
    match = _TARGET.search(text)
    if not match:
        return ""
    name = re.sub(r"(?:进一步|依法)?(?:处理|处置|办理|查处|立案|核查|调查处理)+$", "", match.group(1))
    return "" if name in _NOT_A_TARGET or name.startswith(("处", "办", "查")) else name
