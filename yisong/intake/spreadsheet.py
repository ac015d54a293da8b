"""Open spreadsheets with calamine, behind guards (电子表格读取).

calamine lays a sheet out as one dense block: a single stray cell at XFD1048576 would ask for 500 GB and end the
process. So .xlsx is measured before it is opened, and .xls, which cannot be measured cheaply, is read by a child
process with limits.
"""

from __future__ import annotations

import io
import lzma
import marshal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from yisong.intake import isolated, measure
from yisong.intake.errors import LedgerUnreadable
from yisong.intake.values import Raw

Region = tuple[tuple[int, int], tuple[int, int]]
CHILD_SECONDS = 60
DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError,
    OSError, ValueError, LookupError, OverflowError,
)  # fmt: skip  # what zipfile, zlib and expat say of a damaged archive


@dataclass(frozen=True)
class Tab:
    """A visible sheet as calamine gives it (工作表)."""

    name: str
    rows: Callable[[], Iterator[list[Raw]]] = field(repr=False)
    merges: tuple[Region, ...] = ()


@dataclass(frozen=True)
class Opened:
    """The sheets of a file, and those left out: (name, code, reason) (打开结果)."""

    kind: str
    tabs: tuple[Tab, ...]
    skipped: tuple[tuple[str, str, str], ...]
    since_1904: bool = False


def open_xlsx(data: bytes, *, name: str) -> Opened:
    """Open an .xlsx or a WPS file that is one inside (打开 xlsx). Raises LedgerUnreadable."""
    try:
        measured = measure.measure_xlsx(data, name=name)
    except DAMAGE as error:
        raise _damaged(name) from error
    tabs: list[Tab] = []
    skipped: list[tuple[str, str, str]] = []
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, meta in enumerate(workbook.sheets_metadata):
            if meta.visible != SheetVisibleEnum.Visible:
                skipped.append(_hidden(meta.name))
                continue
            if meta.typ != SheetTypeEnum.WorkSheet:
                skipped.append((meta.name, "NOT_A_TABLE", f"“{meta.name}”是图表或宏表，不是表格，没有读取"))
                continue
            sheet = workbook.get_sheet_by_index(index)
            tabs.append(_tab(sheet, measured.formula_errors.get(meta.name, {})))
    except PasswordError:
        raise _locked(name) from None
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged(name) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(name) from error
    return Opened("xlsx", tuple(tabs), tuple(skipped), measured.since_1904)


def open_xls(data: bytes, *, name: str) -> Opened:
    """Open an .xls or .et in a child process with limits on memory and time (打开 xls). Raises LedgerUnreadable."""
    try:
        done = subprocess.run(
            [sys.executable, str(Path(isolated.__file__))],
            input=data,
            capture_output=True,
            timeout=CHILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LedgerUnreadable(
            "READ_TIMEOUT", f"“{name}”读了 {CHILD_SECONDS} 秒还没有读完：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"
        ) from None
    if done.returncode == isolated.LOCKED:
        raise _locked(name)
    if done.returncode != 0:
        raise _damaged(name)
    sheets = marshal.loads(done.stdout)
    tabs = []
    skipped = []
    for title, visible, merges, packed in sheets:
        if visible:
            tabs.append(Tab(title, lambda packed=packed: isolated.unpack(packed), tuple(merges)))  # type: ignore[misc]
        else:
            skipped.append(_hidden(title))
    return Opened("xls", tuple(tabs), tuple(skipped))


def _tab(sheet: CalamineSheet, errors: dict[int, dict[int, str]]) -> Tab:
    iter_rows = cast("Callable[[], Iterator[list[Raw]]]", sheet.iter_rows)

    def rows() -> Iterator[list[Raw]]:
        if not errors:
            yield from iter_rows()
            return
        for index, cells in enumerate(iter_rows()):
            for column, text in errors.get(index, {}).items():
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = text
            yield cells

    return Tab(sheet.name, rows, tuple(sheet.merged_cell_ranges or ()))


def _hidden(title: str) -> tuple[str, str, str]:
    return title, "HIDDEN_SHEET", f"工作表“{title}”是隐藏的，没有读取：如需导入，请取消隐藏"


def _locked(name: str) -> LedgerUnreadable:
    return LedgerUnreadable("PASSWORD", f"“{name}”有打开密码：请去掉密码，另存后再导入")


def _damaged(name: str) -> LedgerUnreadable:
    return LedgerUnreadable(
        "FILE_DAMAGED", f"“{name}”不是可以读取的电子表格，或已损坏：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"
    )
