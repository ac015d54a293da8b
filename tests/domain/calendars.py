"""The calendars that the tests of the clocks count by (测试用日历): the district's own files, read once."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from yisong.domain.holiday_notice import calendar_year_from_toml
from yisong.domain.workdays import CalendarYear, WorkCalendar

ROOT = Path(__file__).resolve().parents[2]
YEARS = range(2008, 2027)


@cache
def year_file(year: int) -> dict[str, Any]:
    """The parsed `rules/calendar/YYYY.toml`."""
    return tomllib.loads((ROOT / "rules" / "calendar" / f"{year}.toml").read_text(encoding="utf-8"))


@cache
def calendar_year(year: int) -> CalendarYear:
    """One year of the rules."""
    return calendar_year_from_toml(year_file(year), where=f"{year}.toml")


@cache
def announced_calendar() -> WorkCalendar:
    """All years of the rules, 2008 to 2026; 2027 is not announced."""
    return WorkCalendar(calendar_year(year) for year in YEARS)


def days(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`."""
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
