"""Number a paper and freeze what it will say (文号与事实固化), in the transaction of the act that needs it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from models import Document, Matter
from yisong.clock import local_date
from yisong.domain.chain import canonical, json_value
from yisong.domain.lifecycle import Act, Facts, Paper, Refusal
from yisong.domain.roles import Party
from yisong.domain.rulebook import RuleBook
from yisong.services import lettering, outgoing
from yisong.store import numbers


@dataclass(frozen=True, slots=True)
class Frozen:
    """A paper before it has a row of its own (已固化的文书)."""

    paper: Paper
    issuer: str
    recipient: str
    series: str
    year: int | None
    sequence: int | None
    number: str
    dated_on: date
    facts: dict[str, Any]


def next_number(session: Session, *, issuer: str, series: str, year: int) -> int:
    """The next number of a series (取号): without gaps or doubles, because the counter's row is locked until the act is kept."""
    counter = numbers.counter(session, issuer=issuer, series=series, year=year)
    counter.last += 1
    session.add(counter)
    return counter.last


def organ_of(party: Party, *, facts: Facts, matter: Matter) -> str:
    """The organ that stands in this relation; after a step has moved the matter, the new responsible one (对应机关)."""
    if party is Party.RESPONSIBLE:
        return matter.responsible
    return next(iter(sorted(facts.parties.get(party, frozenset()))), "")


def _numbered(
    session: Session, *, book: RuleBook, code: str, issuer: str, on: date, word: str, offline: bool
) -> tuple[str, int | None, int | None, str]:
    numbering = book.numbering(code)
    if not numbering.numbered or offline:
        return "", None, None, ""
    prefix = book.organ(issuer).prefix_on(on)
    series = numbering.series(organ=issuer, prefix=prefix, year=on.year, word=word or None)
    name = f"{series.prefix}{series.word}"
    sequence = next_number(session, issuer=issuer, series=name, year=on.year)
    return name, on.year, sequence, numbering.format(prefix, on.year, sequence, word=word or None)


def freeze(
    session: Session, *, book: RuleBook, matter: Matter, paper: Paper, act: Act, facts: Facts, word: str = ""
) -> Frozen:
    """Give a paper its number and its facts (编号、固化).

    `word` asks for a ministry's own form (监察 instead of 责改); an offline act's papers are not numbered again.
    """
    issuer = organ_of(paper.issuer, facts=facts, matter=matter)
    if not issuer:
        raise Refusal("issuer_missing", f"文书“{paper.code}”没有出具机关，请先确定责任部门。")
    on = local_date(act.at) if not act.offline else act.on
    series, year, sequence, number = _numbered(
        session, book=book, code=paper.code, issuer=issuer, on=on, word=word, offline=act.offline
    )
    gathered = lettering.gather(
        session, book=book, matter=matter, paper=paper, act=act, facts=facts, issuer=issuer, number=number, issued_on=on
    )
    return Frozen(
        paper=paper, issuer=issuer, recipient=gathered["recipient"]["name"], series=series, year=year, sequence=sequence, number=number,
        dated_on=on, facts=json_value(gathered),
    )  # fmt: skip


def keep(session: Session, *, frozen: Frozen, held: Matter, matter: Matter, act: Act) -> Document:
    """The paper's row, and its printing in the outbox (文书入册)."""
    frozen.facts["verify_url"] = f"/verify/{held.code}"
    document = Document(
        matter_id=held.id or 0, subject_id=matter.id or 0, type_code=frozen.paper.code, number=frozen.number, issuer=frozen.issuer,
        series=frozen.series or f"-{held.code}", year=frozen.year, sequence=frozen.sequence, recipient=frozen.recipient,
        dated_on=frozen.dated_on, for_service=frozen.paper.service, offline=act.offline, facts=frozen.facts,
        facts_sha256=hashlib.sha256(canonical(frozen.facts)).hexdigest(),
    )  # fmt: skip
    session.add(document)
    session.flush()
    if not act.offline:
        outgoing.queue(
            session,
            key=f"letter:{held.code}",
            kind="letter",
            at=act.at,
            payload={"document": held.id},
            matter_id=held.id,
            case_id=held.case_id,
        )
    return document
