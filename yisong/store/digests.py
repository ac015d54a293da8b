"""Reads for a day's digest and for a department's calendar feed, and rows that are queued at most once (汇总读取)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models import Account, Clock, Matter, Notice, OutboxRow, Transfer


def people(session: Session) -> dict[str, list[Account]]:
    """The people who can sign in and have a channel besides the inbox, by department (有其他渠道的人员)."""
    found: dict[str, list[Account]] = {}
    query = select(Account).where(col(Account.active)).order_by(col(Account.department), col(Account.id))
    for account in session.scalars(query):
        if account.channels:
            found.setdefault(account.department, []).append(account)
    return found


def due_until(session: Session, department: str, *, until: date) -> list[tuple[Clock, str]]:
    """The department's running, chased clocks that are due up to a day, late ones first (近期到期)."""
    query = (
        select(Clock, col(Matter.code))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .where(
            col(Clock.department) == department,
            col(Clock.status) == "running",
            col(Clock.due_on) <= until,
            col(Clock.chased),
            ~col(Clock.held),
        )
        .order_by(col(Clock.due_on), col(Clock.id))
    )
    return [(clock, code) for clock, code in session.execute(query)]


def running(session: Session, department: str) -> list[tuple[Clock, str, str]]:
    """Every running clock of a department with its matter's code and the case's title (在计期限)."""
    query = (
        select(Clock, col(Matter.code), func.coalesce(col(Transfer.title), ""))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .join(Transfer, col(Transfer.matter_id) == col(Clock.case_id), isouter=True)
        .where(col(Clock.department) == department, col(Clock.status) == "running", col(Clock.due_on).is_not(None))
        .order_by(col(Clock.due_on), col(Clock.id))
    )
    return [(clock, code, title) for clock, code, title in session.execute(query)]


def unread_quiet(session: Session, department: str, *, most: int) -> tuple[list[str], int]:
    """The subjects of unread notices that were not urgent, the latest first, and how many there are (未读消息)."""
    wanted = (col(Notice.department) == department, col(Notice.read_at).is_(None), ~col(Notice.urgent))
    subjects = list(
        session.scalars(select(col(Notice.subject)).where(*wanted).order_by(col(Notice.id).desc()).limit(most))
    )
    return subjects, int(session.scalar(select(func.count()).select_from(Notice).where(*wanted)) or 0)


def queue_once(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Queue rows whose keys are not there yet (不重复入箱); returns how many were new. Two runs at once queue each one once."""
    added = 0
    for row in rows:
        adding: Any = (
            sqlite.insert(OutboxRow) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(OutboxRow)
        )
        made = session.scalars(
            adding.values(**row).on_conflict_do_nothing(index_elements=["key"]).returning(col(OutboxRow.id))
        )
        added += len(made.all())
    return added
