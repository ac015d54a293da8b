"""Calendar years out of files (日历读入), and what a new one would change (日历差异)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.domain.calendars import YEARS, announced_calendar, calendar_year, year_file
from yisong.domain.holiday_notice import (
    calendar_year_from_ical,
    calendar_year_from_json,
    calendar_year_from_toml,
    difference,
)
from yisong.domain.workdays import CalendarError, CalendarYear, DayKind, WorkCalendar

NEW_YEAR = {"name": "元旦", "first": date(2026, 1, 1), "last": date(2026, 1, 3)}
FILE: dict[str, Any] = {
    "year": 2026,
    "notice": "某通知",
    "number": "某〔2025〕1号",
    "date": date(2025, 11, 4),
    "confidence": "high",
    "holidays": [NEW_YEAR],
    "makeup_workdays": [date(2026, 1, 4)],
}


def same_days(one: CalendarYear, other: CalendarYear) -> bool:
    """Whether two sources give the same status to every day, whatever names they use."""
    return not difference(WorkCalendar([one]), WorkCalendar([other]))


# --- our own file ---------------------------------------------------------------------------------------------------


def test_a_file_gives_a_year_with_its_source() -> None:
    read = calendar_year_from_toml(FILE, where="2026.toml")
    assert read.source == "某通知（某〔2025〕1号，2025-11-04）"
    assert (read.holidays[0].name, read.makeup_workdays) == ("元旦", (date(2026, 1, 4),))


def test_a_file_names_the_notices_that_changed_it_and_what_is_not_confirmed() -> None:
    later = {"notice": "调整通知", "number": "某〔2026〕2号", "date": date(2026, 2, 1), "confidence": "low"}
    read = calendar_year_from_toml({**FILE, "amendments": [later]}, where="2026.toml")
    assert read.source.endswith("；调整通知（某〔2026〕2号，2026-02-01）〔来源待核〕")


def test_a_year_may_be_written_down_as_not_announced() -> None:
    read = calendar_year_from_toml({"year": 2027, "announced": False}, where="2027.toml")
    assert not WorkCalendar([read]).announced(2027)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("key_unknown", {"makeup": []}),
        ("key_unknown", {"holidays": [{**NEW_YEAR, "days": 3}]}),
        ("key_unknown", {"amendments": [{"title": "某"}]}),
        ("field_missing", {"year": "2026"}),
        ("field_missing", {"year": True}),
        ("field_missing", {"notice": None}),
        ("field_missing", {"number": 7}),
        ("field_missing", {"date": "2025-11-04"}),
        ("field_missing", {"holidays": None}),
        ("field_missing", {"holidays": [{"name": "元旦", "first": "1月1日", "last": date(2026, 1, 3)}]}),
        ("field_missing", {"makeup_workdays": None}),
        ("field_missing", {"makeup_workdays": ["2026-01-04"]}),
        ("entry_not_table", {"holidays": ["元旦"]}),
        ("confidence_unknown", {"confidence": "sure"}),
        ("calendar_empty", {"holidays": []}),
        ("makeup_not_weekend", {"makeup_workdays": [date(2026, 1, 5)]}),
    ],
)
def test_a_faulty_file_is_refused_by_name_and_place(code: str, change: dict[str, Any]) -> None:
    with pytest.raises(CalendarError) as refusal:
        calendar_year_from_toml({**FILE, **change}, where="rules/calendar/2026.toml")
    assert refusal.value.code == code
    assert refusal.value.message.startswith("rules/calendar/2026.toml：")


# --- what public projects ship --------------------------------------------------------------------------------------


def marks(year: int) -> list[tuple[str, date, bool]]:
    held = calendar_year(year)
    off = [(holiday.name, day, True) for holiday in held.holidays for day in holiday.days()]
    return off + [("补班", day, False) for day in held.makeup_workdays]


@pytest.mark.parametrize("year", [2008, 2019, 2020, 2026])
def test_the_json_of_three_public_projects_gives_the_same_year(year: int) -> None:
    holiday_cn = {
        "year": year,
        "papers": ["https://www.gov.cn/某通知"],
        "days": [{"name": name, "date": day.isoformat(), "isOffDay": rests} for name, day, rests in marks(year)],
    }
    spans = [
        {"Name": holiday.name, "StartDate": str(holiday.first), "EndDate": str(holiday.last), "CompDays": []}
        for holiday in calendar_year(year).holidays
    ]
    spans[0]["CompDays"] = [str(day) for day in calendar_year(year).makeup_workdays]
    by_month_and_day = {
        f"{day:%m-%d}": {"name": name, "date": str(day), "holiday": rests} for name, day, rests in marks(year)
    }
    for document in (holiday_cn, {"Years": {str(year): spans}}, {"code": 0, "holiday": by_month_and_day}):
        read = calendar_year_from_json(document, year=year, source="" if "papers" in document else "公开日历")
        assert same_days(read, calendar_year(year))
        assert read.source in ("https://www.gov.cn/某通知", "公开日历")


def test_a_weekday_marked_as_worked_is_what_it_is_anyway() -> None:
    days = [
        {"name": "春节", "date": "2020-02-02", "isOffDay": True},
        {"name": "春节", "date": "2020-02-03", "isOffDay": False},
    ]
    assert calendar_year_from_json({"days": days}, year=2020, source="某").makeup_workdays == ()


@pytest.mark.parametrize(
    ("code", "document"),
    [
        ("json_shape", []),
        ("json_shape", {"holidays": {}}),
        ("json_shape", {"days": [{"name": "元旦", "date": "2026-01-01"}]}),
        ("json_shape", {"days": [{"name": "元旦", "date": "2026-13-01", "isOffDay": True}]}),
        ("json_shape", {"days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": "yes"}]}),
        ("json_shape", {"days": {"a": 1}}),
        ("year_mismatch", {"year": 2025, "days": []}),
        ("calendar_empty", {"year": 2026, "days": []}),
        ("calendar_empty", {"Years": {"2025": []}}),
        ("day_twice", {"days": [{"name": "节", "date": "2026-01-03", "isOffDay": off} for off in (True, False)]}),
        ("source_missing", {"days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": True}]}),
    ],
)
def test_json_that_is_no_calendar_is_refused(code: str, document: Any) -> None:
    source = "" if code == "source_missing" else "公开日历"
    with pytest.raises(CalendarError) as refusal:
        calendar_year_from_json(document, year=2026, source=source)
    assert refusal.value.code == code


def event(summary: str, first: date, last: date, *, timed: bool = False) -> str:
    until = last + timedelta(days=1)
    start = f"DTSTART:{first:%Y%m%d}T000000\r\n" if timed else f"DTSTART;VALUE=DATE:{first:%Y%m%d}\r\n"
    return f"BEGIN:VEVENT\r\n{start}DTEND;VALUE=DATE:{until:%Y%m%d}\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n"


@pytest.mark.parametrize(
    "wording", [("{}假期", "上班(补{}假期)"), ("{}（休）", "{}（班）"), ("休 {}", "班 {}"), ("{} 放假", "{} 补班")]
)
def test_an_icalendar_of_all_years_gives_each_year(wording: tuple[str, str]) -> None:
    text = "BEGIN:VCALENDAR\r\n"
    for year in YEARS:
        for holiday in calendar_year(year).holidays:
            text += event(wording[0].format(holiday.name), holiday.first, holiday.last, timed=year % 2 == 0)
        for day in calendar_year(year).makeup_workdays:
            near = "元旦" if day.month == 12 else "春节"
            text += event(wording[1].format(near), day, day)
    text += event("冬至", date(2026, 12, 22), date(2026, 12, 22)) + "END:VCALENDAR\r\n"
    folded = text.replace("SUMMARY:", "SUMM\r\n ARY:")
    for year in YEARS:
        read = calendar_year_from_ical(folded, year=year, source="公开日历")
        assert same_days(read, calendar_year(year)), year
        names = {holiday.name for holiday in read.holidays}
        assert names == {holiday.name for holiday in calendar_year(year).holidays}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ical_empty", ""),
        ("ical_empty", event("冬至", date(2026, 12, 22), date(2026, 12, 22))),
        ("ical_empty", event("元旦假期", date(2025, 1, 1), date(2025, 1, 1))),
        ("ical_date", "BEGIN:VEVENT\nSUMMARY:元旦假期\nDTSTART:20261301\nEND:VEVENT\n"),
        ("ical_date", "BEGIN:VEVENT\nSUMMARY:元旦假期\nEND:VEVENT\n"),
    ],
)
def test_an_icalendar_without_days_off_is_refused(code: str, text: str) -> None:
    with pytest.raises(CalendarError) as refusal:
        calendar_year_from_ical(text, year=2026, source="公开日历")
    assert refusal.value.code == code


# --- what would change ----------------------------------------------------------------------------------------------


def test_announcing_a_year_shows_the_days_that_change_and_no_others() -> None:
    old, new = WorkCalendar(calendar_year(year) for year in range(2008, 2026)), announced_calendar()
    changes = difference(old, new)
    assert all(change.old.kind is not change.new.kind for change in changes)
    changed = {change.day: (change.old.kind, change.new.kind) for change in changes}
    assert changed[date(2026, 2, 16)] == (DayKind.WORKDAY, DayKind.HOLIDAY)
    assert changed[date(2026, 9, 20)] == (DayKind.WEEKEND, DayKind.MAKEUP)
    assert date(2026, 1, 1) not in changed and date(2026, 3, 2) not in changed
    assert difference(new, new) == ()
    assert [(change.old, change.new) for change in difference(new, old)] == [
        (change.new, change.old) for change in changes
    ]


def test_a_later_notice_shows_only_its_own_days() -> None:
    before = {**year_file(2019), "holidays": [*year_file(2019)["holidays"]]}
    before["holidays"][3] = {"name": "劳动节", "first": date(2019, 5, 1), "last": date(2019, 5, 1)}
    before["makeup_workdays"] = [day for day in before["makeup_workdays"] if day.month not in (4, 5)]
    old = announced_calendar().with_year(calendar_year_from_toml(before, where="2019.toml"))
    changes = difference(old, announced_calendar())
    assert [change.day for change in changes] == [
        date(2019, 4, 28), date(2019, 5, 2), date(2019, 5, 3), date(2019, 5, 4), date(2019, 5, 5),
    ]  # fmt: skip
