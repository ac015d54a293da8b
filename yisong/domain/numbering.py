"""Document numbers (发文字号): organ prefix + word 〔year〕 number 号, each series without gaps or doubles.

GB/T 9704 asks for hexagonal brackets 〔〕, the year in full, no 第, no leading zeros. A series belongs to one organ, one
prefix, one word and one year: a renamed organ starts anew under its new prefix (代字变更，流水重起).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from yisong.domain.entries import Confidence, Source

_PLACEHOLDERS = ("{prefix}", "{year}", "{seq}")
_SHAPE = re.compile(r"(?P<head>[^〔〕\d]+)〔(?P<year>\d{4})〕(?P<seq>\d+)号")
_WRONG_BRACKETS = re.compile(r"[\[\]()（）【】［］]")


class NumberingError(ValueError):
    """A number that cannot be issued or read (文号错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DocumentNumber(NamedTuple):
    """A number taken apart (文号分解): 云市监 + 监察 + 2026 + 1."""

    prefix: str
    word: str
    year: int
    seq: int

    def __str__(self) -> str:
        return f"{self.prefix}{self.word}〔{self.year}〕{self.seq}号"


class Series(NamedTuple):
    """What numbers run through without gaps (文号流水): one organ, prefix, word and year."""

    organ: str
    prefix: str
    word: str
    year: int


def split(text: str) -> tuple[str, int, int]:
    """What stands before the brackets, the year and the number (拆分发文字号).

    Raises:
        NumberingError: `number_brackets`, `number_ordinal` (第), `number_padded` (001), `number_zero`, `number_shape`.
    """
    if _WRONG_BRACKETS.search(text):
        raise NumberingError("number_brackets", f"文号“{text}”的年份须用六角括号〔〕，请改为如“云应急移〔2026〕1号”。")
    if "第" in text:
        raise NumberingError("number_ordinal", f"文号“{text}”的序号前不加“第”字，请删去。")
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise NumberingError("number_shape", f"“{text}”不是文号，应写成如“云应急移〔2026〕1号”。")
    seq = found["seq"]
    if seq.startswith("0"):
        code, why = ("number_zero", "序号从1起编") if int(seq) == 0 else ("number_padded", "序号不编虚位")
        raise NumberingError(
            code, f"文号“{text}”的{why}，请改为“{found['head']}〔{found['year']}〕{int(seq) or 1}号”。"
        )
    return found["head"], int(found["year"]), int(seq)


def parse(text: str, prefixes: Iterable[str], *, words: Iterable[str] = (), year: int | None = None) -> DocumentNumber:
    """Take a number apart (解析发文字号).

    Args:
        text: the number as printed.
        prefixes: the prefixes that organs bear or bore. The longest that fits is taken, unless a shorter one leaves a
            word out of `words`.
        words: the words of known document types, to decide between prefixes that both fit.
        year: the year in which the paper was issued, if it must agree.

    Raises:
        NumberingError: as `split`, and `number_prefix` for an unknown prefix, `number_year` for another year.
    """
    head, written_year, seq = split(text)
    if year is not None and written_year != year:
        raise NumberingError(
            "number_year", f"文号“{text}”的年份应为成文年份 {year}，请改为“{head}〔{year}〕”并按该年流水编号。"
        )
    fitting = sorted((prefix for prefix in prefixes if prefix and head.startswith(prefix)), key=len, reverse=True)
    if not fitting:
        raise NumberingError("number_prefix", f"文号“{text}”的机关代字不在部门表中，请核对代字或补登部门。")
    known = set(words)
    chosen = next((prefix for prefix in fitting if head[len(prefix) :] in known), None)
    if chosen is None:
        chosen = next((prefix for prefix in fitting if head != prefix), fitting[0])
    return DocumentNumber(chosen, head[len(chosen) :], written_year, seq)


@lru_cache(maxsize=512)
def _matcher(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\{prefix\}|\{year\}|\{seq\})", pattern)
    names = {"{prefix}": r"(?P<prefix>[^〔〕\d]+?)", "{year}": r"(?P<year>\d{4})", "{seq}": r"(?P<seq>[1-9]\d*)"}
    return re.compile("".join(names.get(part, re.escape(part)) for part in parts))


@dataclass(frozen=True, slots=True)
class DocumentNumbering:
    """How one type of document is laid out and numbered (文书类型与文号式样).

    `pattern` such as `{prefix}移〔{year}〕{seq}号`, or with the prefix written out; None: the type bears no number.
    `layout`: gongwen 公文 / letter 信函 / form 执法文书表格 / internal 内部审批.
    """

    code: str
    name: str
    layout: str
    pattern: str | None = None
    basis: str = ""
    source: Source = Source.DEFAULT
    confidence: Confidence = Confidence.MEDIUM

    def __post_init__(self) -> None:
        if self.pattern is None:
            return
        for placeholder in _PLACEHOLDERS:
            most = 1
            least = 0 if placeholder == "{prefix}" else 1
            if not least <= self.pattern.count(placeholder) <= most:
                raise NumberingError(
                    "pattern_placeholder",
                    f"文书 {self.code} 的文号式样“{self.pattern}”应恰有一处{placeholder}，例如“{{prefix}}移〔{{year}}〕{{seq}}号”。",
                )
        if "〔{year}〕" not in self.pattern:
            raise NumberingError(
                "pattern_brackets", f"文书 {self.code} 的文号式样“{self.pattern}”的年份须写作〔{{year}}〕（六角括号）。"
            )
        if "第" in self.pattern:
            raise NumberingError("pattern_ordinal", f"文书 {self.code} 的文号式样“{self.pattern}”不加“第”字，请删去。")
        if not self.pattern.endswith("{seq}号"):
            raise NumberingError("pattern_shape", f"文书 {self.code} 的文号式样“{self.pattern}”应以“{{seq}}号”结尾。")

    @property
    def numbered(self) -> bool:
        """Whether papers of this type bear a number (是否编号)."""
        return self.pattern is not None

    @property
    def head(self) -> str:
        """What stands before the brackets, without `{prefix}` (括号前文字): the word, or prefix and word written out."""
        return "" if self.pattern is None else self.pattern.split("〔", 1)[0].replace("{prefix}", "")

    @property
    def own_prefix(self) -> bool:
        """Whether the pattern takes the issuing organ's prefix (是否用发文机关代字)."""
        return self.pattern is not None and "{prefix}" in self.pattern

    def word(self, prefix: str) -> str:
        """The word of the series when this prefix issues (文书字)."""
        return self.head if self.own_prefix or not self.head.startswith(prefix) else self.head[len(prefix) :]

    def series(self, *, organ: str, prefix: str, year: int, word: str | None = None) -> Series:
        """The series a new number comes from (所属流水); `word` for a paper that bears another word, as 监察."""
        self._need_pattern()
        return Series(organ, prefix, word if word is not None else self.word(prefix), year)

    def format(self, prefix: str, year: int, seq: int, *, word: str | None = None) -> str:
        """Write a number out (编写发文字号): `word` replaces the type's own where a ministry's form demands it.

        Raises:
            NumberingError: `number_none` for a type without numbers, `number_zero`, `number_year_shape`, `prefix_missing`.
        """
        pattern = self._need_pattern()
        if seq < 1:
            raise NumberingError("number_zero", f"{self.name}的序号须从1起编，不能为 {seq}。")
        if not 1949 <= year <= 9999:
            raise NumberingError("number_year_shape", f"{self.name}的年份须写四位全称，不能为 {year}。")
        if word is not None:
            pattern = f"{{prefix}}{word}〔{{year}}〕{{seq}}号"
        if "{prefix}" in pattern and not prefix:
            raise NumberingError("prefix_missing", f"出具{self.name}的机关没有登记发文机关代字，请在部门表中补登。")
        return pattern.replace("{prefix}", prefix).replace("{year}", str(year)).replace("{seq}", str(seq))

    def matches(self, text: str) -> bool:
        """Whether a number has this type's shape (是否合于式样)."""
        return self.pattern is not None and _matcher(self.pattern).fullmatch(text) is not None

    def _need_pattern(self) -> str:
        if self.pattern is None:
            raise NumberingError("number_none", f"{self.name}不编文号，请勿为其取号。")
        return self.pattern
