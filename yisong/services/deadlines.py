"""Sweep the running clocks (期限巡查): what has run out lapses, what is late climbs its ladder.

A sweep may be killed, doubled or ten days late: the result is the same. Days that were missed are walked in order; what fell due on
each is recorded for that day, while the instant of recording stays the true one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models import Clock
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services import escalate
from yisong.services.steps import take_step
from yisong.store import calendars, outbox, running
from yisong.store import deadlines as stored

PAGE = 500
AHEAD = 20_000
"""How many clocks that are due are asked for at once; a page of them is a transaction."""
Found = tuple[int, int, int | None]
"""A clock that is due, its matter and its case."""
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Swept:
    """What a sweep did (巡查结果). `skipped`: (clock id, reason in Chinese)."""

    days: int = 0
    looked: int = 0
    lapsed: int = 0
    climbed: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Swept) -> None:
        self.days += other.days
        self.looked += other.looked
        self.lapsed += other.lapsed
        self.climbed += other.climbed
        self.skipped += other.skipped


def lapse(session: Session, *, book: RuleBook, clock: Clock, at: datetime) -> bool:
    """Take the system's step for a term that has run out (期限届满). True if there was one to take."""
    if not clock.lapse or clock.due_on is None:
        return False
    action, clock.lapse = clock.lapse, ""
    session.add(clock)
    session.flush()
    act = Act(
        action, SYSTEM, on=clock.due_on, at=at, given={"served_on": clock.due_on.isoformat(), "reason": "期限届满"}
    )
    take_step(session, book=book, matter_id=clock.matter_id, act=act)
    return True


def sweep_page(
    session: Session, *, book: RuleBook, day: date, at: datetime, after: int = 0, only: int = 0
) -> tuple[Swept, int]:
    """Sweep the next page of clocks (巡查一页); returns what it did and the last id, 0 at the end.

    What somebody else holds is passed over; with `only`, that one clock is waited for.
    """
    found = running.due(session, day=day, after=only - 1 if only else after, most=1 if only else PAGE)
    if not found or (only and found[0][0] != only):
        return Swept(), 0
    return _sweep_found(session, found, book=book, day=day, at=at, wait=bool(only)), found[-1][0]


def _sweep_found(
    session: Session, found: Sequence[Found], *, book: RuleBook, day: date, at: datetime, wait: bool
) -> Swept:
    """Let these clocks lapse or climb (逐钟巡查), as far as their matters can be held and nobody has been quicker."""
    result = Swept()
    held = _hold(session, found, wait=wait)
    page = [
        clock
        for clock in running.clocks(session, [clock for clock, matter, _ in found if matter in held])
        if clock.look_on is not None and clock.look_on <= day
    ]
    over = [clock.id for clock in page if clock.lapse and clock.due_on and clock.due_on < day and not clock.held]
    result.looked = len(page)
    if over:
        for clock in stored.held(session, over):
            if clock.status == "running" and not clock.held and clock.due_on is not None and clock.due_on < day:
                _try_lapse(session, book=book, clock=clock, at=at, result=result)
        session.flush()
        page = running.clocks(session, [clock.id for clock in page])
        held = running.matters(session, held, wait=wait)
    climbed = escalate.climb_page(session, book=book, page=page, held=held, day=day, at=at)
    result.climbed = climbed.rungs
    result.skipped += climbed.skipped
    session.expire_all()  # what a lapse has read is written behind its back
    return result


def lapse_all(transaction: Transaction, *, book: RuleBook, day: date, at: datetime) -> Swept:
    """Let every term lapse that ended before a day (期限届满登记), at midnight: a term ends at 24:00 of its last day, not when offices open."""
    result, after = Swept(), 0
    while True:
        with transaction() as session:
            found = stored.to_lapse(session, before=day, after=after, most=PAGE)
            _hold(session, found, wait=True)
            for clock in stored.held_to_lapse(session, before=day, ids=[clock for clock, _, _ in found]):
                _try_lapse(session, book=book, clock=clock, at=at, result=result)
            result.looked += len(found)
        if not found:
            return result
        after = found[-1][0]


def _hold(session: Session, found: Sequence[Found], *, wait: bool) -> dict[int, running.HeldMatter]:
    """Hold the matters of these clocks and their cases, as every step does, in the order of their ids (锁定事项及其案件).

    Returns those that are held together with their case: without `wait`, what somebody else holds is passed over.
    """
    held = running.matters(session, {number for _, matter, case in found for number in (matter, case or matter)}, wait=wait)  # fmt: skip
    return {matter: held[matter] for _, matter, case in found if matter in held and (case or matter) in held}


def _try_lapse(session: Session, *, book: RuleBook, clock: Clock, at: datetime, result: Swept) -> None:
    try:
        with session.begin_nested():
            result.lapsed += lapse(session, book=book, clock=clock, at=at)
    except (Refusal, IntegrityError, *escalate.UNFIT) as refused:
        session.refresh(clock)
        why = (
            str(getattr(refused, "message", ""))
            or f"数据有误（{type(refused).__name__}：{refused}），请核对该期限所属案件。"
        )
        result.skipped.append((clock.id or 0, why))


def days_to_sweep(session: Session, *, until: date) -> list[date]:
    """The days that have not been swept yet, oldest first (待巡查日)."""
    last = stored.last_swept(session)
    first = last + timedelta(days=1) if last else min(stored.first_look(session) or until, until)
    return [first + timedelta(days=offset) for offset in range((until - first).days + 1)]


def sweep_day(transaction: Transaction, *, book: RuleBook, day: date, at: datetime) -> Swept:
    """Sweep one day, a transaction a page, and keep that it was swept (巡查一日).

    What another held the first time is waited for before the day is kept: if that other has died of it, nothing is lost.
    """
    total, after = Swept(days=1), 0
    while True:
        with transaction() as session:
            ahead = running.due(session, day=day, after=after, most=AHEAD)
        if not ahead:
            break
        for first in range(0, len(ahead), PAGE):
            found = ahead[first : first + PAGE]
            with transaction() as session:
                page = _sweep_found(session, found, book=book, day=day, at=at, wait=False)
            total.add(page)
            after = found[-1][0]
            if page.lapsed:  # a step may have called up others: ask again what is due
                break
    for clock in _left(transaction, day=day, skipped={clock for clock, _ in total.skipped}):
        with transaction() as session:
            page, _ = sweep_page(session, book=book, day=day, at=at, only=clock)
        total.add(page)
    with transaction() as session:
        stored.keep_swept(
            session, day=day, at=at, looked=total.looked, lapsed=total.lapsed, climbed=total.climbed, skipped=len(total.skipped)
        )  # fmt: skip
    return total


def _left(transaction: Transaction, *, day: date, skipped: set[int]) -> Iterator[int]:
    """The clocks that still have to be looked at, but those that could not be judged (未及查看的时钟)."""
    after = 0
    while True:
        with transaction() as session:
            found = running.due(session, day=day, after=after, most=PAGE)
        if not found:
            return
        yield from (clock for clock, _, _ in found if clock not in skipped)
        after = found[-1][0]


def sweep(transaction: Transaction, *, book: RuleBook, until: date, at: datetime) -> Iterator[tuple[date, Swept]]:
    """Sweep every day up to and with `until` that was missed, in order (补齐巡查); a second run finds nothing left."""
    with transaction() as session:
        days = days_to_sweep(session, until=until) or [until]
        if stored.last_swept(session) is None:  # who is killed in the first sweep of all must find its first day again
            stored.keep_swept(session, day=days[0] - timedelta(days=1), at=at, looked=0, lapsed=0, climbed=0, skipped=0)
    for day in days:
        yield day, sweep_day(transaction, book=book, day=day, at=at)


def health(session: Session, *, today: date, at: datetime | None = None) -> dict[str, object]:
    """How late the sweep itself is, and what keeps what was decided from taking effect (巡查自身是否及时).

    `days_behind`: days since the last sweep; `last_skipped`: clocks that it could not judge; `overlooked`: running clocks whose
    day to be looked at lies before the last day swept; `calendar_behind`: clocks that the calendar in force has not reached;
    `outbox_waiting_since`: since when the longest waiting row could have left, as of `at`.
    """
    last = stored.last_swept(session)
    kept = stored.swept(session, last) if last else None
    active = calendars.active(session)
    behind = calendars.versions_behind(session, active.version) if active else {}
    asked = len(calendars.waiting(session, version=active.version)) if active else 0
    return {
        "last_swept": last.isoformat() if last else None, "days_behind": (today - last).days if last else None, "last_skipped": kept.skipped if kept else 0,
        "overlooked": stored.overlooked(session, before=last) if last else 0, "calendar_behind": max(sum(behind.values()) - asked, 0),
        "calendar_waiting": asked, "outbox_waiting_since": outbox.oldest_due(session, at=at) if at else None,
    }  # fmt: skip
