"""Tell rows that belong to the sheet from rows that belong to the ledger (非数据行识别), and name them."""

from __future__ import annotations

import re

from yisong.intake.columns import SheetMapping
from yisong.intake.dates import parse_date
from yisong.intake.fields import FIELDS
from yisong.intake.layout import STRAY_BEGINS, stray_row
from yisong.intake.ledger import Row
from yisong.intake.rows import SKIP, Message, VerifiedRow
from yisong.intake.values import Raw, halfwidth, is_blank, shown

_CODE_LIKE = re.compile(r"[0-9A-Za-z]{15,}")


class StrayRows:
    """Knows empty rows, repeated headers, totals and signatures of one sheet (非数据行)."""

    def __init__(self, entry: SheetMapping) -> None:
        self._entry = entry
        self._place = {column.field: column.index for column in entry.columns if column.field}
        self._serial = self._place.get("serial", -1)
        ignored = {field.name for field in FIELDS if field.level == "ignored"}
        self._ours = frozenset(index for field, index in self._place.items() if field in ignored) - {self._serial}
        self._headers = {_bare(column.header) for column in entry.columns}
        self._beginnings = STRAY_BEGINS.union(text[0] for text in self._headers if text)

    def is_empty(self, row: Row) -> bool:
        """A row with nothing of its own but perhaps a pre-printed serial number (空行)."""
        merged = row.merged
        for index, cell in enumerate(row.cells):
            if cell == "" or cell is None or index in merged or index in self._ours:
                continue
            if index != self._serial and isinstance(cell, str) and cell[0].isalnum():
                return False
            if index == self._serial and (not isinstance(cell, str) or halfwidth(cell).isdigit()):
                continue
            if not isinstance(cell, str) or halfwidth(cell):
                return False
        return True

    def find(self, row: Row) -> VerifiedRow | None:
        """Name a row that is none of the ledger's, or answer None (识别非数据行)."""
        for first in row.cells:
            if first != "" and first is not None and not is_blank(first):
                break
        else:
            return None
        if not isinstance(first, str) or _is_data(first[0], self._beginnings):
            return None
        bare = _bare(first)
        repeated = bare in self._headers
        if not repeated and not stray_row((halfwidth(first),)):
            return None
        texts = [halfwidth(shown(cell)) for cell in row.cells if not is_blank(cell)]
        if repeated and sum(_bare(text) in self._headers for text in texts) >= max(2, len(texts) - 1):
            return self._skipped(row.number, "REPEATED_HEADER", "重复的表头，已跳过")
        found = stray_row(texts)
        if found is None:
            return None
        if self._carries_data(row):
            return None
        seen = " ".join(texts)
        return self._skipped(row.number, found[0], f"{found[1]}“{seen[:40]}{'…' if len(seen) > 40 else ''}”，已跳过")

    def _carries_data(self, row: Row) -> bool:
        """A row that says 合计 or 备注 first and yet names a unit, a day or a finding is no stray row (含数据)."""

        def own(name: str) -> Raw:
            index = self._place.get(name, -1)
            return row.cells[index] if 0 <= index < len(row.cells) and index not in row.merged else ""

        if _CODE_LIKE.match(halfwidth(shown(own("uscc")))):
            return True
        if not is_blank(own("inspected_on")) and parse_date(own("inspected_on")).value is not None:
            return True
        return not is_blank(own("item")) and not is_blank(own("facts"))

    def _skipped(self, number: int, code: str, text: str) -> VerifiedRow:
        return VerifiedRow(self._entry.sheet, number, SKIP, messages=(Message("info", code, "", "", text),))


def _is_data(first: str, beginnings: frozenset[str]) -> bool:
    """A row that begins so is none of the sheet's; what stands full-width may hide its like (数据行首字)."""
    return first.isalnum() and first < "\uff00" and first not in beginnings


def _bare(text: str) -> str:
    return "".join(halfwidth(text).split())
