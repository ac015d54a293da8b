"""The calendar feed of a department's deadlines (期限订阅): subscribable from any calendar, by an address nobody can guess."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlmodel import Session

from models import Account
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBook
from yisong.notify.ical import Entry, calendar_text
from yisong.store import accounts, digests

PERSONAL = "p."
FEED = "feed"
UNKNOWN = "订阅地址无效或已失效，请登录系统，在“账户与口令”页重新复制订阅地址。"


def feed_token(secret: str, department: str) -> str:
    """The token of a department's feed (订阅令牌): the same as long as the secret is; a new secret revokes every feed."""
    seal = hmac.new(secret.encode(), b"feed:" + department.encode(), hashlib.sha256).digest()
    return f"{department}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def department_of(secret: str, token: str) -> str:
    """Whose feed a token opens (令牌核验), compared in constant time.

    Raises:
        Refusal: `feed_unknown`, without saying what is wrong with it.
    """
    department = token.rpartition(".")[0]
    if not department or not hmac.compare_digest(feed_token(secret, department).encode(), token.encode()):
        raise Refusal("feed_unknown", UNKNOWN)
    return department


def own_token(secret: str, account: Account) -> str:
    """The token of a person's own address (个人订阅令牌): renewing it, or leaving the department, closes the old one."""
    owner = base64.urlsafe_b64encode(account.id.encode()).decode().rstrip("=")
    body = f"person:{account.id}:{account.department}:{account.preferences.get(FEED, '')}"
    seal = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
    return f"{PERSONAL}{owner}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def opened_by(session: Session, token: str, *, secret: str) -> str:
    """The department whose terms a token shows (令牌核验): a person's own token, or a department's.

    Raises:
        Refusal: `feed_unknown`, without saying what is wrong with it; also for a person who is no longer active.
    """
    if not token.startswith(PERSONAL):
        return department_of(secret, token)
    owner = token.removeprefix(PERSONAL).partition(".")[0]
    try:
        name = base64.urlsafe_b64decode(owner + "=" * (-len(owner) % 4)).decode()
    except ValueError:
        name = ""
    account = accounts.account(session, name) if name else None
    known = own_token(secret, account) if account is not None and account.active and account.department else ""
    if account is None or not hmac.compare_digest(known.encode(), token.encode()):
        raise Refusal("feed_unknown", UNKNOWN)
    return account.department


def renew(session: Session, account_id: str, *, at: datetime) -> Account:
    """Close a person's old address and open a new one (更换订阅地址)."""
    account = accounts.account(session, account_id, lock=True)
    if account is None:
        raise Refusal("unknown_person", f"没有账号“{account_id}”，请核对。")
    account.preferences = {**account.preferences, FEED: f"{at.timestamp():.6f}-{secrets.token_hex(4)}"}
    session.add(account)
    session.flush()
    return account


def calendar_feed(session: Session, book: RuleBook, *, department: str, at: datetime, public_url: str = "") -> str:
    """Every running term of a department as an iCalendar text (期限日历). A provisional date is a tentative event.

    Raises:
        RuleBookError: `organ_unknown`.
    """
    organ = book.organ(department)
    entries = []
    for clock, code, title in digests.running(session, department):
        assert clock.due_on is not None
        rule = next((rule for rule in book.deadline_rules if rule.code == clock.rule), None)
        name = rule.name if rule else clock.rule
        basis = f"依据：{rule.basis}（{rule.source.label}）\n" if rule else ""
        unsure = "该日期为暂估：有年度放假安排尚未公布。\n" if clock.provisional else ""
        held = "停止催督中。\n" if clock.held else ""
        entries.append(
            Entry(
                uid=f"clock-{clock.id}@{book.county.division_code}.yisong",
                when=clock.due_at or clock.due_on,
                summary=f"到期：{code} {name}" + ("（暂估）" if clock.provisional else ""),
                description=f"{title}\n{basis}{unsure}{held}到期日当天24时前办结为按期。".strip(),
                url=f"{public_url}/cases/{code}" if public_url else "",
                serial=clock.entries,
                tentative=clock.provisional,
            )
        )
    return calendar_text(f"{organ.short or organ.name}期限", entries=entries, stamp=at)
