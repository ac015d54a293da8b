"""Confirm or decline a due date that a new calendar would move against the inspected unit (期限提前的确认).

Until the answerable organ's leader confirms, the clock counts by the calendar it was told by; confirming tells the unit anew
(系统默认：期限不利变动须人工确认并重新告知).
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models import Clock, Matter, Reprojection
from yisong.clock import SHANGHAI
from yisong.domain.deadlines import due
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import calendars, clocks, remarks
from yisong.store import batches, deadlines, matters
from yisong.store import calendars as stored


def confirm(
    session: Session, *, book: RuleBook, clock_id: int, actor: Actor, on: date, at: datetime, zone: ZoneInfo = SHANGHAI
) -> Reprojection:
    """Let the earlier date apply from now on, and tell the unit and the department of it (确认提前).

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `clock_ended`, `calendar_moved_on`; `date_past` where the earlier date
            has gone by already: nobody can keep a term that was over when it was told.
    """
    asked, clock, matter = _held(session, clock_id, actor=actor)
    if asked.version != book.calendar.version:
        raise Refusal(
            "calendar_moved_on", "该问题之后又启用了新的工作日历，请先运行 yisong calendar reproject 复算，再行确认。"
        )
    ledger = clocks.ledger_from(clock, stored.entries_of(session, [clock_id]).get(clock_id, ()))
    new = due(ledger, calendar=book.calendar, timezone=zone)
    old = clock.due_on
    if new.on is not None and old is not None and new.on < old and new.on < on:
        raise Refusal("date_past", f"新的到期日{new.on}已经过去，不能确认提前；请选择保留原期限{old}。")
    why = f"{asked.reason}（{actor.name}于{on}确认，并重新告知当事人）"
    row = calendars.entry_row(clock, old=old, new=new, why=why, source=asked.version, on=on, at=at)
    calendars.apply(book, clock, new=new, on=on, climbed=deadlines.climbed(session, clock_id))
    session.add(clock)
    session.flush()
    stored.insert_entries(session, [row])
    given = {
        "clock": clock_id,
        "rule": clock.rule,
        "old_due": old,
        "new_due": new.on,
        "version": asked.version,
        "why": why,
    }
    line = remarks.Line(matter, calendars.MOVED, actor, on, given)
    remarks.write(session, [line], at=at)
    told = [f"到期日由{old}调整为{new.on}，以本次告知为准。", asked.reason]
    batches.insert_outbox(session, calendars.notices(line, clock, why=told, at=at))
    return _decided(session, asked, status="confirmed", actor=actor, on=on)


def decline(session: Session, *, clock_id: int, actor: Actor, reason: str, on: date, at: datetime) -> Reprojection:
    """Keep the date that was told (保留原期限): this calendar does not ask about this clock again.

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `clock_ended`, `reason_missing`.
    """
    asked, clock, matter = _held(session, clock_id, actor=actor)
    if not reason.strip():
        raise Refusal("reason_missing", "保留原期限须写明理由，请补填。")
    given = {
        "clock": clock_id,
        "rule": clock.rule,
        "due": clock.due_on,
        "version": asked.version,
        "reason": reason.strip(),
    }
    remarks.write(session, [remarks.Line(matter, "reproject_declined", actor, on, given)], at=at)
    return _decided(session, asked, status="declined", actor=actor, on=on)


def _held(session: Session, clock_id: int, *, actor: Actor) -> tuple[Reprojection, Clock, Matter]:
    """The question, its clock and its matter, the matter's row held first (锁定)."""
    found = deadlines.clock(session, clock_id)
    if found is None:
        raise Refusal("nothing_waits", f"没有编号为 {clock_id} 的时钟，请核对。")
    matter = matters.matter(session, found.matter_id, lock=True)
    session.refresh(found, with_for_update=True)
    asked = next(iter(stored.waiting_for(session, [clock_id])), None)
    if asked is None:
        raise Refusal("nothing_waits", f"{matter.code}没有待确认的期限提前，可能已由他人办理。请刷新后再试。")
    if Role.LEADER not in actor.roles or actor.department != asked.department:
        raise Refusal("not_your_post", "期限提前须由责任部门负责人确认，请转请本单位负责人办理。")
    if found.status not in stored.LIVE:
        raise Refusal("clock_ended", f"{matter.code}的这一期限已经结束，无需确认。")
    return asked, found, matter


def _decided(session: Session, asked: Reprojection, *, status: str, actor: Actor, on: date) -> Reprojection:
    asked.status, asked.decided_by, asked.decided_on = status, actor.id, on
    session.add(asked)
    session.flush()
    return asked
