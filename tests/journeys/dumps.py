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
from yisong.store import database

NAMED = {"matter": "code", "unit": "code", "inspection": "code", "outbox": "key", "import_run": "sha256"}
"""What a row is known by besides its id."""
POINTS = {
    "matter_id": "matter", "case_id": "matter", "subject_id": "matter", "order_id": "matter", "document_id": "matter", "parent_id": "matter",
    "unit_id": "unit", "inspection_id": "inspection", "outbox_id": "outbox", "run_id": "import_run", "clock_id": "clock",
}  # fmt: skip
MOMENTS = {
    "at",
    "created_at",
    "changed_at",
    "settled_at",
    "next_at",
    "read_at",
    "hash",
    "previous",
    "head",
    "facts_sha256",
}
"""When, and what is reckoned from it: `due_at` and `start_at` are no moments of writing and stay."""
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
    for table_name, found in sorted(rows.items()):
        if table_name in leave_out:
            continue
        lines = [
            json.dumps(
                _told(table_name, row, names, text_of, leave_out), ensure_ascii=False, sort_keys=True, default=str
            )
            for row in found
        ]
        told[table_name] = sorted(lines)
    return told


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
    table: str,
    row: dict[str, Any],
    names: Mapping[str, Mapping[int, str]],
    text_of: Callable[[str, str], str] | None,
    leave_out: frozenset[str],
) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for column, value in row.items():
        if column in MOMENTS or f"{table}.{column}" in leave_out:
            continue
        if column == "id":
            if table in names:
                told["called"] = names[table][value]
        elif column in POINTS:
            told[column] = names[POINTS[column]][value] if value is not None else None
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
