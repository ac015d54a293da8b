"""Take a calendar year from a file (日历读入): our TOML, the JSON and the iCalendar that public projects ship.

Only parsed or plain text comes in, nothing is opened here. Whatever a file says, the result is a `CalendarYear`, with
the same checks. Changes between two calendars are shown (`difference`) before one is put in the other's place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yisong.domain.workdays import CalendarError, CalendarYear, DayStatus, Holiday, WorkCalendar

CONFIDENCES = ("high", "medium", "low")
_TOML_KEYS = {
    "year", "announced", "notice", "number", "date", "confidence", "note", "holidays", "makeup_workdays", "sentences",
    "amendments", "source",
}  # fmt: skip
_AMENDMENT_KEYS = {"notice", "number", "date", "confidence", "note", "sentences"}


@dataclass(frozen=True, slots=True)
class DayChange:
    """One day that a new calendar sees otherwise (日别变动)."""

    day: date
    old: DayStatus
    new: DayStatus


def difference(old: WorkCalendar, new: WorkCalendar) -> tuple[DayChange, ...]:
    """The days whose kind differs between two calendars (日历差异), in order; a mere announcement is no change."""
    years = {year for year in old.years.keys() | new.years.keys() if old.years.get(year) != new.years.get(year)}
    days = {day for year in years for day in _days_of(year)}
    return tuple(
        DayChange(day, old.day(day), new.day(day)) for day in sorted(days) if old.day(day).kind is not new.day(day).kind
    )


def _days_of(year: int) -> Iterator[date]:
    """The year with the neighbouring weeks a notice may reach into."""
    first, last = date(year - 1, 12, 1), date(year + 1, 1, 31)
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def holidays_from_days(names: Mapping[date, str]) -> tuple[Holiday, ...]:
    """Join single days off into holidays (合并连续放假日): runs of days under one name."""
    runs: list[tuple[str, date, date]] = []
    for day in sorted(names):
        if runs and runs[-1][0] == names[day] and runs[-1][2] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], runs[-1][1], day)
        else:
            runs.append((names[day], day, day))
    return tuple(Holiday(*run) for run in runs)


def calendar_year_from_toml(mapping: Mapping[str, Any], *, where: str) -> CalendarYear:
    """Read a parsed `rules/calendar/YYYY.toml` (读入年度日历); `where` names the file in every error."""
    try:
        return _from_toml(mapping)
    except CalendarError as error:
        raise CalendarError(error.code, f"{where}：{error.message}") from None


def _from_toml(mapping: Mapping[str, Any]) -> CalendarYear:
    _known_keys(mapping, _TOML_KEYS, "年度日历")
    year = _field(mapping, "year", int, "年度，例如 year = 2026")
    if not mapping.get("announced", True):
        return CalendarYear(year, str(mapping.get("note", "")), (), (), announced=False)
    source = (
        _field(mapping, "source", str, "来源全文（通知名称、文号、日期）")
        if "source" in mapping
        else _citation(mapping)
    )
    for amendment in _field(mapping, "amendments", list, "调整通知列表") if "amendments" in mapping else ():
        _known_keys(amendment, _AMENDMENT_KEYS, "调整通知")
        source += "；" + _citation(amendment)
    holidays = []
    for entry in _field(mapping, "holidays", list, "放假安排列表 holidays"):
        _known_keys(entry, {"name", "first", "last"}, "放假安排")
        name = _field(entry, "name", str, "节日名称")
        first, last = (
            _field(entry, key, date, f"“{name}”的日期，例如 {key} = {year}-10-01") for key in ("first", "last")
        )
        holidays.append(Holiday(name, first, last))
    makeup = _field(mapping, "makeup_workdays", list, "调休上班日列表（没有的写 []）")
    for day in makeup:
        _field({"day": day}, "day", date, f"日期，例如 {year}-10-10，而不是 {day!r}")
    return CalendarYear(year, source, tuple(holidays), tuple(makeup))


def _known_keys(mapping: Any, keys: set[str], what: str) -> None:
    if not isinstance(mapping, Mapping):
        raise CalendarError("entry_not_table", f"{what}应写成 {{ 键 = 值 }} 的形式，而不是 {mapping!r}。")
    for key in mapping.keys() - keys:
        raise CalendarError("key_unknown", f"{what}里有不认识的键“{key}”，可用的键：{'、'.join(sorted(keys))}。")


def _field(mapping: Mapping[str, Any], key: str, kind: type, wanted: str) -> Any:
    found = mapping.get(key)
    if not isinstance(found, kind) or isinstance(found, datetime | bool):
        raise CalendarError("field_missing", f"“{key}”缺失或写法不对，应为{wanted}。")
    return found


def _citation(mapping: Mapping[str, Any]) -> str:
    notice = _field(mapping, "notice", str, "通知名称")
    number = _field(mapping, "number", str, "文号，例如“国办发明电〔2025〕7号”")
    issued = _field(mapping, "date", date, "成文日期，例如 2025-11-04")
    confidence = mapping.get("confidence", "")
    if confidence not in CONFIDENCES:
        raise CalendarError(
            "confidence_unknown", f"“confidence”应为 {'、'.join(CONFIDENCES)} 之一，表示来源的可信程度。"
        )
    return f"{notice}（{number}，{issued}）" + ("" if confidence == "high" else "〔来源待核〕")


def calendar_year_from_json(document: Any, *, year: int, source: str = "") -> CalendarYear:
    """Read the parsed JSON of a public project (读入公开日历 JSON).

    Known shapes: holiday-cn (`days` with `isOffDay`), china-holiday-calender (`Years` with `CompDays`) and timor
    (`holiday` by month-day). `source` is needed where the file names no notice.
    """
    if not isinstance(document, Mapping):
        raise CalendarError("json_shape", "日历 JSON 应是一个对象，请核对文件。")
    papers = document.get("papers")
    if not source and isinstance(papers, list):
        source = "；".join(str(paper) for paper in papers)
    written = document.get("year", year)
    if written != year:
        raise CalendarError("year_mismatch", f"文件是 {written} 年的日历，不是 {year} 年的，请核对。")
    try:
        return _from_marks(_json_marks(document, year), year=year, source=source)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, CalendarError):
            raise
        raise CalendarError("json_shape", f"日历 JSON 里有读不懂的条目（{error}），请核对文件格式。") from error


def _json_marks(document: Mapping[str, Any], year: int) -> Iterator[tuple[date, str, bool]]:
    if "days" in document:
        for entry in document["days"]:
            yield date.fromisoformat(entry["date"]), str(entry["name"]), _flag(entry["isOffDay"])
    elif "Years" in document:
        for entry in document["Years"].get(str(year), ()):
            first, last = date.fromisoformat(entry["StartDate"]), date.fromisoformat(entry["EndDate"])
            for offset in range((last - first).days + 1):
                yield first + timedelta(days=offset), str(entry["Name"]), True
            for day in entry.get("CompDays") or ():
                yield date.fromisoformat(day), str(entry["Name"]), False
    elif "holiday" in document:
        for entry in document["holiday"].values():
            yield date.fromisoformat(entry["date"]), str(entry["name"]), _flag(entry["holiday"])
    else:
        raise CalendarError("json_shape", "日历 JSON 里没有 days、Years 或 holiday，不是已知的公开格式。")


def _flag(found: Any) -> bool:
    if not isinstance(found, bool):
        raise ValueError(f"放假标记应为 true 或 false，而不是 {found!r}")
    return found


def _from_marks(marks: Iterable[tuple[date, str, bool]], *, year: int, source: str) -> CalendarYear:
    off: dict[date, str] = {}
    worked: set[date] = set()
    for day, name, rests in marks:
        if rests:
            off[day] = name
        elif day.weekday() > 4:
            worked.add(day)
        # A weekday marked as worked is what it is anyway (“2月3日起正常上班”).
    both = sorted(off.keys() & worked)
    if both:
        raise CalendarError("day_twice", f"{both[0]} 既标为放假又标为上班，请核对。")
    return CalendarYear(year, source, holidays_from_days(off), tuple(sorted(worked)))


def calendar_year_from_ical(text: str, *, year: int, source: str) -> CalendarYear:
    """Read one year out of an iCalendar text (读入 iCal): events whose SUMMARY says 休、放假 or 班.

    Other events are passed over. New Year's events in December belong to the year that begins.
    """
    marks = list(_ical_marks(text, year))
    if not marks:
        raise CalendarError("ical_empty", f"iCal 文件里没有 {year} 年标明“休”或“班”的日程，请核对文件。")
    return _from_marks(marks, year=year, source=source)


def _ical_marks(text: str, year: int) -> Iterator[tuple[date, str, bool]]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for event in re.findall(r"BEGIN:VEVENT\r?\n(.*?)END:VEVENT", unfolded, flags=re.DOTALL):
        fields = dict(re.findall(r"^([A-Z-]+)(?:;[^:\r\n]*)?:([^\r\n]*)", event, flags=re.MULTILINE))
        summary = fields.get("SUMMARY", "").replace("\\", "")
        worked = "班" in summary
        if not worked and not re.search("休|放假|假期", summary):
            continue
        first = _ical_day(fields.get("DTSTART", ""), summary)
        last = _ical_day(fields["DTEND"], summary) - timedelta(days=1) if "DTEND" in fields else first
        begins_next_year = "元旦" in summary and first.month == 12
        if first.year + begins_next_year == year:
            name = re.sub(r"[（(【\[].*?[）)】\]]|补班|调休|上班|放假|假期|第\d+天|[休班补\s/]", "", summary) or summary
            for offset in range(max((last - first).days, 0) + 1):
                yield first + timedelta(days=offset), name, not worked


def _ical_day(text: str, summary: str) -> date:
    found = re.match(r"(\d{4})(\d{2})(\d{2})", text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise CalendarError("ical_date", f"日程“{summary}”的日期“{text}”读不懂，请核对 iCal 文件。") from None
