"""Reads of access tokens and of what was submitted with them (令牌与报送读取)."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from models import AccessToken, Submission


def token(session: Session, token_id: str, *, lock: bool = False) -> AccessToken | None:
    """One token by its public half (令牌)."""
    return session.get(AccessToken, token_id, with_for_update=lock or None, populate_existing=lock)


def tokens(session: Session) -> list[AccessToken]:
    """All tokens, newest first (全部令牌)."""
    return list(session.scalars(select(AccessToken).order_by(col(AccessToken.issued_at).desc(), col(AccessToken.id))))


def submission(session: Session, submission_id: int) -> Submission | None:
    """One submission by its number (报送)."""
    return session.get(Submission, submission_id)


def submission_of_key(session: Session, holder: str, *, key: str, lock: bool = False) -> Submission | None:
    """The submission that a holder made under a key (同一幂等键的报送)."""
    query = select(Submission).where(col(Submission.holder) == holder, col(Submission.key) == key)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()
