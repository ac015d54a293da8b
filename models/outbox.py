"""Outbox: letters to issue and notices to send, written with the act that causes them (待发箱)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class OutboxRow(SQLModel, table=True):
    """Something that has to leave (待发件). `key` makes it unique: the same act cannot cause it twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due",
            "next_at",
            "id",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_outbox_state", "state", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    """letter · notice · channel."""
    matter_id: int | None = Field(default=None, foreign_key="matter.id")
    case_id: int | None = Field(default=None, foreign_key="matter.id")
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    state: str = "pending"
    """pending · settled · failed (given up, waits for a person)."""
    attempts: int = 0
    created_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    next_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    last_error: str = ""


class OutboxAttempt(SQLModel, table=True):
    """One attempt to send (发送记录)."""

    __tablename__ = "outbox_attempt"

    outbox_id: int = Field(foreign_key="outbox.id", primary_key=True)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    outcome: str
    """settled · retried · failed."""
    error: str = ""


class Notice(SQLModel, table=True):
    """A notice in an inbox (消息)."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "department", "read_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    department: str = ""
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    matter_id: int | None = Field(default=None, foreign_key="matter.id")
    case_id: int | None = Field(default=None, foreign_key="matter.id")
    kind: str
    urgent: bool = False
    subject: str
    body: str
    created_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    read_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
