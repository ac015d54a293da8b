"""Reads for the risk scan (风险读取)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Matter, RiskHit, Unit
from yisong.domain.lifecycle import Refusal


def units(session: Session, ids: Iterable[int]) -> dict[int, Unit]:
    return {
        unit.id or 0: unit
        for unit in session.scalars(select(Unit).where(col(Unit.id).in_(sorted(ids))).order_by(col(Unit.id)))
    }


def unit_by_code(session: Session, code: str) -> Unit:
    found = session.scalars(select(Unit).where(col(Unit.code) == code)).first()
    if found is None:
        raise Refusal("unknown_unit", f"没有编号为“{code}”的单位。")
    return found


def known_keys(session: Session) -> set[str]:
    """The hits that have been written about already (已提示的命中)."""
    return set(session.scalars(select(col(RiskHit.key))))


def count(session: Session) -> int:
    return int(session.scalar(select(func.count()).select_from(Matter).where(col(Matter.kind) == "risk")) or 0)


def hits(session: Session) -> list[RiskHit]:
    """All hits in the order of the day (命中清单)."""
    return list(session.scalars(select(RiskHit).order_by(col(RiskHit.on), col(RiskHit.key))))
