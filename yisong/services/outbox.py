"""Let out what waits (待发箱): letters are printed and stored, notices reach inboxes and channels.

A row is settled, or tried again later under the same key. Nothing is printed or sent inside a transaction of an act.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from models import Document, Notice, OutboxAttempt, OutboxRow
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.notify import channels, message, pacing
from yisong.notify.errors import NotifyError
from yisong.services import noticing, seals
from yisong.services.steps import take_step
from yisong.settings import Settings
from yisong.store import matters
from yisong.store import outbox as stored
from yisong.store.files import store_file

if TYPE_CHECKING:
    from yisong.documents.catalogue import Catalogue

LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 12
PAGE = 50
UNFIT = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What one bad row can raise; it is kept, named and tried again."""
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Sent:
    """What one run did (发送结果)."""

    settled: int = 0
    retried: int = 0
    failed: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.settled + self.retried + self.failed


@dataclass(frozen=True, slots=True)
class Press:
    """What printing and sending need (发送工具)."""

    settings: Settings
    book: RuleBook
    catalogue: Catalogue


def print_letter(press: Press, document: Document, *, at: datetime) -> Mapping[str, str]:
    """Render a numbered paper to both formats, seal the PDF where its organ has a seal, and store them (出具文书).

    Pure of the database: the facts are frozen. `at` is the instant of the seal; the digest is that of the sealed file.
    """
    from yisong.documents.docx import render_docx
    from yisong.documents.pdf import render_pdf

    code = document.type_code.lower()
    facts = {**document.facts, "verify_url": press.settings.public_url + str(document.facts.get("verify_url", ""))}
    letter = press.catalogue.compose(code, facts, organ=document.issuer)
    source = json.dumps(document.facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    pdf = seals.sealed(
        render_pdf(letter, facts_json=source, created=document.dated_on), folder=press.settings.seals, code=document.issuer,
        name=press.book.organ(document.issuer).name_on(document.dated_on), at=at,
    )  # fmt: skip
    return {
        "pdf_sha256": store_file(press.settings.letters, pdf, suffix="pdf"),
        "docx_sha256": store_file(
            press.settings.letters, render_docx(letter, created=document.dated_on), suffix="docx"
        ),
        "template_digest": press.catalogue.digest(code, organ=document.issuer),
    }


def _issue(session: Session, *, press: Press, document_id: int, printed: Mapping[str, str], at: datetime) -> None:
    held = matters.matter(session, document_id, lock=True)
    if held.state != "numbered":
        return  # another run has issued it
    document = stored.document(session, document_id)
    document.pdf_sha256, document.docx_sha256 = printed["pdf_sha256"], printed["docx_sha256"]
    document.template_digest = printed["template_digest"]
    session.add(document)
    take_step(
        session,
        book=press.book,
        matter_id=document_id,
        act=Act("issue", SYSTEM, document.dated_on, at, given=dict(printed)),
    )


def _deliver_notice(session: Session, *, press: Press, row: OutboxRow, at: datetime) -> None:
    facts = noticing.notice_facts(session, book=press.book, settings=press.settings, row=row)
    worded = message.render(
        row.payload["notice"], folder=press.settings.templates / "notices", key=row.key, facts=facts
    )
    receiver = row.payload.get("department", "")
    unit = row.payload.get("unit")
    session.add(
        Notice(
            key=row.key, department=receiver, unit_id=int(unit) if unit else None, matter_id=row.matter_id, case_id=row.case_id, kind=row.payload["notice"],
            urgent=bool(row.payload.get("urgent")), subject=worded.subject, body=worded.body, created_at=at,
        )
    )  # fmt: skip
    quiet = press.settings.quiet_hours
    ready = pacing.quiet_until(
        at,
        zone=press.settings.timezone,
        begin=quiet.begin,
        end=quiet.end,
        is_working_day=press.book.calendar.is_workday,
    )
    urgent = bool(row.payload.get("urgent"))
    for index, url in enumerate(
        noticing.addresses(session, settings=press.settings, department=receiver, urgent=urgent)
    ):
        session.add(
            OutboxRow(
                key=f"{row.key}@{index}", kind="channel", matter_id=row.matter_id, case_id=row.case_id, created_at=at, next_at=ready,
                payload={"url": url, "subject": worded.subject, "body": worded.body},
            )
        )  # fmt: skip


def _close(session: Session, row: OutboxRow, *, press: Press, at: datetime, error: str, final: bool) -> str:
    """Write the ledger of attempts (发送记录); what is given up is told to whom can mend it."""
    row.attempts += 1
    outcome = "settled" if not error else "failed" if final or row.attempts >= MOST_ATTEMPTS else "retried"
    row.last_error = error[:2000]
    if outcome == "retried":
        row.next_at = pacing.next_attempt(row.attempts, at)
    else:
        row.state = outcome
        row.settled_at = at
    session.add(row)
    number = stored.tried(session, row.id or 0) + 1
    session.add(OutboxAttempt(outbox_id=row.id or 0, number=number, at=at, outcome=outcome, error=error[:2000]))
    session.flush()
    if outcome == "failed":
        noticing.tell_of_failure(session, book=press.book, row=row, at=at)
    return outcome


def _work(transaction: Transaction, *, press: Press, row: OutboxRow, at: datetime) -> tuple[Any, str, bool]:
    """Do what needs no transaction (打印、发送); returns what came of it, the error, and whether trying again is no use."""
    try:
        if row.kind == "letter":
            with transaction() as session:
                document = stored.document(session, int(row.payload["document"]))
                waiting = matters.matter(session, document.matter_id).state == "numbered"
            return print_letter(press, document, at=at) if waiting else {}, "", False
        if row.kind == "channel":
            sent = channels.send(
                message.Message(key=row.key, subject=row.payload["subject"], body=row.payload["body"]),
                [row.payload["url"]],
            )
            return None, sent.error, any(failure.is_final for failure in sent.failures)
    except Exception as error:  # one bad letter must not hold up the others; it is kept, named and tried again
        return None, f"{type(error).__name__}: {error}", False
    return None, "", False


def run(
    transaction: Transaction,
    *,
    press: Press,
    at: Callable[[], datetime],
    only: str = "",
    progress: Callable[[Sent], None] = lambda sent: None,
) -> Sent:
    """Let out everything that is due (处理待发箱). Safe to run twice, in two processes, or after being killed."""
    total = Sent()
    while True:
        with transaction() as session:
            page = stored.claim(session, at=at(), lease=LEASE, most=PAGE, kind=only)
        if not page:
            return total
        for row in page:
            if row.kind != "notice" and not _still_ours(transaction, row, at=at()):
                continue
            produced, error, final = _work(transaction, press=press, row=row, at=at())
            outcome = _settle(
                transaction, press=press, row_id=row.id or 0, produced=produced, error=error, final=final, at=at()
            )
            total.settled += outcome == "settled"
            total.retried += outcome == "retried"
            total.failed += outcome == "failed"
            if outcome in ("retried", "failed"):
                total.errors.append((row.key, error))
            progress(total)


def _still_ours(transaction: Transaction, row: OutboxRow, *, at: datetime) -> bool:
    """Whether a claimed row is still this run's to send (领取是否有效): a slow page may outlive its lease, and another have it now."""
    with transaction() as session:
        return stored.renew(session, row.id or 0, claimed=row.next_at, until=at + LEASE)


def _settle(
    transaction: Transaction, *, press: Press, row_id: int, produced: Any, error: str, final: bool, at: datetime
) -> str:
    try:
        with transaction() as session:
            row = stored.row_locked(session, row_id)
            if row is None or row.state != "pending":
                return ""
            if not error and row.kind == "letter":
                _issue(session, press=press, document_id=int(row.payload["document"]), printed=produced, at=at)
            elif not error and row.kind == "notice":
                _deliver_notice(session, press=press, row=row, at=at)
            return _close(session, row, press=press, at=at, error=error, final=final)
    except (Refusal, NotifyError, IntegrityError, OSError, *UNFIT) as refused:
        with transaction() as session:
            row = stored.row_locked(session, row_id)
            return (
                _close(session, row, press=press, at=at, error=f"{type(refused).__name__}: {refused}", final=False)
                if row and row.state == "pending"
                else ""
            )
