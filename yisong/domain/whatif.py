"""Relive recorded clocks under other rules (规则试算): when each would have been due, late, and chased. Nothing is kept.

What people did is taken as it happened: the start, the suspensions, the extensions, the end. What follows from rules (the term,
the calendar, the ladder) is worked out anew by the same code that sweeps. Dates are days of the county; a sweep looks once a day,
after that day's acts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from yisong.domain.clock_ledger import Ledger, Pause
from yisong.domain.deadlines import due
from yisong.domain.escalation import Ladder, Rung, next_look, rung_on
from yisong.domain.workdays import WorkCalendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class History:
    """One clock as it went (一个时钟的经过).

    `ended_on`: the day on which it was met, missed or cancelled; None while it runs. `holds`: from the first day to the second,
    nobody was chased (延期审批期间停止催督); None: still held.
    """

    ledger: Ledger
    ended_on: date | None = None
    holds: tuple[tuple[date, date | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Relived:
    """What would have become of it (试算结果): the last due day, None while suspended; the rungs with their days."""

    due_on: date | None
    late: bool
    rungs: tuple[tuple[date, Rung], ...] = ()


def relive(history: History, *, ladder: Ladder | None, calendar: WorkCalendar, until: date) -> Relived:
    """Let one clock run again, up to and with `until` (重演一个时钟). Raises DeadlineError where the ledger makes no sense."""
    stop = min(history.ended_on or until + _DAY, until + _DAY)  # an act comes before that day's sweep
    climbed: dict[str, date] = {}
    rungs: list[tuple[date, Rung]] = []
    for first, last, due_on in _stretches(history, stop=stop, calendar=calendar):
        if ladder is None or due_on is None:
            continue
        after = first  # what a step has reckoned is looked at from the next day on
        while (
            day := next_look(ladder, due_on=due_on, after=after, climbed=frozenset(climbed), calendar=calendar)
        ) is not None and day < last:
            after = day
            if _held(history, day):
                continue
            keys, last_on = frozenset(climbed), max(climbed.values(), default=None)
            rung = rung_on(ladder, due_on=due_on, day=day, climbed=keys, calendar=calendar, last_on=last_on)
            if rung is not None:
                climbed[rung.key] = day
                rungs.append((day, rung))
    final = due(history.ledger, calendar=calendar).on
    compared = history.ended_on if history.ended_on is not None and history.ended_on <= until else until
    return Relived(final, final is not None and compared > final, tuple(rungs))


def _stretches(history: History, *, stop: date, calendar: WorkCalendar) -> Iterator[tuple[date, date, date | None]]:
    """The spans of days in which the due date did not change, as (first day, day after the last, due day) (各段)."""
    ledger = history.ledger
    turns = {ledger.start, *(extension.on for extension in ledger.extensions)}
    for pause in ledger.pauses:
        turns |= {pause.start} | ({pause.end} if pause.end is not None else set())
    days = sorted(day for day in turns if day < stop)
    for first, last in pairwise([*days, stop]):
        known = replace(
            ledger,
            pauses=_known(ledger, on=first),
            extensions=tuple(extension for extension in ledger.extensions if extension.on <= first),
        )
        yield first, last, due(known, calendar=calendar).on


def _known(ledger: Ledger, *, on: date) -> tuple[Pause, ...]:
    """The suspensions as they stood after that day's acts (截至当日的中止): one that has not ended yet has no end."""
    return tuple(
        pause if pause.end is not None and pause.end <= on else replace(pause, end=None, end_at=None)
        for pause in ledger.pauses
        if pause.start <= on
    )


def _held(history: History, day: date) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in history.holds)


@dataclass(slots=True)
class Outcome:
    """What one set of rules leads to (一套规则的结果)."""

    clocks: int = 0
    late: int = 0
    rungs: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """(level, name, issuer) → how many."""
    letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(type of paper, issuer) → how many."""
    late_of: Counter[str] = field(default_factory=Counter)
    letters_to: Counter[str] = field(default_factory=Counter)

    def add(self, relived: Relived, *, department: str, issuers: Sequence[str]) -> None:
        """Count one clock in; `issuers`: who issues each of its rungs, in their order (计入)."""
        self.clocks += 1
        self.late += relived.late
        if relived.late:
            self.late_of[department] += 1
        for (_, rung), issuer in zip(relived.rungs, issuers, strict=True):
            self.rungs[rung.level, rung.name, issuer] += 1
            for paper in rung.papers:
                self.letters[paper, issuer] += 1
                self.letters_to[department] += 1
