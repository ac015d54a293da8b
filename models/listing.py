"""Key-supervision listing (重点监管对象)."""

from datetime import date

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Listing(SQLModel, table=True):
    """One unit's way onto the list of key-supervision objects and off it again (重点监管对象列入)."""

    __tablename__ = "listing"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    year: int
    threshold: int
    measures: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    effective_on: date | None = None
