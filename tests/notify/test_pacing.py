"""Nobody is woken at night or on a holiday, and a failed notice is neither dropped nor hammered (发送节奏)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yisong.notify.pacing import LONGEST_PAUSE, next_attempt, quiet_until

ZONE = ZoneInfo("Asia/Shanghai")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-02 09:00", "2026-03-02 09:00"),
        ("2026-03-02 21:59", "2026-03-02 21:59"),
        ("2026-03-02 22:00", "2026-03-03 07:00"),
        ("2026-03-02 23:59", "2026-03-03 07:00"),
        ("2026-03-03 00:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", "2026-03-03 07:00"),
    ],
)
def test_quiet_hours_reach_over_midnight(at: str, until: str) -> None:
    assert quiet_until(local(at), zone=ZONE) == local(until)
    assert quiet_until(local(at).astimezone(UTC), zone=ZONE) == local(until)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-03-06 21:00", "2026-03-06 21:00"),
        ("2026-03-06 22:30", "2026-03-09 07:00"),  # Friday night
        ("2026-03-07 10:00", "2026-03-09 07:00"),  # Saturday noon
        ("2026-03-08 23:00", "2026-03-09 07:00"),
    ],
)
def test_days_off_are_quiet_altogether(at: str, until: str) -> None:
    assert quiet_until(local(at), zone=ZONE, is_working_day=lambda day: day.weekday() < 5) == local(until)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = local("2026-03-02 12:30")
    assert quiet_until(noon, zone=ZONE, begin=time(12), end=time(14)) == local("2026-03-02 14:00")
    assert quiet_until(local("2026-03-02 03:00"), zone=ZONE, begin=time(0), end=time(0)) == local("2026-03-02 03:00")


def test_a_calendar_without_working_days_and_an_instant_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="no working day"):
        quiet_until(local("2026-03-02 12:00"), zone=ZONE, is_working_day=lambda day: False)
    with pytest.raises(ValueError, match="aware"):
        quiet_until(datetime(2026, 3, 2, 12), zone=ZONE)  # noqa: DTZ001 (the naive instant is the point)


@given(
    at=st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZONE)),  # noqa: DTZ001
    begin=st.times(),
    end=st.times(),
    rest=st.sets(st.dates(date(2019, 1, 1), date(2030, 1, 1)), max_size=20),
)
def test_what_is_put_off_may_go_then_and_never_earlier(at: datetime, begin: time, end: time, rest: set[date]) -> None:
    until = quiet_until(at, zone=ZONE, begin=begin, end=end, is_working_day=lambda day: day not in rest)
    assert until >= at
    assert until.astimezone(ZONE).date() not in rest
    assert quiet_until(until, zone=ZONE, begin=begin, end=end, is_working_day=lambda day: day not in rest) == until


def test_the_pause_doubles_up_to_a_day() -> None:
    at = local("2026-03-02 09:00")
    pauses = [next_attempt(attempts, at) - at for attempts in range(1, 40)]
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[10] == timedelta(minutes=1024)
    assert set(pauses[11:]) == {LONGEST_PAUSE}
    assert next_attempt(10_000, at) == at + LONGEST_PAUSE
    with pytest.raises(ValueError, match="at least 1"):
        next_attempt(0, at)
