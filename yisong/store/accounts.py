"""Reads of accounts and of the notices they get (账户与消息读取)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Account, Notice


def account(session: Session, account_id: str, *, lock: bool = False) -> Account | None:
    """One account, or None where nobody has that name (账户); `lock` holds its row until the transaction ends."""
    return session.get(Account, account_id, with_for_update=lock or None, populate_existing=lock)


def everyone(session: Session) -> list[Account]:
    """All accounts by organ and name (全部账户)."""
    return list(session.scalars(select(Account).order_by(col(Account.department), col(Account.id))))


def known(session: Session, ids: Iterable[str]) -> set[str]:
    """Which of these account names are taken (已有账户)."""
    return set(session.scalars(select(col(Account.id)).where(col(Account.id).in_(tuple(ids)))))


def posts(session: Session) -> dict[str, set[str]]:
    """For each organ the posts that its active people hold (各部门岗位)."""
    found: dict[str, set[str]] = {}
    for person in session.scalars(select(Account).where(col(Account.active)).order_by(col(Account.id))):
        found.setdefault(person.department, set()).update(person.roles)
    return found


def notices(session: Session, department: str, *, unread: bool, before: int | None, most: int) -> list[Notice]:
    """An organ's notices, newest first, by keyset (消息)."""
    query = select(Notice).where(col(Notice.department) == department)
    if unread:
        query = query.where(col(Notice.read_at).is_(None))
    if before is not None:
        query = query.where(col(Notice.id) < before)
    return list(session.scalars(query.order_by(col(Notice.id).desc()).limit(most)))


def notice_counts(session: Session, department: str) -> tuple[int, int]:
    """How many notices an organ has, and how many of them nobody has read (消息数、未读数)."""
    query = select(func.count(), func.count().filter(col(Notice.read_at).is_(None))).where(
        col(Notice.department) == department
    )
    total, unread = session.execute(query).one()
    return int(total), int(unread)


def unread(session: Session, department: str, *, ids: Sequence[int] | None) -> list[Notice]:
    """The unread notices of an organ, all or these, their rows held (待标记消息)."""
    query = select(Notice).where(col(Notice.department) == department, col(Notice.read_at).is_(None))
    if ids is not None:
        query = query.where(col(Notice.id).in_(ids))
    return list(session.scalars(query.order_by(col(Notice.id)).with_for_update()))
