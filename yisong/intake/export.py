"""Write the ledger out again (台账导出): the same columns, the state beside them, and every column and remark of a person."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence

from yisong.intake.disposal import LABELS, TRANSFER
from yisong.intake.fields import FIELDS, label_of
from yisong.intake.own_columns import ADDED
from yisong.intake.paper import Pen, new_book
from yisong.intake.reference import Reference
from yisong.intake.rows import LedgerFinding, LedgerInspection
from yisong.intake.values import Raw

STATE_COLUMNS = ADDED
KEY_COLUMN = "system_key"
KINDS = {"joint": "联合检查", "complaint": "有因检查", "routine": "日常检查", "special": "专项检查", "review": "复查"}
NOTHING_FOUND = "未发现问题"
_NOT_WRITTEN = {"serial", "verdict", *STATE_COLUMNS, KEY_COLUMN}
COLUMNS: tuple[str, ...] = tuple(field.name for field in FIELDS if field.name not in _NOT_WRITTEN)
_WIDE = {
    "facts": 50,
    "unit_name": 30,
    "behaviour_code": 28,
    "uscc": 22,
    "item": 30,
    "participants": 28,
    "evidence": 30,
    "place": 28,
    "theme": 24,
}
_LATE = "#FFC7CE"


def ledger_out(
    rows: Iterable[Mapping[str, object]],
    *,
    reference: Reference,
    extra_headers: Sequence[str] = (),
    title: str = "检查问题台账",
) -> bytes:
    """Write findings as a ledger (导出台账), as the bytes of an .xlsx that `verify` reads back to the same content.

    Each row maps the canonical names of `fields` (codes, dates, tuples; as in `VerifiedRow.fields`, with `urgent`,
    `criminal`, `exempt` beside `disposal`) and of STATE_COLUMNS to values; `finding_key` gives the column 系统编号;
    `extras` maps a person's own headers to their text. `extra_headers` fixes the order of these; others follow.
    """
    kept = [dict(row) for row in rows]
    headers = list(dict.fromkeys([*extra_headers, *(header for row in kept for header in _extras(row))]))
    columns = [*COLUMNS, *STATE_COLUMNS, KEY_COLUMN]
    stream = io.BytesIO()
    book = new_book(stream, title=title, in_order=True)
    pen = Pen(book)
    sheet = book.add_worksheet("检查问题台账")
    labels = [label_of(name) for name in columns] + headers
    pen.write(sheet, 0, 0, title, bold=True, font_size=14)
    for column, label in enumerate(labels):
        width = _WIDE.get(columns[column], 14) if column < len(columns) else 16
        sheet.set_column(column, column, width)
        pen.write(sheet, 1, column, label, bold=True, bg_color="#D9E2EC", border=1, text_wrap=True, valign="vcenter")
    for number, row in enumerate(kept, start=2):
        for column, name in enumerate(columns):
            late = name == "lateness" and bool(row.get(name))
            pen.write(
                sheet,
                number,
                column,
                written(name, row, reference=reference),
                colour=_LATE if late else "",
                text_wrap=True,
                valign="top",
            )
        extras = _extras(row)
        for column, header in enumerate(headers, start=len(columns)):
            pen.write(sheet, number, column, extras.get(header, ""), text_wrap=True, valign="top")
    sheet.freeze_panes(2, 4)
    if kept:
        sheet.autofilter(1, 0, len(kept) + 1, len(labels) - 1)
    book.close()
    return stream.getvalue()


def rows_of(inspections: Iterable[LedgerInspection]) -> list[dict[str, object]]:
    """Give inspections and findings as rows for `ledger_out` (归集结果转为导出行); an inspection without findings is one row."""
    rows: list[dict[str, object]] = []
    for inspection in inspections:
        head: dict[str, object] = {
            "inspection_code": inspection.code, "behaviour_code": inspection.behaviour_code, "theme": inspection.theme,
            "unit_name": inspection.unit_name, "uscc": inspection.uscc, "inspected_on": inspection.inspected_on,
            "inspected_at": inspection.inspected_at, "initiator": inspection.initiator, "participants": inspection.participants,
            "kind": inspection.kind, "scanned_in": inspection.scanned_in, "town": inspection.town, "place": inspection.place,
            "officers": inspection.officers, "inspection_note": inspection.note,
        }  # fmt: skip
        rows.extend({**head, **_finding(finding)} for finding in inspection.findings)
        if not inspection.findings:
            rows.append({**head, "extras": inspection.extras})
    return rows


def _finding(finding: LedgerFinding) -> dict[str, object]:
    return {
        "finding_code": finding.code, "finding_key": finding.key, "item": finding.item, "item_text": finding.item_text,
        "facts": finding.facts, "disposal": finding.disposal, "urgent": finding.urgent, "criminal": finding.criminal,
        "exempt": finding.exempt, "department": finding.department, "evidence": finding.evidence, "remark": finding.remark,
        "extras": finding.extras,
    }  # fmt: skip


def _extras(row: Mapping[str, object]) -> Mapping[str, str]:
    extras = row.get("extras")
    return {str(key): str(value) for key, value in extras.items()} if isinstance(extras, Mapping) else {}


def written(name: str, row: Mapping[str, object], *, reference: Reference) -> Raw:
    """Put one value into the words of an office (导出取值)."""
    value = row.get(name)
    labels = reference.department_labels
    if name == KEY_COLUMN:
        return str(row.get("finding_key") or "")
    if name == "disposal":
        return _disposal(row)
    if name == "item":
        item = reference.item_by_code.get(str(value or ""))
        return f"{item.code} {item.name}" if item else str(row.get("item_text") or value or "")
    if name == "facts" and not value and not row.get("finding_key"):
        return NOTHING_FOUND
    if name == "inspected_on" and isinstance(value, dt.date) and isinstance(row.get("inspected_at"), dt.time):
        return f"{value.isoformat()} {row['inspected_at']:%H:%M}"
    if name in ("initiator", "department", "owner"):
        return labels.get(str(value or ""), str(value or ""))
    if name == "participants" and isinstance(value, (tuple, list)):
        return "、".join(labels.get(str(code), str(code)) for code in value)
    if name == "theme":
        return next((theme.name for theme in reference.themes if theme.code == value), str(value or ""))
    if name == "town":
        return next((town.name for town in reference.towns if town.code == value), str(value or ""))
    if name == "kind":
        return KINDS.get(str(value or ""), str(value or ""))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (tuple, list)):
        return "、".join(str(entry) for entry in value)
    return value if value is None or isinstance(value, (str, int, float, dt.date)) else str(value)


def _disposal(row: Mapping[str, object]) -> str:
    way = str(row.get("disposal") or "")
    words = LABELS.get(way, way)
    if way == TRANSFER:
        words = ("紧急" if row.get("urgent") else "") + ("涉嫌犯罪" if row.get("criminal") else "") + words
    return words + ("（首违不罚、轻微不罚评估）" if row.get("exempt") else "")
