"""Gather verified rows into inspections with their findings (按检查归集)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import cast

from yisong.intake.rows import ERROR, REMARK, SKIP, LedgerFinding, LedgerInspection, VerifiedRow


def group(rows: Iterable[VerifiedRow]) -> tuple[LedgerInspection, ...]:
    """Gather rows by inspection, in the order of the ledger (归集检查).

    Findings of rows with errors are left out, and their inspection is `blocked`. Departments and officers that only
    some of its rows name are put together.
    """
    gathered: dict[str, list[VerifiedRow]] = {}
    for row in rows:
        if row.key and (row.status != SKIP):
            gathered.setdefault(row.key, []).append(row)
    return tuple(_inspection(key, members) for key, members in gathered.items())


def _inspection(key: str, rows: list[VerifiedRow]) -> LedgerInspection:
    blocked = any(row.status == ERROR for row in rows)
    findings = tuple(_finding(row) for row in rows if row.finding is not None and row.status != ERROR)
    notes = [str(row.inspection.get("inspection_note") or "") for row in rows]
    notes += [row.extras.get(REMARK, "") for row in rows if row.finding is None]

    def first(name: str) -> object:
        return next((row.inspection[name] for row in rows if row.inspection.get(name) not in (None, "", ())), None)

    def together(name: str) -> tuple[str, ...]:
        named = (cast("tuple[str, ...]", row.inspection.get(name) or ()) for row in rows)
        return tuple(dict.fromkeys(entry for entries in named for entry in entries))

    return LedgerInspection(
        key=key,
        code=str(first("inspection_code") or ""),
        behaviour_code=str(first("behaviour_code") or ""),
        theme=str(first("theme") or ""),
        unit_name=str(first("unit_name") or ""),
        uscc=str(first("uscc") or ""),
        inspected_on=cast("dt.date | None", first("inspected_on")),
        inspected_at=cast("dt.time | None", first("inspected_at")),
        initiator=str(first("initiator") or ""),
        participants=together("participants"),
        kind=str(first("kind") or ""),
        scanned_in=cast("bool | None", first("scanned_in")),
        town=str(first("town") or ""),
        place=str(first("place") or ""),
        officers=together("officers"),
        note="；".join(dict.fromkeys(note for note in notes if note)),
        findings=findings,
        rows=tuple(dict.fromkeys((row.sheet, row.row) for row in rows)),
        blocked=blocked,
        extras=_own(rows),
    )


def _own(rows: list[VerifiedRow]) -> dict[str, str]:
    """The office's own columns of rows without a finding; the remark among them stands in the note (自有列)."""
    pairs = ((header, text) for row in rows if row.finding is None for header, text in row.extras.items())
    return {header: text for header, text in pairs if header != REMARK}


def _finding(row: VerifiedRow) -> LedgerFinding:
    values = row.finding or {}
    return LedgerFinding(
        key=str(values["finding_key"]),
        code=str(values.get("finding_code") or ""),
        item=str(values["item"]),
        item_text=str(values["item_text"]),
        facts=str(values["facts"]),
        disposal=str(values["disposal"]),
        urgent=bool(values["urgent"]),
        criminal=bool(values["criminal"]),
        exempt=bool(values["exempt"]),
        department=str(values["department"]),
        evidence=cast("tuple[str, ...]", values["evidence"]),
        remark=str(values["remark"]),
        extras=row.extras,
        sheet=row.sheet,
        row=row.row,
        part=row.part,
    )
