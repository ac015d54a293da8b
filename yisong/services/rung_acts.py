"""What every act about a rung needs (督办办理通用): its clock and matter held, its ladder, who may decide, the row that is kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models import Clock, Matter, Rung, RungAct
from yisong.domain.entries import RuleBookError
from yisong.domain.escalation import EscalationError, Issue, issuer_of
from yisong.domain.escalation import Rung as LadderRung
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, remarks
from yisong.store import deadlines, matters
from yisong.store import supervision as stored

DECIDERS = frozenset({Role.LEADER, Role.GOVERNMENT})


def locked(session: Session, clock_id: int) -> tuple[Clock, Matter]:
    clock = deadlines.clock(session, clock_id)
    if clock is None:
        raise Refusal("rung_unknown", f"没有编号为 {clock_id} 的时钟，请核对。")
    matter = matters.matter(session, clock.matter_id, lock=True)
    session.refresh(clock, with_for_update=True)
    return clock, matter


def rung_of(session: Session, clock_id: int, *, key: str) -> Rung:
    found = stored.rung(session, clock_id, key=key)
    if found is None:
        raise Refusal("rung_unknown", f"时钟 {clock_id} 没有升至“{key}”这一层级，请核对。")
    return found


def ladder_rung_of(book: RuleBook, clock: Clock, *, key: str) -> tuple[LadderRung, Issue]:
    """The rung as the ladder has it, and who issues its papers (层级与出具机关)."""
    ladder = clocks.ladder_of(book, clock)
    if ladder is None:
        raise Refusal("rung_unknown", f"期限 {clock.rule} 没有适用的升级规则，请核对规则库。")
    try:
        rung = ladder.rung(key)
        return rung, issuer_of(rung, chased=book.organ(clock.department), book=book)
    except (EscalationError, RuleBookError) as error:
        raise Refusal(error.code, error.message) from error


def may_decide(book: RuleBook, actor: Actor, *, issue: Issue) -> None:
    if actor.department != issue.organ or not actor.roles & DECIDERS:
        raise Refusal(
            "not_your_post", f"须由{book.organ(issue.organ).name}负责人（县政府为经办人或负责人）决定，请转请办理。"
        )


def keep(
    session: Session,
    clock: Clock,
    *,
    matter: Matter,
    key: str,
    kind: str,
    actor: Actor,
    on: date,
    at: datetime,
    text: str,
) -> RungAct:
    """A row and a line in the journal (办理记录)."""
    climbed, asked = stored.rung(session, clock.id or 0, key=key), stored.proposal(session, clock.id or 0, key=key)
    name = climbed.name if climbed else asked.name if asked else ""
    given = {"clock": clock.id, "rule": clock.rule, "rung": key, "name": name} | ({"text": text} if text else {})
    remarks.write(session, [remarks.Line(matter, f"rung_{kind}", actor, on, given)], at=at)
    return keep_row(session, matter, clock_id=clock.id or 0, key=key, kind=kind, actor=actor, on=on, at=at, text=text)


def keep_row(
    session: Session,
    matter: Matter,
    *,
    clock_id: int,
    key: str,
    kind: str,
    actor: Actor,
    on: date,
    at: datetime,
    text: str = "",
    document: int | None = None,
) -> RungAct:
    row = RungAct(
        clock_id=clock_id, key=key, kind=kind, matter_id=matter.id or 0, actor_id=actor.id, actor_name=actor.name, department=actor.department, on=on, at=at,
        text=text, document_id=document,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
