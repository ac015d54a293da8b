"""Rectification order (责令改正)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class RectificationOrder(SQLModel, table=True):
    """An order to rectify (责令改正通知书)."""

    __tablename__ = "rectification_order"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    days: int
    """Natural days, counted from the day after service."""
    findings: list[int] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    demands: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    parent_id: int | None = Field(default=None, foreign_key="matter.id")
    number_word: str = ""
    """A ministry's own form of this paper (部颁式样的文号字), e.g. 监察; "" = the usual one."""
    served_on: date | None = None
