"""Give the ledger back with what is wrong in it (校验报告): the same sheets, a column 校验结果, coloured cells."""

from __future__ import annotations

import io
from typing import Any

from yisong.intake.columns import SheetMapping
from yisong.intake.fields import label_of
from yisong.intake.ledger import Merge, Sheet, Workbook
from yisong.intake.paper import Pen, new_book
from yisong.intake.rows import ERROR, OK, SKIP, STATUS_LABELS, WARNING, Verification, VerifiedRow

VERDICT = label_of("verdict")
GUIDE = "校验说明"
COLOURS = {ERROR: "#FFC7CE", WARNING: "#FFEB9C", OK: "#C6EFCE", SKIP: "#E7E6E6"}
_RANK = {SKIP: 0, OK: 1, WARNING: 2, ERROR: 3}
_LEVELS = (ERROR, WARNING, "info")
_MOST_NOTES = 20_000  # comments in one workbook; with more it opens slowly, and the column says the same


def annotate(workbook: Workbook, *, verification: Verification) -> bytes:
    """Write the ledger with the outcome beside every row (写出校验报告), as the bytes of an .xlsx.

    Rows and columns stay where they were. A cell with an error is red, with a warning yellow, and carries the message
    as a note. A column 校验结果 of an earlier report is used again. The last sheet tells what concerns whole sheets.
    """
    stream = io.BytesIO()
    book = new_book(stream, title="台账校验报告", in_order=not any(sheet.merges for sheet in workbook.sheets))
    pen = Pen(book)
    mapped = {entry.sheet: entry for entry in verification.mapping.sheets}
    outcomes: dict[str, dict[int, list[VerifiedRow]]] = {}
    for row in verification.rows:
        outcomes.setdefault(row.sheet, {}).setdefault(row.row, []).append(row)
    for sheet in workbook.sheets:
        page = book.add_worksheet(sheet.name[:31])
        _write_sheet(page, pen, sheet, mapped.get(sheet.name), outcomes.get(sheet.name, {}))
    _write_guide(book.add_worksheet(_free_name(workbook)), pen, verification)
    book.close()
    return stream.getvalue()


def _free_name(workbook: Workbook) -> str:
    taken = {sheet.name for sheet in workbook.sheets}
    return next(name for name in (GUIDE, *(f"{GUIDE}{number}" for number in range(2, 1000))) if name not in taken)


def _write_sheet(
    page: Any, pen: Pen, sheet: Sheet, entry: SheetMapping | None, outcomes: dict[int, list[VerifiedRow]]
) -> None:
    verdict = -1
    if entry is not None:
        last = max((column.index for column in entry.columns), default=-1)
        existing = entry.index_of("verdict")
        verdict = last + 1 if existing is None else existing
        page.set_column(verdict, verdict, 60)
        page.freeze_panes(entry.first_row - 1, 0)
    for merge in _apart(sheet.merges):
        page.merge_range(
            merge.first_row,
            merge.first_column,
            merge.last_row,
            merge.last_column,
            "",
            pen.style(valign="vcenter", text_wrap=True),
        )
    notes = 0
    for index, cells in enumerate(sheet.source()):
        found = outcomes.get(index + 1, [])
        marks = _marks(found, entry)
        for column, cell in enumerate(cells):
            if column == verdict:
                continue
            level, texts = marks.get(column, ("", []))
            pen.write(page, index, column, cell, colour=COLOURS.get(level, ""))
            if texts and notes < _MOST_NOTES:
                page.write_comment(index, column, "\n".join(texts)[:1000])
                notes += 1
        if entry is not None and index + 1 == entry.header_rows[-1]:
            pen.write(page, index, verdict, VERDICT, bold=True)
        elif found:
            status = max((row.status for row in found), key=_RANK.__getitem__)
            pen.write(
                page, index, verdict, _verdict(found, status), colour=COLOURS[status], text_wrap=True, valign="top"
            )


def _apart(merges: tuple[Merge, ...]) -> list[Merge]:
    """Leave out regions that overlap an earlier one, or are single cells: the file format knows none (去掉重叠合并)."""
    kept: list[Merge] = []
    for merge in sorted(merges, key=lambda m: (m.first_row, m.first_column)):
        single = merge.first_row == merge.last_row and merge.first_column == merge.last_column
        if not single and not any(_overlap(merge, other) for other in kept[-200:]):
            kept.append(merge)
    return kept


def _overlap(left: Merge, right: Merge) -> bool:
    return (
        left.first_row <= right.last_row
        and right.first_row <= left.last_row
        and left.first_column <= right.last_column
        and right.first_column <= left.last_column
    )


def _marks(found: list[VerifiedRow], entry: SheetMapping | None) -> dict[int, tuple[str, list[str]]]:
    marks: dict[int, tuple[str, list[str]]] = {}
    if entry is None:
        return marks
    for row in found:
        for message in row.messages:
            column = entry.index_of(message.field) if message.field else None
            if column is None or message.level not in (ERROR, WARNING):
                continue
            level, texts = marks.get(column, (message.level, []))
            if message.text not in texts:
                texts.append(message.text)
            marks[column] = (ERROR if ERROR in (level, message.level) else WARNING, texts)
    return marks


def _verdict(found: list[VerifiedRow], status: str) -> str:
    lines = [STATUS_LABELS[status]]
    for level in _LEVELS:
        for row in found:
            for message in row.messages:
                label = f"{label_of(message.field)}：" if message.field else ""
                line = f"· {label}{message.text}"
                if message.level == level and line not in lines:
                    lines.append(line)
    return "\n".join(lines)


def _write_guide(page: Any, pen: Pen, verification: Verification) -> None:
    page.set_column(0, 0, 14)
    page.set_column(1, 1, 100)
    counts = verification.counts
    lines: list[tuple[str, str, str]] = [
        ("文件", verification.file, ""),
        ("结论", "可以导入" if verification.importable else "有错误，请按红色单元格和“校验结果”列改正后重新导入", OK if verification.importable else ERROR),
        ("行数", "、".join(f"{STATUS_LABELS[status]} {counts[status]} 行" for status in (OK, WARNING, ERROR, SKIP)), ""),
    ]  # fmt: skip
    lines += [
        ("错误" if problem.level == ERROR else "请确认", problem.text, problem.level)
        for problem in verification.problems
    ]
    lines += [("未读取", skipped.reason, SKIP) for skipped in verification.mapping.skipped]
    for entry in verification.mapping.sheets:
        for column in entry.columns:
            taken = f"按“{label_of(column.field)}”读取" if column.field else "原样保留"
            lines.append(
                ("列名对应", f"“{entry.sheet}”{column.letter} 列“{column.header}”：{taken}（{column.reason}）", "")
            )
    for number, (label, text, level) in enumerate(lines):
        pen.write(page, number, 0, label, bold=True, valign="top")
        pen.write(page, number, 1, text, colour=COLOURS.get(level, ""), text_wrap=True)
