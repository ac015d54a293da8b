"""Any history of a clock (任意经过): starts, suspensions, extensions, in days or hours, under calendars that follow each other.

The due date that the sweep uses is `due()`; whatever has happened, `explain()` ends on it, and counts what the rule counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.calendars import announced_calendar, calendar_year
from yisong.domain.calendar_feeds import difference
from yisong.domain.clock_ledger import DeadlineError, Extension, Ledger, Pause, Unit
from yisong.domain.deadlines import SHANGHAI, due, due_on, explain, grant
from yisong.domain.reprojection import Bounds
from yisong.domain.workdays import CalendarYear, Holiday, WorkCalendar

FIRST, LAST = date(2008, 1, 1), date(2027, 12, 31)
ANNOUNCED = announced_calendar()
DAYS = st.dates(FIRST, LAST)
MANY = settings(max_examples=250, deadline=None)


@st.composite
def calendars(draw: st.DrawFn, *, year: int) -> WorkCalendar:
    """A calendar in which one year is otherwise arranged, or not announced at all."""
    if draw(st.booleans()) and draw(st.booleans()):
        return WorkCalendar(each for each in ANNOUNCED.years.values() if each.year != year)
    held = ANNOUNCED.years.get(year)
    taken = {day for holiday in held.holidays for day in holiday.days()} if held else set()
    taken |= set(held.makeup_workdays) if held else set()
    free = [day for day in (date(year, 1, 2) + timedelta(days=n) for n in range(362)) if day not in taken]
    off = draw(st.sets(st.sampled_from([day for day in free if day.weekday() < 5]), min_size=1, max_size=4))
    worked = draw(st.sets(st.sampled_from([day for day in free if day.weekday() > 4]), max_size=4))
    holidays = (held.holidays if held else ()) + tuple(Holiday("临时放假", day, day) for day in sorted(off))
    changed = CalendarYear(
        year, "任意通知", holidays, tuple(sorted({*(held.makeup_workdays if held else ()), *worked}))
    )
    return ANNOUNCED.with_year(changed)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Ledger, list[WorkCalendar]]:
    """A clock to which things happen in order of time, and the calendars that come into force in between."""
    start = draw(DAYS)
    unit = draw(st.sampled_from(list(Unit)))
    at = datetime(start.year, start.month, start.day, draw(st.integers(0, 15)), draw(st.integers(0, 59)), tzinfo=UTC)
    ledger = Ledger("R-任意", unit, draw(st.integers(0, 90)), start, start_at=at if unit is Unit.HOURS else None)
    versions, now = [ANNOUNCED], at
    for _ in range(draw(st.integers(0, 6))):
        now += timedelta(hours=draw(st.integers(0, 400)))
        today = now.astimezone(SHANGHAI).date()
        deed = draw(st.sampled_from(["pause", "resume", "extend", "calendar"]))
        last = ledger.pauses[-1] if ledger.pauses else None
        if deed == "pause" and (last is None or last.end is not None):
            instant = now if unit is Unit.HOURS else None
            ledger = replace(ledger, pauses=(*ledger.pauses, Pause(today, None, "检测", start_at=instant)))
        elif deed == "resume" and last is not None and last.end is None:
            ended = replace(last, end=today, end_at=now if unit is Unit.HOURS else None)
            ledger = replace(ledger, pauses=(*ledger.pauses[:-1], ended))
        elif deed == "extend":
            to = today + timedelta(days=draw(st.integers(0, 60)))
            by = Extension(today, amount=draw(st.integers(1, 30)))
            wanted = by if unit is Unit.HOURS or draw(st.booleans()) else Extension(today, new_due=to)
            try:
                ledger = grant(ledger, wanted, calendar=versions[-1])
            except DeadlineError as refused:
                assert refused.code in ("extension_shortens", "extension_past"), refused.code
        elif deed == "calendar":
            versions.append(draw(calendars(year=min(max(today.year, 2008), 2027))))
    return ledger, versions


@MANY
@given(histories())
def test_the_explanation_of_any_history_ends_on_the_day_that_is_swept(
    history: tuple[Ledger, list[WorkCalendar]],
) -> None:
    ledger, versions = history
    for calendar in versions:
        answer = due(ledger, calendar=calendar)
        lines = explain(ledger, calendar=calendar)
        assert [line.day for line in lines if line.why[:2] != "批准"] == sorted(
            line.day for line in lines if line.why[:2] != "批准"
        )
        if answer.on is None:
            assert ledger.pauses and ledger.pauses[-1].end is None and "中止" in lines[-1].why
            continue
        assert lines[-1].day == answer.on and answer.calendar_version == calendar.version
        if ledger.unit is Unit.HOURS:
            assert lines[-1].at == answer.at
            continue
        counted = [line.number for line in lines if line.counted]
        if ledger.amount or ledger.extensions:
            numbers = [number for number in counted if number]
            assert numbers == list(range(1, len(numbers) + 1)), "every unit once, none left out"
            assert ledger.extensions or numbers[-1] == ledger.amount
        assert ledger.unit is Unit.CALENDAR_DAYS or calendar.is_workday(answer.on)


@MANY
@given(histories())
def test_a_clock_that_no_changed_day_can_reach_is_due_when_it_was(history: tuple[Ledger, list[WorkCalendar]]) -> None:
    """The short cut of a re-projection: what `touch` leaves out has not moved."""
    ledger, versions = history
    for old, new in pairwise(versions):
        before, after = due(ledger, calendar=old), due(ledger, calendar=new)
        way = Bounds.of(difference(old, new))
        if before.on is None or way.touch(start=ledger.start, due_on=before.on, provisional=before.provisional):
            continue
        assert (after.on, after.at) == (before.on, before.at)


@MANY
@given(DAYS, st.integers(0, 250), st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.NATURAL_DAYS]))
def test_what_was_added_is_counted_back(start: date, amount: int, unit: Unit) -> None:
    """Add, then count: the amount comes back, over twenty years of notices."""
    reached = due_on(start, unit=unit, amount=amount, calendar=ANNOUNCED)
    if unit is Unit.WORKING_DAYS:
        assert ANNOUNCED.count_workdays(start, reached) == max(amount, int(reached > start and amount == 0))
        assert amount == 0 or ANNOUNCED.add_workdays(reached, -amount) <= start or ANNOUNCED.is_workday(start)
        assert amount == 0 or ANNOUNCED.count_workdays(start, reached - timedelta(days=1)) == amount - 1
    elif unit is Unit.CALENDAR_DAYS:
        assert (reached - start).days == amount
    else:
        between = [start + timedelta(days=n) for n in range(amount, (reached - start).days)]
        assert (reached - start).days >= amount and not any(ANNOUNCED.is_workday(day) for day in between)


@MANY
@given(DAYS, DAYS)
def test_what_was_counted_is_added_back(one: date, other: date) -> None:
    """Count, then add: the last working day on or before the end comes back."""
    start, end = sorted((one, other))
    amount = ANNOUNCED.count_workdays(start, end)
    reached = ANNOUNCED.add_workdays(start, amount)
    assert reached <= end and ANNOUNCED.count_workdays(reached, end) == 0
    assert ANNOUNCED.count_workdays(end, start) == -amount


def test_the_years_that_this_is_shown_for_are_all_announced() -> None:
    assert all(calendar_year(year).announced for year in range(2008, 2027))
