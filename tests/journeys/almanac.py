"""Working days and terms by plain date arithmetic (手工推算), over a county file as it stands in YAML.

Nothing of `yisong` is imported here: what the system computes is compared with this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

DAY = timedelta(days=1)
Pauses = Iterable[tuple[date, date]]


class Almanac:
    """Which days the offices of a county work (县日历): its own year, Monday to Friday for all others."""

    def __init__(self, calendar: Mapping[str, Any]) -> None:
        self.off: set[date] = set()
        for holiday in calendar["holidays"]:
            day = holiday["from"]
            while day <= holiday["to"]:
                self.off.add(day)
                day += DAY
        self.made_up = set(calendar["makeup_workdays"])
        self.unpublished = set(calendar.get("unpublished_years", ()))

    def works(self, day: date) -> bool:
        if day in self.made_up:
            return True
        new_year = day.year in self.unpublished and (day.month, day.day) == (1, 1)
        return day.weekday() < 5 and day not in self.off and not new_year

    def at_work(self, day: date) -> date:
        """The day itself, or the first on which the offices work again."""
        while not self.works(day):
            day += DAY
        return day

    def working_days(self, day: date, number: int) -> date:
        """So many working days after a day, or before it where negative."""
        step = DAY if number > 0 else -DAY
        for _ in range(abs(number)):
            day += step
            while not self.works(day):
                day += step
        return day

    def due(self, unit: str, start: date, amount: int, *, pauses: Pauses = ()) -> date:
        """The last day of a term: day 0 is not counted, nor are the days (first, last] of a pause."""
        held = {first + DAY * number for first, last in pauses for number in range(1, (last - first).days + 1)}
        day, counted = start, 0
        while counted < amount:
            day += DAY
            counted += day not in held and (unit != "wd" or self.works(day))
        return self.at_work(day) if unit == "nd" else day

    def provisional(self, first: date, last: date) -> bool:
        """Whether a year that nobody has announced lies in between."""
        return any(year in self.unpublished for year in range(first.year, last.year + 1))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
