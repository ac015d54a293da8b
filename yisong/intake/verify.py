"""Check a ledger row by row without writing anything (台账校验)."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import contextmanager
from itertools import islice

from yisong.intake.columns import Mapping, SheetMapping, propose
from yisong.intake.finding_cells import FindingCells
from yisong.intake.grouping import group
from yisong.intake.inspection_cells import InspectionCells
from yisong.intake.ledger import Sheet, Workbook
from yisong.intake.memory import Memory
from yisong.intake.reference import Reference
from yisong.intake.rows import SKIP, Message, Verification, VerifiedRow
from yisong.intake.sheet_reader import SheetReader

LONG_GAP = 20  # blank lines; longer gaps are told in one entry
BATCH = 2_000


@contextmanager
def without_collecting() -> Iterator[None]:
    """Leave out Python's search for cycles (暂停垃圾回收): what checking makes has none, and there is much of it to look through."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


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
    with without_collecting():
        rows = tuple(verifier.rows())
        inspections = group(rows)
    return Verification(workbook.name, verifier.mapping, rows, inspections)


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
        rows = self.rows()
        while True:
            with without_collecting():
                batch = list(islice(rows, size))
            if not batch:
                return
            yield batch

    def _sheet(self, sheet: Sheet, entry: SheetMapping) -> Iterator[VerifiedRow]:
        reader = SheetReader(
            entry, inspections=self._inspections, findings=self._findings, memory=self._memory, merges=sheet.merges
        )
        is_empty, read, first = reader.is_empty, reader.read, entry.first_row
        gap: list[int] = []
        for row in sheet.rows():
            if row.number < first:
                continue
            if is_empty(row):
                gap.append(row.number)
                continue
            if gap:
                yield from _blank(entry.sheet, gap)
                gap = []
            yield from read(row)


def _blank(sheet: str, gap: Sequence[int]) -> Iterator[VerifiedRow]:
    if len(gap) > LONG_GAP:
        text = f"第 {gap[0]}—{gap[-1]} 行是空行，已跳过"
        yield VerifiedRow(sheet, gap[0], SKIP, messages=(Message("info", "BLANK_ROW", "", "", text),))
        return
    for number in gap:
        yield VerifiedRow(sheet, number, SKIP, messages=(Message("info", "BLANK_ROW", "", "", "空行，已跳过"),))
