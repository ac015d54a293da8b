"""The years of a calendar as files (年度日历写出)."""

from __future__ import annotations

import json
from pathlib import Path

from yisong.domain.workdays import CalendarYear, WorkCalendar


def year_text(year: CalendarYear) -> str:
    """One year as `calendar/YYYY.toml` (年度日历文本); reading it again gives the same days."""
    if not year.announced:
        return f"year = {year.year}\nannounced = false\n"
    holidays = "".join(
        f"    {{ name = {json.dumps(entry.name, ensure_ascii=False)}, first = {entry.first.isoformat()}, last = {entry.last.isoformat()} }},\n"
        for entry in year.holidays
    )
    makeup = ", ".join(day.isoformat() for day in year.makeup_workdays)
    notice = json.dumps(year.source, ensure_ascii=False)
    return f"year = {year.year}\nsource = {notice}\n\nholidays = [\n{holidays}]\nmakeup_workdays = [{makeup}]\n"


def write_calendar(calendar: WorkCalendar, directory: Path) -> None:
    """Write every year of a calendar to a folder (写出日历)."""
    directory.mkdir(parents=True, exist_ok=True)
    for year in calendar.years.values():
        (directory / f"{year.year}.toml").write_text(year_text(year), encoding="utf-8", newline="\n")
