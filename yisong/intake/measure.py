"""Measure an .xlsx before it is opened (打开前的检查): how far its cells reach, how big it unpacks, what calamine hides.

calamine gives a formula error (#N/A) as an empty cell; here the errors are found, so that they can be named.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from yisong.intake.errors import LedgerUnreadable
from yisong.intake.values import UNCALCULATED

MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_CELLS = 24_000_000  # a dense block of calamine takes about 32 bytes a cell
MAX_PARTS = 5_000
_CHUNK = 1 << 20
_OVERLAP = 256
# Literal beginnings: a hundred megabytes are searched in a tenth of a second. Odd spellings take the slower way.
_WIDE_COLUMN = re.compile(rb'r="([A-Z]{2,})\d')
_TALL_ROW = re.compile(rb'r="[A-Z]*(\d{6,})')
_ODD_BYTES = (b"'", b"\t", b"\n", b"\r")  # one byte is searched ten times faster than two
_ODD_SPELLING = re.compile(rb"r\s+=|r=\s|r='")
_ANY_COLUMN = re.compile(rb"r\s*=\s*[\"']([A-Z]{2,})\d")
_ANY_ROW = re.compile(rb"r\s*=\s*[\"'][A-Z]*(\d{3,})")
_ERROR_CELL = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?r\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"'][^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>(#[A-Z/0!?]+)<",
    re.S,
)


# A formula without a result, as programs other than Excel write it; one whose result is an empty text (t="str") is calculated.
_NO_RESULT = re.compile(rb"</f>(?:</c>|<v\s*/>|<v></v>)")
_FORMULA_CELL = re.compile(rb"<c\s([^>]*?)>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>", re.S)
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")


@dataclass(frozen=True)
class Measured:
    """What was found (检查结果). `formula_errors`: sheet name → row → column → text, counting from 0."""

    since_1904: bool = False
    formula_errors: dict[str, dict[int, dict[int, str]]] = field(default_factory=dict)


def measure_xlsx(data: bytes, *, name: str) -> Measured:
    """Measure the sheets of an .xlsx. Raises LedgerUnreadable for a bomb or another kind of archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename.lstrip("/"): info for info in archive.infolist()}
        if len(parts) > MAX_PARTS or sum(info.file_size for info in parts.values()) > MAX_UNPACKED_BYTES:
            raise LedgerUnreadable(
                "FILE_TOO_LARGE", f"“{name}”解开后过大，可能不是正常的台账：请按月份或镇街拆分后分别导入"
            )
        if any(info.flag_bits & 0x1 for info in parts.values()):
            raise LedgerUnreadable("PASSWORD", f"“{name}”有打开密码：请去掉密码，另存后再导入")
        if "xl/workbook.xml" not in parts:
            raise LedgerUnreadable("NOT_A_LEDGER", _other_archive(parts, name))
        titles, since_1904 = _sheets(archive, parts)
        errors: dict[str, dict[int, dict[int, str]]] = {}
        for path, info in parts.items():
            if not path.endswith(".xml") or "worksheets/" not in path:
                continue
            found = _measure_sheet(archive, info, name=name, title=titles.get(path, path))
            if found and path in titles:
                errors[titles[path]] = found
    return Measured(since_1904, errors)


def column_index(letters: str) -> int:
    """Turn column letters into an index from 0 (列号): A → 0, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    """Turn an index from 0 into column letters (列标)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _measure_sheet(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, name: str, title: str
) -> dict[int, dict[int, str]]:
    widest, tallest = 26, 0
    errors = odd = False
    for window in _windows(archive, info):
        for match in _WIDE_COLUMN.finditer(window):
            widest = max(widest, column_index(match.group(1)[:6].decode()) + 1)
        for match in _TALL_ROW.finditer(window):
            tallest = max(tallest, int(match.group(1)[:12]))
        odd = odd or b" =" in window or b"= " in window
        odd = odd or (any(byte in window for byte in _ODD_BYTES) and _ODD_SPELLING.search(window) is not None)
        errors = errors or b't="e"' in window or (odd and b"t='e'" in window)
        errors = errors or (b"</f>" in window and _NO_RESULT.search(window) is not None)
    if odd or (widest * 99_999 > MAX_CELLS):
        for window in _windows(archive, info):
            for match in _ANY_COLUMN.finditer(window):
                widest = max(widest, column_index(match.group(1)[:6].decode()) + 1)
            for match in _ANY_ROW.finditer(window):
                tallest = max(tallest, int(match.group(1)[:12]))
    if widest * tallest > MAX_CELLS or widest > 16_384 or tallest > 1_048_576:
        raise LedgerUnreadable(
            "SHEET_TOO_WIDE",
            f"“{name}”的工作表“{title}”写到了第 {tallest} 行、第 {widest} 列，远超台账范围："
            "请删除最右边和最下面多余的单元格（整行整列删除），保存后再导入",
        )
    return _formula_errors(archive, info) if errors else {}


def _windows(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part piece by piece; pieces overlap, so that no mark is cut in two (分段解压)."""
    with archive.open(info) as stream:
        rest = b""
        while chunk := stream.read(_CHUNK):
            window = rest + chunk
            yield window
            rest = window[-_OVERLAP:]


def _formula_errors(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    with archive.open(info) as stream:
        text = stream.read()
    for match in _ERROR_CELL.finditer(text):
        if b't="e"' in match.group(0) or b"t='e'" in match.group(0):
            row, column = int(match.group(2)) - 1, column_index(match.group(1).decode())
            found.setdefault(row, {})[column] = match.group(3).decode()
    for match in _FORMULA_CELL.finditer(text):
        place = _PLACE.search(match.group(1))
        if place and b't="str"' not in match.group(1):
            found.setdefault(int(place.group(2)) - 1, {})[column_index(place.group(1).decode())] = UNCALCULATED
    return found


def _sheets(archive: zipfile.ZipFile, parts: dict[str, zipfile.ZipInfo]) -> tuple[dict[str, str], bool]:
    """Map the path of each sheet to its title (工作表路径与名称)."""
    titles: dict[str, str] = {}
    since_1904 = False
    targets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rsplit(":", 1)[-1] == "Relationship" and "Id" in attributes and "Target" in attributes:
            target = attributes["Target"]
            targets[attributes["Id"]] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )

    def entry(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        local = tag.rsplit(":", 1)[-1]
        if local == "workbookPr":
            since_1904 = attributes.get("date1904", "").lower() in {"1", "true", "on"}
        elif local == "sheet":
            identity = next((value for key, value in attributes.items() if key.rsplit(":", 1)[-1] == "id"), "")
            titles[targets.get(identity, "")] = attributes.get("name", "")

    if "xl/_rels/workbook.xml.rels" in parts:
        _walk(archive.read(parts["xl/_rels/workbook.xml.rels"]), relation)
    _walk(archive.read(parts["xl/workbook.xml"]), entry)
    return titles, since_1904


def _walk(data: bytes, on_start: Callable[[str, dict[str, str]], None]) -> None:
    parser = ParserCreate()
    parser.StartElementHandler = on_start
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        raise ValueError("workbook part is not XML") from error


def _no_entities(*_: object) -> None:
    raise ValueError("entity declaration in a workbook part")


def _other_archive(parts: dict[str, zipfile.ZipInfo], name: str) -> str:
    if "content.xml" in parts or "mimetype" in parts:
        return f"“{name}”是 OpenDocument 格式：请用 WPS 或 LibreOffice 另存为 .xlsx 后再导入"
    if "xl/workbook.bin" in parts:
        return f"“{name}”是 .xlsb 二进制工作簿：请另存为 .xlsx 后再导入"
    if "word/document.xml" in parts:
        return f"“{name}”是 Word 文档：请把表格复制到 Excel 或 WPS 表格，保存为 .xlsx 后再导入"
    return f"“{name}”是压缩包，不是台账：请先解压，再导入其中的 .xlsx、.xls、.et 或 .csv 文件"
