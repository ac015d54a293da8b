"""Instants become days of the county, and one without a zone is refused (取时)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from yisong.clock import NaiveInstant, SimulatedClock, SystemClock, in_utc, local_date

NAIVE = datetime(2026, 1, 1, 12)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2025-12-31T15:59:59+00:00", date(2025, 12, 31)),
        ("2025-12-31T16:00:00+00:00", date(2026, 1, 1)),
        ("2026-01-01T00:00:00+08:00", date(2026, 1, 1)),
        ("2025-12-31T20:00:00-05:00", date(2026, 1, 1)),
    ],
)
def test_midnight_is_beijings(instant: str, day: date) -> None:
    assert local_date(datetime.fromisoformat(instant)) == day


def test_another_zone_may_be_named() -> None:
    assert local_date(datetime(2026, 1, 1, 17, tzinfo=UTC), ZoneInfo("Asia/Urumqi")) == date(2026, 1, 1)


def test_an_instant_without_a_zone_is_refused_wherever_it_comes_in() -> None:
    for use in (in_utc, local_date, SimulatedClock, SimulatedClock(in_utc(datetime(2026, 1, 1, tzinfo=UTC))).set):
        with pytest.raises(NaiveInstant, match="没有时区"):
            use(NAIVE)


def test_a_simulated_clock_stands_where_it_was_set() -> None:
    morning = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8)))
    clock = SimulatedClock(morning)
    assert clock.now() == clock.now() == morning
    assert clock.now().tzinfo is UTC
    clock.set(morning + timedelta(days=300))
    assert clock.now() == morning + timedelta(days=300)


def test_the_system_clock_moves_and_speaks_utc() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first <= second < first + timedelta(minutes=1)
