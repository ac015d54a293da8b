"""Ledger: how an office writes its columns, and the files it has handed in on a page (台账)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class ColumnMapping(SQLModel, table=True):
    """Which column is which in an office's ledger, as a person confirmed it (记住的列名对应)."""

    __tablename__ = "column_mapping"

    department: str = Field(primary_key=True)
    columns: dict[str, str] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    """Column name, reduced to what tells it apart → canonical column; "" is kept as it is."""
    headers: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    """The column names as they are written, in their order."""
    confirmed_by: str = ""
    confirmed_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))


class LedgerUpload(SQLModel, table=True):
    """A ledger that somebody handed in on a page; nothing of it counts before it is confirmed (上传的台账)."""

    __tablename__ = "ledger_upload"

    id: int | None = Field(default=None, primary_key=True)
    department: str = Field(index=True)
    account_id: str = Field(foreign_key="account.id")
    name: str
    sha256: str
    uploaded_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    columns: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    """Corrections of the proposed columns: column name → canonical column, "" is kept as it is."""
    outcome: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    """What came of it when it was confirmed; empty while it waits."""
    run_id: int | None = Field(default=None, foreign_key="import_run.id")
    """The run that brought it in; None while it waits, and where it held nothing new."""
