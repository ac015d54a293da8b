"""Matter: whatever has a life cycle (事项). Only the journal writes these rows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class Matter(SQLModel, table=True):
    """A finding, transfer, order, review, criminal referral, listing, document or service (事项)."""

    __tablename__ = "matter"
    __table_args__ = (
        Index("ix_matter_inbox", "responsible", "kind", "state"),
        Index("ix_matter_origin", "origin", "kind", "state"),
        Index("ix_matter_state", "kind", "state"),
        Index("ix_matter_case", "case_id", "kind"),
        Index("ix_matter_subject", "subject_id", "kind"),
        Index("ix_matter_unit", "unit_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    code: str = Field(unique=True)
    variant: str = ""
    state: str
    case_id: int | None = Field(default=None, foreign_key="matter.id")
    """The transfer (案件) this belongs to; a transfer belongs to itself."""
    subject_id: int | None = Field(default=None, foreign_key="matter.id")
    """What it is about: a review's order, a service's document's subject, a child order's parent."""
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    origin: str = ""
    responsible: str = ""
    opened_on: date
    changed_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    seq: int = 0
    head: str = ""
    """Hash of the last event of this matter's chain."""
    tallies: dict[str, int] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    actors: dict[str, str] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    """Facts that steps have set (see `Transition.sets`), dates as ISO text."""
