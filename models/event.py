"""Event: one line of a matter's journal (流转记录). Append-only and hash-chained."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson

SETTLED = text("action IN ('decide_department', 'designate', 'settle')")
"""The steps that say which organ is answerable after all (确定责任部门、协调一致、指定管辖)."""


class Event(SQLModel, table=True):
    """One step that was taken (流转记录). (matter, seq) is unique: the database refuses a lost race."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_settled", "matter_id", sqlite_where=SETTLED, postgresql_where=SETTLED),)

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    seq: int = Field(primary_key=True)
    action: str
    source: str
    target: str
    actor_id: str
    actor_name: str
    department: str
    on: date
    """The day for which it counts."""
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    """The instant at which it was recorded."""
    offline: bool = False
    given: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    effects: list[Any] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    previous: str
    hash: str
