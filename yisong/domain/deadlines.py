"""The legal clocks (期限计算): a due date follows from a ledger and a calendar, and from nothing else.

One walk (`clock_walk`) does the counting; `due` takes where it ends, `explain` writes out every day of it. So what is
printed is what was computed.

- The day of the starting event is not counted (民事诉讼法第85条第2款，置信度高).
- Working days count worked days only. Natural days count all, and a last day on a rest day moves to the first day
  after it (同条第3款); a make-up workday (调休上班) is no rest day. Calendar days never move. Hours are absolute.
- The day of suspending counts, the day of resuming does not (系统默认，与“开始之日不计入”一致).
- What is done by 24:00 of the due date is in time (系统默认，置信度中).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta, tzinfo
from zoneinfo import ZoneInfo

from yisong.domain.clock_ledger import CountedDay, DeadlineError, Due, Extension, Ledger, Pause, Unit, ordered_pauses
from yisong.domain.clock_walk import Kind, Stretch, in_order, known_pauses, walk_days, walk_hours, walk_ledger
from yisong.domain.workdays import DayKind, DayStatus, WorkCalendar

__all__ = [
    "CountedDay",
    "DeadlineError",
    "Due",
    "Extension",
    "Ledger",
    "Pause",
    "Unit",
    "days_late",
    "due",
    "due_on",
    "explain",
    "grant",
]

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY_RULE = "民事诉讼法第85条第2款：期间开始的时和日不计算在期间内"
LAST_DAY_RULE = "民事诉讼法第85条第3款：末日是法定休假日的，以休假日后的第一日为届满日"
PAUSE_RULE = "中止当日计入、恢复当日不计入（系统默认）"
_ONE_DAY = timedelta(days=1)
_MEASURES = {Unit.WORKING_DAYS: "个工作日", Unit.NATURAL_DAYS: "日", Unit.CALENDAR_DAYS: "日", Unit.HOURS: "小时"}


def due_on(start: date, *, unit: Unit, amount: int, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> date:
    """The day on which a period in days ends (到期日): the quick path without a ledger.

    Refuses hours, a negative amount and a suspension without end, which has no due date yet.
    """
    if amount < 0:
        raise DeadlineError("amount_negative", f"期限数量 {amount} 为负数，请核对。")
    if pauses or unit is Unit.HOURS:
        return _due_on_with_pauses(start, unit, amount, pauses, calendar)
    if unit is Unit.WORKING_DAYS and amount:
        return calendar.add_workdays(start, amount)
    last = start + timedelta(days=amount)
    return last if unit is Unit.CALENDAR_DAYS else calendar.roll_forward(last)


def _due_on_with_pauses(start: date, unit: Unit, amount: int, pauses: Sequence[Pause], calendar: WorkCalendar) -> date:
    if unit is Unit.HOURS:
        raise DeadlineError("unit_hours", "以小时计的期限须按起算时刻计算，不能只按日期推算。")
    *_, last = walk_days(start, unit=unit, amount=amount, pauses=ordered_pauses(pauses), calendar=calendar)
    if last.kind is Kind.PAUSED_WITHOUT_END:
        raise DeadlineError("paused_without_end", f"{last.after} 起中止且尚未恢复，到期日待定。")
    return last.until


def due(ledger: Ledger, *, calendar: WorkCalendar, timezone: tzinfo = SHANGHAI) -> Due:
    """When this clock is due (到期): derived from the ledger alone; a day runs until its 24:00.

    Any ledger has an answer under any calendar; what may not be added to it is refused by `grant`. `timezone` is that
    of the county and matters to hours only. Raises CalendarError outside the calendar.
    """
    if ledger.unit is Unit.HOURS:
        mark = walk_hours(ledger, timezone=timezone)[-1]
        if mark.kind is Kind.PAUSED_WITHOUT_END:
            return Due(None, None, False, calendar.version)
        at = mark.at.astimezone(timezone)
        return Due(at.date(), at, False, calendar.version)
    stretches = list(walk_ledger(ledger, calendar=calendar))
    last = stretches[-1]
    return Due(
        on=None if last.kind is Kind.PAUSED_WITHOUT_END else last.until,
        at=None,
        provisional=any(_is_provisional(stretch, ledger.unit, calendar) for stretch in stretches),
        calendar_version=calendar.version,
    )


def grant(ledger: Ledger, extension: Extension, *, calendar: WorkCalendar, timezone: tzinfo = SHANGHAI) -> Ledger:
    """The ledger with an extension added (批准延期), judged by what was known on the day of the decision.

    Refuses one that names a date before the due date it extends, and one that has run out when it is decided.
    Whether an application came in time, how often and by whom, is for the rules of the life cycle.
    """
    known = replace(ledger, pauses=known_pauses(ledger.pauses, on=extension.on))
    before = due(known, calendar=calendar, timezone=timezone).on
    if before is not None and extension.new_due is not None and extension.new_due < before:
        message = f"{extension.on} 批准的新到期日 {extension.new_due} 早于原到期日 {before}，延期不得缩短期限。"
        raise DeadlineError("extension_shortens", message)
    granted = (*ledger.extensions, extension)
    after = due(replace(known, extensions=granted), calendar=calendar, timezone=timezone).on
    if after is not None and after < extension.on:
        message = f"{extension.on} 决定的延期只到 {after}，决定时已经届满，请核对决定日和延长数量。"
        raise DeadlineError("extension_past", message)
    return replace(ledger, extensions=granted)


def days_late(due_on: date, *, day: date, calendar: WorkCalendar) -> tuple[int, int]:
    """By how many working days and natural days `day` is past the due date (逾期日数); (0, 0) if it is not.

    The first day that counts is the one after the due date. Rungs of escalation go by the working days.
    """
    if day <= due_on:
        return 0, 0
    return calendar.count_workdays(due_on, day), (day - due_on).days


def explain(ledger: Ledger, *, calendar: WorkCalendar, timezone: tzinfo = SHANGHAI) -> tuple[CountedDay, ...]:
    """Every day of the walk and why it counts or not (逐日推算说明); the last line is the due date.

    A clock suspended without end stops at the day of suspension. Each extension has a line of its own on the day it
    was decided.
    """
    lines = _hour_lines(ledger, timezone) if ledger.unit is Unit.HOURS else _day_lines(ledger, calendar)
    first, *rest = lines
    told = [first]
    waiting = in_order(ledger.extensions)
    for line in rest:
        while waiting and (waiting[0].on < line.day or line is rest[-1]):
            told.append(_extension_line(waiting.pop(0), ledger.unit))
        told.append(line)
    return tuple(told)


def _is_provisional(stretch: Stretch, unit: Unit, calendar: WorkCalendar) -> bool:
    if unit is Unit.WORKING_DAYS and stretch.kind is Kind.COUNTED and stretch.after < stretch.until:
        return calendar.is_provisional_between(stretch.after + _ONE_DAY, stretch.until)
    # Where a period in natural days ends, the calendar decides whether it moves.
    return stretch.kind is Kind.ROLLED and calendar.is_provisional_between(stretch.after, stretch.until)


def _day_lines(ledger: Ledger, calendar: WorkCalendar) -> list[CountedDay]:
    lines = [CountedDay(ledger.start, None, False, "起算日不计入", FIRST_DAY_RULE)]
    for stretch in walk_ledger(ledger, calendar=calendar):
        pause = stretch.pause
        if stretch.kind is Kind.COUNTED:
            lines += _counted_lines(stretch, ledger.unit, calendar)
        elif stretch.kind is Kind.ROLLED:
            lines += _rolled_lines(stretch, calendar)
        elif pause is not None and stretch.kind is Kind.PAUSED:
            why, source = _reason("中止期间，不计入", pause), pause.basis or PAUSE_RULE
            lines += [CountedDay(day, None, False, why, source) for day in _days(stretch)]
        elif pause is not None:
            why = _reason(f"自次日起中止，尚未恢复，已计 {stretch.number}，到期日待定", pause)
            return [*lines, CountedDay(stretch.until, None, False, why, pause.basis or PAUSE_RULE)]
    if len(lines) == 1:
        lines.append(CountedDay(ledger.start, 0, True, "期限为 0", FIRST_DAY_RULE))
    last = lines[-1]
    lines[-1] = CountedDay(last.day, last.number, last.counted, f"{last.why}，期限届满", last.source)
    return lines


def _days(stretch: Stretch) -> Iterator[date]:
    return (stretch.after + timedelta(days=offset) for offset in range(1, (stretch.until - stretch.after).days + 1))


def _counted_lines(stretch: Stretch, unit: Unit, calendar: WorkCalendar) -> Iterator[CountedDay]:
    number = stretch.number
    for day in _days(stretch):
        status = calendar.day(day)
        if unit is Unit.WORKING_DAYS and not status.kind.worked:
            yield CountedDay(day, None, False, f"{_name(status)}，不计入工作日", status.source)
            continue
        number += 1
        if unit is Unit.WORKING_DAYS:
            why = f"第{number}个工作日" + ("（调休上班）" if status.kind is DayKind.MAKEUP else "")
        else:
            why = f"第{number}日" + ("" if status.kind is DayKind.WORKDAY else f"（{_name(status)}）")
        yield CountedDay(day, number, True, why + ("（暂估）" if status.provisional else ""), status.source)


def _rolled_lines(stretch: Stretch, calendar: WorkCalendar) -> Iterator[CountedDay]:
    for day in _days(stretch):
        if day == stretch.until:
            yield CountedDay(day, None, False, "末日顺延至休假日后第一日", LAST_DAY_RULE)
        else:
            yield CountedDay(day, None, False, f"{_name(calendar.day(day))}，末日顺延", LAST_DAY_RULE)


def _hour_lines(ledger: Ledger, timezone: tzinfo) -> list[CountedDay]:
    lines = []
    for mark in walk_hours(ledger, timezone=timezone):
        hours = int(mark.counted // timedelta(hours=1))
        pause = mark.pause
        source = FIRST_DAY_RULE if pause is None else pause.basis or PAUSE_RULE
        why = {
            Kind.STARTED: "起算时刻，连续计算，含夜间和休息日",
            Kind.PAUSED: "中止",
            Kind.RESUMED: "恢复计算",
            Kind.PAUSED_WITHOUT_END: "中止，尚未恢复，到期时刻待定",
            Kind.ENDED: f"满 {hours} 小时，期限届满",
        }[mark.kind]
        at = mark.at.astimezone(timezone)
        counted = mark.kind is Kind.ENDED
        lines.append(CountedDay(at.date(), hours, counted, why if pause is None else _reason(why, pause), source, at))
    return lines


def _extension_line(extension: Extension, unit: Unit) -> CountedDay:
    granted = f"至 {extension.new_due}" if extension.new_due else f" {extension.amount} {_MEASURES[unit]}"
    why = f"批准延期{granted}" + (f"：{extension.reason}" if extension.reason else "")
    return CountedDay(extension.on, None, False, why, extension.basis or "延期批复（未注明依据）")


def _reason(why: str, pause: Pause) -> str:
    return f"{why}：{pause.reason}" if pause.reason else why


def _name(status: DayStatus) -> str:
    return status.name or status.kind.label
