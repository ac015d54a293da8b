"""Calendar: its versions, when each came into force, and what waits for a person because of it (工作日历版本)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class CalendarVersion(SQLModel, table=True):
    """The contents of one calendar (日历版本): `version` is a digest of them, so a version never changes."""

    __tablename__ = "calendar_version"

    version: str = Field(primary_key=True)
    weekend_is_rest: bool = True
    years: list[Any] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    kept_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))


class CalendarActivation(SQLModel, table=True):
    """A calendar came into force (日历启用), by whom and from which source; the counts grow as clocks are re-derived."""

    __tablename__ = "calendar_activation"

    id: int | None = Field(default=None, primary_key=True)
    version: str = Field(foreign_key="calendar_version.version")
    previous: str = ""
    source: str = ""
    on: date
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    actor_id: str = ""
    actor_name: str = ""
    moved: int = 0
    unchanged: int = 0
    waiting: int = 0
    finished_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))


class Reprojection(SQLModel, table=True):
    """A due date that would move against the inspected unit, and waits for a person (待确认的期限提前).

    (clock, version) is unique: one calendar asks about one clock once.
    """

    __tablename__ = "reprojection"
    __table_args__ = (Index("ix_reprojection_status", "status", "clock_id"),)

    clock_id: int = Field(foreign_key="clock.id", primary_key=True)
    version: str = Field(foreign_key="calendar_version.version", primary_key=True)
    matter_id: int = Field(foreign_key="matter.id", index=True)
    department: str = ""
    old_due: date
    new_due: date
    reason: str = ""
    on: date
    status: str = "waiting"
    """waiting · confirmed · declined · superseded (a later calendar asked anew, or nothing was left to ask)."""
    decided_by: str = ""
    decided_on: date | None = None
