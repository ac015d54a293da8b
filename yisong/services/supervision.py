"""What people do about rungs (督办办理): acknowledge, reply, approve, drop, close.

A rung climbs by itself; its receipt, an approval of a circular or an interview (通报、约谈), and the closing of listed supervision
(挂牌督办销号) are acts of persons. Each is a line in the matter's journal and a row of its own; none can be done twice.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models import Document, Rung, RungAct
from yisong.domain.escalation import Issue, copied_to
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, outgoing, remarks
from yisong.services.rung_acts import keep, keep_row, ladder_rung_of, locked, may_decide, rung_of
from yisong.services.rung_papers import issue_paper, review_cited
from yisong.store import deadlines, matters
from yisong.store import supervision as stored

STAFF = frozenset({Role.OFFICER, Role.LIAISON, Role.LEADER, Role.COORDINATOR, Role.SUPERVISOR})
CLOSING = "GUAXIAO"


def acknowledge(
    session: Session, *, clock_id: int, key: str, actor: Actor, on: date, at: datetime, reply: str = ""
) -> RungAct:
    """Receive a rung's paper, and reply to it where `reply` is given (签收、回复催督文书). A reply implies the receipt.

    Raises:
        Refusal: `rung_unknown`, `not_your_paper`, `already_done`.
    """
    clock, matter = locked(session, clock_id)
    rung = rung_of(session, clock_id, key=key)
    if actor.department != rung.department or not actor.roles & STAFF:
        raise Refusal("not_your_paper", f"{matter.code}的“{rung.name}”不是发给您所在单位的，无需签收。")
    done: RungAct | None = None
    for kind, text in (("received", ""), ("replied", reply.strip())):
        if kind == "replied" and not text:
            continue
        if stored.act(session, clock_id, key=key, kind=kind) is None:
            done = keep(session, clock, matter=matter, key=key, kind=kind, actor=actor, on=on, at=at, text=text)
    if done is None:
        raise Refusal(
            "already_done", f"{matter.code}的“{rung.name}”已经{'回复' if reply.strip() else '签收'}，无需重复办理。"
        )
    return done


def approve_rung(
    session: Session, book: RuleBook, *, clock_id: int, key: str, actor: Actor, on: date, at: datetime
) -> list[Document]:
    """Approve a rung that waits for a person, and issue its papers (批准升级). Returns the papers.

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `clock_ended`, `rung_unknown`.
    """
    clock, matter = locked(session, clock_id)
    climbed, asked = stored.rung(session, clock_id, key=key), stored.proposal(session, clock_id, key=key)
    waits = (climbed is not None and climbed.status == "proposed") or (
        climbed is None and asked is not None and asked.status == "waiting"
    )
    if not waits:
        raise Refusal("nothing_waits", f"{matter.code}没有待批准的这一层级，可能已由他人办理。请刷新后再试。")
    if clock.status not in deadlines.LIVE:
        raise Refusal("clock_ended", f"{matter.code}的这一期限已经结束，不再升级；请办理不予升级。")
    rung, issue = ladder_rung_of(book, clock, key=key)
    may_decide(book, actor, issue=issue)
    line = remarks.Line(
        matter,
        "rung_approved",
        actor,
        on,
        {"clock": clock_id, "rule": clock.rule, "rung": key, "level": rung.level, "name": rung.name},
    )
    remarks.reserve([line])
    issued = [
        issue_paper(
            session,
            book,
            clock=clock,
            matter=matter,
            rung=rung,
            issuer=issue.organ,
            code=code,
            seq=line.seq,
            on=on,
            at=at,
        )
        for code in rung.papers
    ]
    line.effects = [
        {
            "paper": document.type_code,
            "document": document.matter_id,
            "number": document.number,
            "facts": document.facts_sha256,
        }
        for document in issued
    ]
    remarks.write(session, [line], at=at)
    if climbed is None:
        climbed = Rung(
            clock_id=clock_id,
            key=key,
            level=rung.level,
            name=rung.name,
            on=on,
            matter_id=matter.id or 0,
            department=clock.department,
            issuer=issue.organ,
        )
    climbed.status, climbed.issuer = "approved", issue.organ
    climbed.document_id = issued[0].matter_id if issued else None
    session.add(climbed)
    if asked is not None and asked.status == "waiting":
        asked.status, asked.decided_by, asked.decided_on = "approved", actor.id, on
        session.add(asked)
    keep_row(
        session,
        matter,
        clock_id=clock_id,
        key=key,
        kind="approved",
        actor=actor,
        on=on,
        at=at,
        document=climbed.document_id,
    )
    clock.look_on = clocks.look(book, clock, after=on, climbed=deadlines.climbed(session, clock_id) | {key})
    session.add(clock)
    numbers = [document.number for document in issued]
    case = matters.matter(session, matter.case_id) if matter.case_id else matter
    copies = copied_to(rung, origin=case.origin, responsible=case.responsible)
    for receiver in dict.fromkeys([clock.department, *copies]):
        payload = {
            "notice": "supervision", "department": receiver, "urgent": True, "action": line.action, "on": on.isoformat(), "seq": line.seq, "clock": clock_id,
            "number": "、".join(numbers),
        }  # fmt: skip
        notice_key = f"{matter.code}:{line.seq}:supervision:{receiver}"
        outgoing.queue(
            session, key=notice_key, kind="notice", at=at, payload=payload, matter_id=matter.id, case_id=matter.case_id
        )
    session.flush()
    return issued


def drop_rung(
    session: Session, book: RuleBook, *, clock_id: int, key: str, actor: Actor, reason: str, on: date, at: datetime
) -> None:
    """Decide not to climb a rung that waits for a person (不予升级).

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `reason_missing`.
    """
    clock, matter = locked(session, clock_id)
    climbed, asked = stored.rung(session, clock_id, key=key), stored.proposal(session, clock_id, key=key)
    rows = [
        row for row, status in ((climbed, "proposed"), (asked, "waiting")) if row is not None and row.status == status
    ]
    if not rows:
        raise Refusal("nothing_waits", f"{matter.code}没有待决定的这一层级，可能已由他人办理。请刷新后再试。")
    if not reason.strip():
        raise Refusal("reason_missing", "不予升级须写明理由，请补填。")
    if key.endswith("/close"):
        issue = Issue(book.government_code, "")
    else:
        _, issue = ladder_rung_of(book, clock, key=key)
    may_decide(book, actor, issue=issue)
    for row in rows:
        row.status = "dropped"
        session.add(row)
    if asked is not None and asked in rows:
        asked.decided_by, asked.decided_on = actor.id, on
    keep(session, clock, matter=matter, key=key, kind="dropped", actor=actor, on=on, at=at, text=reason.strip())


def close_rung(
    session: Session,
    book: RuleBook,
    *,
    clock_id: int,
    key: str,
    actor: Actor,
    on: date,
    at: datetime,
    conclusion: str = "",
) -> Document:
    """Close listed supervision that has been met (挂牌督办销号) with its numbered notice.

    Args:
        clock_id, key: the rung by which supervision was listed.
        actor: one who decides in the organ that listed it.
        conclusion: what the acceptance found; needed where no review of the case says so.

    Raises:
        Refusal: `not_listed`, `already_done`, `clock_running`, `not_your_post`, `conclusion_missing`.
    """
    clock, matter = locked(session, clock_id)
    rung = rung_of(session, clock_id, key=key)
    listed = session.get(Document, rung.document_id) if rung.document_id else None
    if listed is None or listed.type_code != "GUAPAI":
        raise Refusal("not_listed", f"{matter.code}的这一层级没有挂牌督办通知书，无需销号。")
    if stored.act(session, clock_id, key=key, kind="closed") is not None:
        raise Refusal("already_done", f"{matter.code}的挂牌督办已经销号，无需重复办理。")
    if clock.status in deadlines.LIVE:
        raise Refusal("clock_running", f"{matter.code}的督办事项尚未办结，不能销号。")
    may_decide(book, actor, issue=Issue(listed.issuer, ""))
    reviewed = review_cited(session, matter)
    if reviewed is None and not conclusion.strip():
        raise Refusal("conclusion_missing", "本案没有复查意见可以引用，请填写验收情况和结论。")
    line = remarks.Line(
        matter,
        "rung_closed",
        actor,
        on,
        {
            "clock": clock_id,
            "rule": clock.rule,
            "rung": key,
            "name": rung.name,
            "listed": listed.number,
            "conclusion": conclusion.strip(),
        },
    )
    remarks.reserve([line])
    ladder_rung, _ = ladder_rung_of(book, clock, key=key)
    more = {
        "ladder": {"number": listed.number, "level": rung.level, "name": rung.name, "next_step": ""},
        "reason": conclusion.strip(),
    } | ({"review": reviewed} if reviewed else {})
    paper = issue_paper(
        session, book, clock=clock, matter=matter, rung=ladder_rung, issuer=listed.issuer, code=CLOSING, seq=line.seq, on=on, at=at, more=more
    )  # fmt: skip
    line.effects = [
        {"paper": CLOSING, "document": paper.matter_id, "number": paper.number, "facts": paper.facts_sha256}
    ]
    remarks.write(session, [line], at=at)
    keep_row(
        session,
        matter,
        clock_id=clock_id,
        key=key,
        kind="closed",
        actor=actor,
        on=on,
        at=at,
        text=conclusion.strip(),
        document=paper.matter_id,
    )
    asked = stored.proposal(session, clock_id, key=f"{key}/close")
    if asked is not None:
        asked.status, asked.decided_by, asked.decided_on = "approved", actor.id, on
        session.add(asked)
    session.flush()
    return paper
