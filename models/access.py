"""Access: what another system shows instead of a name and a password (访问令牌)."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.columns import StoredInstant


class AccessToken(SQLModel, table=True):
    """A bearer token of an account or of another system (访问令牌). The secret itself is nowhere kept, only its digest."""

    __tablename__ = "access_token"

    id: str = Field(primary_key=True)
    """Its public half, by which it is found, listed and revoked."""
    holder: str = Field(index=True)
    """The account it belongs to, or the name of the system; who holds several is one and the same."""
    account_id: str | None = Field(default=None, foreign_key="account.id")
    department: str = ""
    """Whose inspections it may submit and read; "" is the whole county."""
    scope: str = "intake"
    secret_sha256: str
    issued_by: str = ""
    issued_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(StoredInstant, nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(StoredInstant))
    used_on: date | None = None
    """The last day on which it was shown; written once a day."""
