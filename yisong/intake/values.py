"""Turn what an office typed into a cell into a value (单元格取值规范化).

Every parser takes one raw cell and answers with `Parsed`: the value, or None together with a named message that says
what to write instead. Nothing is corrected silently: what was guessed is in `notes`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import NamedTuple

from yisong.intake.errors import IntakeError

Raw = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None


class Note(NamedTuple):
    """Why a cell was not taken as it stands (取值说明). `level` is error, warning or info."""

    level: str
    code: str
    text: str


class Parsed(NamedTuple):
    """The value of a cell and the notes about it (取值结果)."""

    value: object
    notes: tuple[Note, ...] = ()


Notes = list[tuple[str, Note]]  # field of the ledger, note


class CodeLost(IntakeError):
    """A code whose digits the spreadsheet has already destroyed (编码被表格软件转成数字)."""


EMPTY = Parsed(None)
BLANK_MARKS = frozenset({"", "/", "\\", "-", "—", "——", "－", "无数据", "N/A", "n/a", "null", "NULL", "None"})
UNCALCULATED = "#未计算"  # what stands for a formula whose result the file does not hold
FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
SCIENTIFIC = re.compile(r"^[+-]?\d(?:\.\d+)?[eE]\+?\d{2}$")
_PLAIN_CODE = re.compile(r"(?:[A-Z][A-Z0-9-]*|\d[0-9A-DF-Z-]*)\Z")  # begins like no number in scientific notation
LOST_FROM = 10**14  # fifteen digits: spreadsheets keep fifteen significant digits, and leading zeros are gone already

_INVISIBLE = dict.fromkeys(
    [*range(0x00, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     0x2060, 0xFEFF, 0xFFFE, 0xFFFF]
)  # fmt: skip
_WIDE = {0xFF10 + i: 0x30 + i for i in range(10)}
_WIDE |= {0xFF21 + i: 0x41 + i for i in range(26)} | {0xFF41 + i: 0x61 + i for i in range(26)}
_WIDE |= {0x3000: 0x20, 0xA0: 0x20, 0x2002: 0x20, 0x2003: 0x20, 0x2009: 0x20, 0x202F: 0x20}
_TEXT_TABLE: dict[int, int | None] = {**_INVISIBLE, **_WIDE}
_SPACES = re.compile(r"[ \t]+")
# What `halfwidth` and `parse_text` would change; most cells have none of it, and one search says so.
_UNTIDY = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f\xa0\xad\u2002\u2003\u2009\u200b-\u200f\u202a-\u202f\u2060\u3000\ufeff\ufffe\uffff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]|  |^\\s|\\s$|^#"
)


def halfwidth(text: str) -> str:
    """Make digits, Latin letters and spaces half-width and drop invisible characters (全角转半角).

    Chinese punctuation stays: the words go into letters later.
    """
    if _UNTIDY.search(text) is None:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TEXT_TABLE)
    return text.strip()


def shown(raw: Raw) -> str:
    """Show a raw cell as a person would see it (单元格原文)."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        if raw.is_integer() and abs(raw) < 10**15:
            return str(int(raw))
        return repr(raw)
    if isinstance(raw, dt.datetime):
        return raw.isoformat(sep=" ", timespec="minutes") if raw.time() != dt.time() else raw.date().isoformat()
    return str(raw)


def is_tidy(raw: Raw) -> bool:
    """Tell whether a cell is words that need no tidying (规整文字)."""
    return isinstance(raw, str) and raw != "" and _UNTIDY.search(raw) is None


def is_blank(raw: Raw) -> bool:
    """Tell whether a cell holds nothing (空单元格)."""
    if raw is None:
        return True
    return isinstance(raw, str) and not raw[:1].isalnum() and not halfwidth(raw)


def formula_error(raw: Raw) -> Note | None:
    """Name a formula error left in a cell (公式错误值)."""
    if raw == UNCALCULATED:
        text = "单元格是公式，但文件里没有它的计算结果：请用 Excel 或 WPS 打开后重新保存，或改写成具体内容"
        return Note("error", "FORMULA_NOT_CALCULATED", text)
    if isinstance(raw, str) and raw[:1] == "#" and raw.strip() in FORMULA_ERRORS:
        return Note("error", "FORMULA_ERROR", f"单元格是公式错误值“{raw.strip()}”：请改写成具体内容")
    return None


def parse_text(raw: Raw) -> Parsed:
    """Take a cell as words (文字). Runs of spaces become one; line breaks stay."""
    if raw is None or raw == "":
        return EMPTY
    if isinstance(raw, str) and _UNTIDY.search(raw) is None:
        return Parsed(raw)
    broken = formula_error(raw)
    if broken:
        return Parsed(None, (broken,))
    text = _SPACES.sub(" ", halfwidth(shown(raw)))
    return Parsed(text) if text else EMPTY


def code_text(raw: Raw) -> str:
    """Read a code (编号、行为码) as upper-case half-width text without spaces.

    Raises CodeLost when the spreadsheet has already turned the code into a rounded number (9.1E+17).
    """
    if isinstance(raw, str):
        if _PLAIN_CODE.match(raw):
            return raw
    elif raw is None:
        return ""
    elif isinstance(raw, bool):
        return shown(raw)
    elif isinstance(raw, (int, float)):
        if abs(raw) >= LOST_FROM:
            raise CodeLost("CODE_AS_NUMBER", lost_advice(f"{float(raw):.8G}"))
        return shown(raw)
    text = unicodedata.normalize("NFKC", shown(raw)).translate(_TEXT_TABLE)
    text = re.sub(r"\s+", "", text)
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    text = text.lstrip("'‘’`").replace("—", "-").replace("–", "-").replace("−", "-")
    if SCIENTIFIC.match(text):
        raise CodeLost("CODE_AS_NUMBER", lost_advice(text))
    return text.upper()


def lost_advice(seen: str) -> str:
    """Say how to get a destroyed code back (科学计数法编码的补救办法)."""
    return (
        f"编码被表格软件变成了数字“{seen}”，后几位已经丢失，不能还原：请把该列格式设为“文本”，"
        "再按原件（营业执照、系统中的编号）重新填写"
    )


def is_plain_code(raw: Raw) -> bool:
    """Tell whether a cell is a code as it stands (规整编号): most are, and one look says so."""
    return isinstance(raw, str) and _PLAIN_CODE.match(raw) is not None and raw not in BLANK_MARKS


def parse_code(raw: Raw) -> Parsed:
    """Take a cell as a code (编号)."""
    if is_plain_code(raw):
        return Parsed(raw)
    broken = formula_error(raw)
    if broken:
        return Parsed(None, (broken,))
    try:
        text = code_text(raw)
    except CodeLost as lost:
        return Parsed(None, (Note("error", lost.code, lost.message),))
    if text in BLANK_MARKS:
        return EMPTY
    if isinstance(raw, float) and not raw.is_integer():
        return Parsed(None, (Note("error", "CODE_NOT_WHOLE", f"编号“{text}”带小数：请按文本填写完整编号"),))
    return Parsed(text)


_YES = frozenset(
    [
        "是",
        "有",
        "对",
        "已",
        "√",
        "✓",
        "✔",
        "☑",
        "Y",
        "YES",
        "T",
        "TRUE",
        "1",
        "已扫码",
        "已扫",
        "扫码",
        "已亮码",
        "亮码",
        "扫码入企",
        "已完成",
        "V",
    ]
)
_NO = frozenset(
    [
        "否",
        "无",
        "未",
        "没有",
        "×",
        "✗",
        "✘",
        "X",
        "☒",
        "N",
        "NO",
        "F",
        "FALSE",
        "0",
        "未扫码",
        "未扫",
        "没扫码",
        "未亮码",
        "无码",
        "不扫码",
        "未扫码入企",
    ]
)


def parse_yes_no(raw: Raw) -> Parsed:
    """Take a cell as yes or no (是/否)."""
    if isinstance(raw, bool):
        return Parsed(raw)
    text = "" if raw is None else re.sub(r"\s+", "", unicodedata.normalize("NFKC", shown(raw))).upper()
    if text in BLANK_MARKS:
        return EMPTY
    if text in _YES or re.fullmatch(r"是[(（].*[)）]", text):
        return Parsed(True)
    if text in _NO or re.fullmatch(r"否[(（].*[)）]", text):
        return Parsed(False)
    return Parsed(None, (Note("error", "NOT_YES_NO", f"“{shown(raw)}”不是“是”或“否”：请填“是”或“否”"),))
