"""Read the time, here and nowhere else (取时).

Every other module is handed its time: an instant as ``at`` (aware, kept in UTC), a day as ``on`` (the day of the county).
So a year can be replayed in a minute, and a test needs no patching.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""The zone in which Chinese law counts its days (北京时间)."""


class NaiveInstant(ValueError):
    """An instant without a zone was given (时刻缺少时区)."""

    code = "clock.naive_instant"

    def __init__(self, instant: datetime) -> None:
        super().__init__(
            f"时刻 {instant.isoformat()} 没有时区，无法换算成日期。请写明时区，例如 {instant.isoformat()}+08:00。"
        )
        self.instant = instant


class Clock(Protocol):
    """Whatever can tell the present instant (时钟)."""

    def now(self) -> datetime:
        """Return the present instant, aware and in UTC."""
        ...


class SystemClock:
    """The clock of this machine (系统时钟)."""

    def now(self) -> datetime:
        """Return the present instant of the machine, aware and in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands where it was set, for replays, the demo and tests (模拟时钟)."""

    def __init__(self, at: datetime) -> None:
        self._at = in_utc(at)

    def now(self) -> datetime:
        """Return the instant the clock was last set to, aware and in UTC."""
        return self._at

    def set(self, at: datetime) -> None:
        """Put the clock to ``at``, forwards or backwards; refuses an instant without a zone."""
        self._at = in_utc(at)


def in_utc(instant: datetime) -> datetime:
    """Return the same instant expressed in UTC (统一为协调世界时).

    Raises ``NaiveInstant`` where the zone is missing: guessing it moves a legal deadline by a day.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise NaiveInstant(instant)
    return instant.astimezone(UTC)


def local_date(instant: datetime, zone: tzinfo = SHANGHAI) -> date:
    """Return the day an instant falls on in the county (当地日期).

    ``2026-01-01T16:30Z`` is already 2 January in China. Raises ``NaiveInstant`` where the zone is missing.
    """
    return in_utc(instant).astimezone(zone).date()
