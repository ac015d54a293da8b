"""Read the check item of a finding (检查事项列), and propose what the lists hint at."""

from __future__ import annotations

import re

from yisong.intake.disposal import ONSITE, TRANSFER
from yisong.intake.reference import Reference
from yisong.intake.values import Note, Notes

_LOOKS_LIKE_CODE = re.compile(r"^[A-Za-z]{1,6}[-—–－_]?\d{1,6}(?:[-.]\d+)*$")


class ItemCells:
    """Looks items up, each wording once (事项识别)."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._memory: dict[str, tuple[str, str, Note | None]] = {}

    def find(self, text: str) -> tuple[str, str, Note | None]:
        """Give code and name of an item, and a note when it is not in the lists (查事项)."""
        if not text:
            return (
                "",
                "",
                Note(
                    "warning",
                    "NO_ITEM",
                    "没有写检查事项，无法按清单确定责任部门，导入后进入待协调队列：请尽量写明事项编码或名称",
                ),
            )
        known = self._memory.get(text)
        if known is None:
            if len(self._memory) > 50_000:
                self._memory.clear()
            known = self._memory[text] = self._look_up(text)
        return known

    def _look_up(self, text: str) -> tuple[str, str, Note | None]:
        found = self._reference.find_item(text)
        if found.code:
            return found.code, self._reference.item_by_code[found.code].name, None
        if found.ambiguous:
            return (
                "",
                text,
                Note(
                    "error",
                    "AMBIGUOUS_ITEM",
                    f"检查事项“{text}”对应不止一个事项（{'、'.join(found.ambiguous)}）：请写事项编码",
                ),
            )
        if _LOOKS_LIKE_CODE.match(text):
            return (
                "",
                text,
                Note("error", "UNKNOWN_ITEM", f"事项编码“{text}”不在事项清单里：请核对编码，或改写事项名称"),
            )
        hint = f"，最接近的是“{'”“'.join(found.suggestions)}”" if found.suggestions else ""
        return (
            "",
            text,
            Note(
                "warning",
                "UNLISTED_ITEM",
                f"检查事项“{text}”不在事项清单里{hint}，导入后进入待协调队列：能对应的请改成清单中的编码或名称",
            ),
        )


def propose(finding: dict[str, object], reference: Reference, notes: Notes) -> None:
    """Propose what the item hints at; nothing is decided (处置建议)."""
    entry = reference.item_by_code.get(str(finding["item"]))
    way = finding["disposal"]
    if not way and not any(name == "disposal" and note.level == "error" for name, note in notes):
        notes.append(
            (
                "disposal",
                Note("warning", "NO_DISPOSAL", "没有写处置方式：请写“当场改正”“自办”或“移送”，否则导入后要逐条选择"),
            )
        )
    if finding["criminal"]:
        notes.append(
            (
                "disposal",
                Note(
                    "info",
                    "CRIMINAL_TRACK",
                    "按涉嫌犯罪登记：导入后走行刑移送审批（3 日审批、批准后 24 小时移送），不得以罚代移",
                ),
            )
        )
    if entry is None:
        return
    if not finding["item_text"]:
        finding["item_text"] = entry.name
    if entry.criminal_hint and not finding["criminal"]:
        notes.append(
            (
                "disposal",
                Note(
                    "info",
                    "CRIMINAL_HINT",
                    f"该事项可能涉嫌犯罪（{entry.criminal_hint}）：请判断是否走涉嫌犯罪移送，不得以罚代移",
                ),
            )
        )
    if entry.severity == "critical" and way == TRANSFER and not finding["urgent"]:
        notes.append(("disposal", Note("info", "URGENT_HINT", "该事项属重大问题：现场危险尚未消除的，请写“紧急移送”")))
    if entry.exempt_candidate and way != ONSITE and not finding["exempt"]:
        notes.append(
            (
                "disposal",
                Note("info", "EXEMPT_HINT", "该事项在首违不罚、轻微不罚的评估范围内：由承办部门判断，系统不作决定"),
            )
        )
