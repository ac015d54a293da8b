"""Document: an official paper, its number, its frozen facts and its service (文书、文号、送达)."""

from datetime import date
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Document(SQLModel, table=True):
    """An official paper (文书). Never edited: withdrawn or superseded."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("issuer", "series", "year", "sequence"),)

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    subject_id: int = Field(foreign_key="matter.id", index=True)
    """The matter whose step issued it."""
    type_code: str
    number: str = ""
    issuer: str
    series: str = ""
    year: int | None = None
    sequence: int | None = None
    recipient: str = ""
    dated_on: date
    for_service: bool = False
    offline: bool = False
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
    facts_sha256: str = ""
    template_digest: str = ""
    pdf_sha256: str = ""
    docx_sha256: str = ""


class NumberSeries(SQLModel, table=True):
    """The last number given in one organ's series of one year (文号流水)."""

    __tablename__ = "number_series"

    issuer: str = Field(primary_key=True)
    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


class ServiceRecord(SQLModel, table=True):
    """One attempt at service (送达记录)."""

    __tablename__ = "service_record"

    matter_id: int = Field(foreign_key="matter.id", primary_key=True)
    document_id: int = Field(foreign_key="matter.id", index=True)
    method: str
    attempted_on: date
    effective_on: date | None = None
    place: str = ""
    receiver: str = ""
    servers: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    witness: str = ""
    recording: str = ""
    reason: str = ""
