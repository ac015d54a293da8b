"""Which column is which in an office's ledger (列名对应): proposed, confirmed by a person, and remembered for the next one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from models import ColumnMapping
from yisong.intake.columns import Mapping as ColumnsOfLedger
from yisong.intake.corrections import ColumnsUnclear, questions
from yisong.intake.fields import label_of
from yisong.store import ledger as stored


def remembered(session: Session, department: str) -> ColumnMapping | None:
    """What a person of this organ confirmed, or None before the first time (记住的列名对应)."""
    return stored.column_mapping(session, department)


def keep(session: Session, department: str, *, mapping: ColumnsOfLedger, by: str, at: datetime) -> ColumnMapping:
    """Remember how an organ's ledger was read, as it was confirmed (记住列名对应); what it wrote before stays known."""
    headers = list(dict.fromkeys(column.header for sheet in mapping.sheets for column in sheet.columns))
    held = stored.column_mapping(session, department, lock=True) or ColumnMapping(
        department=department, confirmed_at=at
    )
    held.columns = {**held.columns, **mapping.remember()}
    held.headers = [*headers, *(header for header in held.headers if header not in headers)]
    held.confirmed_by, held.confirmed_at = by, at
    session.add(held)
    session.flush()
    return held


def forget(session: Session, department: str) -> None:
    """Forget it, so that the next ledger is asked about anew (忘记列名对应)."""
    held = stored.column_mapping(session, department, lock=True)
    if held is not None:
        session.delete(held)
        session.flush()


def refuse_unconfirmed(mapping: ColumnsOfLedger, *, known: Mapping[str, str] | None) -> None:
    """Refuse to bring in a ledger whose columns nobody has confirmed (列名待确认). Raises ColumnsUnclear."""
    open_ones = questions(mapping, remembered=known)
    if not open_ones:
        return
    named = "；".join(
        f"工作表“{sheet}”{column.letter} 列“{column.header}”→{label_of(column.field) if column.field else '原样保留'}"
        for sheet, column in open_ones
    )
    raise ColumnsUnclear(
        "columns_unconfirmed",
        f"有 {len(open_ones)} 列与上次确认的不同或者拿不准，请确认后再导入：{named}。"
        "对的加 --accept-columns；不对的用 --map 列名=标准列 更正（--map 列名= 为原样保留）。",
    )
