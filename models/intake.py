"""Import runs: which ledger was read, row by row (台账导入)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson


class ImportRun(SQLModel, table=True):
    """One ledger that was verified or confirmed (导入批次)."""

    __tablename__ = "import_run"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    sha256: str = Field(index=True)
    department: str = ""
    state: str = "verified"
    """verified · confirmed · undone."""
    created_by: str = ""
    created_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    mapping: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    summary: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))


class ImportedInspection(SQLModel, table=True):
    """An inspection that a run has brought in: the resumable unit (导入明细)."""

    __tablename__ = "imported_inspection"

    run_id: int = Field(foreign_key="import_run.id", primary_key=True)
    inspection_id: int = Field(foreign_key="inspection.id", primary_key=True)
    findings: list[int] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    rows: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
