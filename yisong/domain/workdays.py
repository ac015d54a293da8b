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


def _out_of_range(asked: date) -> CalendarError:
    bounds = f"{FIRST_DAY} 至 {LAST_DAY}"
    return CalendarError("day_out_of_range", f"自 {asked} 推算的日期超出日历范围（{bounds}），请核对日期和期限。")


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
        if not 0 <= (self.last - self.first).days <= 30:
            message = f"“{self.name}”自 {self.first} 至 {self.last}：止日早于起日或超过 31 天，请核对。"
            raise CalendarError("holiday_span", message)

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
            message = f"{self.year} 年的放假安排为空，不能作为日历；尚未公布的，请标为未公布（announced = false）。"
            raise CalendarError("calendar_empty", message)
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


class WorkCalendar:
    """The working days of all years from 1990 to 2100 (工作日历), from the notices given.

    A year without a notice answers Monday to Friday plus 1 January off, and says so (`provisional`). `version`
    names this state of knowledge; left out, it is a digest of the contents, so equal contents have equal versions.
    `weekend_is_rest` decides whether an ordinary weekend is a rest day on which a period in natural days may not
    end (系统默认 true；民事诉讼法第85条“法定休假日”，是否含普通周末为实务通说，置信度中). It never makes a weekend
    a working day.
    """

    __slots__ = ("_before", "_fixed", "_unsure", "_workdays", "version", "weekend_is_rest", "years")

    def __init__(
        self, years: Iterable[CalendarYear] = (), *, version: str | None = None, weekend_is_rest: bool = True
    ) -> None:
        self.years: dict[int, CalendarYear] = {}
        for calendar_year in sorted(years, key=lambda notice: notice.year):
            if calendar_year.year in self.years:
                message = f"{calendar_year.year} 年的放假安排出现两次，请只保留现行有效的一份。"
                raise CalendarError("year_twice", message)
            self.years[calendar_year.year] = calendar_year
        self.weekend_is_rest = weekend_is_rest
        self.version = version if version is not None else self._digest()
        self._fixed = self._settle()
        worked = bytearray(b"\1") * _LENGTH
        for rest_weekday in (5, 6):
            first = (rest_weekday - FIRST_DAY.weekday()) % 7
            worked[first::7] = bytes(len(range(first, _LENGTH, 7)))
        unsure = bytearray(_LENGTH)  # 1 on the days of years not announced
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
            if not self.announced(year):
                first = date(year, 1, 1).toordinal() - _BASE
                length = date(year, 12, 31).toordinal() - _BASE - first + 1
                unsure[first : first + length] = b"\1" * length
                worked[first] = 0
        for day, (kind, _, _) in self._fixed.items():
            index = day.toordinal() - _BASE
            if 0 <= index < _LENGTH:
                worked[index] = kind.worked
                unsure[index] = 0
        self._before = [0, *accumulate(worked)]
        self._unsure = [0, *accumulate(unsure)]
        self._workdays = [date.fromordinal(_BASE + index) for index, flag in enumerate(worked) if flag]

    def _digest(self) -> str:
        lines = [f"weekend_is_rest={self.weekend_is_rest}"]
        for calendar_year in self.years.values():
            lines.append(f"{calendar_year.year} {calendar_year.announced} {calendar_year.source}")
            lines += sorted(f"{day} {kind.value} {name}" for day, kind, name in calendar_year.entries())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def _settle(self) -> dict[date, tuple[DayKind, str, str]]:
        """Lay the notices over each other (合并各年度安排); two years may not contradict each other."""
        fixed: dict[date, tuple[DayKind, str, str]] = {}
        for calendar_year in self.years.values():
            for day, kind, name in calendar_year.entries():
                known = fixed.get(day)
                if known is not None and known[0] is not kind:
                    message = f"{day} 在“{known[2]}”与“{calendar_year.source}”中一为放假、一为上班，请核对。"
                    raise CalendarError("years_contradict", message)
                fixed[day] = (kind, name, calendar_year.source)
        return fixed

    def with_year(self, calendar_year: CalendarYear) -> "WorkCalendar":
        """The same calendar with one year replaced or added (换入一个年度); the version is that of the new contents."""
        years = {**self.years, calendar_year.year: calendar_year}
        return WorkCalendar(years.values(), weekend_is_rest=self.weekend_is_rest)

    def _index(self, day: date) -> int:
        index = day.toordinal() - _BASE
        if 0 <= index < _LENGTH:
            return index
        raise _out_of_range(day)

    def announced(self, year: int) -> bool:
        """Whether the notice of this year is known (该年度放假安排是否已公布)."""
        calendar_year = self.years.get(year)
        return calendar_year is not None and calendar_year.announced

    def is_workday(self, day: date) -> bool:
        """Whether the offices work that day (是否工作日), make-up days included."""
        index = self._index(day)
        return self._before[index + 1] > self._before[index]

    def is_rest_day(self, day: date) -> bool:
        """Whether a period in natural days may not end on that day (是否法定休假日)."""
        if self.is_workday(day):
            return False
        return self.weekend_is_rest or self.day(day).kind is DayKind.HOLIDAY

    def day(self, day: date) -> DayStatus:
        """What that day is and by which notice (当日性质)."""
        index = self._index(day)
        known = self._fixed.get(day)
        if known is not None:
            return DayStatus(day, *known, provisional=False)
        if self.announced(day.year):
            kind = DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND
            return DayStatus(day, kind, "", self.years[day.year].source, provisional=False)
        if self._before[index + 1] > self._before[index]:
            kind, name = DayKind.WORKDAY, ""
        elif (day.month, day.day) == (1, 1):
            kind, name = DayKind.HOLIDAY, UNANNOUNCED_HOLIDAY
        else:
            kind, name = DayKind.WEEKEND, ""
        return DayStatus(day, kind, name, UNANNOUNCED_SOURCE, provisional=True)

    def next_workday(self, day: date) -> date:
        """The first working day on or after that day (当日或其后第一个工作日)."""
        position = self._before[self._index(day)]
        if position < len(self._workdays):
            return self._workdays[position]
        raise _out_of_range(day)

    def roll_forward(self, day: date) -> date:
        """The day itself, or the first day after the rest days it lies in (末日遇休假日顺延)."""
        if self.weekend_is_rest:
            return self.next_workday(day)
        while self.is_rest_day(day):
            day += timedelta(days=1)
        return day

    def add_workdays(self, day: date, amount: int) -> date:
        """The `amount`-th working day after that day, or before it if negative (加减工作日); 0 gives the day itself.

        The day itself is not counted. Raises CalendarError outside 1990–2100.
        """
        index = day.toordinal() - _BASE
        if 0 <= index < _LENGTH:
            if amount > 0:
                position = self._before[index + 1] + amount - 1
                if position < len(self._workdays):
                    return self._workdays[position]
            elif amount == 0:
                return day
            elif self._before[index] + amount >= 0:
                return self._workdays[self._before[index] + amount]
        raise _out_of_range(day)

    def count_workdays(self, after: date, until: date) -> int:
        """How many working days lie in (after, until] (其间工作日数); negative if `until` is the earlier day."""
        return self._before[self._index(until) + 1] - self._before[self._index(after) + 1]

    def is_provisional_between(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last`, both included, belongs to a year not announced (是否含暂估日).

        The end of December of an announced year is not provisional, although the next notice may still move it.
        """
        return self._unsure[self._index(last) + 1] > self._unsure[self._index(first)]
