"""Climb the ladder (催督升级), a page of clocks at a time. The unique key (clock, rung) is the claim.

Everything one page needs is read once and written in a handful of statements; what a rung does to one matter is the same as a step:
an event in its chain, a numbered paper with frozen facts, and rows in the outbox.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from models import Clock, Event, Matter
from yisong.clock import local_date
from yisong.domain.chain import GENESIS, canonical, event_hash, json_value
from yisong.domain.escalation import Issue, Rung, issuer_of, rung_on
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, reminders
from yisong.services.journal import body_of
from yisong.store import batches, numbers

CLIMB = "climb"
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What one bad row can raise while it is judged and worded; none of it comes from the database."""
NOTICES = {0: "due_soon", 1: "due_today"}


@dataclass(slots=True)
class Climbed:
    """What one page did (一页升级结果). `skipped`: (clock id, reason in Chinese)."""

    rungs: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    clock: Clock
    matter: Matter
    rung: Rung
    issue: Issue | None
    seq: int = 0
    before: date | None = None
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: list[dict[str, Any]] = field(default_factory=list)


def _choose(book: RuleBook, clock: Clock, *, day: date, climbed: dict[str, date]) -> tuple[Rung, Issue | None] | None:
    ladder = clocks.ladder_of(book, clock)
    if ladder is None or clock.due_on is None:
        return None
    rung = rung_on(
        ladder,
        due_on=clock.due_on,
        day=day,
        climbed=frozenset(climbed),
        calendar=book.calendar,
        last_on=max(climbed.values(), default=None),
    )
    if rung is None:
        return None
    issue = issuer_of(rung, chased=book.organ(clock.department), book=book) if rung.papers else None
    return rung, issue


def climb_page(session: Session, *, book: RuleBook, page: Sequence[Clock], day: date, at: datetime) -> Climbed:
    """Let every clock of a page climb at most one rung (逐页升级); one that cannot be judged is skipped, named and left for the next sweep."""
    result = Climbed()
    waiting = [clock for clock in page if clock.status == "running" and not clock.held]
    climbed = batches.climbed_on(session, [clock.id or 0 for clock in waiting])
    held = batches.matters_locked(session, {clock.matter_id for clock in waiting})
    plans: list[_Plan] = []
    for clock in waiting:
        done = climbed.setdefault(clock.id or 0, {})
        try:
            chosen = _choose(book, clock, day=day, climbed=done)
            if chosen is not None:
                plans.append(_Plan(clock, held[clock.matter_id], *chosen, before=clock.look_on))
                done[chosen[0].key] = day
            # Written below in one statement for the page; the row in hand must not be written a second time.
            set_committed_value(clock, "look_on", clocks.look(book, clock, after=day, climbed=frozenset(done)))
        except UNFIT as error:
            result.skipped.append((clock.id or 0, _why(error)))
    if plans:
        plans = _worded(session, book=book, plans=plans, day=day, on=local_date(at), result=result)
    batches.set_looks(session, [(clock.id or 0, clock.look_on) for clock in waiting])
    if plans:
        _write(session, book=book, plans=plans, day=day, at=at)
    result.rungs = len(plans)
    return result


def _why(error: Exception) -> str:
    """Why a clock was passed over (未能升级原因)."""
    return (
        str(getattr(error, "message", ""))
        or f"数据有误，不能升级（{type(error).__name__}：{error}）。请核对该期限所属案件。"
    )


def _worded(
    session: Session, *, book: RuleBook, plans: list[_Plan], day: date, on: date, result: Climbed
) -> list[_Plan]:
    """The plans whose letters can be written, with what these say (拟文); the others are left for the next sweep, and named.

    Before anything is numbered: one bad row must neither stop the page nor leave a gap.
    """
    context = reminders.read(session, matters=[plan.matter for plan in plans])
    fit = []
    for plan in plans:
        try:
            if plan.issue is not None and not plan.rung.approve_by:
                for code in plan.rung.papers:
                    book.numbering(code)
                    plan.letters[code] = json_value(
                        reminders.letter_facts(
                            session, book=book, context=context, matter=plan.matter, clock=plan.clock, rung=plan.rung, issuer=plan.issue.organ, number="",
                            day=day, on=on,
                        )
                    )  # fmt: skip
            fit.append(plan)
        except UNFIT as error:
            set_committed_value(plan.clock, "look_on", plan.before)
            result.skipped.append((plan.clock.id or 0, _why(error)))
    return fit


def _write(session: Session, *, book: RuleBook, plans: list[_Plan], day: date, at: datetime) -> None:
    on = local_date(at)
    papers: list[tuple[_Plan, str]] = []
    for plan in plans:
        set_committed_value(plan.matter, "seq", plan.matter.seq + 1)
        plan.seq = plan.matter.seq
        papers += [(plan, code) for code in plan.letters]
    rows: list[dict[str, Any]] = []
    for plan, code in papers:
        assert plan.issue is not None
        rows.append(
            {
                "kind": "document", "code": f"{plan.matter.code}-{code}-{plan.seq}", "variant": "", "state": "numbered", "case_id": plan.matter.case_id,
                "subject_id": plan.matter.id, "unit_id": plan.matter.unit_id, "origin": plan.issue.organ, "responsible": plan.issue.organ, "opened_on": on,
                "changed_at": at, "seq": 0, "head": GENESIS, "tallies": {}, "actors": {}, "details": {},
            }
        )  # fmt: skip
    ids = batches.insert_matters(session, rows)
    documents = []
    numbered_papers = _numbers(session, book, papers=papers, on=on)
    for (plan, code), row, document_id, numbered in zip(papers, rows, ids, numbered_papers, strict=True):
        document = _document(plan, code, held_code=str(row["code"]), document_id=document_id, numbered=numbered, on=on)
        documents.append(document)
        plan.documents.append(document)
    batches.insert_documents(session, documents)
    events, outbox, rungs = [], [], []
    for plan in plans:
        events.append(_event(plan, day=day, at=at))
        outbox += _outgoing(book, plan, day=day, at=at)
        rungs.append(
            {
                "clock_id": plan.clock.id, "key": plan.rung.key, "level": plan.rung.level, "name": plan.rung.name, "on": day, "matter_id": plan.matter.id,
                "department": plan.clock.department, "issuer": plan.issue.organ if plan.issue else "",
                "document_id": plan.documents[0]["matter_id"] if plan.documents else None, "status": "proposed" if plan.rung.approve_by else "climbed",
            }
        )  # fmt: skip
    batches.insert_rungs(session, rungs)
    batches.insert_events(session, events)
    batches.insert_outbox(session, outbox)
    batches.set_heads(session, [(plan.matter.id or 0, plan.matter.seq, plan.matter.head, at) for plan in plans])


def _numbers(
    session: Session, book: RuleBook, *, papers: Sequence[tuple[_Plan, str]], on: date
) -> list[tuple[str, int | None, str]]:
    """Series, sequence and number of each paper in their order (成批取号): each series is held and moved on once a page."""
    found: list[tuple[str, str, DocumentNumbering]] = []
    for plan, code in papers:
        assert plan.issue is not None
        numbering, organ, series = book.numbering(code), plan.issue.organ, ""
        if numbering.numbered:
            named = numbering.series(organ=organ, prefix=book.organ(organ).prefix_on(on), year=on.year)
            series = f"{named.prefix}{named.word}"
        found.append((organ, series, numbering))
    last: dict[tuple[str, str], int] = {}
    for (organ, series), amount in Counter((organ, series) for organ, series, _ in found if series).items():
        counter = numbers.counter(session, issuer=organ, series=series, year=on.year)
        last[organ, series] = counter.last
        counter.last += amount
        session.add(counter)
    given: list[tuple[str, int | None, str]] = []
    for organ, series, numbering in found:
        if not series:
            given.append(("", None, ""))
            continue
        last[organ, series] += 1
        number = last[organ, series]
        given.append((series, number, numbering.format(book.organ(organ).prefix_on(on), on.year, number)))
    return given


def _document(
    plan: _Plan, code: str, *, held_code: str, document_id: int, numbered: tuple[str, int | None, str], on: date
) -> dict[str, Any]:
    assert plan.issue is not None
    series, sequence, number = numbered
    series = series or f"-{held_code}"
    facts = plan.letters[code] | {"number": number}
    facts["verify_url"] = f"/verify/{held_code}"
    return {
        "matter_id": document_id, "subject_id": plan.matter.id, "type_code": code, "number": number, "issuer": plan.issue.organ, "series": series,
        "year": on.year if sequence else None, "sequence": sequence, "recipient": facts["recipient"]["name"], "dated_on": on, "for_service": False,
        "offline": False, "facts": facts, "facts_sha256": hashlib.sha256(canonical(facts)).hexdigest(), "template_digest": "", "pdf_sha256": "",
        "docx_sha256": "", "held_code": held_code,
    }  # fmt: skip


def _event(plan: _Plan, *, day: date, at: datetime) -> dict[str, Any]:
    clock, matter = plan.clock, plan.matter
    effects = [
        {
            "paper": document["type_code"],
            "document": document["matter_id"],
            "number": document["number"],
            "facts": document["facts_sha256"],
        }
        for document in plan.documents
    ]
    given = {
        "clock": clock.id, "rule": clock.rule, "rung": plan.rung.key, "level": plan.rung.level, "name": plan.rung.name,
        "due": clock.due_on.isoformat() if clock.due_on else None, "why": plan.issue.reason if plan.issue else "", "approval": plan.rung.approve_by,
    }  # fmt: skip
    event: dict[str, Any] = {
        "matter_id": matter.id or 0, "seq": plan.seq, "action": CLIMB, "source": matter.state, "target": matter.state, "actor_id": SYSTEM.id,
        "actor_name": SYSTEM.name, "department": "", "on": day, "at": at, "offline": False, "given": given, "effects": effects, "previous": matter.head,
    }  # fmt: skip
    event["hash"] = event_hash(matter.head, body_of(cast("Event", SimpleNamespace(**event))))
    set_committed_value(matter, "head", event["hash"])
    return event


def _outgoing(book: RuleBook, plan: _Plan, *, day: date, at: datetime) -> list[dict[str, Any]]:
    rows = []
    base = {"state": "pending", "attempts": 0, "created_at": at, "next_at": at, "settled_at": None, "last_error": ""}
    for document in plan.documents:
        rows.append(
            base | {"key": f"letter:{document['held_code']}", "kind": "letter", "matter_id": document["matter_id"], "case_id": plan.matter.case_id,
                    "payload": {"document": document["matter_id"]}}
        )  # fmt: skip
    if plan.rung.approve_by:
        told = [
            book.guidance_code
            if plan.issue is None or plan.issue.organ != book.supervisor_code
            else book.supervisor_code
        ]
    else:
        told = [plan.clock.department, *(code for code in plan.rung.copies if code != plan.clock.department)]
    notice = NOTICES.get(plan.rung.level, "reminder" if plan.rung.level == 2 else "supervision")
    for receiver in told:
        rows.append(
            base | {"key": f"{plan.matter.code}:{plan.seq}:{notice}:{receiver}", "kind": "notice", "matter_id": plan.matter.id, "case_id": plan.matter.case_id,
                    "payload": {"notice": notice, "department": receiver, "urgent": plan.rung.level >= 2, "action": CLIMB, "on": day.isoformat(),
                                "seq": plan.seq, "clock": plan.clock.id, "number": plan.documents[0]["number"] if plan.documents else ""}}
        )  # fmt: skip
    return rows
