"""What holds for every clock (期限计算的性质): random ledgers over 2008 to 2027, against the wording of the rule."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.calendars import announced_calendar, calendar_year, days
from yisong.domain.deadlines import Extension, Ledger, Pause, Unit, due, due_on, explain, grant
from yisong.domain.workdays import WorkCalendar

calendar = announced_calendar()
STARTS = st.dates(date(2008, 1, 1), date(2027, 12, 31))
DAY_UNITS = st.sampled_from([Unit.WORKING_DAYS, Unit.NATURAL_DAYS, Unit.CALENDAR_DAYS])
ONE_DAY = timedelta(days=1)


@st.composite
def suspensions(draw: st.DrawFn, start: date) -> tuple[Pause, ...]:
    """Up to three suspensions that do not overlap; the first may have begun before the clock."""
    pauses, cursor = [], start + timedelta(days=draw(st.integers(-10, 10)))
    for _ in range(draw(st.integers(0, 3))):
        begin = cursor + timedelta(days=draw(st.integers(0, 20)))
        cursor = begin + timedelta(days=draw(st.integers(0, 20)))
        pauses.append(Pause(begin, cursor, reason="检测"))
    return tuple(draw(st.permutations(pauses)))


@st.composite
def ledgers(draw: st.DrawFn, *, extended: bool = True) -> Ledger:
    """A clock in days with suspensions, and extensions that are decided in time and lengthen it."""
    start = draw(STARTS)
    ledger = Ledger("R-任意", draw(DAY_UNITS), draw(st.integers(0, 90)), start, pauses=draw(suspensions(start)))
    for _ in range(draw(st.integers(0, 2)) if extended else 0):
        reached = due(ledger, calendar=calendar).on
        assert reached is not None
        decided = max(extension.on for extension in ledger.extensions) if ledger.extensions else start
        decided = min(decided + timedelta(days=draw(st.integers(0, 30))), reached)
        if draw(st.booleans()):
            granted = Extension(decided, amount=draw(st.integers(1, 30)))
        else:
            granted = Extension(decided, new_due=reached + timedelta(days=draw(st.integers(0, 30))))
        ledger = grant(ledger, granted, calendar=calendar)
    return ledger


def by_the_wording_of_the_rule(ledger: Ledger) -> date:
    """The algorithm of the rule, day by day: slow, and plain to see."""
    day, left = ledger.start, ledger.amount
    while left > 0:
        day += ONE_DAY
        if any(pause.end is not None and pause.start < day <= pause.end for pause in ledger.pauses):
            continue
        if ledger.unit is not Unit.WORKING_DAYS or calendar.is_workday(day):
            left -= 1
    if ledger.unit is not Unit.CALENDAR_DAYS:
        while not calendar.is_workday(day):
            day += ONE_DAY
    return day


@given(ledgers(extended=False))
def test_the_walk_is_the_rule(ledger: Ledger) -> None:
    expected = by_the_wording_of_the_rule(ledger)
    assert due(ledger, calendar=calendar).on == expected
    quick = due_on(ledger.start, unit=ledger.unit, amount=ledger.amount, calendar=calendar, pauses=ledger.pauses)
    assert quick == expected


@given(STARTS, DAY_UNITS, st.integers(0, 120))
def test_the_quick_path_is_the_long_one(start: date, unit: Unit, amount: int) -> None:
    reached = due_on(start, unit=unit, amount=amount, calendar=calendar)
    assert due(Ledger("R-任意", unit, amount, start), calendar=calendar).on == reached
    assert reached == by_the_wording_of_the_rule(Ledger("R-任意", unit, amount, start))


@given(ledgers())
def test_the_explanation_ends_on_the_due_date_and_leaves_no_day_out(ledger: Ledger) -> None:
    lines = explain(ledger, calendar=calendar)
    assert lines[-1].day == due(ledger, calendar=calendar).on
    walked = sorted({line.day for line in lines})
    assert walked == days(ledger.start, lines[-1].day)
    assert sum("批准延期" in line.why for line in lines) == len(ledger.extensions)
    numbers = [line.number for line in lines if line.counted and line.number]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [line.day for line in lines] == sorted(line.day for line in lines)


@given(ledgers())
def test_no_period_in_working_or_natural_days_ends_on_a_rest_day(ledger: Ledger) -> None:
    reached = due(ledger, calendar=calendar).on
    assert reached is not None
    assert ledger.unit is Unit.CALENDAR_DAYS or calendar.is_workday(reached)


@given(ledgers(extended=False))
def test_a_longer_period_is_never_due_earlier(ledger: Ledger) -> None:
    shorter, longer = (
        due(clock, calendar=calendar).on for clock in (ledger, replace(ledger, amount=ledger.amount + 1))
    )
    assert shorter is not None and longer is not None
    assert shorter <= longer


@given(ledgers())
def test_neither_an_extension_nor_a_suspension_makes_a_clock_due_earlier(ledger: Ledger) -> None:
    reached = due(ledger, calendar=calendar).on
    assert reached is not None
    bare = replace(ledger, extensions=())
    without = due(bare, calendar=calendar).on
    assert without is not None and without <= reached
    never_stopped = due(replace(bare, pauses=()), calendar=calendar).on
    assert never_stopped is not None and never_stopped <= without


@given(ledgers(extended=False), st.integers(1, 40))
def test_an_extension_to_a_date_reaches_that_date(ledger: Ledger, days_more: int) -> None:
    reached = due(ledger, calendar=calendar).on
    assert reached is not None
    decided = max([ledger.start, reached, *(pause.end for pause in ledger.pauses if pause.end)])
    new_due = decided + timedelta(days=days_more)
    granted = replace(ledger, extensions=(Extension(decided, new_due=new_due),))
    expected = new_due if ledger.unit is Unit.CALENDAR_DAYS else calendar.next_workday(new_due)
    assert due(granted, calendar=calendar).on == expected


@given(ledgers(), st.sampled_from([2012, 2016, 2020, 2024]))
def test_the_explanation_ends_on_the_due_date_in_any_version_of_the_calendar(ledger: Ledger, newest: int) -> None:
    earlier = WorkCalendar(calendar_year(year) for year in range(2008, newest + 1))
    found = due(ledger, calendar=earlier)
    assert explain(ledger, calendar=earlier)[-1].day == found.on
    assert found.calendar_version == earlier.version
    assert found.on is not None
    if not found.provisional:
        assert found.on == due(ledger, calendar=calendar).on or found.on.month == 12
