"""Open a ledger as an office keeps it (台账读取): .xlsx, .xls, WPS .et, .csv in UTF-8 or GB18030.

Cells stay raw; nothing is corrected here. Hidden sheets are named and left out; merged cells are told, not guessed.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yisong.intake import delimited, spreadsheet
from yisong.intake.errors import LedgerUnreadable
from yisong.intake.values import Raw

MAX_FILE_BYTES = 200 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged region (合并单元格); rows and columns count from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(slots=True)
class Row:
    """One row of a sheet (台账行).

    `number` counts from 1 as a spreadsheet shows it. `merged` names the columns whose value comes from a cell further
    up that is merged down to this row.
    """

    number: int
    cells: list[Raw]
    merged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedSheet:
    """A sheet that is not read, and why (跳过的工作表)."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True)
class Sheet:
    """A visible sheet (工作表). `source` opens its raw rows anew each time, top row first."""

    name: str
    source: Callable[[], Iterator[list[Raw]]] = field(repr=False)
    merges: tuple[Merge, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Read the rows one after the other; values merged downwards are filled in and named (逐行读取)."""
        downwards = sorted((m for m in self.merges if m.last_row > m.first_row), key=lambda m: m.first_row)
        if not downwards:
            yield from map(Row, itertools.count(1), self.source())
            return
        waiting = iter(downwards)
        upcoming = next(waiting, None)
        active: list[tuple[Merge, Raw]] = []
        for index, cells in enumerate(self.source()):
            merged: list[int] = []
            if active:
                active = [(merge, value) for merge, value in active if merge.last_row >= index]
                for merge, value in active:
                    if merge.first_column < len(cells):
                        cells[merge.first_column] = value
                        merged.append(merge.first_column)
            while upcoming is not None and upcoming.first_row <= index:
                column = upcoming.first_column
                active.append((upcoming, cells[column] if column < len(cells) else None))
                upcoming = next(waiting, None)
            yield Row(index + 1, cells, tuple(merged))

    def head(self, *, count: int) -> list[Row]:
        """Read the first rows only (表头附近的行)."""
        return list(itertools.islice(self.rows(), count))


@dataclass(frozen=True)
class Workbook:
    """A ledger file that could be opened (台账文件).

    `name` is the file name a person knows; `kind` is xlsx, xls or csv by content, whatever the file is called.
    """

    name: str
    kind: str
    sheets: tuple[Sheet, ...]
    skipped: tuple[SkippedSheet, ...] = ()
    since_1904: bool = False
    encoding: str = ""


def read_workbook(source: str | Path | bytes, *, name: str = "") -> Workbook:
    """Open a ledger (打开台账). `source` is a path or the bytes of a file; `name` is what messages call it.

    Raises LedgerUnreadable, with what to do, for: an empty or too large file, a password, a web page or another
    format in disguise, a damaged file, a sheet whose cells reach absurdly far, text in an unknown encoding.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        name = name or path.name
        data = _bytes_of(path, name)
    else:
        name, data = name or "台账", source
    if not data.strip(b"\x00\r\n\t "):
        raise LedgerUnreadable("EMPTY_FILE", f"“{name}”是空文件：请确认选对了文件，保存后再导入")
    if len(data) > MAX_FILE_BYTES:
        raise LedgerUnreadable(
            "FILE_TOO_LARGE", f"“{name}”超过 {MAX_FILE_BYTES // 1048576} MB：请按月份或镇街拆分后分别导入"
        )
    if data.startswith(_ZIP):
        return _from_spreadsheet(spreadsheet.open_xlsx(data, name=name), name)
    if data.startswith(_OLE):
        return _from_spreadsheet(spreadsheet.open_xls(data, name=name), name)
    _refuse_disguises(data, name)
    text, encoding = delimited.decode(data, name=name)
    sheet = Sheet(delimited.SHEET_NAME, lambda: delimited.rows(text, name=name))
    return Workbook(name, "csv", (sheet,), encoding=encoding)


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise LedgerUnreadable("IS_FOLDER", f"“{name}”是文件夹：请指定台账文件（.xlsx、.xls、.et 或 .csv）")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LedgerUnreadable(
                "FILE_TOO_LARGE", f"“{name}”超过 {MAX_FILE_BYTES // 1048576} MB：请按月份或镇街拆分后分别导入"
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise LedgerUnreadable("FILE_MISSING", f"找不到文件“{path}”：请检查路径和文件名") from None
    except OSError as error:
        raise LedgerUnreadable("FILE_UNREADABLE", f"“{path}”无法读取（{error.strerror}）：请检查文件权限") from error


def _from_spreadsheet(opened: spreadsheet.Opened, name: str) -> Workbook:
    sheets = tuple(
        Sheet(tab.name, tab.rows, tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in tab.merges))
        for tab in opened.tabs
    )
    skipped = tuple(SkippedSheet(*entry) for entry in opened.skipped)
    return Workbook(name, opened.kind, sheets, skipped, since_1904=opened.since_1904)


def _refuse_disguises(data: bytes, name: str) -> None:
    start = data[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")) or b"<html" in start[:512]:
        raise LedgerUnreadable("HTML_IN_DISGUISE", f"“{name}”其实是网页：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入")
    if start.startswith(b"<?xml"):
        raise LedgerUnreadable("XML_IN_DISGUISE", f"“{name}”是 XML 表格：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入")
    signatures = {
        b"%pdf": "PDF 文件",
        b"\x89png": "图片",
        b"\xff\xd8\xff": "图片",
        b"rar!": "压缩包",
        b"7z\xbc\xaf": "压缩包",
    }
    for signature, what in signatures.items():
        if start.startswith(signature):
            raise LedgerUnreadable("NOT_A_LEDGER", f"“{name}”是{what}，不是台账：请指定 .xlsx、.xls、.et 或 .csv 文件")
