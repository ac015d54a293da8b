"""When a clock is due, and why (期限计算)."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tests.domain.calendars import ROOT, announced_calendar, calendar_year
from yisong.domain.deadlines import (
    FIRST_DAY_RULE,
    LAST_DAY_RULE,
    Extension,
    Ledger,
    Pause,
    Unit,
    days_late,
    due,
    due_on,
    explain,
)
from yisong.domain.workdays import WorkCalendar

calendar = announced_calendar()
WD, ND, CD, H = Unit.WORKING_DAYS, Unit.NATURAL_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS
SHANGHAI = timezone(timedelta(hours=8))


def on(month: int, day: int) -> date:
    return date(2026, month, day)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def days_ledger(unit: Unit, amount: int, start: date, *more: Pause | Extension) -> Ledger:
    pauses = tuple(line for line in more if isinstance(line, Pause))
    extensions = tuple(line for line in more if isinstance(line, Extension))
    return Ledger("R-测试", unit, amount, start, pauses=pauses, extensions=extensions)


# unit, day of the event (not counted), amount, suspensions, due, what the row shows
VECTORS = [
    (WD, on(9, 30), 3, (), on(10, 10), "国庆后含10-10调休上班"),
    (WD, on(9, 18), 3, (), on(9, 22), "9-20周日上班"),
    (WD, on(2, 13), 2, (), on(2, 24), "2-14周六上班后春节"),
    (WD, on(2, 13), 5, (), on(2, 27), "春节"),
    (WD, on(4, 30), 3, (), on(5, 8), "劳动节"),
    (WD, on(5, 8), 1, (), on(5, 9), "5-9周六上班"),
    (WD, on(11, 21), 3, (), on(11, 25), "周六起算"),
    (ND, on(9, 11), 15, (), on(9, 28), "末日9-26中秋假"),
    (ND, on(9, 21), 10, (), on(10, 8), "末日10-01"),
    (ND, on(8, 3), 60, (), on(10, 8), "末日10-02"),
    (ND, on(9, 5), 15, (), on(9, 20), "末日9-20为调休上班周日，不顺延"),
    (ND, on(9, 25), 15, (), on(10, 10), "末日10-10为调休上班周六，不顺延"),
    (ND, on(10, 30), 15, (), on(11, 16), "末日11-14普通周六"),
    (WD, on(11, 2), 15, ((on(11, 5), on(11, 12)),), on(11, 30), "检测期间不计入"),
    (ND, on(9, 7), 20, ((on(9, 14), on(9, 18)),), on(10, 8), "暂停4日后末日落国庆假期再顺延"),
    (CD, on(10, 16), 3, (), on(10, 19), "涉罪移送按自然日不顺延"),
    (CD, on(10, 15), 3, (), on(10, 18), "末日10-18周日，不顺延"),
    (ND, on(11, 14), 0, (), on(11, 16), "零日期限落在周六"),
    (WD, on(11, 14), 0, (), on(11, 16), "零工作日落在周六"),
    (WD, on(9, 23), 3, ((on(9, 24), on(9, 29)),), on(10, 8), "补正5日：3日内已计1日，恢复后余2日（9-30、10-08）"),
]


@pytest.mark.parametrize(("unit", "start", "amount", "pauses", "expected", "shows"), VECTORS)
def test_the_vectors_of_the_county(
    unit: Unit, start: date, amount: int, pauses: tuple[tuple[date, date], ...], expected: date, shows: str
) -> None:
    suspensions = tuple(Pause(*pause) for pause in pauses)
    assert due_on(start, unit=unit, amount=amount, calendar=calendar, pauses=suspensions) == expected, shows
    ledger = days_ledger(unit, amount, start, *suspensions)
    assert due(ledger, calendar=calendar).on == expected, shows
    assert explain(ledger, calendar=calendar)[-1].day == expected, shows


def test_every_due_date_of_the_county_follows_from_its_start() -> None:
    with (ROOT / "tests" / "data" / "county_due_dates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 82
    for row in rows:
        unit, amount = Unit.parse(row["unit"]), int(row["amount"])
        if unit is H:
            start_at = datetime.fromisoformat(row["start"])
            ledger = Ledger(row["rule"], unit, amount, start_at.date(), start_at=start_at)
            assert due(ledger, calendar=calendar).at == datetime.fromisoformat(row["due"]), row
        else:
            start = date.fromisoformat(row["start"])
            reached = due_on(start, unit=unit, amount=amount, calendar=calendar)
            assert reached == date.fromisoformat(row["due"]), row


def test_a_restart_in_full_and_a_pause_differ_by_a_day_in_case_0003() -> None:
    # The county restarts the three days on 09-29; the rule of suspension leaves two of them.
    pause = Pause(on(9, 24), on(9, 29), reason="材料补正")
    assert due_on(on(9, 29), unit=WD, amount=3, calendar=calendar) == on(10, 9)
    assert due_on(on(9, 23), unit=WD, amount=3, calendar=calendar, pauses=(pause,)) == on(10, 8)


def test_case_0015_ends_in_a_year_not_announced_and_is_provisional() -> None:
    start = on(11, 10)
    assert due(days_ledger(ND, 90, start), calendar=calendar).on == date(2027, 2, 8)
    for unit, amount, provisional in [(ND, 90, True), (WD, 60, True), (CD, 90, False), (ND, 30, False), (WD, 9, False)]:
        found = due(days_ledger(unit, amount, start), calendar=calendar)
        assert (found.provisional, found.calendar_version) == (provisional, calendar.version)


def test_a_natural_period_that_ends_in_an_announced_year_is_certain_though_it_moves() -> None:
    assert not due(days_ledger(ND, 10, on(9, 21)), calendar=calendar).provisional
    assert due(days_ledger(ND, 3, on(12, 30)), calendar=calendar).provisional  # 2027-01-02, a Saturday


def test_only_the_days_after_the_start_make_a_date_provisional() -> None:
    known_from_2026 = WorkCalendar([calendar_year(2026)])
    found = due(days_ledger(WD, 2, date(2025, 12, 31)), calendar=known_from_2026)
    assert (found.on, found.provisional) == (date(2026, 1, 5), False)


def test_announcing_the_year_makes_the_date_certain() -> None:
    old = WorkCalendar([calendar_year(2025)])
    ledger = Ledger("R-PENALTY-90", ND, 90, date(2025, 11, 19))  # ends on 2026-02-17, in the Spring Festival
    before, after = due(ledger, calendar=old), due(ledger, calendar=calendar)
    assert (before.on, before.provisional) == (date(2026, 2, 17), True)
    assert (after.on, after.provisional) == (date(2026, 2, 24), False)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("wd", WD), ("working-days", WD), ("Natural_Days", ND), ("calendar-days", CD), ("hours", H), (" 工作日 ", WD)],
)
def test_units_are_known_by_code_long_name_and_label(text: str, unit: Unit) -> None:
    assert Unit.parse(text) is unit


# --- hours ----------------------------------------------------------------------------------------------------------


def hours_ledger(amount: int, start_at: datetime, *more: Pause | Extension) -> Ledger:
    return replace(days_ledger(WD, amount, start_at.date(), *more), unit=H, start_at=start_at)


def test_hours_run_through_nights_and_holidays() -> None:
    found = due(hours_ledger(24, at(9, 30, 17, 30)), calendar=calendar)
    assert (found.at, found.on, found.provisional) == (at(10, 1, 17, 30), on(10, 1), False)
    same = due(hours_ledger(24, datetime(2026, 9, 30, 9, 30, tzinfo=UTC)), calendar=calendar)
    assert (same.at, same.on) == (found.at, found.on)


def test_hours_stop_for_instants_or_for_whole_days() -> None:
    start = at(10, 12, 9)
    instants = Pause(on(10, 12), on(10, 12), start_at=at(10, 12, 10), end_at=at(10, 12, 16))
    assert due(hours_ledger(24, start, instants), calendar=calendar).at == at(10, 13, 15)
    whole_days = Pause(on(10, 12), on(10, 14))  # 10-13 and 10-14
    assert due(hours_ledger(24, start, whole_days), calendar=calendar).at == at(10, 15, 9)
    open_ended = Pause(on(10, 12), None, start_at=at(10, 12, 10))
    found = due(hours_ledger(24, start, open_ended), calendar=calendar)
    assert (found.on, found.at) == (None, None)
    assert due(hours_ledger(1, start, open_ended), calendar=calendar).at == at(10, 12, 10)
    assert due(hours_ledger(24, start, Extension(on(10, 13), amount=6)), calendar=calendar).at == at(10, 13, 15)


def test_hours_are_explained_by_instants() -> None:
    pause = Pause(on(10, 12), on(10, 12), "停机", "公告", start_at=at(10, 12, 10), end_at=at(10, 12, 16))
    ledger = hours_ledger(24, at(10, 12, 9), pause, Extension(on(10, 13), amount=1, basis="批复"))
    lines = explain(ledger, calendar=calendar)
    assert [(line.at, line.number) for line in lines] == [
        (at(10, 12, 9), 0),
        (at(10, 12, 10), 1),
        (at(10, 12, 16), 1),
        (None, None),
        (at(10, 13, 16), 25),
    ]
    assert [line.source for line in lines] == [FIRST_DAY_RULE, "公告", "公告", "批复", FIRST_DAY_RULE]


# --- lateness and explanation ---------------------------------------------------------------------------------------


def test_lateness_begins_on_the_day_after_the_due_date() -> None:
    late = {day: days_late(on(11, 13), day=day, calendar=calendar) for day in (on(11, 12), on(11, 13), on(11, 15))}
    assert late == {on(11, 12): (0, 0), on(11, 13): (0, 0), on(11, 15): (0, 2)}
    assert days_late(on(11, 13), day=on(11, 16), calendar=calendar) == (1, 3)
    assert days_late(on(9, 30), day=on(10, 10), calendar=calendar) == (3, 10)


def test_the_explanation_of_working_days_names_every_day() -> None:
    lines = explain(days_ledger(WD, 3, on(9, 30)), calendar=calendar)
    assert [(line.day.day, line.number) for line in lines] == [
        (30, None), *((day, None) for day in range(1, 8)), (8, 1), (9, 2), (10, 3),
    ]  # fmt: skip
    assert (lines[0].why, lines[0].source) == ("起算日不计入", FIRST_DAY_RULE)
    assert lines[1].why == "国庆节，不计入工作日" and "国办发明电〔2025〕7号" in lines[1].source
    assert lines[-1].why == "第3个工作日（调休上班），期限届满"


def test_the_explanation_of_natural_days_shows_the_pause_and_the_move() -> None:
    pause = Pause(on(9, 14), on(9, 18), reason="检验", basis="市监程序规定18条")
    lines = explain(days_ledger(ND, 20, on(9, 7), pause), calendar=calendar)
    paused = [line for line in lines if "中止期间" in line.why]
    assert [line.day for line in paused] == [on(9, day) for day in (15, 16, 17, 18)]
    assert {line.source for line in paused} == {"市监程序规定18条"}
    assert [line.day for line in lines if line.source == LAST_DAY_RULE] == [on(10, day) for day in range(2, 9)]
    assert lines[-1].why == "末日顺延至休假日后第一日，期限届满"
    assert max(line.number or 0 for line in lines) == 20


def test_the_explanation_says_when_a_day_is_only_assumed() -> None:
    lines = explain(days_ledger(WD, 3, on(12, 31)), calendar=calendar)
    assert next(line.why for line in lines if line.counted) == "第1个工作日（暂估）"
    assert "尚未公布" in lines[1].source


def test_an_extension_has_its_line_before_the_due_date() -> None:
    extension = Extension(on(11, 17), new_due=on(12, 18), reason="消防设计审查", basis="云应急延批〔2026〕1号")
    lines = explain(days_ledger(ND, 30, on(10, 19), extension), calendar=calendar)
    index = next(index for index, line in enumerate(lines) if line.source == extension.basis)
    assert lines[index].why == "批准延期至 2026-12-18：消防设计审查"
    assert (lines[index - 1].day, lines[index + 1].day) == (on(11, 17), on(11, 18))
