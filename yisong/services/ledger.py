"""The ledger as it goes back to the offices (台账导出): the columns that came in, and beside them how far each has come.

What a ledger said of a finding (whom it named, how it was to be dealt with, the office's own columns and remarks) is written as it
came; what the system made of it stands in columns of its own. So the file may be brought in again, and changes nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlmodel import Session

from yisong.domain.organs import OrganLevel
from yisong.domain.rulebook import RuleBook
from yisong.intake import reference as intake
from yisong.intake.export import ledger_out
from yisong.services.standings import Standing, standings
from yisong.store import digests
from yisong.store import ledger as stored

Reading = Callable[[], AbstractContextManager[Session]]
Transaction = Callable[[], AbstractContextManager[Session]]
FILE_NAME = "检查问题台账"


@dataclass(frozen=True, slots=True)
class LedgerOut:
    """A ledger that was written (已导出的台账)."""

    content: bytes
    rows: int
    late: int
    name: str


def _names_of(book: RuleBook) -> intake.Reference:
    """The book's names, for writing codes as words (取名)."""
    return intake.Reference(
        departments=tuple(intake.Department(organ.code, organ.name, organ.short) for organ in book.organs),
        items=tuple(intake.Item(item.code, item.name) for item in book.items),
        themes=tuple(intake.Theme(theme.code, theme.name) for theme in book.themes),
        towns=tuple(intake.Town(organ.code, organ.name) for organ in book.organs if organ.level is OrganLevel.TOWNSHIP),
    )


def ledger_rows(
    session: Session, *, book: RuleBook, department: str = "", year: int | None = None, on: date
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a ledger and the office's own columns in their order (台账各行).

    Args:
        department: an organ's own rows (inspections it called, findings it answers for); "" is the whole county.
        year: inspections of that year only.
        on: the day as of which it is late.
    """
    days = {"first": date(year, 1, 1), "last": date(year, 12, 31)} if year is not None else {}
    found = stored.found(session, department=department, **days)
    came = dict(_came(session, [row.inspection.id or 0 for row in found]))
    where = standings(session, [row.matter for row in found if row.matter is not None], book=book, on=on)
    headers: dict[str, None] = {}
    rows = []
    for row in found:
        head_row = came.get((row.inspection.id or 0, ""), {})
        head = _head(row, str(head_row.get("time") or ""))
        if row.matter is None or row.finding is None:
            kept = head_row
            rows.append({**head, "extras": head_row.get("extras", {})})
        else:
            kept = came.get((row.inspection.id or 0, row.matter.code), {})
            rows.append({**head, **_finding(row, kept), **_state(where[row.matter.id or 0])})
        headers.update(dict.fromkeys(kept.get("headers", ())))
    return rows, list(headers)


def _came(session: Session, inspection_ids: list[int]) -> Any:
    for inspection_id, row in stored.imported_rows(session, inspection_ids):
        yield (inspection_id, row["code"] if row["what"] == "finding" else ""), row


def _head(row: stored.Found, at: str) -> dict[str, Any]:
    inspection, unit = row.inspection, row.unit
    return {
        "inspection_code": inspection.code, "behaviour_code": inspection.behaviour_code, "theme": inspection.theme, "unit_name": unit.name,
        "uscc": unit.uscc, "inspected_on": inspection.inspected_on, "inspected_at": time.fromisoformat(at) if at else None,
        "initiator": inspection.initiator, "participants": tuple(inspection.participants), "kind": inspection.kind, "scanned_in": inspection.scanned_in,
        "town": inspection.town, "place": inspection.place, "inspection_note": inspection.note,
        "officers": tuple(f"{who['name']}（{who['cert_no']}）" if who.get("cert_no") else who["name"] for who in inspection.officers),
    }  # fmt: skip


def _finding(row: stored.Found, kept: Mapping[str, Any]) -> dict[str, Any]:
    assert row.matter is not None and row.finding is not None
    told: Mapping[str, Any] = kept.get("told") or {
        "disposal": row.finding.disposal,
        "department": "" if row.matter.responsible == row.finding.routed_to else row.matter.responsible,
        "evidence": row.finding.evidence,
    }
    return {
        "finding_code": row.matter.code, "finding_key": kept.get("key") or row.matter.code, "item": row.finding.item_code, "facts": row.finding.facts,
        "urgent": row.finding.urgent, "disposal": told["disposal"], "department": told["department"], "evidence": tuple(told["evidence"]),
        "criminal": bool(told.get("criminal")), "exempt": bool(told.get("exempt")), "remark": kept.get("remark", ""), "extras": kept.get("extras", {}),
    }  # fmt: skip


def _state(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.label, "case_code": standing.case_code, "owner": standing.owner, "due_on": standing.due_on, "lateness": standing.lateness,
        "documents": standing.documents, "closed_on": standing.closed_on,
    }  # fmt: skip


def write_ledger(
    session: Session, *, book: RuleBook, department: str = "", year: int | None = None, on: date
) -> LedgerOut:
    """Write the ledger of an organ, or of the county, as an .xlsx (导出台账); the same state gives the same bytes."""
    rows, headers = ledger_rows(session, book=book, department=department, year=year, on=on)
    whose = book.organ(department).short or book.organ(department).name if department else book.county.name
    title = f"{whose}{FILE_NAME}（{f'{year}年，' if year else ''}截至 {on:%Y-%m-%d}）"
    content = ledger_out(rows, reference=_names_of(book), extra_headers=headers, title=title)
    name = f"{whose}{FILE_NAME}{f'-{year}' if year else ''}-{on:%Y%m%d}.xlsx"
    return LedgerOut(content, len(rows), sum(1 for row in rows if row.get("lateness")), name)


def departments(session: Session, *, book: RuleBook) -> list[str]:
    """The organs whose ledger is written every week (每周导出的部门)."""
    known = {organ.code for organ in book.organs}
    return [code for code in stored.departments(session) if code in known]


def leave_ledger(
    transaction: Transaction, reading: Reading, *, book: RuleBook, folder: Path, department: str, on: date, at: datetime
) -> tuple[Path, int]:
    """Write an organ's ledger of this week into its folder, and tell its people once (每周导出).

    The file is written whole or not at all; run again, it is written anew and nobody is told twice. Returns place and rows.
    """
    year, week, _ = on.isocalendar()
    with reading() as session:
        made = write_ledger(session, book=book, department=department, on=on)
    place = folder / department / f"{FILE_NAME}-{year}-W{week:02d}.xlsx"
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".ledger-")
    with os.fdopen(handle, "wb") as out:
        out.write(made.content)
    os.replace(draft, place)
    lines = [f"本单位检查问题 {made.rows} 行，其中逾期 {made.late} 行", "请在“台账”页面下载，核对后可把改动导回"]
    payload = {
        "notice": "ledger_ready", "department": department, "urgent": False, "action": "ledger", "on": on.isoformat(), "path": "/ledgers",
        "lines": lines,
    }  # fmt: skip
    row = {
        "key": f"ledger:{department}:{year}-W{week:02d}", "kind": "notice", "state": "pending", "attempts": 0, "created_at": at, "next_at": at,
        "last_error": "", "payload": payload,
    }  # fmt: skip
    with transaction() as session:
        digests.queue_once(session, [row])
    return place, made.rows
