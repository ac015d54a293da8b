"""Tell the columns that this system adds to a ledger from an office's own of the same name (系统列与同名自有列)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yisong.intake.fields import label_of
from yisong.intake.headers import header_key

if TYPE_CHECKING:
    from yisong.intake.columns import Column

ADDED = ("state", "case_code", "owner", "due_on", "lateness", "documents", "closed_on")
"""What the system adds to a ledger that it writes, in that order."""


def ours_or_theirs(columns: list[Column]) -> list[Column]:
    """Take a column for ours only in a ledger that this system wrote (区分系统列), which its column 系统编号 shows.

    There the first of the name is ours; any other, and all of them elsewhere, are kept as they are.
    """
    written_by_us = any(column.field == "system_key" for column in columns)
    waiting = {header_key(label_of(field)): field for field in ADDED} if written_by_us else {}
    told = []
    for column in columns:
        ours = waiting.pop(header_key(column.header), None)
        if ours is not None:
            column = replace(column, field=ours, confidence=1.0, reason="本系统导出的列")
        elif column.field in ADDED:
            column = replace(column, field=None, confidence=0.0, reason="与系统导出的列同名，原样保留")
        told.append(column)
    return told
