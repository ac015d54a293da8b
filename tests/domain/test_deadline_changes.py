"""Clocks that are suspended, resumed and extended (期限的中止与延长)."""

from dataclasses import replace

from tests.domain.calendars import calendar_year
from tests.domain.test_deadlines import CD, ND, WD, calendar, days_ledger, on
from yisong.domain.deadlines import Extension, Pause, due, explain, grant
from yisong.domain.workdays import WorkCalendar


def test_a_clock_suspended_without_end_has_no_due_date() -> None:
    ledger = days_ledger(WD, 15, on(11, 2), Pause(on(11, 5), None, reason="委托检测", basis="委托书"))
    assert due(ledger, calendar=calendar).on is None
    last = explain(ledger, calendar=calendar)[-1]
    assert (last.day, last.source) == (on(11, 5), "委托书")
    assert "已计 3" in last.why and "委托检测" in last.why
    resumed = replace(ledger, pauses=(Pause(on(11, 5), on(11, 12)),))
    assert due(resumed, calendar=calendar).on == on(11, 30)


def test_what_is_suspended_after_it_has_run_out_stays_due() -> None:
    ledger = days_ledger(WD, 3, on(11, 2), Pause(on(11, 5), None))
    assert due(ledger, calendar=calendar).on == on(11, 5)


def test_suspensions_that_touch_do_not_overlap() -> None:
    touching = (Pause(on(11, 9), on(11, 11)), Pause(on(11, 5), on(11, 9)))
    joined = (Pause(on(11, 5), on(11, 11)),)
    ways = [due(days_ledger(WD, 9, on(11, 2), *pauses), calendar=calendar).on for pauses in (touching, joined)]
    assert ways[0] == ways[1]


def test_a_suspension_from_before_the_start_counts_only_from_there() -> None:
    ledger = days_ledger(CD, 3, on(11, 2), Pause(on(10, 1), on(11, 4)))
    assert due(ledger, calendar=calendar).on == on(11, 7)
    assert due(replace(ledger, pauses=(Pause(on(10, 1), on(11, 2)),)), calendar=calendar).on == on(11, 5)


def test_an_extension_to_a_date_is_that_date_moved_off_rest_days() -> None:
    start = on(10, 19)
    for new_due, expected in [(on(12, 18), on(12, 18)), (on(12, 19), on(12, 21))]:
        ledger = days_ledger(ND, 30, start, Extension(on(11, 17), new_due=new_due))
        assert due(ledger, calendar=calendar).on == expected
    working = days_ledger(WD, 5, on(11, 2), Extension(on(11, 6), new_due=on(11, 14)))
    assert due(working, calendar=calendar).on == on(11, 16)
    calendar_days = days_ledger(CD, 5, on(11, 2), Extension(on(11, 6), new_due=on(11, 14)))
    assert due(calendar_days, calendar=calendar).on == on(11, 14)


def test_an_extension_by_an_amount_counts_on_from_the_unmoved_last_day() -> None:
    ledger = days_ledger(ND, 10, on(9, 21), Extension(on(9, 29), amount=15))  # 10-01, then 10-16
    assert due(ledger, calendar=calendar).on == on(10, 16)
    assert due(days_ledger(WD, 15, on(11, 2), Extension(on(11, 20), amount=15)), calendar=calendar).on == on(12, 14)


def test_a_late_decision_still_extends_to_the_date_it_names() -> None:
    ledger = days_ledger(ND, 20, on(10, 16), Extension(on(11, 9), new_due=on(12, 4)))  # was due on 11-05
    assert due(ledger, calendar=calendar).on == on(12, 4)


def test_a_suspension_after_the_extension_pushes_the_date_it_named() -> None:
    extension = Extension(on(11, 17), new_due=on(12, 18))
    early, late = Pause(on(10, 26), on(10, 28)), Pause(on(12, 7), on(12, 10))
    assert due(days_ledger(ND, 30, on(10, 19), early, extension), calendar=calendar).on == on(12, 18)
    assert due(days_ledger(ND, 30, on(10, 19), early, extension, late), calendar=calendar).on == on(12, 21)
    across = Pause(on(11, 16), on(11, 19))  # two of its days come after the decision
    assert due(days_ledger(CD, 30, on(10, 19), across, extension), calendar=calendar).on == on(12, 20)


def test_two_extensions_follow_each_other() -> None:
    ledger = days_ledger(CD, 10, on(11, 2), Extension(on(11, 10), amount=5), Extension(on(11, 16), new_due=on(11, 25)))
    assert due(ledger, calendar=calendar).on == on(11, 25)


def test_an_extension_is_judged_by_what_was_known_when_it_was_decided() -> None:
    ledger = days_ledger(CD, 30, on(10, 19), Pause(on(11, 16), on(11, 30)))  # due on 11-18, on 12-02 since the pause
    granted = grant(ledger, Extension(on(11, 10), new_due=on(11, 18)), calendar=calendar)
    assert due(granted, calendar=calendar).on == on(12, 2)
    longer = grant(granted, Extension(on(12, 1), amount=3), calendar=calendar)
    assert due(longer, calendar=calendar).on == on(12, 5)


def test_a_calendar_that_moves_the_due_date_past_the_extension_lets_it_stand() -> None:
    old = WorkCalendar([calendar_year(2025)])
    start, extension = on(2, 2), Extension(on(2, 10), new_due=on(2, 17))
    ledger = grant(days_ledger(WD, 10, start), extension, calendar=old)
    assert due(ledger, calendar=old).on == on(2, 17)
    assert due(days_ledger(WD, 10, start), calendar=calendar).on == on(2, 14)
    # Twelve days end on 02-18 without the notice. With it, only eleven are worked by the first workday after 02-18.
    longer = grant(days_ledger(WD, 12, start), Extension(on(2, 10), new_due=on(2, 18)), calendar=old)
    assert due(longer, calendar=calendar).on == on(2, 25)


def test_an_extension_may_end_on_the_day_it_is_decided() -> None:
    granted = grant(days_ledger(CD, 5, on(11, 2)), Extension(on(11, 10), amount=3), calendar=calendar)
    assert due(granted, calendar=calendar).on == on(11, 10)
