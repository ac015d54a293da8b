"""What a page of climbed rungs writes (成页升级所写): events, numbered papers, rungs and what has to leave.

Everything that is hashed is spelled as JSON once: what is stored is the text that was hashed. The letters are spelled before anything
is numbered, so that a bad row can neither stop the page nor leave a gap; only the number is put in afterwards.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from json.encoder import encode_basestring as quoted
from typing import Any

from sqlmodel import Session

from yisong.clock import local_date
from yisong.domain.chain import GENESIS, written_hash
from yisong.domain.escalation import Issue, Rung
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services.journal import body_written
from yisong.store import batches, numbers
from yisong.store.rows import Written, quickly_written
from yisong.store.running import HeldMatter, LiveClock

CLIMB = "climb"
NOTICES = {0: "due_soon", 1: "due_today"}
EMPTY = Written("{}")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that waits for its number (待编号文书): its facts as JSON, before and after the number."""

    type_code: str
    held_code: str
    recipient: str
    before: str
    after: str

    def numbered(self, number: str) -> Written:
        """The facts with the number put in (填入文号)."""
        return Written(f"{self.before}{quoted(number)}{self.after}")


def letter(type_code: str, *, held_code: str, facts: Mapping[str, Any]) -> Letter:
    """Spell the facts of a letter (拟文). Raises `ChainError` for what cannot be kept."""
    told = {**facts, "number": "", "verify_url": f"/verify/{held_code}"}
    before = quickly_written({name: value for name, value in told.items() if name <= "number"})
    after = quickly_written({name: value for name, value in told.items() if name >= "number"})
    return Letter(type_code, held_code, told["recipient"]["name"], before[: -len('""}')], after[len('{"number":""') :])


@dataclass(slots=True)
class Plan:
    """A rung that a clock climbs (拟升级): `seq` is the place that its line takes in the matter's chain."""

    clock: LiveClock
    matter: HeldMatter
    rung: Rung
    issue: Issue | None
    copies: tuple[str, ...] = ()
    letters: list[Letter] = field(default_factory=list)
    seq: int = 0
    papers: list[dict[str, Any]] = field(default_factory=list)


def write(session: Session, plans: Sequence[Plan], *, book: RuleBook, day: date, at: datetime) -> None:
    """Write what these plans bring about (写入): in their order, in a handful of statements."""
    _number(session, book, plans=plans, at=at)
    heads = []
    events, rungs, outbox = [], [], []
    for plan in plans:
        events.append(_event(plan, day=day, at=at))
        outbox += _outgoing(book, plan, day=day, at=at)
        rungs.append(
            {
                "clock_id": plan.clock.id, "key": plan.rung.key, "level": plan.rung.level, "name": plan.rung.name, "on": day, "matter_id": plan.matter.id,
                "department": plan.clock.department, "issuer": plan.issue.organ if plan.issue else "",
                "document_id": plan.papers[0]["matter_id"] if plan.papers else None, "status": "proposed" if plan.rung.approve_by else "climbed",
            }
        )  # fmt: skip
        heads.append((plan.matter.id, plan.seq, plan.matter.head, at))
    batches.insert_rungs(session, rungs)
    batches.insert_events(session, events)
    batches.insert_outbox(session, outbox)
    batches.set_heads(session, heads)


def _number(session: Session, book: RuleBook, *, plans: Sequence[Plan], at: datetime) -> None:
    """Number the letters of all plans, and keep them as papers (编号入册)."""
    on = local_date(at)
    waiting = [(plan, held) for plan in plans for held in plan.letters]
    issuers = [plan.issue.organ if plan.issue else "" for plan, _ in waiting]
    rows = [
        {
            "kind": "document", "code": held.held_code, "variant": "", "state": "numbered", "case_id": plan.matter.case_id, "subject_id": plan.matter.id,
            "unit_id": plan.matter.unit_id, "origin": issuer, "responsible": issuer, "opened_on": on, "changed_at": at, "seq": 0, "head": GENESIS,
            "tallies": EMPTY, "actors": EMPTY, "details": EMPTY,
        }
        for (plan, held), issuer in zip(waiting, issuers, strict=True)
    ]  # fmt: skip
    ids = batches.insert_matters(session, rows)
    given = _numbers(session, book, wanted=[(held.type_code, issuer) for (_, held), issuer in zip(waiting, issuers, strict=True)], on=on)  # fmt: skip
    for (plan, held), issuer, document_id, (series, sequence, number) in zip(waiting, issuers, ids, given, strict=True):
        facts = held.numbered(number)
        plan.papers.append(
            {
                "matter_id": document_id, "subject_id": plan.matter.id, "type_code": held.type_code, "number": number, "issuer": issuer,
                "series": series or f"-{held.held_code}", "year": on.year if sequence else None, "sequence": sequence, "recipient": held.recipient,
                "dated_on": on, "for_service": False, "offline": False, "facts": facts, "facts_sha256": hashlib.sha256(facts.encode()).hexdigest(),
                "template_digest": "", "pdf_sha256": "", "docx_sha256": "",
            }
        )  # fmt: skip
    batches.insert_documents(session, [paper for plan in plans for paper in plan.papers])


def _numbers(
    session: Session, book: RuleBook, *, wanted: Sequence[tuple[str, str]], on: date
) -> list[tuple[str, int | None, str]]:
    """Series, sequence and number of each (type, issuer) in their order (成批取号): each series is held and moved on once a page."""

    @cache
    def form(type_code: str, organ: str) -> tuple[str, str, DocumentNumbering]:
        numbering, prefix = book.numbering(type_code), book.organ(organ).prefix_on(on)
        if not numbering.numbered:
            return "", prefix, numbering
        named = numbering.series(organ=organ, prefix=prefix, year=on.year)
        return f"{named.prefix}{named.word}", prefix, numbering

    found = [(organ, *form(type_code, organ)) for type_code, organ in wanted]
    last: dict[tuple[str, str], int] = {}
    for (organ, series), amount in Counter((organ, series) for organ, series, _, _ in found if series).items():
        counter = numbers.counter(session, issuer=organ, series=series, year=on.year)
        last[organ, series] = counter.last
        counter.last += amount
        session.add(counter)
    session.flush()
    given: list[tuple[str, int | None, str]] = []
    for organ, series, prefix, numbering in found:
        if not series:
            given.append(("", None, ""))
            continue
        last[organ, series] += 1
        given.append((series, last[organ, series], numbering.format(prefix, on.year, last[organ, series])))
    return given


def _event(plan: Plan, *, day: date, at: datetime) -> dict[str, Any]:
    clock, matter = plan.clock, plan.matter
    effects = [
        {
            "paper": paper["type_code"],
            "document": paper["matter_id"],
            "number": paper["number"],
            "facts": paper["facts_sha256"],
        }
        for paper in plan.papers
    ]
    given = {
        "clock": clock.id, "rule": clock.rule, "rung": plan.rung.key, "level": plan.rung.level, "name": plan.rung.name, "due": clock.due_on,
        "why": plan.issue.reason if plan.issue else "", "approval": plan.rung.approve_by,
    }  # fmt: skip
    event: dict[str, Any] = {
        "matter_id": matter.id, "seq": plan.seq, "action": CLIMB, "source": matter.state, "target": matter.state, "actor_id": SYSTEM.id,
        "actor_name": SYSTEM.name, "department": "", "on": day, "at": at, "offline": False, "given": quickly_written(given), "effects": quickly_written(effects),
        "previous": matter.head,
    }  # fmt: skip
    event["hash"] = matter.head = written_hash(matter.head, body_written(event))
    return event


def _outgoing(book: RuleBook, plan: Plan, *, day: date, at: datetime) -> list[dict[str, Any]]:
    rows = []
    same = {"state": "pending", "attempts": 0, "created_at": at, "next_at": at, "settled_at": None, "last_error": ""}
    for held, paper in zip(plan.letters, plan.papers, strict=True):
        rows.append(
            {"key": f"letter:{held.held_code}", "kind": "letter", "matter_id": paper["matter_id"], "case_id": plan.matter.case_id,
             "payload": Written(f'{{"document":{paper["matter_id"]}}}'), **same}
        )  # fmt: skip
    if plan.rung.approve_by:
        supervised = plan.issue is not None and plan.issue.organ == book.supervisor_code
        told = [book.supervisor_code if supervised else book.guidance_code]
    else:
        told = [plan.clock.department, *(code for code in plan.copies if code != plan.clock.department)]
    notice = NOTICES.get(plan.rung.level, "reminder" if plan.rung.level == 2 else "supervision")
    for receiver in told:
        payload = {
            "notice": notice, "department": receiver, "urgent": plan.rung.level >= 2, "action": CLIMB, "on": day, "seq": plan.seq, "clock": plan.clock.id,
            "number": plan.papers[0]["number"] if plan.papers else "",
        }  # fmt: skip
        rows.append(
            {"key": f"{plan.matter.code}:{plan.seq}:{notice}:{receiver}", "kind": "notice", "matter_id": plan.matter.id, "case_id": plan.matter.case_id,
             "payload": quickly_written(payload), **same}
        )  # fmt: skip
    return rows
