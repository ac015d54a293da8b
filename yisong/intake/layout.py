"""Tell header, titles, totals and signatures from the rows of a ledger (版式识别)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from yisong.intake.ledger import Merge, Row
from yisong.intake.values import Raw, halfwidth, shown

FEWEST_FIELDS = 3  # a row with fewer known column names is no header
LONGEST_HEADER = 40  # characters; longer text is a title or data
DEEPEST_HEADER = 3  # rows
_TOTAL = re.compile(
    r"^(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|本页合计|本月合计|本表合计|汇总|总数|合计数)(?:[:：\s\d（(共].*)?$",
    re.S,
)
_SIGNATURE = re.compile(
    r"^(?:填表人|填报人|制表人|制表|填表|审核人|审核|复核人|复核|审批人|分管领导|主要领导|负责人|单位负责人|经办人|联系人|填报单位|填表单位|"
    r"制表单位|编制单位|报送单位|填报日期|填表日期|制表日期|报送日期|统计人|记录人|签字|签名|盖章|（盖章）|\(盖章\)|检查组长签字|检查人员签字|"
    r"单位（盖章）|单位\(盖章\)|联系电话)\s*(?:[:：(（]|$)"
    r"|^\w{2,12}\s*[(（]?(?:签字|签名|签章|盖章)[)）]?\s*(?:[:：].{0,12})?$"
)
_REMARK = re.compile(r"^(?:备注|注|说明|填表说明|附注|注意事项|注意)\s*[:：]|^注\d|^[*※]")
_CONTINUED = re.compile(r"^(?:第\s*\d+\s*页|共\s*\d+\s*页|续表|以下空白|（以下空白）|\(以下空白\)|此页无正文)")
STRAY_BEGINS = frozenset("合总小共累本汇填制审复分主负单经联报编统记签盖检备注说附第续以此")
"""With what the words of such rows begin (非数据行首字)."""
_GROUP_ENDING = re.compile(r"(?:基本)?(?:情况|信息|内容|资料)$")
_VAGUE = frozenset(
    {
        "日期",
        "时间",
        "地址",
        "名称",
        "情况",
        "说明",
        "其他",
        "结果",
        "部门",
        "单位",
        "人员",
        "材料",
        "附件",
        "照片",
        "编号",
    }
)
_LATER = re.compile(r"整改|复查|移送|移交|处罚|立案|结案|公示|反馈|联系|销号|督办|回复")


@dataclass(frozen=True)
class HeaderBlock:
    """The header of a sheet (表头).

    `rows` are row numbers from 1; `texts[i]` are the names under which column i may be known, most specific first;
    `shown[i]` is the name for people.
    """

    rows: tuple[int, ...]
    titles: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]


Match = Callable[[Sequence[str]], tuple[str | None, float]]


def find_header(rows: Sequence[Row], merges: Sequence[Merge], match: Match) -> HeaderBlock | None:
    """Find the header among the first rows (查找表头): one to three rows deep, titles above it, merged or not.

    The block that names the most different fields wins; of equals the shallower, then the upper.
    """
    best: HeaderBlock | None = None
    best_score = float(FEWEST_FIELDS - 1)
    lines = [_line(row, merges) for row in rows]
    for start in range(len(rows)):
        for depth in range(1, DEEPEST_HEADER + 1):
            if start + depth > len(rows):
                break
            if depth > 1 and not _has_groups(rows[start], lines[start], lines[start + depth - 1], merges):
                break
            texts = _named([lines[start + step] for step in range(depth)])
            found = {
                field for field, confidence in (match(names) for names in texts if names) if field and confidence >= 0.7
            }
            score = len(found) - 0.5 * (depth - 1)
            if score > best_score and len(found) >= FEWEST_FIELDS:
                best_score = score
                titles = tuple(text for line in lines[:start] for text in dict.fromkeys(line) if text)
                shown_names = tuple(_joined(names) for names in texts)
                best = HeaderBlock(
                    tuple(rows[start + step].number for step in range(depth)), titles, texts, shown_names
                )
    return best


def _line(row: Row, merges: Sequence[Merge]) -> list[str]:
    """The texts of a row, with values merged sideways or downwards filled in (表头行文字)."""
    cells = [_text(cell) for cell in row.cells]
    for merge in merges:
        if merge.first_row <= row.number - 1 <= merge.last_row and merge.first_column < len(cells):
            text = cells[merge.first_column]
            for column in range(merge.first_column, min(merge.last_column + 1, len(cells))):
                cells[column] = cells[column] or text
    return cells


def _text(cell: Raw) -> str:
    if not isinstance(cell, str):
        return shown(cell) if cell is not None else ""
    return re.sub(r"\s+", "", halfwidth(cell))


def _has_groups(row: Row, line: Sequence[str], below: Sequence[str], merges: Sequence[Merge]) -> bool:
    """Tell whether a header row may have names of its own below it (多级表头)."""
    index = row.number - 1
    if any(
        m.first_row <= index <= m.last_row and (m.last_column > m.first_column or m.last_row > index) for m in merges
    ):
        return True
    gaps = sum(1 for place, text in enumerate(below) if text and (place >= len(line) or not line[place]))
    return gaps > 0 and any(line)


def _named(lines: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    width = max((len(line) for line in lines), default=0)
    names: list[tuple[str, ...]] = []
    groups = [""] * len(lines)
    for column in range(width):
        parts: list[str] = []
        for level, line in enumerate(lines):
            text = line[column] if column < len(line) else ""
            if level < len(lines) - 1:  # a group that is not merged reaches to the next name of its level
                if text:
                    groups[level] = text
                    groups[level + 1 :] = [""] * (len(lines) - level - 1)
                else:
                    text = (
                        groups[level] if any(line[column] for line in lines[level + 1 :] if column < len(line)) else ""
                    )
            if text and len(text) <= LONGEST_HEADER and (not parts or parts[-1] != text):
                parts.append(text)
        names.append(_candidates(parts))
    return tuple(names)


def _candidates(parts: list[str]) -> tuple[str, ...]:
    """Names for a column below a group: 被检查单位 + 名称 → 被检查单位名称, 名称; 检查情况 + 日期 → 检查日期 (组合列名)."""
    if len(parts) < 2:
        return tuple(parts)
    group, name = parts[-2], parts[-1]
    names = ["".join(parts), group + name, _GROUP_ENDING.sub("", group) + name]
    if name not in _VAGUE or not _LATER.search("".join(parts[:-1])):
        names.insert(1, name)
    return tuple(dict.fromkeys(names))


def _joined(names: tuple[str, ...]) -> str:
    return names[0] if names else ""


def stray_row(texts: Sequence[str]) -> tuple[str, str] | None:
    """Recognise a row that belongs to the sheet, not to the ledger (非数据行): (code, what it is), or None.

    `texts` are the non-empty cells in order. Only the words decide; whether the row also carries data is for the caller.
    """
    first = texts[0].strip()
    if _TOTAL.match(first):
        return "TOTAL_ROW", "合计行"
    if _SIGNATURE.match(first):
        return "SIGNATURE_ROW", "填表、签字行"
    if _REMARK.match(first):
        return "REMARK_ROW", "表下说明"
    if _CONTINUED.match(first):
        return "PAGE_ROW", "页码或续表行"
    return None
