"""Reads and claims of the outbox (待发箱存取)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Account, Document, Matter, OutboxAttempt, OutboxRow
from yisong.domain.lifecycle import Refusal


def claim(session: Session, *, at: datetime, lease: timedelta, most: int, kind: str = "") -> list[OutboxRow]:
    """Take the next rows that are due (领取待发件): nobody else takes them before the lease ends."""
    query = (
        select(OutboxRow)
        .where(col(OutboxRow.state) == "pending", col(OutboxRow.next_at) <= at)
        .order_by(col(OutboxRow.next_at), col(OutboxRow.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if kind:
        query = query.where(col(OutboxRow.kind) == kind)
    rows = list(session.scalars(query))
    for row in rows:
        row.next_at = at + lease
        session.add(row)
    session.flush()
    return rows


def renew(session: Session, row_id: int, *, claimed: datetime, until: datetime) -> bool:
    """Prolong a claim (续领): False where the lease has ended and somebody else has taken or settled the row."""
    row = row_locked(session, row_id)
    if row is None or row.state != "pending" or row.next_at != claimed:
        return False
    row.next_at = until
    session.add(row)
    return True


def tried(session: Session, row_id: int) -> int:
    """How often a row was tried in all, before and after it was given another chance (累计试发次数)."""
    numbers = select(func.max(col(OutboxAttempt.number))).where(col(OutboxAttempt.outbox_id) == row_id)
    return int(session.scalar(numbers) or 0)


def row_locked(session: Session, row_id: int) -> OutboxRow | None:
    return session.get(OutboxRow, row_id, with_for_update=True, populate_existing=True)


def document(session: Session, document_id: int) -> Document:
    found = session.get(Document, document_id)
    if found is None:
        raise Refusal("unknown_document", f"没有编号为 {document_id} 的文书。")
    return found


def people_of(session: Session, department: str) -> list[Account]:
    """The people of an organ who can sign in (部门人员)."""
    return list(
        session.scalars(
            select(Account).where(col(Account.department) == department, col(Account.active)).order_by(col(Account.id))
        )
    )


def counts(session: Session) -> dict[tuple[str, str], int]:
    """How many rows of each kind are in each state (待发箱统计)."""
    query = select(col(OutboxRow.kind), col(OutboxRow.state), func.count()).group_by(
        col(OutboxRow.kind), col(OutboxRow.state)
    )
    return {(kind, state): number for kind, state, number in session.execute(query)}


def oldest_due(session: Session, *, at: datetime) -> datetime | None:
    """Since when the longest waiting row could have left (最早到时的待发件); None where nothing is due."""
    query = select(func.min(col(OutboxRow.next_at))).where(
        col(OutboxRow.state) == "pending", col(OutboxRow.next_at) <= at
    )
    return session.scalar(query)


def rows(session: Session, *, state: str = "", after: int = 0, most: int = 100) -> list[OutboxRow]:
    """Rows of the outbox by id (待发件清单)."""
    query = select(OutboxRow).where(col(OutboxRow.id) > after).order_by(col(OutboxRow.id)).limit(most)
    return list(session.scalars(query.where(col(OutboxRow.state) == state) if state else query))


def attempts(session: Session, row_id: int) -> list[OutboxAttempt]:
    """What was tried, and how it ended (发送记录)."""
    return list(
        session.scalars(
            select(OutboxAttempt).where(col(OutboxAttempt.outbox_id) == row_id).order_by(col(OutboxAttempt.number))
        )
    )


def retry(session: Session, row_id: int, *, at: datetime) -> OutboxRow:
    """Give a row that had been given up another chance (重新发送)."""
    row = row_locked(session, row_id)
    if row is None:
        raise Refusal("unknown_row", f"待发箱没有第 {row_id} 条记录。")
    if row.state == "settled":
        raise Refusal("already_settled", f"第 {row_id} 条已经办结，无需重发。")
    row.state, row.next_at, row.attempts = "pending", at, 0
    session.add(row)
    return row


def case_codes_waiting(session: Session, *, at: datetime, most: int = 200) -> list[str]:
    """Case numbers of rows that are due (待发案号), for naming a run."""
    query = select(col(Matter.code)).join(OutboxRow, col(OutboxRow.case_id) == col(Matter.id))
    return list(
        session.scalars(
            query.where(col(OutboxRow.state) == "pending", col(OutboxRow.next_at) <= at)
            .order_by(col(OutboxRow.id))
            .limit(most)
        )
    )
