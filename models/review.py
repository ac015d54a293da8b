"""Review of a rectification (整改复查)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Review(SQLModel, table=True):
    """One review and its outcome (整改复查)."""

    __tablename__ = "review"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    order_id: int = Field(foreign_key="matter.id", index=True)
    concluded_on: date
    note: str = ""
    items: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    officers: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
