"""Sessions (会话): a signed cookie says who is signed in, and every form carries a token that only that session knows."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Response
from itsdangerous import BadSignature, Signer, URLSafeSerializer

from models import Account

COOKIE = "yisong_session"
LASTS = timedelta(hours=12)
"""How long a sign-in holds (系统默认): one working day, so that a shared computer is not open the next morning."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the cookie says (会话凭据). `account` "" is a visitor who has not signed in."""

    id: str
    account: str
    proof: str
    at: datetime


def proof_of(account: Account) -> str:
    """A mark of the present password, so that a new password ends all sessions (口令指纹)."""
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


class Sessions:
    """Writes and reads the cookies and tokens of this installation (会话签发)."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._cookies = URLSafeSerializer(
            secret, salt="yisong.session", signer_kwargs={"digest_method": hashlib.sha256}
        )
        self._tokens = Signer(secret, salt="yisong.csrf", digest_method=hashlib.sha256)
        self._secure = secure

    def anonymous(self, *, at: datetime) -> Ticket:
        """A visit before signing in: only good for the sign-in form."""
        return Ticket(secrets.token_urlsafe(18), "", "", at)

    def signed_in(self, account: Account, *, at: datetime) -> Ticket:
        """A new session of its own name: one that was fixed before signing in is worth nothing."""
        return Ticket(secrets.token_urlsafe(18), account.id, proof_of(account), at)

    def read(self, cookie: str | None, *, at: datetime) -> Ticket | None:
        """The ticket of a cookie; None where it is forged, damaged or too old."""
        if not cookie:
            return None
        try:
            number, account, proof, issued = self._cookies.loads(cookie)
            ticket = Ticket(str(number), str(account), str(proof), datetime.fromisoformat(issued))
        except (BadSignature, ValueError, TypeError):
            return None
        return ticket if ticket.at <= at < ticket.at + LASTS else None

    def write(self, response: Response, ticket: Ticket) -> None:
        """Hand the ticket to the browser: not readable by scripts, not sent along from other sites."""
        value = self._cookies.dumps([ticket.id, ticket.account, ticket.proof, ticket.at.isoformat()])
        response.set_cookie(
            COOKIE,
            str(value),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path="/",
        )

    def forget(self, response: Response) -> None:
        """Take the ticket back."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self._secure)

    def token(self, ticket: Ticket) -> str:
        """The token that the forms of this session carry (表单令牌)."""
        return self._tokens.get_signature(ticket.id.encode()).decode()

    def fits(self, ticket: Ticket | None, token: str) -> bool:
        """Whether a form comes from this session."""
        return ticket is not None and hmac.compare_digest(self.token(ticket).encode(), token.encode())
