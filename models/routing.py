"""Routing feedback: what a person decided about a row that a settled dispute proposes for the lists (路由反馈)."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant


class RoutingDecision(SQLModel, table=True):
    """A proposed row was adopted or dropped (清单修改建议的处理). The proposal itself derives from the journal: matter, line, item."""

    __tablename__ = "routing_decision"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    seq: int = Field(primary_key=True)
    item_code: str = Field(primary_key=True)
    town: str = Field(default="", primary_key=True)
    status: str
    """adopted · dropped."""
    list_code: str = ""
    department: str = ""
    valid_from: date | None = None
    basis: str = ""
    reason: str = ""
    decided_by: str
    decided_name: str = ""
    decided_on: date
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
