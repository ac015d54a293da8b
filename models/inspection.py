"""Inspection: one joint visit, made or planned (检查)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Inspection(SQLModel, table=True):
    """An inspection that took place (检查任务)."""

    __tablename__ = "inspection"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    behaviour_code: str = ""
    theme: str = ""
    unit_id: int = Field(foreign_key="unit.id", index=True)
    inspected_on: date
    initiator: str
    participants: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    kind: str = "joint"
    scanned_in: bool = True
    place: str = ""
    town: str = ""
    officers: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    note: str = ""


class PlannedInspection(SQLModel, table=True):
    """A plan to inspect (检查计划)."""

    __tablename__ = "planned_inspection"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    department: str
    unit_id: int = Field(foreign_key="unit.id", index=True)
    planned_on: date = Field(index=True)
    kind: str = "routine"
    theme: str = ""
    registered_on: date
