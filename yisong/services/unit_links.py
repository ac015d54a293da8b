"""The link by which a unit opens its own page without an account (企业专用链接): unguessable, dated, revocable, and kept nowhere.

The database holds only a digest of the token, so whoever reads it opens nothing. The token is shown once, when the link is made.
Who holds the link acts as the unit; what is done through it is journalled under the unit's name and the number of the link.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlmodel import Session

from models import Unit, UnitLink
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Role
from yisong.services import unit_changes
from yisong.store import unit_links as stored
from yisong.store import units

LASTS = timedelta(days=180)
"""How long a link opens (系统默认): longer than a rectification with its extension takes; a new one is made in a moment."""
TOKEN_BYTES = 32
MAKERS = frozenset({Role.OFFICER, Role.LIAISON, Role.LEADER, Role.COORDINATOR})


def digest_of(token: str) -> str:
    """What is kept of a token (链接摘要). 256 random bits need no slow hash: there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(unit: Unit) -> Actor:
    """The unit as one who acts (当事人)."""
    return Actor(f"unit:{unit.id}", unit.name, f"unit:{unit.id}", frozenset({Role.UNIT}))


def make(session: Session, unit: Unit, *, actor: Actor, on: date, at: datetime) -> tuple[UnitLink, str]:
    """A new link for a unit (生成链接), and its token, which can be had only now. Links of before go on opening until they are revoked.

    Raises:
        Refusal: `wrong_role`, `not_standing`.
    """
    if not actor.roles & MAKERS:
        raise Refusal(
            "wrong_role",
            f"企业专用链接由办案部门的承办人、联络员或负责人生成，{actor.name}无此权限。请转相应人员办理。",
        )
    if unit.status == "merged":
        raise Refusal("not_standing", f"“{unit.name}”是已并入的重复登记，请为并入后的单位生成链接。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = UnitLink(
        unit_id=unit.id or 0, digest=digest_of(token), made_by=actor.id, department=actor.department, made_at=at, expires_on=on + LASTS,
    )  # fmt: skip
    session.add(link)
    session.flush()
    data = {"link": link.id, "expires_on": link.expires_on}
    unit_changes.write(session, unit, action="link_made", actor=actor, on=on, at=at, data=data)
    return link, token


def revoke(session: Session, unit: Unit, *, link_id: int, actor: Actor, on: date, at: datetime) -> UnitLink:
    """A link opens nothing any more (停用链接).

    Raises:
        Refusal: `wrong_role`, `link_unknown`, `already_done`.
    """
    if not actor.roles & MAKERS:
        raise Refusal("wrong_role", f"停用企业专用链接由部门承办人、联络员或负责人办理，{actor.name}无此权限。")
    link = stored.link(session, link_id, lock=True)
    if link is None or link.unit_id != unit.id:
        raise Refusal("link_unknown", f"“{unit.name}”没有第 {link_id} 号链接，请核对。")
    if link.revoked_at is not None:
        raise Refusal("already_done", f"第 {link_id} 号链接已经停用，无需重复办理。")
    link.revoked_at, link.revoked_by = at, actor.id
    session.add(link)
    unit_changes.write(session, unit, action="link_revoked", actor=actor, on=on, at=at, data={"link": link.id})
    return link


def opened_by(session: Session, token: str, *, on: date) -> tuple[UnitLink, Unit]:
    """Whose page a token opens on a day (核验链接).

    Raises:
        Refusal: `link_invalid`: unknown, revoked or run out, without saying which of them.
    """
    link = stored.by_digest(session, digest_of(token)) if 20 <= len(token) <= 100 else None
    unit = session.get(Unit, link.unit_id) if link is not None else None
    if unit is not None and unit.status == "merged":  # the same unit under the entry that stayed
        unit = units.unit(session, unit.successor_code)
    if link is None or unit is None or link.revoked_at is not None or link.expires_on < on:
        raise Refusal("link_invalid", "这个链接无效、已停用或者已过期，请联系向您发出链接的部门重新索取。")
    return link, unit
