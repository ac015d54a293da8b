"""Submission: findings that another system has sent, and the answer that it got (接口报送)."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant


class Submission(SQLModel, table=True):
    """One call that brings findings in (报送). The key (holder, key) is the claim: the same call has one effect."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("holder", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    holder: str
    key: str
    """The caller's `Idempotency-Key`."""
    department: str = Field(default="", index=True)
    body_sha256: str
    claimed_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    answered_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    """None while it is worked on, or when the work was cut off."""
    status: int = 0
    answer: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """The answer as JSON, compressed: the same call gets the same answer, word for word."""
    run_id: int | None = Field(default=None, foreign_key="import_run.id")
