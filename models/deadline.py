"""Deadline: a clock, its ledger and the rungs it has climbed (期限时钟)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class Clock(SQLModel, table=True):
    """A running or ended term (期限时钟). `due_on` derives from its ledger alone; late is never stored."""

    __tablename__ = "clock"
    __table_args__ = (
        Index(
            "ix_clock_look",
            "look_on",
            "id",
            sqlite_where=text("status = 'running' AND look_on IS NOT NULL"),
            postgresql_where=text("status = 'running' AND look_on IS NOT NULL"),
        ),
        Index("ix_clock_matter", "matter_id", "rule"),
        Index("ix_clock_case", "case_id"),
        Index("ix_clock_department", "department", "status", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    case_id: int | None = Field(default=None, foreign_key="matter.id")
    rule: str
    unit: str
    amount: int
    start_on: date
    """Day 0, not counted."""
    start_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    due_on: date | None = None
    due_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    provisional: bool = False
    calendar_version: str = ""
    status: str = "running"
    """running · paused · met · missed · cancelled."""
    department: str = ""
    """Who is answerable for it."""
    chased: bool = True
    held: bool = False
    lapse: str = ""
    """The system's action when the term has run out; "" = none, or taken already."""
    severity: str = "general"
    look_on: date | None = None
    """The next day on which this clock may need something."""
    ended_on: date | None = None
    entries: int = 0


class ClockEntry(SQLModel, table=True):
    """One line of a clock's ledger: a pause, a resumption, an extension, a re-projection (时钟台账)."""

    __tablename__ = "clock_entry"

    clock_id: int = Field(foreign_key="clock.id", primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str
    on: date
    at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    reason: str = ""
    basis: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))


class Rung(SQLModel, table=True):
    """A rung that a clock has climbed (催督台阶). The key (clock, rung) is the claim."""

    __tablename__ = "rung"

    clock_id: int = Field(foreign_key="clock.id", primary_key=True)
    key: str = Field(primary_key=True)
    level: int
    name: str
    on: date
    matter_id: int = Field(foreign_key="matter.id", index=True)
    department: str
    issuer: str = ""
    document_id: int | None = Field(default=None, foreign_key="matter.id")
    status: str = "climbed"
    """climbed · proposed (waits for a person's approval) · approved · dropped."""


class SweepDay(SQLModel, table=True):
    """A day that has been swept (巡查日)."""

    __tablename__ = "sweep_day"

    day: date = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    looked: int = 0
    lapsed: int = 0
    climbed: int = 0
    skipped: int = 0
