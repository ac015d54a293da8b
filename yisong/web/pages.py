"""Set the pages (页面): Jinja2 with escaping on, and the words that every page shares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from yisong.domain import lifecycles
from yisong.domain.roles import ROLE_LABELS, Role
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.web.turns import oversees
from yisong.web.visit import Visit

STATIC = Path(__file__).with_name("static")
WEEKDAYS = "一二三四五六日"


class Pages:
    """The templates of this installation (页面模板)."""

    def __init__(self, folder: Path, *, book: RuleBook, zone: tzinfo) -> None:
        self._book = book
        self._zone = zone
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            day=self.day,
            weekday=_weekday,
            clock_time=self.clock_time,
            organ=self.organ,
            role=_role,
            notice_lines=_notice_lines,
        )
        self._environment.globals.update(
            asset=_asset, platform=book.county.platform_name, county=book.county.name, state_label=state_label
        )
        self._today: date | None = None

    def organ(self, code: str, *, full: bool = False) -> str:
        """The name that people call an organ by (部门简称)."""
        try:
            found = self._book.organ(code)
        except RuleBookError:
            return code
        return found.name if full else found.short

    def day(self, value: date | str | None, *, year: int | None = None) -> str:
        """A day as it is written; without the year where it is `year` (日期)."""
        if value in (None, ""):
            return ""
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        if isinstance(day, datetime):
            day = day.astimezone(self._zone).date()
        assert day is not None
        short = f"{day.month}月{day.day}日"
        return short if year == day.year else f"{day.year}年{short}"

    def clock_time(self, value: datetime) -> str:
        """The local time of day of an instant (时刻)."""
        return value.astimezone(self._zone).strftime("%H:%M")

    def fragment(self, template: str, values: Mapping[str, Any]) -> str:
        """A page or a part of one as text (渲染)."""
        return self._environment.get_template(template).render(values)

    def plain(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page for whoever comes, signed in or not (公开页面)."""
        return HTMLResponse(self.fragment(template, {"visitor": None, **values}), status_code=status)

    def page(self, visit: Visit, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page for a person who is signed in (页面)."""
        shared = {
            "visitor": visit.account,
            "visitor_department": visit.actor.department,
            "roles": "、".join(_role(role) for role in visit.account.roles),
            "oversees": oversees(visit.actor, book=visit.book),
            "csrf": visit.csrf,
            "today": visit.on,
            "now": visit.at,
            "partial": is_partial(visit.request),
            "unread": unread_of(visit),
        }
        return HTMLResponse(self.fragment(template, shared | values), status_code=status)


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a part of a page (局部请求)."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


def unread_of(visit: Visit) -> int:
    """How many notices of the visitor's organ nobody has read yet (未读消息)."""
    from yisong.store import accounts

    return accounts.notice_counts(visit.session, visit.actor.department)[1]


def state_label(kind: str, state: str) -> str:
    """The Chinese name of a state (状态名)."""
    return lifecycles.ALL[kind].states.get(state, state)


def _role(role: str) -> str:
    try:
        return ROLE_LABELS[Role(role)]
    except ValueError:
        return role


def _weekday(value: date) -> str:
    return f"周{WEEKDAYS[value.weekday()]}"


def _notice_lines(value: str) -> str:
    """A notice without what only a letter needs: the address line, the link to this page, the remark not to answer."""
    dropped = ("查看和办理：", "（")
    lines = [line.strip() for line in value.splitlines()]
    return "\n".join(line for line in lines if line and not line.endswith("：") and not line.startswith(dropped))


def _versions() -> dict[str, str]:
    files = (file for file in STATIC.iterdir() if file.suffix in (".css", ".js", ".svg"))
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:10] for file in files}


_VERSIONS = _versions()


def _asset(name: str) -> str:
    """The address of one of our own files, which changes when the file does, so that browsers may keep it for ever."""
    return f"/static/{name}?v={_VERSIONS[name]}"
