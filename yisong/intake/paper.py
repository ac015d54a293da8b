"""Write spreadsheets that are safe to open (表格写出): codes stay text, formulas stay words, nothing is cut silently."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import xlsxwriter

from yisong.intake.values import Raw, shown

LONGEST_CELL = 32_767  # characters; the limit of the file format
CUT = "…（超出单元格长度，已截断，见原件）"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed date of making: the same content gives the same bytes


def new_book(stream: Any, *, title: str, in_order: bool = False) -> Any:
    """Begin a workbook (新建工作簿). `in_order`: rows are written top to bottom and let go, for long ledgers."""
    book = xlsxwriter.Workbook(
        stream,
        {
            "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": False,
            "constant_memory": in_order,
        },
    )  # fmt: skip
    book.set_properties({"title": title, "created": _MADE})
    return book


def is_dangerous(text: str) -> bool:
    """Tell whether a spreadsheet might take words for a formula (公式注入): also after blanks, also full-width."""
    start = text.lstrip(" \u3000\u00a0\ufeff")[:1]
    return start in _DANGEROUS or start in "＝＋－＠" if start else text[:1] in ("\t", "\r")


class Pen:
    """Writes cells into a workbook with as few formats as needed (单元格写入)."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[object, ...], Any] = {}

    def style(self, **wanted: object) -> Any:
        """Give a format, made once (单元格格式)."""
        key = tuple(sorted(wanted.items()))
        made = self._formats.get(key)
        if made is None:
            made = self._formats[key] = self._book.add_format(dict(wanted))
        return made

    def write(self, sheet: Any, row: int, column: int, value: Raw, *, colour: str = "", **style: object) -> None:
        """Write one cell as what it is (写单元格); words that look like formulas are marked as words."""
        if colour:
            style = {**style, "bg_color": colour}
        if value is None or value == "":
            if style:
                sheet.write_blank(row, column, None, self.style(**style))
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.style(**style))
        elif isinstance(value, (int, float)) and math.isfinite(value):
            sheet.write_number(row, column, value, self.style(**style))
        elif isinstance(value, dt.datetime) and value.year >= 1900:
            sheet.write_datetime(
                row, column, value.replace(tzinfo=None), self.style(num_format="yyyy-mm-dd hh:mm", **style)
            )
        elif isinstance(value, dt.date) and value.year >= 1900:
            day = dt.datetime.combine(value, dt.time.min)
            sheet.write_datetime(row, column, day, self.style(num_format="yyyy-mm-dd", **style))
        else:
            text = shown(value)
            if len(text) > LONGEST_CELL:
                text = text[: LONGEST_CELL - len(CUT)] + CUT
            style = {**style, "num_format": "@"}
            if is_dangerous(text):
                style["quote_prefix"] = True
            sheet.write_string(row, column, text, self.style(**style))
