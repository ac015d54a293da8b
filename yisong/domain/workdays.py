"""The calendar of working days (工作日历): which day is worked, which is off, and by which notice.

China's working days do not follow from the weekday: each year's notice of the State Council (国务院办公厅关于
部分节假日安排的通知) gives the days off and the weekend days that are worked instead (调休上班). A `WorkCalendar`
is built from those notices and answers in constant time from prefix sums. All values are dates, no instants.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
_BASE = FIRST_DAY.toordinal()
_LENGTH = LAST_DAY.toordinal() - _BASE + 1
UNANNOUNCED_SOURCE = "该年度放假安排尚未公布：按周一至周五上班、1月1日放假暂估"
UNANNOUNCED_HOLIDAY = "元旦（暂估）"


class CalendarError(ValueError):
    """A calendar that cannot be relied on (日历错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class DayKind(StrEnum):
    """What a day is to the offices (日别)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return _KIND_LABELS[self]

    @property
    def worked(self) -> bool:
        """Whether the offices work on such a day (是否上班)."""
        return self in (DayKind.WORKDAY, DayKind.MAKEUP)


_KIND_LABELS = {
    DayKind.WORKDAY: "工作日",
    DayKind.WEEKEND: "周末",
    DayKind.HOLIDAY: "法定节假日",
    DayKind.MAKEUP: "调休上班",
}


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday of a notice (放假安排): from `first` to `last`, both days off."""

    name: str
    first: date
    last: date

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise CalendarError("holiday_unnamed", f"{self.first} 起的放假安排没有名称，请写明节日名称。")
        if self.last < self.first:
            raise CalendarError("holiday_reversed", f"“{self.name}”的止日 {self.last} 早于起日 {self.first}，请核对。")
        if (self.last - self.first).days > 30:
            raise CalendarError("holiday_too_long", f"“{self.name}”自 {self.first} 至 {self.last} 超过 31 天，请核对。")

    def days(self) -> Iterator[date]:
        """Every day off of this holiday, in order (逐日)."""
        return (self.first + timedelta(days=offset) for offset in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's notice (年度放假安排).

    `source` names the notice: title, number, date. Days may lie in the neighbouring year (New Year's leave often
    starts in December). An announced year without a single holiday is refused: an empty list is not a calendar.
    """

    year: int
    source: str
    holidays: tuple[Holiday, ...]
    makeup_workdays: tuple[date, ...]
    announced: bool = True

    def __post_init__(self) -> None:
        if not FIRST_DAY.year <= self.year <= LAST_DAY.year:
            raise CalendarError("year_out_of_range", f"年度 {self.year} 不在 {FIRST_DAY.year}—{LAST_DAY.year} 之内。")
        if not self.announced:
            if self.holidays or self.makeup_workdays:
                raise CalendarError("unannounced_with_days", f"{self.year} 年标为未公布，却列有放假或上班日，请核对。")
            return
        if not self.holidays:
            raise CalendarError(
                "calendar_empty", f"{self.year} 年的放假安排为空，不能作为日历；尚未公布的，请标为未公布（announced = false）。"
            )
        if not self.source.strip():
            raise CalendarError("source_missing", f"{self.year} 年的放假安排没有注明通知名称和文号，请补写来源。")
        self._check_days()

    def _check_days(self) -> None:
        seen: dict[date, str] = {}
        for holiday in self.holidays:
            for day in holiday.days():
                self._check_near(day)
                if day in seen:
                    raise CalendarError("day_twice", f"{day} 同时列入“{seen[day]}”和“{holiday.name}”，请合并。")
                seen[day] = holiday.name
        for day in self.makeup_workdays:
            self._check_near(day)
            if day in seen:
                raise CalendarError("day_twice", f"{day} 既列为“{seen[day]}”又列为调休上班，请核对。")
            if day.weekday() < 5:
                raise CalendarError("makeup_not_weekend", f"调休上班日 {day} 不是星期六或星期日，请核对。")
            seen[day] = "调休上班"

    def _check_near(self, day: date) -> None:
        if day.year != self.year and (day.year, day.month) not in ((self.year - 1, 12), (self.year + 1, 1)):
            raise CalendarError("day_of_other_year", f"{day} 不属于 {self.year} 年度的放假安排，请核对年份。")

    def entries(self) -> Iterator[tuple[date, DayKind, str]]:
        """Every day on which this notice speaks: (day, holiday or make-up, name) (逐日安排)."""
        for holiday in self.holidays:
            for day in holiday.days():
                yield day, DayKind.HOLIDAY, holiday.name
        for day in self.makeup_workdays:
            yield day, DayKind.MAKEUP, ""


@dataclass(frozen=True, slots=True)
class DayStatus:
    """What one day is, and who says so (当日性质): `provisional` if its year is not announced."""

    day: date
    kind: DayKind
    name: str
    source: str
    provisional: bool
