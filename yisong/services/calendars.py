"""Put a calendar in force and re-derive every running clock by it (日历启用与期限复算).

Once per clock and version, in pages, each a transaction: whoever is killed is gone on with, whoever runs twice finds nothing
left. A date that would move earlier against the inspected unit is asked about and not applied (`reprojections`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models import CalendarActivation, Clock, ClockEntry, Matter
from yisong.clock import SHANGHAI
from yisong.domain import reprojection
from yisong.domain.calendar_feeds import DayChange, difference
from yisong.domain.deadlines import Due, due
from yisong.domain.lifecycle import Refusal
from yisong.domain.reprojection import Bounds, Verdict
from yisong.domain.roles import SYSTEM, Actor
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, remarks
from yisong.services.reprojection_rows import ASKED, MOVED, Looks, apply, entry_row, notices
from yisong.store import batches, running
from yisong.store import calendars as stored
from yisong.store.running import HeldMatter, LiveClock

__all__ = ["ASKED", "MOVED", "Reprojected", "activate", "apply", "entry_row", "notices", "reproject"]

PAGE = 1000
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Reprojected:
    """What became of the clocks (复算结果). `skipped`: (clock id, reason in Chinese); these stay behind and are tried again."""

    moved: int = 0
    unchanged: int = 0
    waiting: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.moved + self.unchanged + self.waiting

    def add(self, other: Reprojected) -> None:
        self.moved += other.moved
        self.unchanged += other.unchanged
        self.waiting += other.waiting
        self.skipped += other.skipped


@dataclass(frozen=True, slots=True)
class _Way:
    """From one version to the new one (两个版本之间的变动)."""

    changes: tuple[DayChange, ...]
    bounds: Bounds


@dataclass(slots=True)
class _Pass:
    """What one pass over the clocks carries with it (一次复算)."""

    book: RuleBook
    activation: int
    on: date
    at: datetime
    zone: ZoneInfo
    ways: dict[str, _Way]
    looks: Looks = field(default_factory=dict)
    dues: dict[tuple[object, ...], Due] = field(default_factory=dict)
    reasons: dict[tuple[object, ...], str] = field(default_factory=dict)

    def due(self, clock: LiveClock, entries: Sequence[ClockEntry]) -> Due:
        """The due date by the new calendar (到期日): clocks without anything in their ledgers differ in few things."""
        alike = (clock.rule, clock.unit, clock.amount, clock.start_on, clock.start_at)
        if entries or alike not in self.dues:
            found = due(clocks.ledger_from(cast("Clock", clock), entries), calendar=self.book.calendar, timezone=self.zone)  # fmt: skip
            if entries:
                return found
            self.dues[alike] = found
        return self.dues[alike]


def activate(
    session: Session, *, book: RuleBook, actor: Actor = SYSTEM, on: date, at: datetime, source: str = ""
) -> CalendarActivation:
    """Put the book's calendar in force (启用日历). A calendar that is in force already is left as it is.

    Args:
        session: the caller's transaction.
        book: the rule book with the new calendar; its version is kept with all its years.
        actor: who put it in force; the system where the rule files were found changed.
        on: the day of the county; `at`: the instant (aware).
        source: the notice or file it comes from.
    """
    latest = stored.active(session, lock=True)
    if latest is not None and latest.version == book.calendar.version:
        return latest
    stored.keep(session, book.calendar, at=at)
    stored.supersede(session, but=book.calendar.version)
    activation = CalendarActivation(
        version=book.calendar.version,
        previous=latest.version if latest else "",
        source=source,
        on=on,
        at=at,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    session.add(activation)
    session.flush()
    return activation


def reproject(
    transaction: Transaction, *, book: RuleBook, on: date, at: datetime, zone: ZoneInfo = SHANGHAI, page: int = PAGE,
    progress: Callable[[int], None] = lambda done: None,
) -> Reprojected:  # fmt: skip
    """Re-derive every running clock that the calendar in force has not reached yet (期限复算).

    Raises:
        Refusal: `calendar_not_active` where the book's calendar has not been activated.
    """
    total = Reprojected()
    with transaction() as session:
        activation = stored.active(session)
        if activation is None or activation.version != book.calendar.version:
            raise Refusal(
                "calendar_not_active", "规则库的工作日历尚未启用，请先运行 yisong calendar reproject 启用并复算。"
            )
        run = _Pass(book, activation.id or 0, on, at, zone, _ways(session, book))
    for wait, most in ((False, page), (True, 1)):
        after = 0
        while True:
            with transaction() as session:
                found = stored.next_ids(session, book.calendar.version, after=after, most=most)
                if found and not wait:
                    bounds = {version: way.bounds for version, way in run.ways.items()}
                    advanced = stored.advance_untouched(
                        session, book.calendar.version, ids=[clock for clock, _ in found], bounds=bounds
                    )
                    stored.count(session, run.activation, unchanged=advanced)
                    total.unchanged += advanced
            if not found:
                break
            with transaction() as session:
                total.add(_page(session, run, found, wait=wait))
            after = found[-1][0]
            progress(total.total)
    with transaction() as session:
        if not stored.next_ids(session, book.calendar.version, after=0, most=1):
            stored.activation_locked(session, run.activation).finished_at = at
    return total


def _ways(session: Session, book: RuleBook) -> dict[str, _Way]:
    """What the new calendar changes for the clocks of each version that is still counted by (各版本变动)."""
    ways = {}
    for version in stored.versions_behind(session, book.calendar.version):
        old = stored.calendar(session, version)
        if old is not None:  # a version that was never kept: each of its clocks is derived anew
            changes = difference(old, book.calendar)
            ways[version] = _Way(changes, Bounds.of(changes))
    return ways


@dataclass(slots=True)
class _Sheet:
    """What one page writes, gathered so that it goes out in a handful of statements (一页结果)."""

    result: Reprojected = field(default_factory=Reprojected)
    entries: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    lines: list[tuple[remarks.Line, LiveClock, list[str]]] = field(default_factory=list)


def _page(session: Session, run: _Pass, found: list[tuple[int, int]], *, wait: bool) -> Reprojected:
    held = running.matters(session, {matter for _, matter in found}, wait=wait)
    free = [clock for clock, matter in found if matter in held]
    page = stored.clocks_behind(session, run.book.calendar.version, ids=free)
    sheet = _Sheet()
    if not page:
        return sheet.result
    ledgers = stored.entries_of(session, [clock.id for clock in page if clock.entries])
    climbed, moved = batches.climbed_on(session, [clock.id for clock in page]), []
    for clock in page:
        try:
            new = run.due(clock, ledgers.get(clock.id, ()))
            if _judge(run, sheet, clock, new=new, matter=held[clock.matter_id]):
                apply(
                    run.book, clock, new=new, on=run.on, climbed=frozenset(climbed.get(clock.id, ())), known=run.looks
                )
                moved.append(clock)
        except ValueError as error:
            sheet.result.skipped.append((clock.id, str(error)))
    stored.set_dates(session, moved)
    stored.insert_entries(session, sheet.entries)
    stored.insert_waiting(session, sheet.waiting)
    remarks.write(session, [line for line, _, _ in sheet.lines], at=run.at)
    batches.insert_outbox(
        session, [row for line, clock, why in sheet.lines for row in notices(line, clock, why=why, at=run.at)]
    )
    done = sheet.result
    stored.count(session, run.activation, moved=done.moved, unchanged=done.unchanged, waiting=done.waiting)
    return done


def _judge(run: _Pass, sheet: _Sheet, clock: LiveClock, *, new: Due, matter: HeldMatter) -> bool:
    """Note what becomes of one clock; True where the new date applies (单钟复算)."""
    old = clock.due_on
    against = reprojection.faces_unit(clock.rule, department=clock.department)
    verdict = reprojection.judge(old, new.on, against_unit=against)
    if verdict is Verdict.UNCHANGED:
        sheet.result.unchanged += 1
        return True
    reason = _why(run, clock, old=old, new=new.on)
    given = {
        "clock": clock.id,
        "rule": clock.rule,
        "old_due": old,
        "new_due": new.on,
        "version": new.calendar_version,
        "why": reason,
    }
    if verdict is Verdict.MOVED:
        sheet.entries.append(
            entry_row(clock, old=old, new=new, why=reason, source=_source(run, clock), on=run.on, at=run.at)
        )
        sheet.lines.append((remarks.Line(cast("Matter", matter), MOVED, SYSTEM, run.on, given), clock, [reason]))
        sheet.result.moved += 1
        return True
    sheet.waiting.append(
        {
            "clock_id": clock.id, "version": new.calendar_version, "matter_id": matter.id, "department": clock.department or matter.responsible,
            "old_due": old, "new_due": new.on, "reason": reason, "on": run.on, "status": "waiting", "decided_by": "", "decided_on": None,
        }
    )  # fmt: skip
    why = [f"拟由{old}提前至{new.on}，须本单位负责人确认并重新告知当事人；确认前仍按{old}执行。", reason]
    sheet.lines.append((remarks.Line(cast("Matter", matter), ASKED, SYSTEM, run.on, given), clock, why))
    sheet.result.waiting += 1
    return False


def _why(run: _Pass, clock: LiveClock, *, old: date | None, new: date | None) -> str:
    if old is None or new is None:
        return "日历版本变动"
    alike = (clock.calendar_version, clock.start_on, old, new)
    if alike not in run.reasons:
        way = run.ways.get(clock.calendar_version)
        run.reasons[alike] = reprojection.why(way.changes if way else (), start=clock.start_on, old=old, new=new)
    return run.reasons[alike]


def _source(run: _Pass, clock: LiveClock) -> str:
    way = run.ways.get(clock.calendar_version)
    return next((change.new.source for change in way.changes if change.day >= clock.start_on), "") if way else ""
