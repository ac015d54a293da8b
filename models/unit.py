"""Unit: the inspected business, what the register recorded about it, and the link it opens its own page with (被检查单位)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson
from yisong.domain.chain import GENESIS

_CODED = text("uscc <> ''")


class Unit(SQLModel, table=True):
    """An inspected business, or a person without a credit code (被检查单位、自然人)."""

    __tablename__ = "unit"
    __table_args__ = (
        Index("ux_unit_uscc", "uscc", unique=True, sqlite_where=_CODED, postgresql_where=_CODED),
        Index("ix_unit_parent", "parent_code"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = Field(index=True)
    uscc: str = Field(default="", index=True)
    """Unified social credit code (GB 32100); "" for a natural person, and for nobody else."""
    kind: str = "企业"
    address: str = ""
    town: str = ""
    legal_rep: str = ""
    contact: str = ""
    phone: str = ""
    status: str = "active"
    """active · deregistered · merged (a second entry of the same unit)."""
    deregistered_on: date | None = None
    credit_tier: str = "normal"
    electronic_consent: bool = False
    parent_code: str = ""
    """The head office of a branch."""
    successor_code: str = ""
    """Who has taken over its rights and duties, or the entry that it was merged into."""
    former_names: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    """Names it bore before, oldest first: name, until (the last day)."""
    seq: int = 0
    head: str = GENESIS
    """Hash of the last line of its register's chain."""


class UnitChange(SQLModel, table=True):
    """One line of a unit's register: registered, corrected, renamed, deregistered, merged … (登记变更). Hash-chained, never edited."""

    __tablename__ = "unit_change"

    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    seq: int = Field(primary_key=True)
    action: str
    on: date
    """The day from which it holds."""
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    actor_id: str
    actor_name: str
    department: str = ""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    previous: str
    hash: str


class UnitLink(SQLModel, table=True):
    """A link by which a unit opens its own page without an account (企业专用链接). The token itself is kept nowhere."""

    __tablename__ = "unit_link"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    digest: str = Field(unique=True)
    """SHA-256 of the token."""
    made_by: str
    department: str = ""
    made_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    expires_on: date
    """The last day on which it opens."""
    revoked_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    revoked_by: str = ""
