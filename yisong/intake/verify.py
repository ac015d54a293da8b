"""Check a ledger row by row without writing anything (台账校验)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map

from yisong.intake.columns import Mapping, SheetMapping, propose
from yisong.intake.fields import FINDING_FIELDS, INSPECTION_FIELDS
from yisong.intake.finding_cells import FindingCells
from yisong.intake.grouping import group
from yisong.intake.inspection_cells import InspectionCells
from yisong.intake.layout import stray_row
from yisong.intake.ledger import Row, Sheet, Workbook
from yisong.intake.measure import column_letters
from yisong.intake.memory import Memory
from yisong.intake.reference import Reference
from yisong.intake.rows import ERROR, OK, REMARK, SKIP, WARNING, Message, Verification, VerifiedRow
from yisong.intake.values import Note, Notes, Raw, halfwidth, is_blank, parse_text, shown

LONG_GAP = 20  # blank lines; longer gaps are told in one entry
BATCH = 2_000
_TRUSTED = ("uscc", "inspected_on", "inspection_code", "behaviour_code", "item", "facts", "unit_name")


def verify(
    workbook: Workbook,
    *,
    reference: Reference,
    mapping: Mapping | Map[str, str] | None = None,
    today: dt.date | None = None,
) -> Verification:
    """Check a whole ledger (整本校验).

    `mapping` is a confirmed proposal, or what `Mapping.remember` gave; without it columns are proposed anew. `today`
    (a date in China) refuses inspections in the future; None leaves that out. Mistakes become messages, never exceptions.
    """
    verifier = Verifier(workbook, reference=reference, mapping=mapping, today=today)
    rows = tuple(verifier.rows())
    return Verification(workbook.name, verifier.mapping, rows, group(rows))


class Verifier:
    """Checks a ledger as a stream (流式校验); memory holds one batch and the keys already seen."""

    def __init__(
        self,
        workbook: Workbook,
        *,
        reference: Reference,
        mapping: Mapping | Map[str, str] | None = None,
        today: dt.date | None = None,
    ) -> None:
        self.workbook = workbook
        self.mapping = mapping if isinstance(mapping, Mapping) else propose(workbook, remembered=mapping)
        self._inspections = InspectionCells(reference, today=today, since_1904=workbook.since_1904)
        self._findings = FindingCells(reference)
        self._memory = Memory(reference)

    def rows(self) -> Iterator[VerifiedRow]:
        """Check row after row, top to bottom (逐行校验). Sheets that only describe inspections come first."""
        sheets = {sheet.name: sheet for sheet in self.workbook.sheets}
        ordered = sorted(self.mapping.sheets, key=lambda entry: bool({"item", "facts"} & entry.fields))
        for entry in ordered:
            if entry.sheet in sheets:
                yield from self._sheet(sheets[entry.sheet], entry)

    def batches(self, *, size: int = BATCH) -> Iterator[list[VerifiedRow]]:
        """Check in batches of rows (分批校验)."""
        batch: list[VerifiedRow] = []
        for row in self.rows():
            batch.append(row)
            if len(batch) >= size:
                yield batch
                batch = []
        if batch:
            yield batch

    def _sheet(self, sheet: Sheet, entry: SheetMapping) -> Iterator[VerifiedRow]:
        reader = _SheetReader(entry, self._inspections, self._findings, self._memory)
        gap: list[int] = []
        for row in sheet.rows():
            if row.number < entry.first_row:
                continue
            if reader.is_empty(row):
                gap.append(row.number)
                continue
            if gap:
                yield from _blank(entry.sheet, gap)
                gap = []
            yield from reader.read(row)


def _blank(sheet: str, gap: Sequence[int]) -> Iterator[VerifiedRow]:
    if len(gap) > LONG_GAP:
        text = f"第 {gap[0]}—{gap[-1]} 行是空行，已跳过"
        yield VerifiedRow(sheet, gap[0], SKIP, messages=(Message("info", "BLANK_ROW", "", "", text),))
        return
    for number in gap:
        yield VerifiedRow(sheet, number, SKIP, messages=(Message("info", "BLANK_ROW", "", "", "空行，已跳过"),))


class _SheetReader:
    def __init__(
        self, entry: SheetMapping, inspections: InspectionCells, findings: FindingCells, memory: Memory
    ) -> None:
        self._entry = entry
        self._inspections = inspections
        self._findings = findings
        self._memory = memory
        place = {column.field: column.index for column in entry.columns if column.field}
        self._letters = {field: column_letters(index) for field, index in place.items()}
        self._inspection_columns = [(name, place[name]) for name in INSPECTION_FIELDS if name in place]
        self._finding_columns = [(name, place[name]) for name in FINDING_FIELDS if name in place]
        self._has_findings = bool({"item", "facts"} & entry.fields)
        self._extra_columns = [(column.header, column.index) for column in entry.columns if column.field is None]
        self._serial = place.get("serial", -1)
        self._headers = {_bare(column.header): column.index for column in entry.columns}
        self._settled: dict[tuple[object, ...], tuple[dict[str, object], Notes]] = {}
        self._last: VerifiedRow | None = None
        self._strays = [place[name] for name in _TRUSTED if name in place]

    def is_empty(self, row: Row) -> bool:
        """A row with nothing of its own but perhaps a pre-printed serial number (空行)."""
        for index, cell in enumerate(row.cells):
            if cell == "" or cell is None or index in row.merged:
                continue
            if index == self._serial and (not isinstance(cell, str) or halfwidth(cell).isdigit()):
                continue
            if not isinstance(cell, str) or halfwidth(cell):
                return False
        return True

    def read(self, row: Row) -> Iterator[VerifiedRow]:
        """Check one row (校验一行)."""
        stray = self._stray(row)
        if stray is not None:
            yield stray
            return
        cells, width = row.cells, len(row.cells)
        notes: Notes = []
        raws: dict[str, Raw] = {name: cells[index] if index < width else "" for name, index in self._inspection_columns}
        values = self._inspection(raws, notes)
        finding_raws: dict[str, Raw] = {
            name: cells[index] if index < width else "" for name, index in self._finding_columns
        }
        findings: list[dict[str, object]] = []
        if self._has_findings:
            findings = self._findings.read(finding_raws, notes)
        place = (self._entry.sheet, row.number)
        key = self._memory.admit(values, row=place, notes=notes)
        extras = {
            header: parse_text(cells[index]).value or shown(cells[index])
            for header, index in self._extra_columns
            if index < width and not is_blank(cells[index])
        }
        words = {header: str(text) for header, text in extras.items()}
        if not findings and not is_blank(finding_raws.get("remark")):
            words[REMARK] = str(parse_text(finding_raws["remark"]).value or "")
        several = len(findings) > 1
        for part, finding in enumerate(findings or [None], start=1):
            own = list(notes) if part == 1 else [(f, n) for f, n in notes if n.level == ERROR]
            repeats = finding is not None and self._memory.meet(finding, key=key, row=place, notes=own)
            made = self._made(row.number, values, finding, words, own, key, part if several else 0)
            if repeats:
                made.status = SKIP
            self._last = made
            yield made

    def _inspection(self, raws: dict[str, Raw], notes: Notes) -> dict[str, object]:
        if self._last is not None and all(is_blank(raw) for raw in raws.values()):
            text = f"检查信息各列是空的，沿用第 {self._last.row} 行的检查：如不是同一次检查请补全"
            notes.append(("", Note("warning", "INHERITED", text)))
            return self._last.inspection
        key = tuple(item for raw in raws.values() for item in (raw, raw.__class__))
        known = self._settled.get(key)
        if known is None:
            known = self._worked_out(raws)
            if all(known[0].get(name) for name in ("unit_name", "uscc", "inspected_on")):
                if len(self._settled) >= 4_096:
                    self._settled.clear()
                self._settled[key] = known
        notes.extend(known[1])
        return known[0]

    def _worked_out(self, raws: dict[str, Raw]) -> tuple[dict[str, object], Notes]:
        values: dict[str, object] = {}
        found: Notes = []
        for name, raw in raws.items():
            parsed = self._inspections.read(name, raw)
            values[name] = parsed.value
            found.extend((name, note) for note in parsed.notes)
        self._memory.complete(values, found)
        values["inspected_at"] = self._inspections.time_of(raws.get("inspected_on"))
        self._inspections.settle(values, found, raws=raws)
        return values, found

    def _stray(self, row: Row) -> VerifiedRow | None:
        first = next((cell for cell in row.cells if not is_blank(cell)), "")
        if not isinstance(first, str):
            return None
        texts = [halfwidth(shown(cell)) for cell in row.cells if not is_blank(cell)]
        if _bare(texts[0]) in self._headers and sum(_bare(text) in self._headers for text in texts) >= max(
            2, len(texts) - 1
        ):
            return self._skipped(row.number, "REPEATED_HEADER", "重复的表头，已跳过")
        found = stray_row(texts)
        if found is None:
            return None
        trusted = sum(
            1
            for index in self._strays
            if index < len(row.cells) and index not in row.merged and not is_blank(row.cells[index])
        )
        if trusted > 2 or (trusted > 1 and found[0] != "TOTAL_ROW"):
            return None
        seen = " ".join(texts)
        return self._skipped(row.number, found[0], f"{found[1]}“{seen[:40]}{'…' if len(seen) > 40 else ''}”，已跳过")

    def _skipped(self, number: int, code: str, text: str) -> VerifiedRow:
        return VerifiedRow(self._entry.sheet, number, SKIP, messages=(Message("info", code, "", "", text),))

    def _made(
        self, number: int, values: dict[str, object], finding: dict[str, object] | None, extras: dict[str, str],
        notes: Notes, key: str, part: int,
    ) -> VerifiedRow:  # fmt: skip
        status = OK
        messages = []
        for field, note in notes:
            if note.level == ERROR:
                status = ERROR
            elif note.level == WARNING and status == OK:
                status = WARNING
            messages.append(Message(note.level, note.code, field, self._letters.get(field, ""), note.text))
        return VerifiedRow(self._entry.sheet, number, status, values, finding, extras, tuple(messages), part, key)


def _bare(text: str) -> str:
    return "".join(halfwidth(text).split())
