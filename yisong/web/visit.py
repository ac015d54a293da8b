"""A visit to the inbox (访问): the desk, one session of the database, and the person who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from fastapi import Request
from fastapi.datastructures import FormData
from sqlmodel import Session

from models import Account
from yisong.desk import Desk
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.services.accounts import actor_of
from yisong.store import accounts as stored
from yisong.web.session import COOKIE, Sessions, Ticket, proof_of

if TYPE_CHECKING:
    from yisong.web.pages import Pages
    from yisong.web.throttle import Throttle

MOST_FIELDS = 200
MOST_BYTES = 1_000_000


class SignInNeeded(Exception):
    """Nobody is signed in (需要登录)."""


class Forged(Exception):
    """A form does not come from this session (表单令牌不符)."""


class TooLong(Exception):
    """A form is larger than any that a page of ours could send (提交内容过大)."""


class Hidden(Exception):
    """There is nothing here for this person (无此页面): not found, or none of their business, and they cannot tell which."""


@dataclass(frozen=True, slots=True)
class Hall:
    """What all visits share (办事大厅)."""

    desk: Desk
    sessions: Sessions
    pages: Pages
    by_account: Throttle
    by_address: Throttle


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a person who is signed in (一次访问)."""

    hall: Hall
    request: Request
    session: Session
    ticket: Ticket
    account: Account
    actor: Actor
    at: datetime
    on: date

    @property
    def book(self) -> RuleBook:
        return self.hall.desk.book

    @property
    def csrf(self) -> str:
        return self.hall.sessions.token(self.ticket)


def hall_of(request: Request) -> Hall:
    return cast(Hall, request.app.state.hall)


def ticket_of(request: Request) -> Ticket | None:
    """The ticket of this request, signed in or not."""
    hall = hall_of(request)
    return hall.sessions.read(request.cookies.get(COOKIE), at=hall.desk.now)


def _visit(request: Request, session: Session) -> Visit:
    hall = hall_of(request)
    ticket = ticket_of(request)
    account = stored.account(session, ticket.account) if ticket is not None and ticket.account else None
    if ticket is None or account is None or not account.active or proof_of(account) != ticket.proof:
        raise SignInNeeded
    if ticket.id in account.preferences.get("ended", {}):
        raise SignInNeeded
    return Visit(hall, request, session, ticket, account, actor_of(account), hall.desk.now, hall.desk.today)


@contextmanager
def reading(request: Request) -> Iterator[Visit]:
    """A visit that only looks (查看). Raises SignInNeeded."""
    with hall_of(request).desk.reading() as session:
        yield _visit(request, session)


@contextmanager
def acting(request: Request) -> Iterator[Visit]:
    """A visit that does something, in one transaction (办理). Raises SignInNeeded."""
    with hall_of(request).desk.transaction() as session:
        yield _visit(request, session)


async def posted(request: Request) -> FormData:
    """The fields of a form whose token fits this session (表单). Raises Forged, or TooLong before anything is read."""
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) > MOST_BYTES:
        raise TooLong
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    if not hall_of(request).sessions.fits(ticket_of(request), text(form, "csrf")):
        raise Forged
    return form


def text(form: FormData, name: str) -> str:
    """One field as text, line ends made alike; "" where it is missing (单项)."""
    value = form.get(name)
    if not isinstance(value, str):
        return ""
    return value.replace("\r\n", "\n").strip()


def texts(form: FormData, name: str) -> list[str]:
    """All values of a field that may be given several times (多项)."""
    return [value.strip() for value in form.getlist(name) if isinstance(value, str)]
