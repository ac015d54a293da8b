"""How late something is, in words and in one of five levels (迟早): the same words wherever a date stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from models import Clock
from yisong.domain.workdays import WorkCalendar

SOON = 3
"""Working days left from which on a term is called near (系统默认)."""
ENDED = {"met": "已办结", "missed": "逾期终结", "cancelled": "已取消"}


@dataclass(frozen=True, slots=True)
class Lateness:
    """A level for the eye and words for everybody (迟早): late, today, soon, calm or still."""

    level: str
    words: str

    @property
    def presses(self) -> bool:
        return self.level in ("late", "today", "soon")


def lateness(clock: Clock | None, *, on: date, at: datetime, calendar: WorkCalendar, zone: tzinfo) -> Lateness:
    """Where a clock stands on a day (迟早). Days left and days late are working days; hours for clocks of hours."""
    if clock is None:
        return Lateness("still", "无期限")
    if clock.status in ENDED:
        return Lateness("still", ENDED[clock.status])
    if clock.status == "paused":
        return Lateness("still", "已中止，不计期限")
    if clock.held:
        return Lateness("still", "延期待批，暂不催督")
    if clock.due_on is None:
        return Lateness("still", "到期日待定")
    if clock.due_at is not None:
        return _by_hours(clock.due_at, at=at, chased=clock.chased)
    if not clock.chased:
        return Lateness("still", f"{_day(clock.due_on, on)}届满" if clock.due_on >= on else "已届满")
    if clock.due_on < on:
        late = calendar.count_workdays(clock.due_on, on)
        return Lateness("late", f"逾期 {late} 个工作日" if late else "已逾期")
    if clock.due_on == on:
        return Lateness("today", "今日到期")
    left = calendar.count_workdays(on, clock.due_on)
    return Lateness("soon" if left <= SOON else "calm", f"剩 {left} 个工作日")


def _by_hours(due_at: datetime, *, at: datetime, chased: bool) -> Lateness:
    left = due_at - at
    hours = abs(left) // timedelta(hours=1)
    span = f"{hours // 24} 天 {hours % 24} 小时" if hours >= 24 else f"{hours} 小时"
    if not chased:
        return Lateness("still", f"还有 {span}" if left >= timedelta(0) else "已届满")
    if left < timedelta(0):
        return Lateness("late", f"逾期 {span}")
    return Lateness("today" if hours < 24 else "soon", f"剩 {span}")


def _day(day: date, on: date) -> str:
    return f"{day.month}月{day.day}日" if day.year == on.year else f"{day.year}年{day.month}月{day.day}日"
