"""Read a date as offices write it (日期识别): serial numbers, 2026.3.11, 2026年3月11日, text with a time."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from yisong.intake.values import BLANK_MARKS, EMPTY, Note, Parsed, Raw, formula_error, shown

EARLIEST = dt.date(2000, 1, 1)
LATEST = dt.date(2099, 12, 31)
_EPOCH = dt.date(1899, 12, 30)  # Excel's day 0 after its invented 1900-02-29
_EPOCH_1904 = dt.date(1904, 1, 1)
_SERIAL = range((EARLIEST - _EPOCH).days, (LATEST - _EPOCH).days + 1)
_HOW = "请写成 2026-03-11 这样的年月日"
_FULL = re.compile(r"^(\d{4})\s*(?:年|[-./、,])\s*(\d{1,2})\s*(?:月|[-./、,])\s*(\d{1,2})\s*(?:日|号)?(.*)$", re.S)
_TIME = re.compile(
    r"^[\sT,]*(?:[(]?(?:星期|周)[一二三四五六日天][)]?)?[\s,]*(?:(上午|下午|早上|中午|晚上|AM|PM)?\s*"
    r"(?:(\d{1,2})\s*(?::|时|点)\s*(?:(\d{1,2}|半)\s*分?)?(?::(\d{1,2})(?:\.\d+)?)?\s*(?:左右|许)?\s*(AM|PM|Z|\+08:?00)?)?)?\s*[.。]?\s*$"
)
_TWO_DIGIT_YEAR = re.compile(r"^(\d{2})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})\s*日?$")
_SPACED = re.compile(r"^(\d{4})\s+(\d{1,2})\s+(\d{1,2})$|^(\d{4})\\(\d{1,2})\\(\d{1,2})$")
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: place for place, name in enumerate(_MONTH_NAMES, start=1)}
_ENGLISH = re.compile(
    r"^(\d{1,2})[-\s]([A-Z]{3})[A-Z]*\.?[-,\s]+(\d{2}|\d{4})$|^([A-Z]{3})[A-Z]*\.?\s+(\d{1,2})(?:ST|ND|RD|TH)?,?\s+(\d{4})$"
)
_NO_YEAR = re.compile(r"^\d{1,2}\s*(?:月|[-./])\s*\d{1,2}\s*[日号]?$")
_NO_DAY = re.compile(r"^\d{4}\s*(?:年|[-./])\s*\d{1,2}\s*月?$")
_DAY_FIRST = re.compile(r"^\d{1,2}[-./]\d{1,2}[-./]\d{4}$")
_RANGE = re.compile(r"^\s*(?:至|到|~|—|–|-|、|和|及|,)+\s*\d")
_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "О": 0, "两": 2}
_NUMERALS |= {str(number): number for number in range(10)}
_CHINESE = re.compile(
    r"^(?:([零〇○О0一二三四五六七八九]{4}|\d{4})年)?([一二三四五六七八九十]{1,2}|\d{1,2})月([一二三四五六七八九十]{1,3}|\d{1,2})[日号]?$"
)


def parse_date(raw: Raw, *, since_1904: bool = False) -> Parsed:
    """Take a cell as a calendar date (检查日期); the value is a `datetime.date` without time zone.

    `since_1904`: the workbook counts serial numbers from 1904 (Macintosh date system).
    Two-digit years, missing years, ranges and days that do not exist are refused by name.
    """
    if raw is None or raw == "":
        return EMPTY
    if isinstance(raw, dt.datetime):
        return _bounded(raw.date(), raw)
    if isinstance(raw, dt.date):
        return _bounded(raw, raw)
    if isinstance(raw, (bool, dt.time, dt.timedelta)):
        return _wrong("DATE_IS_NONE", raw, "不是日期")
    if isinstance(raw, (int, float)):
        return _from_number(raw, since_1904)
    broken = formula_error(raw)
    if broken:
        return Parsed(None, (broken,))
    return _from_text(raw, since_1904)


def time_of(raw: Raw) -> dt.time | None:
    """Give the time of day written beside the date, if there is one (检查时刻)."""
    if isinstance(raw, dt.datetime):
        return raw.time().replace(second=0, microsecond=0) if raw.time() != dt.time() else None
    if not isinstance(raw, str):
        return None
    full = _FULL.match(unicodedata.normalize("NFKC", raw).strip())
    parts = _TIME.match(full.group(4)) if full else None
    if not parts or parts.group(2) is None:
        return None
    hour, minute = int(parts.group(2)), 30 if parts.group(3) == "半" else int(parts.group(3) or 0)
    afternoon = (parts.group(1) or parts.group(5) or "") in {"下午", "晚上", "PM"}
    if afternoon and hour < 12:
        hour += 12
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def _from_number(raw: int | float, since_1904: bool) -> Parsed:
    if raw != raw or abs(raw) >= 10**9:
        return _wrong("DATE_IS_NONE", raw, "不是日期")
    whole = int(raw)
    if 19000101 <= whole <= 21001231:
        return _made(whole // 10000, whole // 100 % 100, whole % 100, raw)
    if since_1904 and 0 < whole < _SERIAL.stop:
        return _bounded(_EPOCH_1904 + dt.timedelta(days=whole), raw)
    if whole in _SERIAL:
        return _bounded(_EPOCH + dt.timedelta(days=whole), raw)
    return _wrong("DATE_IS_NONE", raw, "不是日期，也不是表格软件的日期序号")


def _from_text(raw: str, since_1904: bool) -> Parsed:
    text = unicodedata.normalize("NFKC", raw).replace("\u200b", "").replace("\ufeff", "").strip().lstrip("'").strip()
    if text in BLANK_MARKS:
        return EMPTY
    if len(text) > 60:
        return _wrong("DATE_IS_NONE", text[:20] + "…", "不是日期")
    full = _FULL.match(text)
    if full:
        if _TIME.match(full.group(4)):
            return _made(int(full.group(1)), int(full.group(2)), int(full.group(3)), raw)
        if _RANGE.match(full.group(4)):
            return _wrong("DATE_IS_RANGE", raw, "写了一段时间：请只写实际到现场检查的那一天，分几天检查的分行登记")
        return _wrong("DATE_IS_NONE", raw, "日期后面还有看不懂的文字")
    if re.fullmatch(r"\d{8}(?:\.0+)?", text):
        return _made(int(text[:4]), int(text[4:6]), int(text[6:8]), raw)
    if re.fullmatch(r"\d{14}", text):
        return _made(int(text[:4]), int(text[4:6]), int(text[6:8]), raw)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_number(float(text), since_1904)
    written = _CHINESE.match(re.sub(r"\s", "", text))
    if written and not text.isascii():
        if not written.group(1):
            return _wrong("DATE_NO_YEAR", raw, "没有写年份")
        year = int("".join(str(_NUMERALS[c]) for c in written.group(1)))
        return _made(year, _spoken(written.group(2)), _spoken(written.group(3)), raw)
    short = _TWO_DIGIT_YEAR.match(text)
    if short:
        return _short_year(int(short.group(1)), int(short.group(2)), int(short.group(3)), raw)
    spaced = _SPACED.match(text)
    if spaced:
        year, month, day = (int(part) for part in spaced.groups() if part)
        return _made(year, month, day, raw)
    english = _ENGLISH.match(text.upper())
    if english:
        return _from_english(*(part for part in english.groups() if part), raw=raw)
    if _DAY_FIRST.match(text):
        return _wrong("DATE_AMBIGUOUS", raw, "看不出哪个是月、哪个是日")
    if _NO_YEAR.match(text):
        return _wrong("DATE_NO_YEAR", raw, "没有写年份")
    if _NO_DAY.match(text):
        return _wrong("DATE_NO_DAY", raw, "没有写到日")
    return _wrong("DATE_IS_NONE", raw, "不是日期")


def _short_year(year: int, month: int, day: int, raw: Raw) -> Parsed:
    try:
        meant = f"（是 {dt.date(2000 + year, month, day).isoformat()} 的，请照此改写）"
    except ValueError:
        meant = ""
    return _wrong("DATE_TWO_DIGIT_YEAR", raw, f"年份只写了两位，无法确定是哪一年：请写四位年份{meant}")


def _from_english(first: str, second: str, year: str, *, raw: Raw) -> Parsed:
    """Mar 11, 2026 and 11-Mar-2026: the month is named, so nothing is ambiguous but a short year (英文日期)."""
    name, day = (first, second) if second.isdecimal() else (second, first)
    month = _MONTHS.get(name)
    if month is None:
        return _wrong("DATE_IS_NONE", raw, "不是日期")
    return _short_year(int(year), month, int(day), raw) if len(year) == 2 else _made(int(year), month, int(day), raw)


def _spoken(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    if "十" not in text:
        return _NUMERALS.get(text, 99) if len(text) == 1 else 99
    return (_NUMERALS.get(tens, 99) if tens else 1) * 10 + (_NUMERALS.get(ones, 99) if ones else 0)


def _made(year: int, month: int, day: int, raw: Raw) -> Parsed:
    try:
        value = dt.date(year, month, day)
    except ValueError:
        return _wrong("DATE_IS_NONE", raw, "这一天不存在")
    return _bounded(value, raw)


def _bounded(value: dt.date, raw: Raw) -> Parsed:
    if EARLIEST <= value <= LATEST:
        return Parsed(value)
    return _wrong("DATE_OUT_OF_RANGE", raw, f"年份不在 {EARLIEST.year}—{LATEST.year} 之间")


def _wrong(code: str, raw: Raw, why: str) -> Parsed:
    how = "" if "：" in why else f"：{_HOW}"
    return Parsed(None, (Note("error", code, f"日期“{shown(raw)}”{why}{how}"),))
