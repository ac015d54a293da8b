"""What people do about rungs (督办办理): acknowledge, reply, approve, drop, close.

A rung climbs by itself; its receipt, an approval of a circular or an interview (通报、约谈), and the closing of listed supervision
(挂牌督办销号) are acts of persons. Each is a line in the matter's journal and a row of its own; none can be done twice.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Clock, Document, Matter, Rung, RungAct
from yisong.clock import local_date
from yisong.domain.chain import canonical, json_value
from yisong.domain.entries import RuleBookError
from yisong.domain.escalation import EscalationError, Issue, issuer_of
from yisong.domain.escalation import Rung as LadderRung
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, journal, outgoing, remarks, reminders
from yisong.services.papers import next_number
from yisong.store import casefile, deadlines, matters
from yisong.store import supervision as stored

STAFF = frozenset({Role.OFFICER, Role.LIAISON, Role.LEADER, Role.COORDINATOR, Role.SUPERVISOR})
DECIDERS = frozenset({Role.LEADER, Role.GOVERNMENT})
CLOSING = "GUAXIAO"


def acknowledge(session: Session, *, clock_id: int, key: str, actor: Actor, on: date, at: datetime, reply: str = "") -> RungAct:
    """Receive a rung's paper, and reply to it where `reply` is given (签收、回复催督文书). A reply implies the receipt.

    Raises:
        Refusal: `rung_unknown`, `not_your_paper`, `already_done`.
    """
    clock, matter = _locked(session, clock_id)
    rung = _rung(session, clock_id, key=key)
    if actor.department != rung.department or not actor.roles & STAFF:
        raise Refusal("not_your_paper", f"{matter.code}的“{rung.name}”不是发给您所在单位的，无需签收。")
    done: RungAct | None = None
    for kind, text in (("received", ""), ("replied", reply.strip())):
        if kind == "replied" and not text:
            continue
        if stored.act(session, clock_id, key=key, kind=kind) is None:
            done = _keep(session, clock, matter, key=key, kind=kind, actor=actor, on=on, at=at, text=text)
    if done is None:
        raise Refusal("already_done", f"{matter.code}的“{rung.name}”已经{'回复' if reply.strip() else '签收'}，无需重复办理。")
    return done


def approve_rung(session: Session, book: RuleBook, *, clock_id: int, key: str, actor: Actor, on: date, at: datetime) -> list[Document]:
    """Approve a rung that waits for a person, and issue its papers (批准升级). Returns the papers.

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `clock_ended`, `rung_unknown`.
    """
    clock, matter = _locked(session, clock_id)
    climbed, asked = stored.rung(session, clock_id, key=key), stored.proposal(session, clock_id, key=key)
    waits = (climbed is not None and climbed.status == "proposed") or (climbed is None and asked is not None and asked.status == "waiting")
    if not waits:
        raise Refusal("nothing_waits", f"{matter.code}没有待批准的这一层级，可能已由他人办理。请刷新后再试。")
    if clock.status not in deadlines.LIVE:
        raise Refusal("clock_ended", f"{matter.code}的这一期限已经结束，不再升级；请办理不予升级。")
    rung, issue = _ladder_rung(book, clock, key=key)
    _may_decide(book, actor, issue=issue)
    line = remarks.Line(matter, "rung_approved", actor, on, {"clock": clock_id, "rule": clock.rule, "rung": key, "level": rung.level, "name": rung.name})
    remarks.reserve([line])
    issued = [_paper(session, book, clock=clock, matter=matter, rung=rung, issuer=issue.organ, code=code, seq=line.seq, on=on, at=at) for code in rung.papers]
    line.effects = [{"paper": document.type_code, "document": document.matter_id, "number": document.number, "facts": document.facts_sha256} for document in issued]
    remarks.write(session, [line], at=at)
    if climbed is None:
        climbed = Rung(
            clock_id=clock_id, key=key, level=rung.level, name=rung.name, on=on, matter_id=matter.id or 0, department=clock.department, issuer=issue.organ
        )
    climbed.status, climbed.issuer = "approved", issue.organ
    climbed.document_id = issued[0].matter_id if issued else None
    session.add(climbed)
    if asked is not None and asked.status == "waiting":
        asked.status, asked.decided_by, asked.decided_on = "approved", actor.id, on
        session.add(asked)
    _row(session, matter, clock_id=clock_id, key=key, kind="approved", actor=actor, on=on, at=at, document=climbed.document_id)
    clock.look_on = clocks.look(book, clock, after=on, climbed=deadlines.climbed(session, clock_id) | {key})
    session.add(clock)
    numbers = [document.number for document in issued]
    for receiver in dict.fromkeys([clock.department, *rung.copies]):
        payload = {
            "notice": "supervision", "department": receiver, "urgent": True, "action": line.action, "on": on.isoformat(), "seq": line.seq, "clock": clock_id,
            "number": "、".join(numbers),
        }  # fmt: skip
        notice_key = f"{matter.code}:{line.seq}:supervision:{receiver}"
        outgoing.queue(session, key=notice_key, kind="notice", at=at, payload=payload, matter_id=matter.id, case_id=matter.case_id)
    session.flush()
    return issued


def drop_rung(session: Session, book: RuleBook, *, clock_id: int, key: str, actor: Actor, reason: str, on: date, at: datetime) -> None:
    """Decide not to climb a rung that waits for a person (不予升级).

    Raises:
        Refusal: `nothing_waits`, `not_your_post`, `reason_missing`.
    """
    clock, matter = _locked(session, clock_id)
    climbed, asked = stored.rung(session, clock_id, key=key), stored.proposal(session, clock_id, key=key)
    rows = [row for row, status in ((climbed, "proposed"), (asked, "waiting")) if row is not None and row.status == status]
    if not rows:
        raise Refusal("nothing_waits", f"{matter.code}没有待决定的这一层级，可能已由他人办理。请刷新后再试。")
    if not reason.strip():
        raise Refusal("reason_missing", "不予升级须写明理由，请补填。")
    if key.endswith("/close"):
        issue = Issue(book.government_code, "")
    else:
        _, issue = _ladder_rung(book, clock, key=key)
    _may_decide(book, actor, issue=issue)
    for row in rows:
        row.status = "dropped"
        session.add(row)
    if asked is not None and asked in rows:
        asked.decided_by, asked.decided_on = actor.id, on
    _keep(session, clock, matter, key=key, kind="dropped", actor=actor, on=on, at=at, text=reason.strip())


def close_rung(session: Session, book: RuleBook, *, clock_id: int, key: str, actor: Actor, on: date, at: datetime, conclusion: str = "") -> Document:
    """Close listed supervision that has been met (挂牌督办销号) with its numbered notice.

    Args:
        clock_id, key: the rung by which supervision was listed.
        actor: one who decides in the organ that listed it.
        conclusion: what the acceptance found; needed where no review of the case says so.

    Raises:
        Refusal: `not_listed`, `already_done`, `clock_running`, `not_your_post`, `conclusion_missing`.
    """
    clock, matter = _locked(session, clock_id)
    rung = _rung(session, clock_id, key=key)
    listed = session.get(Document, rung.document_id) if rung.document_id else None
    if listed is None or listed.type_code != "GUAPAI":
        raise Refusal("not_listed", f"{matter.code}的这一层级没有挂牌督办通知书，无需销号。")
    if stored.act(session, clock_id, key=key, kind="closed") is not None:
        raise Refusal("already_done", f"{matter.code}的挂牌督办已经销号，无需重复办理。")
    if clock.status in deadlines.LIVE:
        raise Refusal("clock_running", f"{matter.code}的督办事项尚未办结，不能销号。")
    _may_decide(book, actor, issue=Issue(listed.issuer, ""))
    reviewed = _review(session, matter)
    if reviewed is None and not conclusion.strip():
        raise Refusal("conclusion_missing", "本案没有复查意见可以引用，请填写验收情况和结论。")
    line = remarks.Line(matter, "rung_closed", actor, on, {"clock": clock_id, "rung": key, "listed": listed.number, "conclusion": conclusion.strip()})
    remarks.reserve([line])
    ladder_rung, _ = _ladder_rung(book, clock, key=key)
    more = {"ladder": {"number": listed.number, "level": rung.level, "name": rung.name, "next_step": ""}, "reason": conclusion.strip()} | (
        {"review": reviewed} if reviewed else {}
    )
    paper = _paper(
        session, book, clock=clock, matter=matter, rung=ladder_rung, issuer=listed.issuer, code=CLOSING, seq=line.seq, on=on, at=at, more=more
    )  # fmt: skip
    line.effects = [{"paper": CLOSING, "document": paper.matter_id, "number": paper.number, "facts": paper.facts_sha256}]
    remarks.write(session, [line], at=at)
    _row(session, matter, clock_id=clock_id, key=key, kind="closed", actor=actor, on=on, at=at, text=conclusion.strip(), document=paper.matter_id)
    asked = stored.proposal(session, clock_id, key=f"{key}/close")
    if asked is not None:
        asked.status, asked.decided_by, asked.decided_on = "approved", actor.id, on
        session.add(asked)
    session.flush()
    return paper


def _locked(session: Session, clock_id: int) -> tuple[Clock, Matter]:
    clock = deadlines.clock(session, clock_id)
    if clock is None:
        raise Refusal("rung_unknown", f"没有编号为 {clock_id} 的时钟，请核对。")
    matter = matters.matter(session, clock.matter_id, lock=True)
    session.refresh(clock, with_for_update=True)
    return clock, matter


def _rung(session: Session, clock_id: int, *, key: str) -> Rung:
    found = stored.rung(session, clock_id, key=key)
    if found is None:
        raise Refusal("rung_unknown", f"时钟 {clock_id} 没有升至“{key}”这一层级，请核对。")
    return found


def _ladder_rung(book: RuleBook, clock: Clock, *, key: str) -> tuple[LadderRung, Issue]:
    """The rung as the ladder has it, and who issues its papers (层级与出具机关)."""
    ladder = clocks.ladder_of(book, clock)
    if ladder is None:
        raise Refusal("rung_unknown", f"期限 {clock.rule} 没有适用的升级规则，请核对规则库。")
    try:
        rung = ladder.rung(key)
        return rung, issuer_of(rung, chased=book.organ(clock.department), book=book)
    except (EscalationError, RuleBookError) as error:
        raise Refusal(error.code, error.message) from error


def _may_decide(book: RuleBook, actor: Actor, *, issue: Issue) -> None:
    if actor.department != issue.organ or not actor.roles & DECIDERS:
        raise Refusal("not_your_post", f"须由{book.organ(issue.organ).name}负责人（县政府为经办人或负责人）决定，请转请办理。")


def _review(session: Session, matter: Matter) -> dict[str, Any] | None:
    """The last review of the case, as a closing notice cites it (复查意见)."""
    for order, _ in reversed(casefile.orders(session, matter.case_id)):
        last = casefile.last_review(session, order.id)
        opinion = casefile.document(session, last[0].id, type_code="FUCHA") if last else None
        if opinion is not None and isinstance(opinion.facts.get("review"), dict):
            return dict(opinion.facts["review"])
    return None


def _paper(
    session: Session, book: RuleBook, *, clock: Clock, matter: Matter, rung: LadderRung, issuer: str, code: str, seq: int, on: date, at: datetime,
    more: dict[str, Any] | None = None,
) -> Document:  # fmt: skip
    """Number a paper, freeze what it says, and queue its printing (出具督办文书)."""
    numbering, dated = book.numbering(code), local_date(at)
    prefix = book.organ(issuer).prefix_on(dated)
    held = journal.create(
        session, kind="document", code=f"{matter.code}-{code}-{seq}", on=dated, at=at, state="numbered", unit_id=matter.unit_id, case_id=matter.case_id,
        subject_id=matter.id, responsible=issuer, origin=issuer,
    )  # fmt: skip
    series, sequence, number = f"-{held.code}", None, ""
    if numbering.numbered:
        named = numbering.series(organ=issuer, prefix=prefix, year=dated.year)
        series = f"{named.prefix}{named.word}"
        sequence = next_number(session, issuer=issuer, series=series, year=dated.year)
        number = numbering.format(prefix, dated.year, sequence)
    context = reminders.read(session, matters=[matter])
    gathered = reminders.letter_facts(
        session, book=book, context=context, matter=matter, clock=clock, rung=rung, issuer=issuer, number=number, day=on, on=dated
    )
    facts = json_value({**gathered, **(more or {}), "verify_url": f"/verify/{held.code}"})
    document = Document(
        matter_id=held.id or 0, subject_id=matter.id or 0, type_code=code, number=number, issuer=issuer, series=series, year=dated.year if sequence else None,
        sequence=sequence, recipient=facts["recipient"]["name"], dated_on=dated, facts=facts, facts_sha256=hashlib.sha256(canonical(facts)).hexdigest(),
    )  # fmt: skip
    session.add(document)
    session.flush()
    outgoing.queue(session, key=f"letter:{held.code}", kind="letter", at=at, payload={"document": held.id}, matter_id=held.id, case_id=held.case_id)
    return document


def _keep(session: Session, clock: Clock, matter: Matter, *, key: str, kind: str, actor: Actor, on: date, at: datetime, text: str) -> RungAct:
    """A row and a line in the journal (办理记录)."""
    given = {"clock": clock.id, "rule": clock.rule, "rung": key} | ({"text": text} if text else {})
    remarks.write(session, [remarks.Line(matter, f"rung_{kind}", actor, on, given)], at=at)
    return _row(session, matter, clock_id=clock.id or 0, key=key, kind=kind, actor=actor, on=on, at=at, text=text)


def _row(
    session: Session, matter: Matter, *, clock_id: int, key: str, kind: str, actor: Actor, on: date, at: datetime, text: str = "", document: int | None = None
) -> RungAct:
    row = RungAct(
        clock_id=clock_id, key=key, kind=kind, matter_id=matter.id or 0, actor_id=actor.id, actor_name=actor.name, department=actor.department, on=on, at=at,
        text=text, document_id=document,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
