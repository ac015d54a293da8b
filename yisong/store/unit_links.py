"""Reads of the links by which units open their own pages (企业专用链接读取)."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from models import UnitLink


def by_digest(session: Session, digest: str) -> UnitLink | None:
    """The link of a token's digest (按摘要取链接)."""
    return session.scalars(select(UnitLink).where(col(UnitLink.digest) == digest)).first()


def link(session: Session, link_id: int, *, lock: bool = False) -> UnitLink | None:
    """One link (链接); `lock` holds its row until the transaction ends."""
    return session.get(UnitLink, link_id, with_for_update=lock or None, populate_existing=lock)


def of_unit(session: Session, unit_id: int) -> list[UnitLink]:
    """A unit's links, the latest first (单位的链接)."""
    query = select(UnitLink).where(col(UnitLink.unit_id) == unit_id).order_by(col(UnitLink.id).desc())
    return list(session.scalars(query))
