"""What a new calendar does to a running clock (期限复算): nothing, a later day, or an earlier one.

A date that would move earlier against the inspected unit does not apply by itself: a person confirms it and the unit is
told anew (系统默认：期限不利变动须人工确认并重新告知；期间的计算见民事诉讼法第85条，置信度高). Dates are days of the county.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yisong.domain.calendar_feeds import DayChange

UNIT_TERMS = ("R-RECTIFY", "R-STATEMENT", "R-LIST-STATEMENT", "R-EXT-APPLY")
"""Rules whose term the inspected unit lives by, whoever is answerable for keeping it (约束当事人的期限)."""
SHOWN = 3


class Verdict(StrEnum):
    """What becomes of a clock under a new calendar (复算结论)."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    WAITING = "waiting"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"unchanged": "不变", "moved": "已调整", "waiting": "待确认"}[self.value]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and last day that two calendars see otherwise (变动区间); none where they agree on every day."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, changes: Sequence[DayChange]) -> Bounds:
        """The bounds of these changes; they are in order."""
        return cls(changes[0].day, changes[-1].day) if changes else cls()

    def touch(self, *, start: date, due_on: date | None, provisional: bool) -> bool:
        """Whether a clock may be otherwise under the new calendar (是否受影响).

        A due date follows from the days from the start to itself; a provisional one may become firm without a change.
        """
        if provisional:
            return True
        if self.first is None or self.last is None or due_on is None:
            return False
        return start <= self.last and due_on >= self.first


def faces_unit(rule: str, *, department: str) -> bool:
    """Whether the inspected unit lives by this term (是否约束当事人)."""
    return not department or rule.startswith(UNIT_TERMS)


def judge(old: date | None, new: date | None, *, against_unit: bool) -> Verdict:
    """Decide what becomes of a due date (复算判定). `against_unit`: an earlier day would be to the unit's detriment."""
    if old == new:
        return Verdict.UNCHANGED
    if against_unit and old is not None and new is not None and new < old:
        return Verdict.WAITING
    return Verdict.MOVED


def why(changes: Iterable[DayChange], *, start: date, old: date, new: date) -> str:
    """Why a due date is another one (变动理由): the days of its span that the new calendar sees otherwise."""
    last = max(old, new)
    told = [change for change in changes if start <= change.day <= last]
    listed = [
        f"{change.day}由{change.old.kind.label}改为{change.new.kind.label}"
        + (f"（{change.new.name}）" if change.new.name else "")
        for change in told[:SHOWN]
    ]
    more = f"等{len(told)}日" if len(told) > SHOWN else ""
    days = "、".join(listed) + more if listed else "日历版本变动"
    source = next((change.new.source for change in told), "")
    by = f"，依据：{source}" if source else ""
    return f"{days}，到期日由{old}调整为{new}{by}"
