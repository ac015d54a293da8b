"""Confirm or decline a due date that a new calendar would move against the inspected unit (期限提前的确认).

Until the answerable organ's leader confirms, the clock counts by the calendar it was told by; confirming tells the unit anew
(系统默认：期限不利变动须人工确认并重新告知).
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models import Clock, Document, Matter, Reprojection
from yisong.clock import SHANGHAI
from yisong.domain.deadlines import due
from yisong.domain.lifecycle import Act, Paper, Refusal
from yisong.domain.roles import Actor, Party, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import calendars, clocks, journal, remarks
from yisong.services.facts import facts_of
from yisong.store import batches, deadlines, matters
from yisong.store import calendars as stored

TOLD_BY = ("CHEHUI", "文书更正通知书")
"""The paper by which a date that was told is corrected (文书撤回（更正）通知书): the paper it corrects stays in force."""
STATES_A_DATE = frozenset({"ZEGAI", "YANPI", "LIERU_GZ"})
"""Papers that tell the unit a date or a term of its own (载明当事人期限的文书)."""


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
    remarks.reserve([line])
    paper = _told_anew(session, book=book, clock=clock, line=line, old=old, new=new.on, why=asked.reason, at=at)
    if paper is not None:
        line.effects = [{"paper": paper.type_code, "document": paper.matter_id, "number": paper.number, "facts": paper.facts_sha256}]  # fmt: skip
    remarks.write(session, [line], at=at)
    number = f"另行送达《{TOLD_BY[1]}》{paper.number}。" if paper is not None else ""
    told = [f"到期日由{old}调整为{new.on}，以本次告知为准。{number}", asked.reason]
    batches.insert_outbox(session, calendars.notices(line, clock, why=told, at=at))
    return _decided(session, asked, status="confirmed", actor=actor, on=on)


def _told_anew(
    session: Session, *, book: RuleBook, clock: Clock, line: remarks.Line, old: date | None, new: date | None, why: str, at: datetime
) -> Document | None:  # fmt: skip
    """The numbered paper that corrects the date which a paper has told the unit (重新告知), its service followed; None where none has.

    What told the date: the order, its extension, or the prior notice of a listing, whichever was issued last.
    """
    matter = line.matter
    stating = [paper for paper in matters.documents_of(session, matter.id or 0) if paper.type_code in STATES_A_DATE]
    if not stating or old is None or new is None:
        return None
    stated = max(stating, key=lambda paper: paper.matter_id)
    rule = clocks.rule_for(book, clock.rule, on=clock.start_on, department=clock.department)
    corrected = {
        "number": stated.number or "（文号未录）", "title": book.numbering(stated.type_code).name, "name": rule.name if rule else clock.rule,
        "old_due_on": old, "new_due_on": new, "why": why,
    }  # fmt: skip
    act = Act(calendars.MOVED, line.actor, line.on, at, {"reason": why, "corrected": corrected})
    facts = facts_of(session, book=book, matter=matter, on=line.on)
    paper = Paper(TOLD_BY[0], Party.RESPONSIBLE, Party.UNIT, service=True)
    return journal.issue_number(session, book=book, matter=matter, paper=paper, act=act, facts=facts, seq=line.seq)


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
