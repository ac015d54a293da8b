"""Access tokens (访问令牌): what another system shows instead of a name and a password, for one organ or the whole county.

A token is `ysg_<public half>_<secret>`. It is shown once, when it is issued; what is kept is a digest of the secret, which
has 256 bits of chance, so that a plain SHA-256 is enough where a password would need a slow hash.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from models import AccessToken
from yisong.domain.roles import Actor, Role
from yisong.domain.rulebook import RuleBook
from yisong.store import accounts
from yisong.store import tokens as stored

INTAKE = "intake"
LONGEST = timedelta(days=3 * 366)
USUAL = timedelta(days=365)
"""How long a token holds (系统默认); nothing statutory."""
_SHAPE = re.compile(r"ysg_([0-9a-z]{8})_([A-Za-z0-9_-]{43})")


class TokenRefused(Exception):
    """A token cannot be issued, or is none that counts (令牌无效): a stable `code` and a Chinese message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Holder:
    """Who shows a token (令牌持有者). `department` "" is the whole county; `actor` acts in their name."""

    token_id: str
    name: str
    department: str
    actor: Actor


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    session: Session, *, book: RuleBook, at: datetime, by: str, account: str = "", system: str = "", department: str = "",
    county: bool = False, lasts: timedelta = USUAL,
) -> tuple[AccessToken, str]:  # fmt: skip
    """Issue a token to an account, or to another system by its name (签发令牌); returns it and its text, which is kept nowhere.

    Args:
        department: whose inspections it may submit; an account's own where left out. A system has to name one, or `county`.
        lasts: how long it holds, from a day to three years.

    Raises:
        TokenRefused: token_holder, id_unknown, token_scope, token_term, account_disabled; RuleBookError for an unknown organ.
    """
    if bool(account) == bool(system.strip()):
        raise TokenRefused("token_holder", "请写明令牌发给谁：一个账号，或者一个系统的名称（二者取一）。")
    if account:
        held = accounts.account(session, account)
        if held is None:
            raise TokenRefused("id_unknown", f"没有账号“{account}”，请核对。")
        if not held.active:
            raise TokenRefused("account_disabled", f"账号“{account}”已停用，请先启用。")
        department = department or ("" if county else held.department)
    if bool(department) == county:
        raise TokenRefused(
            "token_scope", "请写明令牌的范围：一个部门（--department），或者全县（--county），二者取一。"
        )
    if department:
        book.organ(department)
    if not timedelta(days=1) <= lasts <= LONGEST:
        raise TokenRefused("token_term", "令牌的有效期须为 1 天至 3 年。")
    secret = secrets.token_urlsafe(32)
    made = AccessToken(
        id=secrets.token_hex(4), holder=account or f"系统：{system.strip()}", account_id=account or None, department=department, scope=INTAKE,
        secret_sha256=_digest(secret), issued_by=by, issued_at=at, expires_at=at + lasts,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made, f"ysg_{made.id}_{secret}"


def revoke(session: Session, token_id: str, *, at: datetime) -> AccessToken:
    """Let a token count no longer (吊销令牌), from this instant. Raises TokenRefused token_unknown, token_revoked."""
    held = stored.token(session, token_id, lock=True)
    if held is None:
        raise TokenRefused("token_unknown", f"没有令牌“{token_id}”，请用 yisong accounts token list 查看。")
    if held.revoked_at is not None:
        raise TokenRefused("token_revoked", f"令牌“{token_id}”已经吊销。")
    held.revoked_at = at
    session.add(held)
    session.flush()
    return held


def recognise(session: Session, text: str, *, scope: str, at: datetime) -> Holder:
    """Who shows this token (核验令牌).

    Raises:
        TokenRefused: `token_invalid` (which does not say what was wrong with it), `token_expired`, `token_scope`.
    """
    shape = _SHAPE.fullmatch(text)
    held = stored.token(session, shape[1]) if shape else None
    fits = hmac.compare_digest(held.secret_sha256 if held else _digest(""), _digest(shape[2] if shape else "x"))
    if held is None or not fits or held.revoked_at is not None:
        raise TokenRefused("token_invalid", "访问令牌无效或已吊销，请向系统管理员申请新的令牌。")
    if at >= held.expires_at:
        raise TokenRefused("token_expired", "访问令牌已过期，请向系统管理员申请新的令牌。")
    if held.scope != scope:
        raise TokenRefused("token_scope", "访问令牌没有这项权限，请向系统管理员申请。")
    if held.account_id is None:
        actor = Actor(held.holder, held.holder, held.department, frozenset[Role]())
        return Holder(held.id, held.holder, held.department, actor)
    account = accounts.account(session, held.account_id)
    if account is None or not account.active:
        raise TokenRefused("token_invalid", "访问令牌无效或已吊销，请向系统管理员申请新的令牌。")
    person = Actor(account.id, account.name, account.department, frozenset(Role(role) for role in account.roles))
    return Holder(held.id, held.holder, held.department, person)


def unused_today(session: Session, token_id: str, *, on: date) -> bool:
    """Whether a token has yet to be noted as used on a day (当日未记)."""
    held = stored.token(session, token_id)
    return held is not None and held.used_on != on


def note_use(session: Session, token_id: str, *, on: date) -> None:
    """Note the day on which a token was last shown (记录使用日期)."""
    held = stored.token(session, token_id, lock=True)
    if held is not None:
        held.used_on = on
        session.add(held)
