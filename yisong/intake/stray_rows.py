"""Tell rows that belong to the sheet from rows that belong to the ledger (非数据行识别), and name them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yisong.intake.columns import SheetMapping
from yisong.intake.dates import parse_date
from yisong.intake.fields import FIELDS
from yisong.intake.headers import NAME_BEGINS, match_header
from yisong.intake.layout import STRAY_BEGINS, stray_row
from yisong.intake.ledger import Merge, Row
from yisong.intake.rows import ERROR, SKIP, Message, VerifiedRow
from yisong.intake.values import Raw, halfwidth, is_blank, shown

SURELY_A_NAME = 0.9
_CODE_LIKE = re.compile(r"[0-9A-Za-z]{15,}")
_LONE_DATE = re.compile(r"^\d{4}\s*[年.]\s*\d{1,2}\s*[月.]\s*\d{1,2}\s*日?$")


class StrayRows:
    """Knows empty rows, repeated headers, totals and signatures of one sheet (非数据行)."""

    def __init__(self, entry: SheetMapping, *, merges: Sequence[Merge] = ()) -> None:
        self._entry = entry
        self._wide = frozenset(m.first_row + 1 for m in merges if m.last_column - m.first_column >= 2)
        self._place = {column.field: column.index for column in entry.columns if column.field}
        self._serial = self._place.get("serial", -1)
        ignored = {field.name for field in FIELDS if field.level == "ignored"}
        self._ours = frozenset(index for field, index in self._place.items() if field in ignored) - {self._serial}
        self._headers = {_bare(column.header) for column in entry.columns}
        self._title_at = {column.index: _bare(column.header) for column in entry.columns}
        self._field_at = {column.index: column.field for column in entry.columns}
        self.other_table = 0
        """The row of a header of another table that the rows now read stand below (另一张表的表头行), or 0."""
        self._beginnings = STRAY_BEGINS.union(NAME_BEGINS, (text[0] for text in self._headers if text))

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
        if row.number in self._wide and isinstance(first, str) and self._is_section(row, first):
            return self._skipped(row.number, "SECTION_ROW", f"分节标题“{halfwidth(first)[:40]}”，已跳过")
        if not isinstance(first, str) or (_is_data(first[0], self._beginnings) and not _LONE_DATE.match(first)):
            return None
        bare = _bare(first)
        repeated = bare in self._headers
        header = repeated or match_header(first, fuzzy=False)[1] >= SURELY_A_NAME
        if not header and not stray_row((halfwidth(first),)) and not _LONE_DATE.match(halfwidth(first)):
            return None
        texts = [halfwidth(shown(cell)) for cell in row.cells if not is_blank(cell)]
        if header and sum(self._is_name(text) for text in texts) >= max(3, len(texts) - 1):
            return self._another_header(row)
        if repeated and sum(_bare(text) in self._headers for text in texts) >= max(2, len(texts) - 1):
            return self._skipped(row.number, "REPEATED_HEADER", "重复的表头，已跳过")
        found = stray_row(texts) or (
            ("SIGNATURE_ROW", "落款日期") if len(texts) == 1 and _LONE_DATE.match(texts[0]) else None
        )
        if found is None:
            return None
        if self._carries_data(row):
            return None
        seen = " ".join(texts)
        return self._skipped(row.number, found[0], f"{found[1]}“{seen[:40]}{'…' if len(seen) > 40 else ''}”，已跳过")

    def _is_section(self, row: Row, first: str) -> bool:
        """A lone cell at the left that is merged over the columns is a heading (分节标题)."""
        lone = sum(not is_blank(cell) for cell in row.cells) == 1
        return (
            lone
            and any(cell is first or cell == first for cell in row.cells[:2])
            and not stray_row((halfwidth(first),))
        )

    def _is_name(self, text: str) -> bool:
        return _bare(text) in self._headers or match_header(text, fuzzy=False)[1] >= SURELY_A_NAME

    def _another_header(self, row: Row) -> VerifiedRow:
        """Another header amid the rows (中途表头): the same again is skipped; one in another order begins another table, which is not read."""
        named = {index: cell for index, cell in enumerate(row.cells) if isinstance(cell, str) and not is_blank(cell)}
        same = all(
            _bare(text) == self._title_at.get(index) or (field := match_header(text, fuzzy=False)[0]) is None or field == self._field_at.get(index)
            for index, text in named.items()
        )  # fmt: skip
        self.other_table = 0 if same else row.number
        if same:
            return self._skipped(row.number, "REPEATED_HEADER", "重复的表头，已跳过")
        return self._skipped(row.number, "ANOTHER_TABLE", "另一张表的表头（列的次序和上面不同），这一行以下没有读取")

    def of_another_table(self, row: Row) -> VerifiedRow:
        """Name a row below a header of another table as an error (另一张表的行): its columns are not those of the sheet's header."""
        text = f"第 {self.other_table} 行起是另一张表，列的次序和本表表头不同，没有读取：请移到单独的工作表，再重新导入"
        return VerifiedRow(
            self._entry.sheet, row.number, ERROR, messages=(Message(ERROR, "ANOTHER_TABLE", "", "", text),)
        )

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
