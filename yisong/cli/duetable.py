"""Due dates for a whole table (成批推算到期日): CSV in, the same rows and their answers out."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import typer

from yisong.cli import notations, terminal
from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from yisong.domain.deadlines import Ledger
    from yisong.domain.workdays import WorkCalendar

NEEDED = ("start", "amount", "unit")
COLUMNS = {
    "start": ("start", "起算日", "起算", "起算日期", "起算时刻", "开始日期"), "amount": ("amount", "期限", "数量", "天数", "期限数量"),
    "unit": ("unit", "单位", "期限单位"), "pauses": ("pauses", "pause", "中止", "中止期间", "暂停"),
}  # fmt: skip
ADDED = ("due", "provisional", "calendar")
MOST_TOLD = 20
"""So many rows that cannot be reckoned are told on standard error; each of them is told in its own row."""


def answer(ledger: Ledger, calendar: WorkCalendar, *, zone: tzinfo) -> dict[str, Any]:
    """When it is due, whether that may still move, and by which calendar (推算结果)."""
    from yisong.domain.deadlines import due

    found = due(ledger, calendar=calendar, timezone=zone)
    return {"due": found.at or found.on, "provisional": found.provisional, "calendar": found.calendar_version}


def _columns(header: list[str]) -> dict[str, str]:
    """Which column of the table is which (列对应): by its English name in any case, or its Chinese one."""
    named = {name.strip().lower(): name for name in header}
    found = {wanted: next((named[name] for name in names if name in named), "") for wanted, names in COLUMNS.items()}
    lacking = [name for name in NEEDED if not found[name]]
    if lacking:
        raise BadInput(
            "column_missing",
            f"缺少列 {'、'.join(lacking)}：首行应为 start,amount,unit（可加 pauses），现为“{','.join(header)}”。",
        )
    return found


def _reader(text: str) -> csv.DictReader[str]:
    lines = text.lstrip("\n\r ").split("\n", 1)
    marks = [mark for mark in "\t;" if mark in lines[0] and "," not in lines[0]]
    reader = csv.DictReader(io.StringIO(text.lstrip("\n\r "), newline=""), delimiter=marks[0] if marks else ",")
    _columns(list(reader.fieldnames or ()))
    return reader


def _rows(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every row that says something, with its line (逐行); rows of nothing but separators are passed over like blank lines."""
    try:
        for row in reader:
            if any(str(cell or "").strip() for cell in row.values()):
                yield reader.line_num, row
    except csv.Error as error:
        raise BadInput("table_unreadable", f"第 {reader.line_num} 行读不出来（{error}），请核对引号和换行。") from None


def due_of_rows(text: str, *, calendar: WorkCalendar, zone: tzinfo) -> None:
    """Write the table with its answers to standard output (输出). A row that cannot be reckoned has no answer and says why.

    Its reason stands in a column `error`, which is there only if there is such a row; the command then ends with code 2.
    """
    reader = _reader(text)
    columns = list(reader.fieldnames or ())
    named = _columns(columns)
    names = {name: f"{column or name} 列" for name, column in named.items()}
    done: list[dict[str, Any]] = []
    wrong: list[str] = []
    for line, row in _rows(reader):
        try:
            done.append(row | _answered(row, named=named, names=names, calendar=calendar, zone=zone))
        except ValueError as error:
            message = str(getattr(error, "message", "") or error)
            wrong.append(f"第 {line} 行：{message}")
            done.append(row | {"due": "", "provisional": "", "calendar": "", "error": message})
    kept = [name for name in columns if name and name not in (*ADDED, "error")]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, [*kept, *ADDED, *(["error"] if wrong else [])], extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(done)
    sys.stdout.write(out.getvalue())
    if wrong:
        more = [f"……另有 {len(wrong) - MOST_TOLD} 行，见 error 列"] if len(wrong) > MOST_TOLD else []
        terminal.note(
            f"有 {len(wrong)} 行不能推算，其余 {len(done) - len(wrong)} 行已推算：", *wrong[:MOST_TOLD], *more
        )
        raise typer.Exit(2)


def _answered(
    row: Mapping[str, Any], *, named: Mapping[str, str], names: dict[str, str], calendar: WorkCalendar, zone: tzinfo
) -> dict[str, str]:
    if None in row:  # csv keeps under None what has no column
        raise BadInput("too_many_cells", "格数多于表头，请核对逗号和引号。")
    paused = row.get(named["pauses"]) if named["pauses"] else ""
    ledger = notations.ledger(
        start=row[named["start"]] or "",
        amount=row[named["amount"]] or "",
        unit=row[named["unit"]] or "",
        paused=[paused] if paused else [],
        names=names,
        zone=zone,
    )
    found = answer(ledger, calendar, zone=zone)
    return {
        "due": found["due"].isoformat() if found["due"] else "",
        "provisional": str(found["provisional"]).lower(),
        "calendar": found["calendar"],
    }
