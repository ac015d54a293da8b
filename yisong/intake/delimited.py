"""Read a ledger saved as text (CSV 台账): UTF-8 with or without mark, GB18030, UTF-16; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from yisong.intake.errors import LedgerUnreadable
from yisong.intake.values import Raw

SHEET_NAME = "CSV"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MOST_COLUMNS = 2000


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Turn bytes into text and say in which encoding (文本编码识别).

    UTF-8 is tried before GB18030: Chinese in GB18030 is practically never valid UTF-8. Raises LedgerUnreadable.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                raise _unreadable(name) from None
    for encoding in _without_mark(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise _unreadable(name)
        return text, encoding
    raise _unreadable(name)


def _without_mark(data: bytes) -> tuple[str, ...]:
    """Which encodings to try; UTF-16 without a mark betrays itself by a zero in every second byte of its blanks (编码猜测)."""
    start = data[:4096]
    even, odd, many = start[::2].count(0), start[1::2].count(0), len(start) // 40
    if len(data) % 2 == 0 and max(even, odd) > many >= min(even, odd):
        return ("utf-16-be" if even > odd else "utf-16-le",)
    return ("utf-8", "gb18030")


def rows(text: str, *, name: str) -> Iterator[list[Raw]]:
    """Read the records; a quoted line break stays inside its record (逐行读取 CSV). Raises LedgerUnreadable."""
    first = text[:10000]
    if first[:4].lower() == "sep=":
        separator, _, text = text[4:].partition("\n")
        delimiter = separator.strip("\r") or _delimiter(text[:10000])
        yield []
    else:
        delimiter = _delimiter(first)
    if len(delimiter) != 1:
        delimiter = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > _MOST_COLUMNS:
                raise LedgerUnreadable(
                    "TOO_MANY_COLUMNS",
                    f"“{name}”第 {number} 行有 {len(record)} 列：请检查分隔符和引号，或另存为 .xlsx 后再导入",
                )
            cells: list[Raw] = list(record)
            yield cells
    except csv.Error as error:
        raise LedgerUnreadable(
            "CSV_BROKEN",
            f"“{name}”第 {number + 1} 行的引号或换行无法识别（{error}）：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入",
        ) from error


def _delimiter(sample: str) -> str:
    """Choose the separator that occurs in the most lines, outside quotes (分隔符识别)."""
    counts = dict.fromkeys(",\t;", 0)
    counts["，"] = counts["|"] = 0
    quoted = False
    for char in sample:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in counts:
            counts[char] += 1
    rare = {char: counts.pop(char) for char in "，|"}  # also used inside cells, so only where nothing else separates
    best = max(counts, key=lambda char: counts[char])
    if counts[best] == 0 and any(rare.values()):
        return max(rare, key=lambda char: rare[char])
    return best if counts[best] else ","


def _unreadable(name: str) -> LedgerUnreadable:
    return LedgerUnreadable(
        "ENCODING_UNKNOWN",
        f"“{name}”不是能识别的台账（文字编码无法识别或文件已损坏）：请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入",
    )
