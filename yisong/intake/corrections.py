"""A person's word on which column is which (列名对应更正): it outranks what is proposed, and what was remembered."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Map

from yisong.intake.columns import CERTAIN, Column, Mapping, propose
from yisong.intake.errors import IntakeError
from yisong.intake.fields import BY_NAME, FIELDS, label_of
from yisong.intake.headers import header_key, match_header
from yisong.intake.ledger import Workbook

KEPT = frozenset({"", "原样", "原样保留", "不导入", "无"})
CHOICES: tuple[tuple[str, str], ...] = tuple((field.name, field.label) for field in FIELDS if field.level != "ignored")
"""The canonical columns that a person may choose from: name, label (可选标准列)."""


class ColumnsUnclear(IntakeError):
    """A correction of columns cannot be followed, or columns wait for a person's word (列名对应不明)."""


def read_corrections(lines: Iterable[str]) -> dict[str, str]:
    """Read corrections like `企业=被检查单位` (读取更正); nothing after the sign keeps a column as it is.

    Returns column name → canonical column or "". Raises ColumnsUnclear: correction_shape, unknown_field, column_twice.
    """
    found: dict[str, str] = {}
    for line in lines:
        header, sign, wanted = line.rpartition("=")
        if not sign or not header_key(header):
            raise ColumnsUnclear("correction_shape", f"“{line}”看不懂：请写成 列名=标准列，例如 企业=被检查单位。")
        field = field_named(wanted)
        if found.setdefault(header.strip(), field) != field:
            raise ColumnsUnclear("column_twice", f"列“{header.strip()}”写了两个不同的对应，请只留一个。")
    chosen = [field for field in found.values() if field]
    twice = next((field for field in chosen if chosen.count(field) > 1), "")
    if twice:
        raise ColumnsUnclear("field_twice", f"两列都对应“{label_of(twice)}”：一个标准列只能对应一列，请改一处。")
    return found


def field_named(text: str) -> str:
    """The canonical column that a name means (标准列), or "" for none. Raises ColumnsUnclear `unknown_field`."""
    if text.strip() in KEPT:
        return ""
    if text.strip() in BY_NAME:
        return text.strip()
    field, sure, _ = match_header(text, fuzzy=False)
    if field is None or sure < CERTAIN:
        labels = "、".join(label for _, label in CHOICES)
        raise ColumnsUnclear("unknown_field", f"没有“{text.strip()}”这个标准列。可写：{labels}；原样保留的写空。")
    return field


def corrected(workbook: Workbook, *, remembered: Map[str, str] | None, corrections: Map[str, str]) -> dict[str, str]:
    """What is remembered of a ledger's columns, with a person's corrections (更正后的对应); the rest is proposed anew.

    A column that would be taken for a field which a person gives to another is kept as it is.
    Raises ColumnsUnclear `unknown_column` where the ledger has no such column.
    """
    wanted = {header_key(header): field for header, field in corrections.items()}
    base = {header_key(header): field for header, field in (remembered or {}).items()}
    given = {field for field in wanted.values() if field}
    proposal = propose(workbook, remembered=base or None)
    if not proposal.sheets:  # perhaps a person's word is what makes a header of it
        proposal = propose(workbook, remembered={**base, **wanted})
    headers = {header_key(column.header): column for sheet in proposal.sheets for column in sheet.columns}
    for header in corrections:
        if header_key(header) not in headers:
            known = "、".join(column.header for column in headers.values()) or "（没有找到表头）"
            raise ColumnsUnclear("unknown_column", f"“{workbook.name}”里没有列“{header}”。读到的列名：{known}。")
    rivals = {key: "" for key, column in headers.items() if column.field in given and key not in wanted}
    return {**base, **rivals, **wanted}


def questions(mapping: Mapping, *, remembered: Map[str, str] | None) -> list[tuple[str, Column]]:
    """The columns that wait for a person's word (须确认的列): sheet and column.

    Of an office's first ledger those that are in doubt; later every column it did not have before. Columns that are called
    by the canonical name, such as those of a ledger that this system wrote, need no question.
    """
    known = {header_key(header) for header in remembered} if remembered is not None else None
    found = []
    for sheet in mapping.sheets:
        for column in sheet.columns:
            own_name = column.field is not None and header_key(column.header) == header_key(label_of(column.field))
            new = known is not None and header_key(column.header) not in known
            doubtful = column.field is not None and column.confidence < CERTAIN
            if (new or doubtful) and not own_name:
                found.append((sheet.sheet, column))
    return found
