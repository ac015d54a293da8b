"""Risk of over-inspection (涉企检查风险)."""

from datetime import date
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class RiskHit(SQLModel, table=True):
    """A rule that a unit's inspections have hit (风险预警). `key` is the claim: the same facts warn once."""

    __tablename__ = "risk_hit"

    key: str = Field(primary_key=True)
    rule: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    on: date
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    matter_id: int | None = Field(default=None, foreign_key="matter.id")
    """The risk matter that carries the letters."""
