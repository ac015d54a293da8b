"""Transfer of a case (移送案件)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Transfer(SQLModel, table=True):
    """A case: what is handed over, and since when (案件)."""

    __tablename__ = "transfer"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    title: str
    found_on: date
    urgent: bool = False
    severity: str = "general"
    routing_reason: str = ""
    materials: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    measures_taken: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
