"""Evidence: one file of a case under its digest, and what a person vouched for where there is no file (证据、材料核对)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant, StoredJson

_STANDING = text("voided_at IS NULL")
_VOUCHED = text("withdrawn_at IS NULL")


class Evidence(SQLModel, table=True):
    """One piece of evidence (证据). Never deleted: voided with a reason. The bytes lie in the vault under `sha256`.

    The same content stands at most once for one matter.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index(
            "ux_evidence_content",
            "matter_id",
            "sha256",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_evidence_sha256", "sha256"),
        Index("ix_evidence_inspection", "inspection"),
        Index("ix_evidence_chain", "chain_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    matter_id: int = Field(foreign_key="matter.id")
    """What it is about: a finding, a case, an order …"""
    chain_id: int = Field(foreign_key="matter.id")
    """In whose journal it stands that this was brought."""
    inspection: str = ""
    """The code of the inspection, where it belongs to all of the inspection's findings."""
    kind: str
    """The kinds of 行政处罚法 article 46: documentary, physical, audiovisual, electronic, witness, party, expert, record."""
    title: str
    name: str
    """What the file was called, with its folders in the package."""
    media_type: str
    family: str
    size: int
    sha256: str
    thumbnail: str = ""
    """SHA-256 of the small picture; "" = none."""
    taken_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    zone_assumed: bool = False
    latitude: float | None = None
    longitude: float | None = None
    camera: str = ""
    notes: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    """What the comparison of content, name, time and place said: level, code, message."""
    remark: str = ""
    source: str = ""
    """By which door: upload, a package's name, or the ledger it came beside."""
    brought_by: str
    brought_name: str
    department: str = ""
    on: date
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    voided_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    voided_by: str = ""
    voided_name: str = ""
    void_reason: str = ""


class Vouching(SQLModel, table=True):
    """What a person says is there, on paper or as a thing, for one point of the list (材料核对). Withdrawn, never deleted."""

    __tablename__ = "vouching"
    __table_args__ = (
        Index("ux_vouching_point", "case_id", "point", unique=True, sqlite_where=_VOUCHED, postgresql_where=_VOUCHED),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="matter.id")
    point: str
    stated: str
    """In the person's words: name, original or copy, how many, where it is kept."""
    measures: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    """Measures already taken with the day each ends, where the point asks for them."""
    by_id: str
    by_name: str
    department: str = ""
    on: date
    at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    withdrawn_by: str = ""
