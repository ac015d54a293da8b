"""A database as text that can be compared (数据库规范转储): every table, whoever wrote it, whenever, in whatever order of ids.

Ids become codes, rows are sorted by what they say, and what depends on the moment of writing is left out: instants of recording,
hashes that cover ids and instants, digests of rendered files (they are replaced by the text of the file where `letters` is given).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, Table, select
from sqlmodel import SQLModel

import models
from models.columns import StoredInstant
from yisong.store import database

NAMED = {"matter": "code", "unit": "code", "inspection": "code", "outbox": "key", "import_run": "sha256"}
"""What a row is known by besides its id."""
RECKONED = frozenset({"hash", "previous", "head", "facts_sha256"})
"""Hashes over ids and instants."""
LEGAL = frozenset({"start_at", "due_at"})
"""Instants that mean something; all others say when a row was written."""
Rows = list[dict[str, Any]]
Dump = dict[str, list[str]]


def _tables() -> Mapping[str, Table]:
    assert models.__all__  # importing the package registers every table
    metadata: MetaData = SQLModel.metadata
    return metadata.tables


def dump(
    engine: Engine, *, text_of: Callable[[str, str], str] | None = None, leave_out: frozenset[str] = frozenset()
) -> Dump:
    """Every table as sorted lines (转储).

    Args:
        engine: the database.
        text_of: digest and suffix of a rendered file → its text; without it only whether there is a file is said.
        leave_out: tables, or table.column, that are not compared.
    """
    rows: dict[str, Rows] = {}
    with database.reading(engine) as session:
        for name, table in _tables().items():
            rows[name] = [dict(row) for row in session.execute(select(table)).mappings()]
    names = _names(rows)
    told: Dump = {}
    for name, table in sorted(_tables().items()):
        if name in leave_out:
            continue
        kept = _kept(table, leave_out)
        found = [{column: row[column] for column in kept} for row in rows[name]]
        told[name] = sorted(_line(_told(table, row, names, text_of)) for row in found)
    return told


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)


def _kept(table: Table, leave_out: frozenset[str]) -> list[str]:
    """The columns that are compared: no moments of writing, no hashes of them."""
    moments = {column.name for column in table.columns if isinstance(column.type, StoredInstant)} - LEGAL
    names = [column.name for column in table.columns]
    return [name for name in names if name not in moments | RECKONED and f"{table.name}.{name}" not in leave_out]


def _names(rows: Mapping[str, Rows]) -> dict[str, dict[int, str]]:
    """Table → id → what that row is called."""
    names: dict[str, dict[int, str]] = {
        table: {row["id"]: str(row[column]) for row in rows[table]} for table, column in NAMED.items()
    }
    matters = names["matter"]
    clocks: dict[int, str] = {}
    for row in sorted(rows["clock"], key=lambda row: row["id"]):
        base = f"{matters[row['matter_id']]}/{row['rule']}/{row['start_on']}"
        clocks[row["id"]] = f"{base}#{len([name for name in clocks.values() if name.startswith(base + '#')]) + 1}"
    return names | {"clock": clocks}


def _told(
    table: Table,
    row: dict[str, Any],
    names: Mapping[str, Mapping[int, str]],
    text_of: Callable[[str, str], str] | None,
) -> dict[str, Any]:
    points = {key.parent.name: key.column.table.name for key in table.foreign_keys}
    told: dict[str, Any] = {}
    for column, value in row.items():
        if column == "id" and table.name != "account":
            if table.name in names:
                told["called"] = names[table.name][value]
        elif column in points:
            told[column] = names[points[column]][value] if value is not None else None
        elif column in ("pdf_sha256", "docx_sha256"):
            told[column] = (text_of(value, column.removesuffix("_sha256")) if text_of else "printed") if value else ""
        else:
            told[column] = _inside(value, names)
    return told


_INSIDE = {"document": "matter", "clock": "clock", "unit": "unit", "finding": "matter", "order": "matter"}


def _inside(value: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    """Ids that lie inside stored data: an event's effects, an outbox row's payload, an order's findings."""
    if isinstance(value, dict):
        told = {}
        for key, entry in value.items():
            if key in _INSIDE and (isinstance(entry, int) or (isinstance(entry, str) and entry.isdigit())):
                told[key] = names[_INSIDE[key]].get(int(entry), entry)
            elif key in ("pdf_sha256", "docx_sha256", "facts", "recorded_at") and isinstance(entry, str):
                told[key] = "…"
            else:
                told[key] = _inside(entry, names)
        return told
    if isinstance(value, list):
        return [
            names["matter"].get(entry, entry)
            if isinstance(entry, int) and not isinstance(entry, bool)
            else _inside(entry, names)
            for entry in value
        ]
    return value


def difference(one: Dump, other: Dump, *, most: int = 12) -> str:
    """Where two dumps differ, in words, or "" (差异)."""
    lines = []
    for table in sorted(one.keys() | other.keys()):
        left, right = list(one.get(table, ())), list(other.get(table, ()))
        for line in list(left):
            if line in right:
                left.remove(line)
                right.remove(line)
        lines += [f"- {table} {line}" for line in left] + [f"+ {table} {line}" for line in right]
    return "\n".join(lines[:most]) + (f"\n… {len(lines) - most} more" if len(lines) > most else "")


def letter_text(folder: Path) -> Callable[[str, str], str]:
    """Reads the text of stored letters (文书文字)."""

    def read(digest: str, suffix: str) -> str:
        file = folder / digest[:2] / f"{digest}.{suffix}"
        if not file.is_file():
            return f"missing {suffix}"
        if suffix == "docx":
            from docx import Document as WordDocument

            word = WordDocument(str(file))
            return "\n".join(paragraph.text for paragraph in word.paragraphs)
        from pypdf import PdfReader

        return "\n".join(page.extract_text() for page in PdfReader(file).pages)

    return read
