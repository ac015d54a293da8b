"""Propose to a person what no ladder climbs by itself (提请督办): visible rows that wait, and a notice to whom decides.

Three reasons: a critical hazard (重大隐患), so many supervisions of one organ in a quarter (同部门当季督办≥N件), and listed
supervision whose matter is done and that is to be closed (挂牌督办销号). Each is asked once; running twice asks nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from models import Clock, RungProposal
from yisong.domain.escalation import EscalationError, Rung, issuer_of, proposed
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.services import clocks, outgoing, remarks
from yisong.store import deadlines, matters
from yisong.store import supervision as stored


@dataclass(slots=True)
class Proposed:
    """What one look proposed (提请结果)."""

    hazards: int = 0
    quarters: int = 0
    closings: int = 0
    overtaken: int = 0


def propose(session: Session, *, book: RuleBook, on: date, at: datetime) -> Proposed:
    """Ask about everything that a person has to decide as of a day (提请)."""
    done = Proposed()
    for asked in stored.overtaken(session):
        asked.status = "overtaken"
        session.add(asked)
        done.overtaken += 1
    session.flush()
    for clock in stored.critical_clocks(session):
        done.hazards += _hazard(session, book, clock, on=on, at=at)
    first = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    for department, pairs in stored.supervised(session, first=first, last=on).items():
        done.quarters += _quarter(session, book, department, pairs, first=first, on=on, at=at)
    for rung, clock in stored.listed_and_done(session):
        issuer = rung.issuer or book.government_code
        reason = f"{rung.name}事项已于{clock.ended_on}办结，请组织验收并销号"
        _ask(
            session,
            clock,
            key=f"{rung.key}/close",
            level=rung.level,
            name=f"{rung.name}销号",
            reason=reason,
            to=issuer,
            on=on,
            at=at,
        )
        done.closings += 1
    return done


def quarter_end(first: date) -> date:
    """The last day of the quarter that begins on `first` (季末)."""
    later = first.replace(day=28) + timedelta(days=4 + 62)
    return later.replace(day=1) - timedelta(days=1)


def _specials(
    book: RuleBook, clock: Clock, *, climbed: frozenset[str], critical: bool, supervised: int
) -> tuple[Rung, ...]:
    try:
        ladder = clocks.ladder_of(book, clock)
    except RuleBookError:
        return ()  # a department that the book does not know is named by the sweep
    return proposed(ladder, critical=critical, supervised=supervised, climbed=climbed) if ladder else ()


def _hazard(session: Session, book: RuleBook, clock: Clock, *, on: date, at: datetime) -> int:
    """Once per case and level: a case has many clocks, but is listed once (一案一次)."""
    asked = 0
    for rung in _specials(book, clock, climbed=deadlines.climbed(session, clock.id), critical=True, supervised=0):
        climbed, proposed_before = stored.of_case(session, clock.case_id, level=rung.level)
        if climbed or proposed_before:
            continue
        asked += _offer(session, book, clock, rung, reason=f"涉及重大隐患，依规则可提请{rung.name}", on=on, at=at)
    return asked


def _quarter(
    session: Session,
    book: RuleBook,
    department: str,
    pairs: list[tuple[int, int]],
    *,
    first: date,
    on: date,
    at: datetime,
) -> int:
    """Once per organ, level and quarter, about the last matter that made the number full (一季一次)."""
    cases = len({case for _, case in pairs})
    for clock_id, _ in reversed(pairs):
        clock = deadlines.clock(session, clock_id)
        if clock is None or clock.status not in deadlines.LIVE:
            continue
        for rung in _specials(
            book, clock, climbed=deadlines.climbed(session, clock.id), critical=False, supervised=cases
        ):
            if stored.proposed_in_quarter(session, department, first=first, last=quarter_end(first), level=rung.level):
                continue
            reason = f"{book.organ(department).name}本季度已被督办{cases}件，依规则可提请{rung.name}"
            return _offer(session, book, clock, rung, reason=reason, on=on, at=at)
        return 0
    return 0


def _offer(session: Session, book: RuleBook, clock: Clock, rung: Rung, *, reason: str, on: date, at: datetime) -> int:
    if stored.proposal(session, clock.id or 0, key=rung.key) is not None:
        return 0
    try:
        issue = issuer_of(rung, chased=book.organ(clock.department), book=book)
    except (EscalationError, RuleBookError):
        return 0  # nobody in the county may supervise this organ; the ladder names it when its day comes
    _ask(session, clock, key=rung.key, level=rung.level, name=rung.name, reason=reason, to=issue.organ, on=on, at=at)
    return 1


def _ask(
    session: Session, clock: Clock, *, key: str, level: int, name: str, reason: str, to: str, on: date, at: datetime
) -> None:
    matter = matters.matter(session, clock.matter_id, lock=True)
    session.add(
        RungProposal(
            clock_id=clock.id or 0,
            key=key,
            matter_id=clock.matter_id,
            department=clock.department,
            level=level,
            name=name,
            reason=reason,
            on=on,
        )
    )
    line = remarks.Line(
        matter,
        "rung_proposed",
        SYSTEM,
        on,
        {"clock": clock.id, "rule": clock.rule, "rung": key, "level": level, "name": name, "why": reason},
    )
    remarks.write(session, [line], at=at)
    payload = {
        "notice": "rung_proposed", "department": to, "urgent": False, "action": line.action, "on": on.isoformat(), "seq": line.seq, "clock": clock.id, "lines": [reason],
    }  # fmt: skip
    outgoing.queue(
        session,
        key=f"{matter.code}:{line.seq}:rung_proposed:{to}",
        kind="notice",
        at=at,
        payload=payload,
        matter_id=matter.id,
        case_id=matter.case_id,
    )
    session.flush()
