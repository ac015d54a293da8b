"""Reads for the list of refusers (名单读取)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Clock, Event, Listing, Matter, RectificationOrder, Unit

ENDED = ("rejected", "revoked", "removed", "expired")
"""Where a listing has come to its end: what it was about is dealt with (列入程序终结)."""


def orders_of_unit(session: Session, unit_id: int) -> list[tuple[Matter, RectificationOrder, Clock | None, str]]:
    """A unit's orders with the clock of their term, oldest first (单位的责改)."""
    query = (
        select(Matter, RectificationOrder, Unit.uscc)  # type: ignore[call-overload]
        .join(RectificationOrder, col(RectificationOrder.matter_id) == col(Matter.id))
        .join(Unit, col(Unit.id) == col(Matter.unit_id))
        .where(col(Matter.unit_id) == unit_id)
        .order_by(col(Matter.id))
    )
    rows = session.execute(query).all()
    clocks = session.scalars(
        select(Clock)
        .where(col(Clock.matter_id).in_([row[0].id for row in rows]), col(Clock.rule).startswith("R-RECTIFY"))
        .order_by(col(Clock.id))
    )
    by_matter = {clock.matter_id: clock for clock in clocks}
    return [(matter, order, by_matter.get(matter.id), uscc) for matter, order, uscc in rows]


def units_with_failed_orders(session: Session) -> list[int]:
    """Units with an order whose review failed (有复查不合格责改的单位)."""
    query = (
        select(col(Matter.unit_id))
        .where(col(Matter.kind) == "order", col(Matter.state).in_(("failed", "refused")))
        .distinct()
    )
    return sorted(unit_id for unit_id in session.scalars(query) if unit_id is not None)


def listing_of(session: Session, *, unit_id: int, year: int) -> Matter | None:
    """The unit's listing of a year that has not been undone (该单位当年名单)."""
    query = (
        select(Matter)
        .join(Listing, col(Listing.matter_id) == col(Matter.id))
        .where(
            col(Matter.unit_id) == unit_id,
            col(Listing.year) == year,
            col(Matter.state).notin_(("rejected", "withdrawn", "unpublished")),
        )
        .order_by(col(Matter.id).desc())
    )
    return session.scalars(query).first()


def ended_on(session: Session, *, unit_id: int, before: int | None = None) -> date | None:
    """The last day on which a listing of the unit came to its end (此前列入程序终结日), or None; `before`: only of older ones."""
    query = (
        select(func.max(col(Event.on)))
        .join(Matter, col(Matter.id) == col(Event.matter_id))
        .where(
            col(Matter.kind) == "listing",
            col(Matter.unit_id) == unit_id,
            col(Event.target).in_(ENDED),
            col(Event.source) != col(Event.target),
        )
    )
    return session.scalar(query.where(col(Matter.id) < before) if before else query)


def in_states(session: Session, *states: str) -> list[Matter]:
    """Listings in these states (名单)."""
    query = select(Matter).where(col(Matter.kind) == "listing").order_by(col(Matter.id))
    if states:
        query = query.where(col(Matter.state).in_(states))
    return list(session.scalars(query))


def count_of_year(session: Session, *, year: int) -> int:
    """The highest running number of a year's listings (名单流水)."""
    codes = session.scalars(
        select(col(Matter.code)).where(col(Matter.kind) == "listing", col(Matter.code).like(f"ZD-{year}-%"))
    )
    return max((int(code.rsplit("-", 1)[1]) for code in codes if code.rsplit("-", 1)[1].isdigit()), default=0)


def names_with_failed_orders(session: Session) -> list[str]:
    """Names of units with an order whose review failed (有复查不合格责改的单位名称), for naming a run."""
    return list(
        session.scalars(
            select(col(Unit.name)).where(col(Unit.id).in_(units_with_failed_orders(session))).order_by(col(Unit.id))
        )
    )
