"""Supervision: rungs proposed to a person, and what people did about rungs (督办提请与办理)."""

from datetime import date, datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant


class RungProposal(SQLModel, table=True):
    """A rung that a person is asked to decide before its day (提请升级). Nothing of it is climbed alone."""

    __tablename__ = "rung_proposal"
    __table_args__ = (Index("ix_rung_proposal_status", "status", "clock_id"),)

    clock_id: int = Field(foreign_key="clock.id", primary_key=True)
    key: str = Field(primary_key=True)
    matter_id: int = Field(foreign_key="matter.id", index=True)
    department: str
    level: int
    name: str
    reason: str
    on: date
    status: str = "waiting"
    """waiting · approved · dropped · overtaken (the clock has ended, or climbed it by itself)."""
    decided_by: str = ""
    decided_on: date | None = None


class RungAct(SQLModel, table=True):
    """What a person did about a rung: received, replied, approved, dropped, closed (催督办理记录)."""

    __tablename__ = "rung_act"

    clock_id: int = Field(foreign_key="clock.id", primary_key=True)
    key: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    matter_id: int = Field(foreign_key="matter.id", index=True)
    actor_id: str
    actor_name: str
    department: str = ""
    on: date
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    text: str = ""
    document_id: int | None = Field(default=None, foreign_key="matter.id")
