"""The papers that a person's decision about a rung issues (督办文书): circular, summons, listing, closing."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from models import Clock, Document, Matter
from yisong.clock import local_date
from yisong.domain.chain import canonical, json_value
from yisong.domain.escalation import Rung as LadderRung
from yisong.domain.rulebook import RuleBook
from yisong.services import journal, outgoing, reminders
from yisong.services.papers import next_number
from yisong.store import casefile


def review_cited(session: Session, matter: Matter) -> dict[str, Any] | None:
    """The last review of the case, as a closing notice cites it (复查意见)."""
    for order, _ in reversed(casefile.orders(session, matter.case_id)):
        last = casefile.last_review(session, order.id)
        opinion = casefile.document(session, last[0].id, type_code="FUCHA") if last else None
        if opinion is not None and isinstance(opinion.facts.get("review"), dict):
            return dict(opinion.facts["review"])
    return None


def issue_paper(
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
        session,
        book=book,
        context=context,
        matter=matter,
        clock=clock,
        rung=rung,
        issuer=issuer,
        number=number,
        day=on,
        on=dated,
    )
    facts = json_value({**gathered, **(more or {}), "verify_url": f"/verify/{held.code}"})
    document = Document(
        matter_id=held.id or 0, subject_id=matter.id or 0, type_code=code, number=number, issuer=issuer, series=series, year=dated.year if sequence else None,
        sequence=sequence, recipient=facts["recipient"]["name"], dated_on=dated, facts=facts, facts_sha256=hashlib.sha256(canonical(facts)).hexdigest(),
    )  # fmt: skip
    session.add(document)
    session.flush()
    outgoing.queue(
        session,
        key=f"letter:{held.code}",
        kind="letter",
        at=at,
        payload={"document": held.id},
        matter_id=held.id,
        case_id=held.case_id,
    )
    return document
