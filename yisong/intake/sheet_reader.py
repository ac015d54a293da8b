"""Check the rows of one sheet (逐行校验一张工作表).

Ledgers repeat themselves: the data of an inspection on each of its rows, the same items and departments all the way
down. What the cells of an inspection mean is worked out once for each wording, and so is everything of a finding but
its facts and its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from yisong.intake.columns import SheetMapping
from yisong.intake.fields import INSPECTION_FIELDS
from yisong.intake.finding_cells import FindingCells
from yisong.intake.inspection_cells import InspectionCells
from yisong.intake.ledger import Merge, Row
from yisong.intake.measure import column_letters
from yisong.intake.memory import Memory
from yisong.intake.rows import ERROR, OK, REMARK, SKIP, WARNING, Message, VerifiedRow
from yisong.intake.stray_rows import StrayRows
from yisong.intake.values import Note, Notes, Raw, is_blank, is_plain_code, parse_code, parse_text, shown

ADJACENT = 2_000  # inspections kept at hand: their rows mostly stand together
REMEMBERED = 50_000  # wordings kept; then forgotten and worked out again
SHARED = ("item", "disposal", "department", "evidence", "remark")


@dataclass(slots=True)
class _Worked:
    """What cells mean, with the messages about them (已核对的单元格)."""

    values: dict[str, object]
    notes: Notes
    messages: tuple[Message, ...]
    status: str
    key: str = ""


class SheetReader:
    """Checks the rows of one sheet in their order (工作表校验)."""

    def __init__(
        self,
        entry: SheetMapping,
        *,
        inspections: InspectionCells,
        findings: FindingCells,
        memory: Memory,
        merges: Sequence[Merge] = (),
    ) -> None:
        self._entry = entry
        self._inspections = inspections
        self._findings = findings
        self._memory = memory
        place = {column.field: column.index for column in entry.columns if column.field}
        self._letters = {field: column_letters(index) for field, index in place.items()}
        self._inspection_names = tuple(name for name in INSPECTION_FIELDS if name in place)
        self._inspection_cells = _taking(tuple(place[name] for name in self._inspection_names))
        self._shared_cells = _taking(tuple(place.get(name, -1) for name in SHARED))  # -1: the blank put behind a row
        self._facts, self._code = place.get("facts", -1), place.get("finding_code", -1)
        self._key = place.get("system_key", -1)
        self._has_findings = bool({"item", "facts"} & entry.fields)
        self._extras = _own_columns(entry)
        self._titled = frozenset(column.index for column in entry.columns)
        self._untitled: dict[int, tuple[int, ...]] = {}
        self._strays = StrayRows(entry, merges=merges)
        self._width = max((column.index for column in entry.columns), default=0) + 1
        self._heads: dict[tuple[Raw, ...], _Worked] = {}
        self._what: dict[tuple[Raw, ...], _Worked] = {}
        self._whom: dict[Raw, _Worked] = {}
        self._beside: dict[tuple[Raw, ...], _Worked] = {}
        self._last: VerifiedRow | None = None
        self.is_empty = self._strays.is_empty  # a row with nothing of its own (空行)

    def read(self, row: Row) -> Iterable[VerifiedRow]:
        """Check one row (校验一行); several findings in one cell give several answers."""
        stray = self._strays.find(row)
        if stray is not None:
            return (stray,)
        if self._strays.other_table:
            return (self._strays.of_another_table(row),)
        cells = row.cells
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        head = self._head(self._inspection_cells(cells), row.number)
        extras = {}
        for header, index in self._extras:
            if not is_blank(cells[index]):
                extras[header] = _words(cells[index])
        if len(cells) > len(self._titled):
            for index in self._without_title(len(cells)):
                if not is_blank(cells[index]):
                    extras[f"{column_letters(index)} 列（无列名）"] = _words(cells[index])
        if not self._has_findings:
            return (self._made(row.number, head, (), None, extras, [], 0),)
        shared = self._shared_cells([*cells, ""])
        code = cells[self._code] if self._code >= 0 else ""
        ours = _words(cells[self._key]) if self._key >= 0 and not is_blank(cells[self._key]) else ""
        facts = self._findings.plain(cells[self._facts], whole=bool(ours)) if self._facts >= 0 else ""
        if facts:
            return (self._single(row.number, head, shared, (code, ours), facts, extras),)
        return self._several(row.number, head, shared, code, cells[self._facts] if self._facts >= 0 else "", extras)

    def _without_title(self, width: int) -> tuple[int, ...]:
        known = self._untitled.get(width)
        if known is None:
            known = self._untitled[width] = tuple(index for index in range(width) if index not in self._titled)
        return known

    def _single(
        self,
        number: int,
        head: _Worked,
        shared: tuple[Raw, ...],
        codes: tuple[Raw, str],
        facts: str,
        extras: dict[str, str],
    ) -> VerifiedRow:
        item, disposal, department, evidence, remark = shared
        named = not is_blank(department)
        what = self._what.get((item, disposal, named))
        if what is None:
            notes: Notes = []
            _forget(self._what)
            what = self._what[item, disposal, named] = self._worked(
                self._findings.what(item, disposal, notes, department_named=named), notes
            )
        beside = self._beside.get((evidence, remark))
        if beside is None:
            notes = []
            _forget(self._beside)
            beside = self._beside[evidence, remark] = self._worked(
                self._findings.beside(evidence, remark, notes), notes
            )
        finding = {**what.values, **beside.values, "facts": facts}
        tails = [what, beside] if beside.messages else [what]
        if named:
            whom = self._whom.get(department)
            if whom is None:
                notes = []
                whom = self._whom[department] = self._worked(
                    {"department": self._findings.whom(department, notes)}, notes
                )
            finding["department"] = whom.values["department"]
            if whom.messages:
                tails.append(whom)
        own: Notes = []
        if is_plain_code(codes[0]):
            finding["finding_code"] = codes[0]
        else:
            parsed = parse_code(codes[0])
            if parsed.notes:
                own.extend(("finding_code", note) for note in parsed.notes)
            finding["finding_code"] = parsed.value or ""
        if codes[1]:
            finding["finding_key"] = codes[1]
        return self._made(number, head, tails, finding, extras, own, 0)

    def _several(
        self, number: int, head: _Worked, shared: tuple[Raw, ...], code: Raw, facts: Raw, extras: dict[str, str]
    ) -> Iterator[VerifiedRow]:
        notes: Notes = []
        raws: dict[str, Raw] = dict(zip(SHARED, shared, strict=True))
        found = self._findings.read({**raws, "facts": facts, "finding_code": code}, notes)
        if not found:
            if not is_blank(raws.get("remark")):
                extras = {**extras, REMARK: _words(raws["remark"])}
            yield self._made(number, head, (), None, extras, notes, 0)
            return
        for part, finding in enumerate(found, start=1):
            own = list(notes) if part == 1 else [(field, note) for field, note in notes if note.level == ERROR]
            yield self._made(number, head, (), finding, extras, own, part if len(found) > 1 else 0)

    def _head(self, raws: tuple[Raw, ...], number: int) -> _Worked:
        known = self._heads.get(raws)
        if known is not None:
            return known
        if self._last is not None and all(is_blank(raw) for raw in raws):
            text = f"检查信息各列是空的，沿用第 {self._last.row} 行的检查：如不是同一次检查请补全"
            return self._worked(self._last.inspection, [("", Note(WARNING, "INHERITED", text))], key=self._last.key)
        values: dict[str, object] = {}
        notes: Notes = []
        cells: dict[str, Raw] = dict(zip(self._inspection_names, raws, strict=True))
        read = self._inspections.read
        for name, raw in cells.items():
            parsed = read(name, raw)
            values[name] = parsed.value
            if parsed.notes:
                notes.extend([(name, note) for note in parsed.notes])
        self._memory.complete(values, notes)
        values["inspected_at"] = self._inspections.time_of(cells.get("inspected_on"))
        self._inspections.settle(values, notes, raws=cells)
        key = self._memory.admit(values, row=(self._entry.sheet, number), notes=notes)
        worked = self._worked(values, notes, key=key)
        if worked.status != ERROR:  # what is missing here may be told by a later row
            if len(self._heads) >= ADJACENT:
                self._heads.clear()
            repeats = [(field, note) for field, note in notes if note.code != "KNOWN_INSPECTION"]
            self._heads[raws] = worked if len(repeats) == len(notes) else self._worked(values, repeats, key=key)
        return worked

    def _worked(self, values: dict[str, object], notes: Notes, *, key: str = "") -> _Worked:
        messages, status = self._messages(notes)
        return _Worked(values, notes, messages, status, key)

    def _messages(self, notes: Notes) -> tuple[tuple[Message, ...], str]:
        status = OK
        messages = []
        for field, note in notes:
            if note.level == ERROR:
                status = ERROR
            elif note.level == WARNING and status == OK:
                status = WARNING
            messages.append(Message(note.level, note.code, field, self._letters.get(field, ""), note.text))
        return tuple(messages), status

    def _made(
        self, number: int, head: _Worked, tails: Iterable[_Worked], finding: dict[str, object] | None, extras: dict[str, str],
        own: Notes, part: int,
    ) -> VerifiedRow:  # fmt: skip
        repeats = False
        if finding is not None:
            repeats = self._memory.meet(finding, key=head.key, row=(self._entry.sheet, number), notes=own)
        messages, status = head.messages, head.status
        for tail in tails:
            if tail.messages:
                messages, status = messages + tail.messages, _worse(status, tail.status)
        if own:
            added, found = self._messages(own)
            messages, status = messages + added, _worse(status, found)
        if repeats:
            status = SKIP
        made = VerifiedRow(self._entry.sheet, number, status, head.values, finding, extras, messages, part, head.key)
        self._last = made
        return made


def _own_columns(entry: SheetMapping) -> list[tuple[str, int]]:
    """The office's own columns; two of one name are told apart by their letters (自有列)."""
    own = [column for column in entry.columns if column.field is None]
    names = [column.header for column in own]
    return [
        (column.header if names.count(column.header) == 1 else f"{column.header}（{column.letter} 列）", column.index)
        for column in own
    ]


def _taking(places: tuple[int, ...]) -> Callable[[list[Raw]], tuple[Raw, ...]]:
    """Takes the cells of these places out of a row (取列)."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple([cells[index] for index in places])


def _worse(left: str, right: str) -> str:
    if ERROR in (left, right):
        return ERROR
    return WARNING if WARNING in (left, right) else OK


def _forget(memory: dict[tuple[Raw, ...], _Worked]) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()


def _words(raw: Raw) -> str:
    return str(parse_text(raw).value or shown(raw))
