"""Account: a person who signs in (账户)."""

from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredJson


class Account(SQLModel, table=True):
    """A person of an organ (账户)."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    name: str
    department: str = Field(index=True)
    roles: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    cert_no: str = ""
    password_hash: str = ""
    channels: list[str] = Field(default_factory=list, sa_column=Column(StoredJson, nullable=False))
    """Apprise addresses besides the inbox, e.g. mailto://…"""
    active: bool = True
    preferences: dict[str, Any] = Field(default_factory=dict, sa_column=Column(StoredJson, nullable=False))
