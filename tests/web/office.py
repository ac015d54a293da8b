"""An office to test the pages in (测试用办公室): the county's own book and people, one inspection, and browsers without a screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session

from models import Matter, Unit
from yisong import countyfile, rulefiles
from yisong.clock import SHANGHAI, SimulatedClock
from yisong.countyfile import County
from yisong.desk import Desk
from yisong.domain.lifecycle import Act
from yisong.domain.roles import Actor, Role
from yisong.services import accounts, findings, registry
from yisong.settings import Settings, load_settings
from yisong.store import matters
from yisong.web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "云溪-2026-测试"
Response = Any
"""What the test client answers: a response of whichever HTTP library it was built on."""
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=SHANGHAI)


@cache
def county() -> County:
    """The county that lies in the repository, over the calendars of its rule book."""
    known = rulefiles.read_calendar(ROOT / "rules" / "calendar")
    return countyfile.read(ROOT / "samples" / "yunxi.yaml", calendar=known)


class Dropped(Exception):
    """Raised to give back everything that a rehearsal has done."""


class RehearsalDesk(Desk):
    """A desk that can let an act go through and keep nothing of it."""

    rehearsing = False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        try:
            with super().transaction() as session:
                yield session
                if self.rehearsing:
                    raise Dropped
        except Dropped:
            pass


class Page(HTMLParser):
    """What is on a page: its forms with their fields, its links, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.links: list[dict[str, str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words = ""
        self._textarea: str | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        self.tags.append((tag, at))
        if tag == "form":
            self.forms.append({"action": at.get("action", ""), "method": at.get("method", "get"), "fields": {}})
        elif tag == "a":
            self.links.append(at)
        fields = self.forms[-1]["fields"] if self.forms else {}
        if tag == "input" and "name" in at:
            kind = at.get("type", "text")
            if kind not in ("radio", "checkbox") or "checked" in at:
                known = fields.get(at["name"])
                value = at.get("value", "")
                fields[at["name"]] = (
                    [*known, value] if isinstance(known, list) else [value] if kind == "checkbox" else value
                )
        elif tag == "textarea":
            self._textarea = at["name"]
            fields[at["name"]] = ""
        elif tag == "select":
            self._select = at["name"]
            fields[at["name"]] = ""
        elif tag == "option" and self._select and "selected" in at:
            fields[self._select] = at["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._textarea is not None and self.forms:
            self.forms[-1]["fields"][self._textarea] += data

    def form(self, action: str) -> dict[str, Any]:
        """The fields of the form that goes to this address."""
        found = next((form for form in self.forms if form["action"] == action), None)
        assert found is not None, f"no form to {action} among {[form['action'] for form in self.forms]}"
        return dict(found["fields"])

    def acts(self) -> dict[str, str]:
        """The buttons that may be pressed: address → key."""
        return {link["href"]: link["data-act"] for link in self.links if "data-act" in link}


@dataclass
class Browser:
    """One person at one browser."""

    client: TestClient
    name: str = ""

    def get(self, address: str, **headers: str) -> Response:
        answer: Response = self.client.get(address, headers=headers, follow_redirects=False)
        return answer

    def page(self, address: str) -> Page:
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("location"))
        return Page(answer.text)

    def post(self, address: str, fields: Mapping[str, Any], **headers: str) -> Response:
        answer: Response = self.client.post(address, data=dict(fields), headers=headers, follow_redirects=False)
        return answer

    def act(self, address: str, **given: Any) -> Response:
        """Open the form of a step, fill in what is given, and send it."""
        fields = self.page(address).form(address)
        return self.post(address, fields | given)

    def sign_in(self, account: str, password: str = PASSWORD) -> Response:
        self.name = account
        fields = self.page("/login").form("/login")
        return self.post("/login", fields | {"account": account, "password": password})


@dataclass
class Office:
    """A desk with its application, and everybody who works there."""

    desk: RehearsalDesk
    clock: SimulatedClock
    browsers: dict[str, Browser] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_app(self.desk)

    def stranger(self) -> Browser:
        return Browser(TestClient(self.app, base_url="http://testserver"))

    def fresh(self, account: str) -> Browser:
        """Another browser of this person."""
        browser = self.stranger()
        answer = browser.sign_in(account)
        assert answer.status_code == 303, answer.text
        return browser

    def at(self, account: str) -> Browser:
        """The browser of this person."""
        if account not in self.browsers:
            self.browsers[account] = self.fresh(account)
        return self.browsers[account]

    def matter(self, code: str) -> Matter:
        with self.desk.reading() as session:
            found = matters.matter_by_code(session, code)
            session.expunge(found)
            return found

    def later(self, **span: int) -> None:
        self.clock.set(self.clock.now() + timedelta(**span))


def open_office(url: str, *, home: Path, at: datetime = MONDAY) -> Office:
    """An office on an empty, migrated database."""
    settings: Settings = load_settings(
        {"YISONG_DATABASE_URL": url, "YISONG_SECRET": "a-secret-for-tests-" * 3}, home=home
    )
    clock = SimulatedClock(at)
    desk = RehearsalDesk(settings=settings, book=county().book, clock=clock)
    with desk.transaction() as session:
        accounts.seed_people(session, book=desk.book, users=county().users, password=PASSWORD)
    return Office(desk, clock)


def keep_unit(session: Session, code: str = "E04") -> Unit:
    entry = next(unit for unit in county().units if unit.code == code)
    return registry.keep_unit(
        session, code=entry.code, name=entry.name, uscc=entry.uscc, kind=entry.kind, address=entry.address, town=entry.town,
        legal_rep=entry.legal_rep, phone=entry.phone, electronic_consent=entry.e_service_consent,
    )  # fmt: skip


def register(
    office: Office, *items: str, unit: str = "E04", initiator: str = "SJJ", officer: str = "U05", code: str = "F"
) -> list[str]:
    """Findings of one inspection of a unit, registered by an officer; returns their codes."""
    desk = office.desk
    with desk.transaction() as session:
        held = keep_unit(session, unit)
        inspection = registry.keep_inspection(
            session,
            code=f"JC-{code}",
            unit=held,
            inspected_on=date(2026, 11, 13),
            initiator=initiator,
            behaviour_code=f"XZJC-{code}",
            officers=[{"name": "张三", "cert_no": "33990001"}, {"name": "李四", "cert_no": "33990002"}],
        )
        actor = Actor(officer, "检查人", initiator, frozenset({Role.OFFICER}))
        act = Act("register", actor, desk.today, desk.now)
        return [
            findings.register_finding(
                session, book=desk.book, inspection=inspection, code=f"{code}{index}", item_code=item, facts="", disposal="transfer", act=act,
                evidence=("现场检查笔录", "现场照片"),
            ).code
            for index, item in enumerate(items, start=1)
        ]  # fmt: skip
