"""Accounts (账户): who may sign in, with which posts, and what a person does with what is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from models import Account
from yisong.domain.roles import ROLE_LABELS, Actor, Role
from yisong.domain.rulebook import Organ, RuleBook, RuleBookError
from yisong.store import accounts as stored

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 200
"""System defaults (系统默认); nothing statutory."""
_HASHER = PasswordHasher()  # Argon2id with the parameters that RFC 9106 gives for little memory
_HANDLERS = frozenset({Role.OFFICER.value, Role.LIAISON.value})
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_WRONG = "账号或口令不正确，请核对后重试；忘记口令的，请联系本单位的系统管理员重置。"


class AccountError(Exception):
    """An account cannot be made or used (账户错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Person(Protocol):
    """What is known of a person before they have an account (人员): a record of a county file, for instance."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def cert_no(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Seeded:
    """An account that seeding has made (新建账户)."""

    id: str
    name: str
    department: str
    role: str


@cache
def _nobody() -> str:
    """A hash that no password has, so that a name nobody bears costs as much time as a wrong password."""
    return _HASHER.hash("\0 nobody")


def _hashed(password: str, *, account_id: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountError(
            "password_length", f"口令须为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符，请换一个口令。"
        )
    if password.casefold() == account_id.casefold() or len(set(password)) < 4:
        raise AccountError("password_weak", "口令过于简单，请换一个不含账号、不重复同一字符的口令。")
    return _HASHER.hash(password)


def _fits(proof: str, password: str) -> bool:
    try:
        return bool(_HASHER.verify(proof, password[: LONGEST_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False


def _roles(roles: Iterable[str]) -> list[str]:
    try:
        found = sorted({Role(role).value for role in roles})
    except ValueError as error:
        known = "、".join(f"{role.value}（{ROLE_LABELS[role]}）" for role in Role if role is not Role.SYSTEM)
        raise AccountError("role_unknown", f"没有这种岗位：{error}。可用的岗位有：{known}。") from error
    if not found or Role.SYSTEM.value in found:
        raise AccountError("role_missing", "账户至少要有一个岗位，且不能是“系统”。")
    return found


def create_account(
    session: Session, account_id: str, *, name: str, department: str, roles: Iterable[str], password: str, cert_no: str = "",
    channels: Sequence[str] = (),
) -> Account:  # fmt: skip
    """Make an account (新建账户). Raises AccountError: id_taken, id_missing, role_unknown, role_missing, password_…."""
    if not account_id.strip() or not name.strip():
        raise AccountError("id_missing", "账号和姓名不能为空，请补填。")
    if stored.account(session, account_id) is not None:
        raise AccountError("id_taken", f"账号“{account_id}”已经存在，请换一个账号。")
    made = Account(
        id=account_id, name=name, department=department, roles=_roles(roles), cert_no=cert_no, channels=list(channels),
        password_hash=_hashed(password, account_id=account_id),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def set_password(session: Session, account_id: str, *, password: str) -> Account:
    """Give an account another password (重设口令); every session that it has open ends. Raises AccountError."""
    held = _held(session, account_id)
    held.password_hash = _hashed(password, account_id=account_id)
    held.preferences = {**held.preferences, "initial_password": False}
    session.add(held)
    session.flush()
    return held


def _held(session: Session, account_id: str) -> Account:
    held = stored.account(session, account_id, lock=True)
    if held is None:
        raise AccountError("id_unknown", f"没有账号“{account_id}”，请核对。")
    return held


def set_channels(session: Session, account_id: str, *, channels: Sequence[str]) -> Account:
    """Where notices reach a person besides the inbox (通知地址): mailboxes, or Apprise addresses. Raises AccountError."""
    held = _held(session, account_id)
    for channel in channels:
        if "://" not in channel and not _MAILBOX.fullmatch(channel):
            raise AccountError(
                "channel_shape", f"“{channel}”不是电子邮箱，也不是通知地址（如 json://主机/路径），请核对。"
            )
    held.channels = list(dict.fromkeys(channels))
    session.add(held)
    session.flush()
    return held


def set_active(session: Session, account_id: str, *, active: bool) -> Account:
    """Whether a person may sign in (启用、停用); what they did stays under their name. Raises AccountError."""
    held = _held(session, account_id)
    held.active = active
    session.add(held)
    session.flush()
    return held


def authenticate(session: Session, account_id: str, *, password: str, at: datetime) -> Account:
    """Check a name and password (核验身份), in the same time whether or not the name exists.

    Raises:
        AccountError: `wrong_credentials`, without saying which of the two was wrong.
    """
    held = stored.account(session, account_id)
    usable = held is not None and held.active and bool(held.password_hash)
    proof = held.password_hash if held is not None and usable else _nobody()
    if not _fits(proof, password) or held is None or not usable:
        raise AccountError("wrong_credentials", _WRONG)
    if _HASHER.check_needs_rehash(held.password_hash):
        held.password_hash = _HASHER.hash(password)
    held.preferences = {**held.preferences, "signed_in_at": at.isoformat()}
    session.add(held)
    return held


def actor_of(account: Account) -> Actor:
    """The account as one who acts (行为人)."""
    return Actor(account.id, account.name, account.department, frozenset(Role(role) for role in account.roles))


def end_session(session: Session, account_id: str, *, ticket: str, at: datetime, lasts: timedelta) -> None:
    """Remember that a session was signed out of (退出登录), for as long as its cookie could still be shown."""
    held = stored.account(session, account_id, lock=True)
    if held is None:
        return
    kept = {key: until for key, until in held.preferences.get("ended", {}).items() if until > at.isoformat()}
    held.preferences = {**held.preferences, "ended": {**kept, ticket: (at + lasts).isoformat()}}
    session.add(held)


def mark_read(session: Session, department: str, *, at: datetime, ids: Sequence[int] | None = None) -> int:
    """Mark an organ's notices as read, all or these (消息已读); returns how many were unread."""
    found = stored.unread(session, department, ids=ids)
    for notice in found:
        notice.read_at = at
        session.add(notice)
    return len(found)


def _lacking(book: RuleBook, posts: dict[str, set[str]]) -> Iterable[tuple[Organ, str, Role]]:
    """The posts without which the separation of duties cannot be kept (缺岗)."""
    for organ in book.organs:
        held = posts.get(organ.code, set())
        if organ.code == book.government_code:
            if Role.GOVERNMENT.value not in held:
                yield organ, "gov", Role.GOVERNMENT
            continue
        if Role.LEADER.value not in held:
            yield organ, "leader", Role.LEADER
        if not held & _HANDLERS:
            yield organ, "officer", Role.OFFICER


def seed_people(session: Session, *, book: RuleBook, users: Iterable[Person], password: str) -> list[Seeded]:
    """Accounts for a county's people, and for the posts that it leaves out (初始账户); returns those that were made.

    An organ without a leader gets `<code>-leader`, one without officer or liaison `<code>-officer`, the government
    `<code>-gov`. All begin with the same password, hashed once; accounts that exist already are left as they are.

    Raises:
        AccountError: a user of an organ that the book does not know, an unknown role, an unusable password.
    """
    proof = _hashed(password, account_id="")
    wanted = list(users)
    taken = stored.known(session, [user.id for user in wanted])
    made: list[Seeded] = []

    def add(account_id: str, name: str, department: str, role: str, cert_no: str = "") -> None:
        session.add(
            Account(
                id=account_id, name=name, department=department, roles=_roles([role]), cert_no=cert_no, password_hash=proof,
                preferences={"initial_password": True},
            )
        )  # fmt: skip
        made.append(Seeded(account_id, name, department, role))

    for user in wanted:
        try:
            book.organ(user.department)
        except RuleBookError as error:
            raise AccountError("organ_unknown", f"人员 {user.id}（{user.name}）：{error.message}") from error
        if user.id not in taken:
            add(user.id, user.name, user.department, user.role, user.cert_no)
    session.flush()
    for organ, suffix, role in list(_lacking(book, stored.posts(session))):
        account_id = f"{organ.code}-{suffix}"
        if stored.account(session, account_id) is None:
            post = "经办人" if role is Role.GOVERNMENT else ROLE_LABELS[role]
            add(account_id, f"{organ.short}{post}", organ.code, role.value)
    session.flush()
    return made
