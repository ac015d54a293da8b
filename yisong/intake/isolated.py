"""Read an old spreadsheet in a process of its own (隔离读取 xls).

Run as a script: the file on standard input, the cells on standard output, packed with marshal. A damaged file can make
the reader ask for any amount of memory; here that ends this child and not the desk. It imports nothing of Yisong.
"""

from __future__ import annotations

import datetime as dt
import io
import marshal
import sys
from collections.abc import Iterator
from typing import Any

MEMORY_BYTES = 3 * 1024**3
CPU_SECONDS = 45
LOCKED = 17
DAMAGED = 18
_DATE, _INSTANT, _TIME, _SPAN = "date", "instant", "time", "span"


def pack(rows: Iterator[list[Any]]) -> list[list[Any]]:
    """Replace what marshal cannot carry by tagged tuples (打包单元格)."""
    return [[_packed(cell) if isinstance(cell, _TEMPORAL) else cell for cell in cells] for cells in rows]


def unpack(rows: list[list[Any]]) -> Iterator[list[Any]]:
    """Give the cells back as they were (还原单元格). Each call makes fresh rows."""
    for cells in rows:
        yield [_unpacked(cell) if isinstance(cell, tuple) else cell for cell in cells]


_TEMPORAL = (dt.date, dt.time, dt.timedelta)  # a datetime is a date


def _packed(cell: Any) -> tuple[str, Any]:
    if isinstance(cell, dt.datetime):
        return _INSTANT, cell.isoformat()
    if isinstance(cell, dt.date):
        return _DATE, cell.isoformat()
    if isinstance(cell, dt.time):
        return _TIME, cell.isoformat()
    return _SPAN, cell.total_seconds()


def _unpacked(cell: tuple[str, Any]) -> Any:
    kind, value = cell
    if kind == _INSTANT:
        return dt.datetime.fromisoformat(value)
    if kind == _DATE:
        return dt.date.fromisoformat(value)
    if kind == _TIME:
        return dt.time.fromisoformat(value)
    return dt.timedelta(seconds=value)


def _read(data: bytes) -> list[tuple[str, bool, list[Any], list[list[Any]]]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[tuple[str, bool, list[Any], list[list[Any]]]] = []
    for index, meta in enumerate(workbook.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        visible = meta.visible == SheetVisibleEnum.Visible
        if not visible:
            sheets.append((meta.name, False, [], []))
            continue
        sheet = workbook.get_sheet_by_index(index)
        sheets.append((meta.name, True, list(sheet.merged_cell_ranges or ()), pack(sheet.iter_rows())))
    return sheets


def main() -> int:
    """Read standard input and answer on standard output (隔离读取入口)."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sheets = _read(sys.stdin.buffer.read())
    except BaseException as error:  # PanicException of the reader is no Exception
        return LOCKED if type(error).__name__ == "PasswordError" else DAMAGED
    sys.stdout.buffer.write(marshal.dumps(sheets))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
