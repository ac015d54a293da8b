"""A whole county in one YAML file (县文件): its rules, its people, its units, and what happened there.

For any file of this schema; nothing of any county is written here. What is wrong is told with its path and line.
"""

from __future__ import annotations

from pathlib import Path

from yisong.countyfile import histories
from yisong.countyfile.book import read_book
from yisong.countyfile.node import CountyFileError, compose, unique
from yisong.countyfile.records import (
    CaseHistory,
    County,
    FindingEntry,
    HistoryEvent,
    InspectedUnit,
    Inspection,
    ListingHistory,
    PlannedInspection,
    RiskLetter,
    TestVector,
    User,
)
from yisong.domain.workdays import WorkCalendar

__all__ = [
    "CaseHistory",
    "County",
    "CountyFileError",
    "FindingEntry",
    "HistoryEvent",
    "InspectedUnit",
    "Inspection",
    "ListingHistory",
    "PlannedInspection",
    "RiskLetter",
    "TestVector",
    "User",
    "parse",
    "read",
]

SCHEMA_VERSION = 1


def read(path: Path, *, calendar: WorkCalendar | None = None) -> County:
    """Read a county file (读入县文件).

    Args:
        path: the YAML file.
        calendar: the years that are known anyway; a year that the file tells replaces the same year.

    Raises:
        CountyFileError: naming the file, the path in it and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CountyFileError("", "文件不存在，请核对路径。", file=path.name) from None
    except UnicodeDecodeError:
        raise CountyFileError("", "文件不是 UTF-8 编码，请另存为 UTF-8。", file=path.name) from None
    except OSError as error:
        raise CountyFileError("", f"文件无法打开（{error.strerror}）。", file=path.name) from None
    try:
        return parse(text, calendar=calendar)
    except CountyFileError as error:
        raise CountyFileError(error.path, error.message, line=error.line, file=path.name) from error.__cause__


def parse(text: str, *, calendar: WorkCalendar | None = None) -> County:
    """Read a county file's text (解析县文件). Raises CountyFileError."""
    root = compose(text)
    meta = root.get("meta")
    version = meta.whole_of("schema_version") if meta else None
    if version not in (None, SCHEMA_VERSION):
        raise CountyFileError("meta.schema_version", f"只能读入第 {SCHEMA_VERSION} 版格式，文件为第 {version} 版。")
    book = read_book(root, calendar)
    codes = histories.codes_of(root, book)
    as_of = meta.get("demo_as_of") if meta else None
    calendars = root.need("calendar").rows_or_self()
    return County(
        book=book,
        as_of=as_of.instant(codes.zone) if as_of else None,
        users=tuple(histories.user(row, codes) for row in root.list_of("users")),
        units=tuple(histories.unit(row, codes) for row in root.list_of("entities")),
        inspections=tuple(histories.inspection(row, codes) for row in root.list_of("inspections")),
        findings=tuple(histories.finding(row, codes) for row in root.list_of("findings")),
        cases=tuple(histories.case(row, codes) for row in root.list_of("cases")),
        listings=tuple(histories.listing(row, codes) for row in unique(root.list_of("key_supervision"), "列入代码")),
        planned_inspections=tuple(
            histories.planned(row, codes) for row in unique(root.list_of("planned_inspections"), "检查计划代码")
        ),
        risk_letters=tuple(
            histories.risk_letter(row, codes) for row in unique(root.list_of("risk_letters"), "风险提示代码")
        ),
        test_vectors=tuple(histories.vector(row) for section in calendars for row in section.list_of("test_vectors")),
    )
