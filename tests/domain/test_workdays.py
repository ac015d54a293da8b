"""Which day is worked (工作日历).

`tests/data/days_off.csv` lists every day from 2008 to 2026 that differs from Monday to Friday. Its facts come from the
package chinesecalendar 1.11.0, an independent transcription of the same notices.
"""

import csv
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.calendars import ROOT, announced_calendar, calendar_year, days
from yisong.domain.workdays import (
    UNANNOUNCED_SOURCE,
    CalendarError,
    CalendarYear,
    DayKind,
    Holiday,
    WorkCalendar,
)

calendar = announced_calendar()
DAYS = st.dates(date(2008, 1, 1), date(2027, 12, 31))
NEW_YEAR = Holiday("元旦", date(2030, 1, 1), date(2030, 1, 1))


def year_2030(*holidays: Holiday, makeup: tuple[date, ...] = (), source: str = "某通知") -> CalendarYear:
    return CalendarYear(2030, source, holidays or (NEW_YEAR,), makeup)


def test_every_day_from_2008_to_2026_is_as_an_independent_source_has_it() -> None:
    with (ROOT / "tests" / "data" / "days_off.csv").open(encoding="utf-8", newline="") as file:
        exceptions = {date.fromisoformat(row["day"]): row["worked"] == "yes" for row in csv.DictReader(file)}
    every_day = days(date(2008, 1, 1), date(2026, 12, 31))
    expected = {day: exceptions.get(day, day.weekday() < 5) for day in every_day}
    assert {day: calendar.is_workday(day) for day in every_day} == expected
    assert {day: calendar.day(day).kind.worked for day in every_day} == expected
    makeup = {day for day in every_day if calendar.day(day).kind is DayKind.MAKEUP}
    assert makeup == {day for day, worked in exceptions.items() if worked}


def test_2026_is_as_the_county_knows_it() -> None:
    off = [("0101", "0103"), ("0215", "0223"), ("0404", "0406"), ("0501", "0505"), ("0619", "0621"), ("0925", "0927")]
    off.append(("1001", "1007"))
    expected = {day for first, last in off for day in days(_2026(first), _2026(last))}
    kinds = {day: calendar.day(day).kind for day in days(date(2026, 1, 1), date(2026, 12, 31))}
    assert {day for day, kind in kinds.items() if kind is DayKind.HOLIDAY} == expected
    makeup = {day for day, kind in kinds.items() if kind is DayKind.MAKEUP}
    assert makeup == {_2026(text) for text in ("0104", "0214", "0228", "0509", "0920", "1010")}


def _2026(text: str) -> date:
    return date(2026, int(text[:2]), int(text[2:]))


def test_a_day_names_its_holiday_and_its_notice() -> None:
    status = calendar.day(date(2026, 10, 2))
    assert (status.kind, status.name, status.provisional) == (DayKind.HOLIDAY, "国庆节", False)
    assert "国办发明电〔2025〕7号" in status.source
    assert status.kind.label == "法定节假日"


def test_a_notice_may_reach_into_december_of_the_year_before() -> None:
    kinds = [calendar.day(day).kind for day in days(date(2007, 12, 29), date(2007, 12, 31))]
    assert kinds == [DayKind.MAKEUP, DayKind.HOLIDAY, DayKind.HOLIDAY]
    assert calendar.day(date(2007, 12, 31)).provisional is False
    assert calendar.day(date(2018, 12, 31)).name == "元旦"
    assert calendar.is_workday(date(2011, 12, 31))


def test_a_year_not_announced_is_provisional_and_never_a_normal_week() -> None:
    new_year, monday, saturday = (calendar.day(date(2027, 1, day)) for day in (1, 4, 2))
    assert (new_year.kind, monday.kind, saturday.kind) == (DayKind.HOLIDAY, DayKind.WORKDAY, DayKind.WEEKEND)
    assert {status.source for status in (new_year, monday, saturday)} == {UNANNOUNCED_SOURCE}
    assert all(status.provisional for status in (new_year, monday, saturday))
    assert not calendar.announced(2027)
    assert not calendar.is_workday(date(2027, 1, 1))


def test_a_span_is_provisional_if_it_touches_a_year_not_announced() -> None:
    assert not calendar.is_provisional_between(date(2026, 1, 1), date(2026, 12, 31))
    assert calendar.is_provisional_between(date(2026, 12, 31), date(2027, 1, 1))
    assert calendar.is_provisional_between(date(2027, 3, 1), date(2027, 3, 1))
    assert not calendar.is_provisional_between(date(2007, 12, 29), date(2008, 1, 5))


def test_every_year_from_1990_to_2100_answers() -> None:
    for year in range(1990, 2101):
        assert calendar.day(date(year, 1, 1)).kind is DayKind.HOLIDAY
        assert calendar.count_workdays(date(year, 1, 1), date(year, 12, 31)) > 240


@given(DAYS, st.integers(-400, 400))
def test_adding_then_counting_gives_back_the_amount(day: date, amount: int) -> None:
    reached = calendar.add_workdays(day, amount)
    if amount >= 0:
        assert calendar.count_workdays(day, reached) == amount
    else:
        assert calendar.count_workdays(reached - timedelta(days=1), day - timedelta(days=1)) == -amount
    assert amount == 0 or calendar.is_workday(reached)


@given(DAYS, st.integers(1, 60))
def test_adding_is_what_a_patient_clerk_would_count(day: date, amount: int) -> None:
    for step in (1, -1):
        reached, left = day, amount
        while left:
            reached += timedelta(days=step)
            left -= calendar.is_workday(reached)
        assert calendar.add_workdays(day, step * amount) == reached


@given(DAYS, DAYS, DAYS)
def test_counts_add_up_and_turn_round(first: date, second: date, third: date) -> None:
    count = calendar.count_workdays
    assert count(first, second) + count(second, third) == count(first, third)
    assert count(first, second) == -count(second, first)


@given(DAYS)
def test_the_next_workday_is_the_first_one_not_before(day: date) -> None:
    found = calendar.next_workday(day)
    assert found >= day
    assert calendar.is_workday(found)
    assert not any(calendar.is_workday(between) for between in days(day, found - timedelta(days=1)))


def test_a_plain_weekend_need_not_be_a_rest_day_but_is_never_worked() -> None:
    narrow = WorkCalendar([calendar_year(2026)], weekend_is_rest=False)
    saturday, holiday = date(2026, 11, 14), date(2026, 10, 4)
    assert (calendar.roll_forward(saturday), narrow.roll_forward(saturday)) == (date(2026, 11, 16), saturday)
    assert narrow.roll_forward(holiday) == date(2026, 10, 8)
    assert narrow.roll_forward(date(2026, 6, 19)) == date(2026, 6, 22)
    assert not narrow.is_workday(saturday)
    assert calendar.is_rest_day(saturday) and not narrow.is_rest_day(saturday)
    assert not calendar.is_rest_day(date(2026, 9, 20))
    assert narrow.version != WorkCalendar([calendar_year(2026)]).version


def test_the_version_is_that_of_the_contents() -> None:
    forward, backward = [calendar_year(2025), calendar_year(2026)], [calendar_year(2026), calendar_year(2025)]
    assert WorkCalendar(forward).version == WorkCalendar(backward).version
    assert WorkCalendar(forward).version != WorkCalendar(forward[:1]).version
    assert WorkCalendar(forward, version="县历一").version == "县历一"
    later = WorkCalendar([year_2030()])
    changed = later.with_year(year_2030(Holiday("元旦", date(2030, 1, 1), date(2030, 1, 2))))
    assert changed.version != later.version
    assert later.is_workday(date(2030, 1, 2)) and not changed.is_workday(date(2030, 1, 2))
    assert changed.with_year(year_2030()).version == later.version


def test_an_unannounced_year_may_be_written_down_as_such() -> None:
    known = WorkCalendar([CalendarYear(2030, "", (), (), announced=False)])
    assert not known.announced(2030)
    assert known.day(date(2030, 5, 1)).provisional


@pytest.mark.parametrize(
    ("code", "build"),
    [
        ("calendar_empty", lambda: CalendarYear(2030, "某通知", (), ())),
        ("unannounced_with_days", lambda: CalendarYear(2030, "", (NEW_YEAR,), (), announced=False)),
        ("source_missing", lambda: year_2030(source=" ")),
        ("year_out_of_range", lambda: CalendarYear(1989, "某通知", (NEW_YEAR,), ())),
        ("day_twice", lambda: year_2030(NEW_YEAR, NEW_YEAR)),
        ("day_twice", lambda: year_2030(Holiday("节", date(2030, 1, 1), date(2030, 1, 6)), makeup=(date(2030, 1, 5),))),
        ("makeup_not_weekend", lambda: year_2030(makeup=(date(2030, 1, 4),))),
        ("day_of_other_year", lambda: year_2030(Holiday("元旦", date(2029, 11, 30), date(2029, 11, 30)))),
        ("day_of_other_year", lambda: year_2030(makeup=(date(2031, 2, 1),))),
        ("holiday_span", lambda: Holiday("元旦", date(2030, 1, 2), date(2030, 1, 1))),
        ("holiday_span", lambda: Holiday("元旦", date(2030, 1, 1), date(2030, 2, 1))),
        ("holiday_unnamed", lambda: Holiday(" ", date(2030, 1, 1), date(2030, 1, 1))),
        ("year_twice", lambda: WorkCalendar([year_2030(), year_2030()])),
        ("day_out_of_range", lambda: calendar.day(date(1989, 12, 31))),
        ("day_out_of_range", lambda: calendar.is_workday(date(2101, 1, 1))),
        ("day_out_of_range", lambda: calendar.add_workdays(date(2100, 12, 30), 9)),
        ("day_out_of_range", lambda: calendar.add_workdays(date(1990, 1, 2), -9)),
        ("day_out_of_range", lambda: calendar.add_workdays(date(1989, 12, 31), 1)),
        ("day_out_of_range", lambda: calendar.next_workday(date(2100, 12, 31) + timedelta(days=1))),
    ],
)
def test_what_cannot_be_relied_on_is_refused_by_name(code: str, build: Callable[[], object]) -> None:
    with pytest.raises(CalendarError) as refusal:
        build()
    assert refusal.value.code == code
    assert refusal.value.message.endswith("。")


def test_two_notices_may_agree_on_a_day_but_not_contradict_each_other() -> None:
    def year_2031(holiday: Holiday, makeup: tuple[date, ...] = ()) -> CalendarYear:
        return CalendarYear(2031, "另一通知", (holiday,), makeup)

    saturday = date(2030, 12, 28)
    ours = year_2030(NEW_YEAR, makeup=(saturday,))
    new_year = Holiday("元旦", date(2031, 1, 1), date(2031, 1, 1))
    assert WorkCalendar([ours, year_2031(new_year, makeup=(saturday,))]).is_workday(saturday)
    with pytest.raises(CalendarError) as refusal:
        WorkCalendar([ours, year_2031(Holiday("元旦", saturday, date(2031, 1, 1)))])
    assert refusal.value.code == "years_contradict"
