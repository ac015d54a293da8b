"""Propose which column is which (列名对应): header rows found, synonyms matched, doubts named, nothing guessed silently."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yisong.intake.fields import label_of
from yisong.intake.headers import header_key, match_header
from yisong.intake.identity import parse_uscc
from yisong.intake.layout import HeaderBlock, find_header
from yisong.intake.ledger import Sheet, SkippedSheet, Workbook
from yisong.intake.measure import column_letters
from yisong.intake.own_columns import ours_or_theirs
from yisong.intake.values import is_blank

CERTAIN = 0.9  # below this a person is asked to confirm
NEEDED_OF_INSPECTION = ("unit_name", "uscc", "inspected_on")
LOOKS_THROUGH = 40  # rows searched for a header


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
    columns = _by_content(sheet, block, ours_or_theirs(_columns(block, known)), known)
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


def _by_content(sheet: Sheet, block: HeaderBlock, columns: list[Column], known: Map[str, str] | None) -> list[Column]:
    """Where no name says so, find the column of credit codes by its cells (按内容识别信用代码列); a person confirms."""
    if any(column.field == "uscc" for column in columns):
        return columns
    sample = [row.cells for row in sheet.head(count=block.rows[-1] + 30)[block.rows[-1] :]]
    for place, column in enumerate(columns):
        cells = [
            cells[column.index] for cells in sample if column.index < len(cells) and not is_blank(cells[column.index])
        ]
        valid = sum(parse_uscc(cell).value is not None for cell in cells)
        if (
            column.field is None
            and len(cells) >= 1
            and valid * 5 >= len(cells) * 4
            and header_key(column.header) not in (known or {})
        ):
            columns[place] = replace(column, field="uscc", confidence=0.75, reason="单元格内容是统一社会信用代码")
            break
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
