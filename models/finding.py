"""Finding of an inspection (检查发现)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Finding(SQLModel, table=True):
    """What an inspection found, and why that department is answerable (检查发现与责任归属)."""

    __tablename__ = "finding"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    inspection_id: int = Field(foreign_key="inspection.id", index=True)
    item_code: str
    facts: str
    disposal: str
    found_on: date
    place: str = ""
    town: str = ""
    severity: str = "general"
    urgent: bool = False
    evidence: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    evidence_proposed: bool = False
    """True: the names are those that the item asks for; nobody has said that these things are there."""
    routed_to: str = ""
    """The department that the lists name; "" = undecided."""
    routing_list: str = ""
    routing_reason: str = ""
    routing_basis: str = ""
    routing_version: str = ""
    cleared: bool = False
