"""The walk over a period (逐段推算): one way of counting, from which both the due date and its explanation are read.

A period in days is laid out in stretches of days of one kind, a clock of hours in marks on the time line. The
calendar answers whole stretches in constant time, so a walk costs as much as the ledger has lines, not days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, auto

from yisong.domain.clock_ledger import DeadlineError, Extension, Ledger, Pause, Unit, ordered_pauses
from yisong.domain.workdays import WorkCalendar


class Kind(Enum):
    """What happens to the count during a stretch, or at a mark (计算状态)."""

    STARTED = auto()
    COUNTED = auto()
    PAUSED = auto()
    RESUMED = auto()
    PAUSED_WITHOUT_END = auto()
    ROLLED = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days in (after, until], all of one kind (时段); `number` units had been counted before them."""

    kind: Kind
    after: date
    until: date
    number: int
    pause: Pause | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant (UTC) at which a clock of hours changes (时刻); `counted` had run until then."""

    kind: Kind
    at: datetime
    counted: timedelta
    pause: Pause | None = None


def walk_days(
    start: date, *, unit: Unit, amount: int, pauses: Iterable[Pause], calendar: WorkCalendar
) -> Iterator[Stretch]:
    """Lay out a period in stretches (逐段推算); the last one ends on the due date. `pauses` must be in order.

    A suspension that begins after the period has run out no longer matters, not even while the last day is being
    moved off the rest days.
    """
    cursor, number = start, 0
    for pause in pauses:
        stop = max(pause.start, cursor)
        if pause.end is not None and pause.end <= stop:
            continue
        counted = units_between(cursor, stop, unit=unit, calendar=calendar)
        if number + counted >= amount:
            break
        if stop > cursor:
            yield Stretch(Kind.COUNTED, cursor, stop, number)
        number += counted
        if pause.end is None:
            yield Stretch(Kind.PAUSED_WITHOUT_END, stop, stop, number, pause)
            return
        yield Stretch(Kind.PAUSED, stop, pause.end, number, pause)
        cursor = pause.end
    if unit is Unit.WORKING_DAYS:
        last = calendar.add_workdays(cursor, amount - number)
    else:
        last = cursor + timedelta(days=amount - number)
    yield Stretch(Kind.COUNTED, cursor, last, number)
    if unit is Unit.NATURAL_DAYS or (unit is Unit.WORKING_DAYS and amount == 0):
        yield Stretch(Kind.ROLLED, last, calendar.roll_forward(last), amount)


def walk_ledger(ledger: Ledger, *, calendar: WorkCalendar) -> Iterator[Stretch]:
    """Lay out a clock in days with its suspensions and extensions (台账推算)."""
    amount = extended_amount(ledger, calendar=calendar)
    pauses = ordered_pauses(ledger.pauses)
    return walk_days(ledger.start, unit=ledger.unit, amount=amount, pauses=pauses, calendar=calendar)


def extended_amount(ledger: Ledger, *, calendar: WorkCalendar) -> int:
    """The period as it stands after all extensions (延期后的期限长度), in the clock's own unit.

    A decision that names a date grants the units up to that date, as counted on the day of the decision; what is
    suspended later pushes that date back. So suspensions and extensions may come in any order. No extension shortens
    a period: if a new calendar moves the old due date past the date that was named, the old due date stands.
    """
    unit, amount = ledger.unit, ledger.amount
    for extension in in_order(ledger.extensions):
        if extension.new_due is None:
            amount += extension.amount or 0
            continue
        target = calendar.next_workday(extension.new_due) if unit is Unit.WORKING_DAYS else extension.new_due
        reaching = units_between(ledger.start, target, unit=unit, calendar=calendar)
        for pause in known_pauses(ledger.pauses, on=extension.on):
            if pause.end is not None and pause.end > ledger.start:
                suspended_from = max(pause.start, ledger.start)
                reaching -= units_between(suspended_from, pause.end, unit=unit, calendar=calendar)
        amount = max(amount, reaching)
    return amount


def known_pauses(pauses: Sequence[Pause], *, on: date) -> tuple[Pause, ...]:
    """The suspensions as they stood at the end of that day (截至当日的中止)."""
    return tuple(
        pause if pause.end is not None and pause.end <= on else replace(pause, end=on, end_at=None)
        for pause in ordered_pauses(pauses)
        if pause.start < on
    )


def walk_hours(ledger: Ledger, *, timezone: tzinfo) -> tuple[Mark, ...]:
    """Lay out a clock of hours (小时期限推算); nights and days off count. Ends with ENDED or PAUSED_WITHOUT_END.

    A suspension without instants stops the clock for whole days of `timezone`, as it does for periods in days.
    """
    if ledger.start_at is None:
        raise DeadlineError("start_at_missing", f"期限 {ledger.rule} 以小时计，须写明起算时刻。")
    cursor, counted = ledger.start_at.astimezone(UTC), timedelta(0)
    total = timedelta(hours=ledger.amount + sum(extension.amount or 0 for extension in ledger.extensions))
    marks = [Mark(Kind.STARTED, cursor, counted)]
    for pause in ordered_pauses(ledger.pauses):
        begin = max(
            pause.start_at.astimezone(UTC) if pause.start_at else _midnight_after(pause.start, timezone), cursor
        )
        if counted + (begin - cursor) >= total:
            break
        if pause.end is None:
            marks.append(Mark(Kind.PAUSED_WITHOUT_END, begin, counted + (begin - cursor), pause))
            return tuple(marks)
        finish = pause.end_at.astimezone(UTC) if pause.end_at else _midnight_after(pause.end, timezone)
        if finish <= begin:
            continue
        counted += begin - cursor
        marks += [Mark(Kind.PAUSED, begin, counted, pause), Mark(Kind.RESUMED, finish, counted, pause)]
        cursor = finish
    ended = cursor + (total - counted)
    return (*marks, Mark(Kind.ENDED, ended, total))


def in_order(extensions: Iterable[Extension]) -> list[Extension]:
    """The extensions in the order in which they were decided (延期决定排序)."""
    return sorted(extensions, key=lambda extension: extension.on)


def units_between(after: date, until: date, *, unit: Unit, calendar: WorkCalendar) -> int:
    """How many units of a period in days lie in (after, until] (其间期限单位数)."""
    return calendar.count_workdays(after, until) if unit is Unit.WORKING_DAYS else (until - after).days


def _midnight_after(day: date, timezone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone).astimezone(UTC)
