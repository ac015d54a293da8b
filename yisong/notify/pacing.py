"""Decide when a notice may go, and when a failed one is tried again (发送节奏).

The figures are system defaults (系统默认), no rules of law.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=24)
QUIET_BEGIN = time(22, 0)
QUIET_END = time(7, 0)
LONGEST_REST = 60


def next_attempt(attempts: int, at: datetime) -> datetime:
    """Return when to try again after ``attempts`` failed attempts, the last of them at ``at`` (下次重试).

    The pause doubles from one minute up to 24 hours. Raises ``ValueError`` where nothing has been attempted yet.
    """
    if attempts < 1:
        raise ValueError(f"attempts must be at least 1, not {attempts}")
    doublings = min(attempts - 1, 20)  # eleven make more than a day already
    return at + min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def quiet_until(
    at: datetime,
    *,
    zone: tzinfo,
    begin: time = QUIET_BEGIN,
    end: time = QUIET_END,
    is_working_day: Callable[[date], bool] | None = None,
) -> datetime:
    """Return the first instant from ``at`` on at which people may be disturbed (免打扰顺延); ``at`` itself where they may.

    ``begin`` to ``end`` (local times, ``end`` excluded) is quiet, over midnight where ``begin > end``, never where they are
    equal. With ``is_working_day``, days that are not worked are quiet altogether: the notice waits for the morning of the next
    one. Raises ``ValueError`` for an instant without a zone, or a calendar without a working day.
    """
    if at.tzinfo is None:
        raise ValueError("an aware instant is needed")
    local = at.astimezone(zone)
    for _ in range(LONGEST_REST):
        day, hour = local.date(), local.time()
        if is_working_day is not None and not is_working_day(day):
            local = datetime.combine(day + timedelta(days=1), time(0, 0), zone)
        elif _is_quiet(hour, begin=begin, end=end):
            over_midnight = begin > end and hour >= begin
            local = datetime.combine(day + timedelta(days=1 if over_midnight else 0), end, zone)
        else:
            return at if local == at else local.astimezone(at.tzinfo)
    raise ValueError(f"no working day within {LONGEST_REST} days of {at.isoformat()}")


def _is_quiet(hour: time, *, begin: time, end: time) -> bool:
    if begin <= end:
        return begin <= hour < end
    return hour >= begin or hour < end
