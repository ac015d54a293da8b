"""Propose which column is which (列名对应): header rows found, synonyms matched, doubts named, nothing guessed silently."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yisong.intake.fields import BY_NAME, FIELDS, label_of
from yisong.intake.layout import HeaderBlock, find_header
from yisong.intake.ledger import Sheet, SkippedSheet, Workbook
from yisong.intake.measure import column_letters

CERTAIN = 0.9  # below this a person is asked to confirm
NEEDED_OF_INSPECTION = ("unit_name", "uscc", "inspected_on")
LOOKS_THROUGH = 40  # rows searched for a header
_BRACKETED = re.compile(r"[（(\[【〔<《][^）)\]】〕>》]*[）)\]】〕>》]?")
_NOISE = re.compile(r"[\s*＊:：.。,，、;；_\-—~/\\|'\"“”‘’#★●·?？!！]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of reading a ledger, or should be looked at (映射问题). `level` is error or warning."""

    level: str
    code: str
    sheet: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet and what it is taken for (列对应). `index` counts from 0; `field` None means: kept as it is."""

    index: int
    header: str
    field: str | None
    confidence: float
    reason: str

    @property
    def letter(self) -> str:
        """The column letters a spreadsheet shows (列标)."""
        return column_letters(self.index)


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """How one sheet is read (工作表对应). Row numbers count from 1."""

    sheet: str
    titles: tuple[str, ...]
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]

    @property
    def first_row(self) -> int:
        """The first row below the header (首个数据行)."""
        return self.header_rows[-1] + 1

    def index_of(self, field: str) -> int | None:
        """The column that holds a field, from 0 (字段所在列)."""
        return next((column.index for column in self.columns if column.field == field), None)

    @property
    def fields(self) -> frozenset[str]:
        """The fields this sheet has (已对应字段)."""
        return frozenset(column.field for column in self.columns if column.field)


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a ledger is read (列名对应方案): shown, confirmed, and remembered with `remember`."""

    sheets: tuple[SheetMapping, ...]
    skipped: tuple[SkippedSheet, ...] = ()
    problems: tuple[Problem, ...] = ()

    def remember(self) -> dict[str, str]:
        """Give what is worth remembering for the next ledger of this office (记住的对应): header → field, "" is none."""
        known: dict[str, str] = {}
        for sheet in self.sheets:
            for column in sheet.columns:
                known[header_key(column.header)] = column.field or ""
        return known

    def to_json(self) -> dict[str, object]:
        """Give the proposal in a form a program reads (机器可读)."""
        return {
            "sheets": [
                {
                    "sheet": sheet.sheet,
                    "titles": list(sheet.titles),
                    "header_rows": list(sheet.header_rows),
                    "first_data_row": sheet.first_row,
                    "columns": [
                        {
                            "column": column.letter,
                            "header": column.header,
                            "field": column.field,
                            "label": label_of(column.field) if column.field else None,
                            "confidence": round(column.confidence, 2),
                            "reason": column.reason,
                        }
                        for column in sheet.columns
                    ],
                    "unmapped": [column.header for column in sheet.columns if column.field is None],
                }
                for sheet in self.sheets
            ],
            "skipped_sheets": [{"sheet": s.name, "code": s.code, "reason": s.reason} for s in self.skipped],
            "problems": [
                {"level": p.level, "code": p.code, "sheet": p.sheet, "message": p.text} for p in self.problems
            ],
        }


def header_key(text: str) -> str:
    """Reduce a column name to what tells it apart (列名比对键): width, blanks, stars and punctuation do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


_EXACT: dict[str, str] = {}
for _field in FIELDS:
    for _text in (_field.label, _field.name, *_field.synonyms):
        _EXACT.setdefault(header_key(_text), _field.name)
_ENDINGS = tuple(sorted((key for key in _EXACT if len(key) >= 4 and not key.isascii()), key=len, reverse=True))
_FUZZY = tuple(key for key in _EXACT if len(key) >= 4)


def match_header(
    text: str, *, remembered: Map[str, str] | None = None, fuzzy: bool = True
) -> tuple[str | None, float, str]:
    """Say which field a column name means, how sure that is from 0 to 1, and why (单个列名识别)."""
    key = header_key(text)
    if not key:
        return None, 0.0, ""
    if remembered is not None and key in remembered:
        field = remembered[key]
        return (field, 1.0, "沿用上次确认的对应") if field in BY_NAME else (None, 1.0, "上次确认：不对应标准列")
    if key in _EXACT:
        return _EXACT[key], 1.0, "列名一致"
    bare = header_key(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))
    if bare and bare in _EXACT:
        return _EXACT[bare], 0.95, "去掉括号里的说明后列名一致"
    parts = [header_key(part) for part in re.split(r"[/／、|\n]|或|及|和", text)]
    fields = {_EXACT[part] for part in parts if part in _EXACT}
    if len(fields) == 1 and len(parts) > 1:
        return fields.pop(), 0.9, "列名的一部分一致"
    for ending in _ENDINGS:
        if bare.endswith(ending):
            return _EXACT[ending], 0.8, f"列名以“{ending}”结尾"
    if not fuzzy:
        return None, 0.0, ""
    close = difflib.get_close_matches(bare, _FUZZY, n=1, cutoff=0.86) if 4 <= len(bare) <= 20 else []
    if close:
        return _EXACT[close[0]], 0.7, f"与“{close[0]}”相近"
    return None, 0.0, "不是标准列，原样保留"


def _best(
    texts: Sequence[str], remembered: Map[str, str] | None, *, fuzzy: bool = True
) -> tuple[str | None, float, str]:
    best: tuple[str | None, float, str] = (None, 0.0, "不是标准列，原样保留")
    for text in texts:
        found = match_header(text, remembered=remembered, fuzzy=fuzzy)
        if found[1] > best[1]:
            best = found
    return best


def propose(workbook: Workbook, *, remembered: Map[str, str] | None = None) -> Mapping:
    """Propose how a ledger is to be read (列名对应建议).

    `remembered` is what `Mapping.remember` gave for an earlier ledger of the same office. Sheets without a header are
    left out by name. Missing columns that nothing can replace are error problems; doubts are warnings.
    """
    known = {header_key(header): field for header, field in remembered.items()} if remembered is not None else None
    sheets: list[SheetMapping] = []
    skipped = list(workbook.skipped)
    problems: list[Problem] = []
    for sheet in workbook.sheets:
        proposed = _propose_sheet(sheet, known, problems)
        if proposed is None:
            skipped.append(_not_a_ledger(sheet))
        else:
            sheets.append(proposed)
    if not sheets:
        tried = "、".join(f"“{sheet.name}”" for sheet in workbook.sheets) or "（没有可见的工作表）"
        problems.append(
            Problem(
                "error", "NO_HEADER", "",
                f"“{workbook.name}”里没有找到台账表头（看过的工作表：{tried}）："
                "请确认有一行写着“被检查单位、统一社会信用代码、检查日期、检查事项、发现问题”等列名",
            )
        )  # fmt: skip
    problems.extend(_missing(workbook.name, sheets))
    return Mapping(tuple(sheets), tuple(skipped), tuple(problems))


def _propose_sheet(sheet: Sheet, known: Map[str, str] | None, problems: list[Problem]) -> SheetMapping | None:
    block = find_header(
        sheet.head(count=LOOKS_THROUGH), sheet.merges, lambda texts: _best(texts, known, fuzzy=False)[:2]
    )
    if block is None:
        return None
    columns = _columns(block, known)
    columns = _settle_rivals(sheet.name, columns, problems)
    for column in columns:
        if column.field and column.confidence < CERTAIN:
            problems.append(
                Problem(
                    "warning", "DOUBTFUL_COLUMN", sheet.name,
                    f"工作表“{sheet.name}”{column.letter} 列“{column.header}”按“{label_of(column.field)}”读取（{column.reason}）：请确认",
                )
            )  # fmt: skip
    return SheetMapping(sheet.name, block.titles, block.rows, tuple(columns))


def _columns(block: HeaderBlock, known: Map[str, str] | None) -> list[Column]:
    columns = []
    for index, texts in enumerate(block.texts):
        if texts:
            field, confidence, reason = _best(texts, known)
            columns.append(Column(index, block.shown[index], field, confidence, reason))
    return columns


def _settle_rivals(sheet: str, columns: list[Column], problems: list[Problem]) -> list[Column]:
    """Let one column win where several claim a field; a tie is named, the first wins (列名冲突)."""
    winners: dict[str, Column] = {}
    for column in columns:
        if column.field is None:
            continue
        rival = winners.get(column.field)
        if rival is None or column.confidence > rival.confidence:
            winners[column.field] = column
    settled = []
    for column in columns:
        if column.field is None or winners[column.field] is column:
            settled.append(column)
            continue
        winner = winners[column.field]
        label = label_of(column.field)
        settled.append(
            replace(column, field=None, confidence=0.0, reason=f"“{label}”已对应 {winner.letter} 列，本列原样保留")
        )
        problems.append(
            Problem(
                "warning", "RIVAL_COLUMNS", sheet,
                f"工作表“{sheet}”的 {winner.letter} 列“{winner.header}”和 {column.letter} 列“{column.header}”都像“{label}”，"
                f"按 {winner.letter} 列读取，{column.letter} 列原样保留：如不对，请改列名后再导入",
            )
        )  # fmt: skip
    return settled


def _missing(name: str, sheets: Sequence[SheetMapping]) -> list[Problem]:
    """Name the columns without which a ledger cannot be read (缺列).

    Columns of the inspection may stand on another sheet, if both sheets carry the number of the inspection.
    """
    problems = []
    elsewhere = frozenset().union(*(s.fields for s in sheets))
    by_number = frozenset().union(*(s.fields for s in sheets if "inspection_code" in s.fields))
    for sheet in sheets:
        have = sheet.fields | (by_number if "inspection_code" in sheet.fields else frozenset())
        lacking = [label_of(field) for field in NEEDED_OF_INSPECTION if field not in have]
        if not {"initiator", "theme"} & have:
            lacking.append("发起部门")
        if not {"item", "facts"} & (have | elsewhere):
            lacking.append("发现问题（或检查事项）")
        if lacking:
            seen = "、".join(column.header for column in sheet.columns)
            problems.append(
                Problem(
                    "error", "MISSING_COLUMN", sheet.sheet,
                    f"“{name}”工作表“{sheet.sheet}”第 {sheet.header_rows[-1]} 行的表头缺少“{'”“'.join(lacking)}”列：请补上这些列再导入"
                    f"（读到的列名：{seen}）",
                )
            )  # fmt: skip
        if not {"inspection_code", "behaviour_code"} & have:
            problems.append(
                Problem(
                    "warning", "NO_INSPECTION_NUMBER", sheet.sheet,
                    f"工作表“{sheet.sheet}”没有“检查编号”列，也没有“行政行为码”列：按同一单位、同一天、同一发起部门归为一次检查，请核对",
                )
            )  # fmt: skip
    return problems


def _not_a_ledger(sheet: Sheet) -> SkippedSheet:
    return SkippedSheet(
        sheet.name,
        "NO_HEADER",
        f"工作表“{sheet.name}”前 {LOOKS_THROUGH} 行没有台账表头，没有读取：如是台账，请补上列名",
    )
