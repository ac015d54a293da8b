"""What a step does to the clocks (时钟效果). Called by the journal, inside its transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models import Clock, ClockEntry, Matter
from yisong.clock import local_date
from yisong.domain.deadlines import Extension, Ledger, Pause, Unit, due, grant
from yisong.domain.entries import DeadlineRule
from yisong.domain.escalation import EscalationError, Ladder, ladder_for, next_look
from yisong.domain.lifecycle import ALL_CLOCKS, Act, ClockEffect, Facts, Refusal, Verb
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.domain.workdays import WorkCalendar
from yisong.store import calendars
from yisong.store import deadlines as stored

ONE_DAY = timedelta(days=1)


def day_of(value: Any) -> date | None:
    """A given day: a date, an ISO text, or nothing (日期)."""
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        raise Refusal("not_a_date", "此处应填写日期而不是时刻，请重新填写。")
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Refusal("not_a_date", f"“{value}”不是有效日期，请按 2026-11-20 的样式填写。") from None


def family(book: RuleBook, code: str) -> frozenset[str]:
    """A rule's code and those of its variants (规则及其部门变体)."""
    return frozenset({code, *(rule.code for rule in book.deadline_rules if rule.variant_of == code)})


def rule_for(book: RuleBook, code: str, *, on: date, department: str) -> DeadlineRule | None:
    """The rule in force, or None where the county keeps none of that code (适用规则)."""
    if all(rule.code != code for rule in book.deadline_rules):
        return None
    return book.deadline_rule(code, on, department or None)


def ledger_of(session: Session, clock: Clock) -> Ledger:
    """The clock as a ledger: everything that its due date derives from (时钟台账)."""
    return ledger_from(clock, stored.entries(session, clock.id) if clock.entries else ())


def ledger_from(clock: Clock, entries: Iterable[ClockEntry]) -> Ledger:
    """The clock as a ledger, its entries at hand (时钟台账). A re-projection explains a date; it is no part of deriving it."""
    pauses: list[Pause] = []
    extensions: list[Extension] = []
    for entry in entries:
        if entry.kind == "pause":
            begun = entry.at if clock.unit == "h" else None
            pauses.append(Pause(start=entry.on, end=None, reason=entry.reason, basis=entry.basis, start_at=begun))
        elif entry.kind == "resume" and pauses:
            last = pauses.pop()
            at = entry.at if clock.unit == "h" else None
            pauses.append(
                Pause(
                    start=last.start,
                    end=entry.on,
                    reason=last.reason,
                    basis=last.basis,
                    start_at=last.start_at,
                    end_at=at,
                )
            )
        elif entry.kind == "extend":
            extensions.append(
                Extension(
                    on=entry.on,
                    new_due=day_of(entry.data.get("new_due")),
                    amount=entry.data.get("amount"),
                    reason=entry.reason,
                    basis=entry.basis,
                )
            )
    return Ledger(
        rule=clock.rule,
        unit=Unit(clock.unit),
        amount=clock.amount,
        start=clock.start_on,
        start_at=clock.start_at,
        pauses=tuple(pauses),
        extensions=tuple(extensions),
    )


def ladder_of(book: RuleBook, clock: Clock) -> Ladder | None:
    """The ladder that this clock climbs when late; None where nobody is to be chased (催督阶梯).

    Raises `RuleBookError` for a department that the book does not know: who it is cannot be guessed, and must not be forgotten.
    """
    if not clock.chased or not clock.department:
        return None
    level = book.organ(clock.department).level.value
    try:
        return ladder_for(book.ladders, rule=clock.rule, level=level, severity=clock.severity, on=clock.start_on)
    except EscalationError:
        return None


def look(book: RuleBook, clock: Clock, *, after: date, climbed: frozenset[str]) -> date | None:
    """The next day on which this clock may need something (下次查看日)."""
    if clock.status != "running" or clock.held or clock.due_on is None:
        return None
    days = []
    if clock.lapse:
        days.append(max(clock.due_on, after) + ONE_DAY if clock.due_on < after else clock.due_on + ONE_DAY)
    try:
        ladder = ladder_of(book, clock)
    except RuleBookError:
        return max(clock.due_on, after) + ONE_DAY  # a sweep will name it; a person's step must not fail for it
    if ladder is not None:
        rung_day = next_look(ladder, due_on=clock.due_on, after=after, climbed=climbed, calendar=book.calendar)
        if rung_day is not None:
            days.append(rung_day)
    return min(days) if days else None


def calendar_of(session: Session, *, book: RuleBook, clock: Clock) -> WorkCalendar:
    """The calendar that a clock counts by (时钟所用日历): its own version, until it is re-derived under a newer one.

    So what is explained, what is swept and what a step adds to all end on the same day, also while a date that would move
    against the unit waits for a person. A version that was never kept cannot be told apart from the book's.
    """
    if clock.calendar_version in ("", book.calendar.version):
        return book.calendar
    return calendars.calendar(session, clock.calendar_version) or book.calendar


def reckon(session: Session, *, book: RuleBook, clock: Clock, after: date, zone: ZoneInfo) -> None:
    """Derive due date and next look from the ledger (推算到期日)."""
    found = due(ledger_of(session, clock), calendar=calendar_of(session, book=book, clock=clock), timezone=zone)
    clock.due_on, clock.provisional, clock.calendar_version = found.on, found.provisional, found.calendar_version
    clock.due_at = found.at if clock.unit == Unit.HOURS else None
    clock.look_on = look(
        book, clock, after=after, climbed=stored.climbed(session, clock.id) if clock.id else frozenset()
    )


def _looked_until(act: Act, zone: ZoneInfo) -> date:
    """Up to which day nothing more is looked for: what was entered late does not call back the past (补录不补催)."""
    return max(act.on, local_date(act.at, zone)) if act.offline else act.on


def _enter(
    session: Session,
    clock: Clock,
    kind: str,
    *,
    act: Act,
    reason: str = "",
    basis: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    clock.entries += 1
    session.add(
        ClockEntry(
            clock_id=clock.id or 0,
            seq=clock.entries,
            kind=kind,
            on=act.on,
            at=act.at,
            reason=reason,
            basis=basis,
            data=dict(data or {}),
        )
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class Occasion:
    """The step whose effects are applied (所办步骤). `live`: its matter's clocks that have not ended, read once for all effects."""

    book: RuleBook
    matter: Matter
    act: Act
    facts: Facts
    zone: ZoneInfo
    live: list[Clock]

    def clocks(self, rules: frozenset[str] | None) -> list[Clock]:
        """Those that have not ended, of these rules or of all (在计时钟)."""
        return [clock for clock in self.live if clock.status in stored.LIVE and (rules is None or clock.rule in rules)]


def _start(session: Session, effect: ClockEffect, occasion: Occasion) -> dict[str, Any] | None:
    book, matter, act, facts, zone = occasion.book, occasion.matter, occasion.act, occasion.facts, occasion.zone
    if effect.owner is Party.RESPONSIBLE and matter.responsible:
        department = matter.responsible  # the step may have given the matter to another
    else:
        department = "" if effect.owner is Party.UNIT else next(iter(sorted(facts.parties.get(effect.owner, ()))), "")
    given = act.given.get(effect.since) if effect.since else None
    start_on = (
        day_of(given if given not in (None, "") else facts.value(effect.since) if effect.since else act.on) or act.on
    )
    rule = rule_for(book, effect.rule, on=start_on, department=department)
    if rule is None:
        return {"verb": "start", "rule": effect.rule, "none": "规则库没有此期限"}
    if occasion.clocks(family(book, effect.rule)):
        return None
    amount = int(facts.value(effect.amount) or act.given.get(effect.amount) or 0) if effect.amount else rule.amount
    if amount is None:
        raise Refusal("amount_missing", f"期限“{rule.name}”没有规定数量，须由文书载明，请填写期限天数。")
    start_at = None
    if rule.unit is Unit.HOURS:
        found_at = facts.value("found_at") if effect.since else None
        start_at = datetime.fromisoformat(found_at) if found_at else act.at
    clock = Clock(
        matter_id=matter.id or 0,
        case_id=matter.case_id,
        rule=rule.code,
        unit=rule.unit.value,
        amount=amount,
        start_on=start_on if start_at is None else local_date(start_at, zone),
        start_at=start_at,
        department=department,
        chased=effect.chased,
        lapse=effect.lapse,
        severity=str(facts.value("severity", "general")),
    )
    reckon(session, book=book, clock=clock, after=_looked_until(act, zone), zone=zone)
    calendars.keep(session, book.calendar, at=act.at)
    session.add(clock)
    session.flush()
    occasion.live.append(clock)
    return {
        "verb": "start", "rule": clock.rule, "clock": clock.id, "from": clock.start_on.isoformat(), "amount": clock.amount, "unit": clock.unit,
        "due": clock.due_at.isoformat() if clock.due_at else clock.due_on.isoformat() if clock.due_on else None, "provisional": clock.provisional,
    }  # fmt: skip


def apply(session: Session, effect: ClockEffect, *, occasion: Occasion) -> list[dict[str, Any]]:
    """Apply one effect and say what it did (执行期限效果)."""
    if effect.verb is Verb.START:
        started = _start(session, effect, occasion)
        return [started] if started else []
    book, act, zone = occasion.book, occasion.act, occasion.zone
    rules = None if effect.rule == ALL_CLOCKS else family(book, effect.rule)
    done = []
    for clock in occasion.clocks(rules):
        reason = str(act.given.get("reason") or act.given.get("ground") or "")
        after = _looked_until(act, zone)
        if effect.verb in (Verb.MEET, Verb.MISS, Verb.CANCEL):
            clock.status = {Verb.MEET: "met", Verb.MISS: "missed", Verb.CANCEL: "cancelled"}[effect.verb]
            clock.ended_on, clock.look_on = act.on, None
        elif effect.verb is Verb.PAUSE:
            if clock.status == "paused":
                continue
            _enter(session, clock, "pause", act=act, reason=reason, basis=str(act.given.get("evidence") or ""))
            clock.status = "paused"
            reckon(session, book=book, clock=clock, after=after, zone=zone)
        elif effect.verb is Verb.RESUME:
            if clock.status != "paused":
                continue
            _enter(session, clock, "resume", act=act, reason=reason)
            clock.status = "running"
            reckon(session, book=book, clock=clock, after=after, zone=zone)
        elif effect.verb is Verb.EXTEND:
            new_due = day_of(act.given.get(effect.since))
            if new_due is not None:
                extension = Extension(on=act.on, new_due=new_due, reason=reason)
                grant(
                    ledger_of(session, clock),
                    extension,
                    calendar=calendar_of(session, book=book, clock=clock),
                    timezone=zone,
                )
            old_due = clock.due_on.isoformat() if clock.due_on else None
            dues = {"new_due": new_due.isoformat() if new_due else None, "old_due": old_due}
            _enter(session, clock, "extend", act=act, reason=reason, data=dues)
            reckon(session, book=book, clock=clock, after=after, zone=zone)
        else:
            if effect.verb is Verb.ASSIGN:
                clock.department = occasion.matter.responsible
            else:
                clock.held = effect.verb is Verb.HOLD
            clock.look_on = look(book, clock, after=after, climbed=stored.climbed(session, clock.id))
        session.add(clock)
        due_on = clock.due_on.isoformat() if clock.due_on else None
        done.append({"verb": effect.verb.value, "rule": clock.rule, "clock": clock.id, "due": due_on})
    return done
