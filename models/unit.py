"""Unit: the inspected business (被检查单位、当事人)."""

from datetime import date

from sqlmodel import Field, SQLModel


class Unit(SQLModel, table=True):
    """An inspected business (被检查单位)."""

    __tablename__ = "unit"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str = Field(index=True)
    uscc: str = Field(unique=True)
    kind: str = "企业"
    address: str = ""
    town: str = ""
    legal_rep: str = ""
    contact: str = ""
    phone: str = ""
    status: str = "active"
    deregistered_on: date | None = None
    credit_tier: str = "normal"
    electronic_consent: bool = False
    parent_code: str = ""
