"""Read the `|` rows of a wording into lists and forms (表格解析)."""

from __future__ import annotations

import re
from dataclasses import replace

from yisong.documents.errors import DocumentError
from yisong.documents.letter import GRID_COLUMNS, Cell, Form, Line, Row, Table
from yisong.documents.measures import CELL_PADDING, FORM_CELL_SIZE, TEXT_WIDTH, text_width
from yisong.documents.titles import break_title
from yisong.documents.wording import Marked

_MARKS = re.compile(r"\s*(?:\^(?P<height>\d{1,2}))?(?:\*(?P<span>\d{1,2}))?(?P<bang>!{0,2})")
_DEFAULT_SPANS = {1: (12,), 2: (2, 10), 3: (2, 2, 8), 4: (2, 4, 2, 4), 5: (2, 2, 3, 2, 3), 6: (2, 2, 2, 2, 2, 2)}
_NARROW = 4
_DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_HIGHEST = 20


def is_rule(row: Marked) -> bool:
    """A row of dashes: the row above it is a header."""
    return bool(re.fullmatch(r"\|(\s*-+\s*\|)+", row.mask.strip()))


def _cells(row: Marked) -> list[Marked]:
    line = row.strip()
    if len(line) < 2 or not line.mask.endswith("|"):
        raise _fault(row, "表格行应以“|”开头并以“|”结尾")
    return line.cut(1, len(line) - 1).split("|")


def _fault(row: Marked, what: str) -> DocumentError:
    return DocumentError("bad-template", f"措辞中的表格行“{row.text[:30]}”：{what}。")


def _lines(cell: Marked) -> tuple[Line, ...]:
    lines: list[Line] = []
    for piece in cell.split("\\\\"):
        bare = piece.strip()
        right = bare.mask.startswith(">>")
        if right:
            bare = bare.cut(2).strip()
        lines.extend(Line(part, right) for part in bare.text.split("\n"))
    while len(lines) > 1 and not lines[-1].text:
        lines.pop()
    return tuple(lines) if any(line.text for line in lines) else ()


def _fitted(cell: Cell, share: float) -> Cell:
    """Break what would leave a single character on its last line: a date after 年, a label into even lines.

    `share` = the cell's part of the type area's width.
    """
    if len(cell.lines) != 1 or cell.lines[0].right:
        return cell
    text = cell.lines[0].text
    room = (share * TEXT_WIDTH - 2 * CELL_PADDING - 1) / FORM_CELL_SIZE
    if room < 2 or text_width(text) <= room:
        return cell
    lines: tuple[str, ...] = (text,)
    if _DATE.fullmatch(text):
        year, rest = text.split("年")
        lines = (year + "年", rest)
    elif cell.centred and text_width(text) <= 3 * room and 0 < text_width(text) % int(room) <= 1:
        lines = break_title(text, (), widest=room)
    return replace(cell, lines=tuple(Line(line) for line in lines))


def list_table(header: Marked, rule: Marked, rows: list[Marked]) -> Table:
    """A header, its row of dashes, and the rows below."""
    dashes = [len(cell.mask.strip()) for cell in _cells(rule)]
    names = _cells(header)
    if len(names) != len(dashes):
        raise _fault(header, f"表头有{len(names)}栏，横线有{len(dashes)}段")
    total = sum(dashes)
    body: list[Row] = []
    for row in rows:
        cells = _cells(row)
        if len(cells) != len(dashes):
            raise _fault(row, f"应有{len(dashes)}栏，实为{len(cells)}栏")
        body.append(
            Row(
                tuple(
                    _fitted(Cell(_lines(cell), centred=width <= _NARROW), width / total)
                    for cell, width in zip(cells, dashes, strict=True)
                )
            )
        )
    heads = (
        _fitted(Cell(_lines(name), centred=True, strong=True), width / total)
        for name, width in zip(names, dashes, strict=True)
    )
    return Table(tuple(heads), tuple(dashes), tuple(body))


def column_count(row: Marked) -> int:
    """Number of cells in a row."""
    return len(_cells(row))


class _Grid:
    """Rows under construction: cells may still grow downwards."""

    def __init__(self) -> None:
        self.rows: list[dict[int, Cell]] = []
        self.heights: list[int] = []
        self.owners: dict[int, tuple[int, Cell]] = {}

    def add(self, row: Marked) -> None:
        pieces = _cells(row)
        parsed = [self._parse(row, piece) for piece in pieces]
        spans = self._spans(row, parsed)
        placed: dict[int, Cell] = {}
        owners: dict[int, tuple[int, Cell]] = {}
        column, height = 0, 1
        for index, ((piece, tall, _, bang), span) in enumerate(zip(parsed, spans, strict=True)):
            height = max(height, tall)
            if piece.mask.strip() == "^^":
                above = self.owners.get(column)
                if above is None or above[1].span != span:
                    raise _fault(row, f"第{index + 1}栏“^^”上方没有同样宽的栏可以合并")
                origin, cell = above
                grown = Cell(cell.lines, cell.span, cell.rows + 1, cell.centred, cell.strong)
                self.rows[origin][column] = grown
                owners[column] = (origin, grown)
            else:
                label = bool(bang) or (len(pieces) > 1 and self._is_label(len(pieces), index))
                placed[column] = _fitted(Cell(_lines(piece), span, 1, label, bang == "!!"), span / GRID_COLUMNS)
                owners[column] = (len(self.rows), placed[column])
            column += span
        self.owners = owners
        self.rows.append(placed)
        self.heights.append(min(height, _HIGHEST))

    @staticmethod
    def _is_label(count: int, index: int) -> bool:
        if count % 2:
            return index == 0 or index % 2 == 1
        return index % 2 == 0

    @staticmethod
    def _parse(row: Marked, piece: Marked) -> tuple[Marked, int, int, str]:
        if piece.mask.strip() == "^^":
            return piece, 1, 0, ""
        found = _MARKS.match(piece.mask)
        assert found is not None  # every part of the pattern is optional
        span = int(found["span"] or 0)
        if span > GRID_COLUMNS:
            raise _fault(row, f"“*{span}”超过{GRID_COLUMNS}栏")
        return piece.cut(found.end()), int(found["height"] or 1), span, found["bang"]

    @staticmethod
    def _spans(row: Marked, parsed: list[tuple[Marked, int, int, str]]) -> tuple[int, ...]:
        given = tuple(span for _, _, span, _ in parsed)
        if any(given):
            if sum(given) == GRID_COLUMNS and all(given):
                return given
            raise _fault(row, f"写了“*n”就要每栏都写，且合计{GRID_COLUMNS}；现为{'+'.join(map(str, given))}")
        if len(parsed) not in _DEFAULT_SPANS:
            raise _fault(row, f"有{len(parsed)}栏，请用“*n”写明每栏宽度（合计{GRID_COLUMNS}）")
        return _DEFAULT_SPANS[len(parsed)]


def form(rows: list[Marked]) -> Form:
    """Rows on the grid of 12 columns."""
    grid = _Grid()
    for row in rows:
        grid.add(row)
    return Form(
        tuple(
            Row(tuple(cells[column] for column in sorted(cells)), height)
            for cells, height in zip(grid.rows, grid.heights, strict=True)
        )
    )


def tables(rows: list[Marked]) -> list[Table | Form]:
    """Consecutive rows, split into lists and forms."""
    found: list[Table | Form] = []
    loose: list[Marked] = []
    position = 0
    while position < len(rows):
        row = rows[position]
        if position + 1 < len(rows) and is_rule(rows[position + 1]):
            if loose:
                found.append(form(loose))
                loose = []
            stop = position + 2
            count = column_count(row)
            while (
                stop < len(rows)
                and column_count(rows[stop]) == count
                and not (stop + 1 < len(rows) and is_rule(rows[stop + 1]))
            ):
                stop += 1
            found.append(list_table(row, rows[position + 1], rows[position + 2 : stop]))
            position = stop
            continue
        if is_rule(row):
            raise _fault(row, "横线行的上方应有表头行")
        loose.append(row)
        position += 1
    if loose:
        found.append(form(loose))
    return found
