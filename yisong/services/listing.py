"""Who refuses again and again (重点监管对象): the count opens the guards of the life cycle; people decide."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from models import Listing, Matter
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM
from yisong.domain.rulebook import RuleBook
from yisong.services.listing_facts import refusals_of
from yisong.services.steps import open_matter, take_step
from yisong.store import listing as stored
from yisong.store import matters


def open_listing(
    session: Session,
    *,
    book: RuleBook,
    unit_id: int,
    responsible: str,
    act: Act,
    year: int,
    code: str = "",
    threshold: int | None = None,
) -> Matter:
    """Begin a unit's way onto the list (名单立项): `act.action` is open 生成预警 or adopt 承接原有名单."""
    threshold = threshold or book.refusal_rule.threshold
    code = code or f"ZD-{year}-{stored.count_of_year(session, year=year) + 1:03d}"
    return open_matter(
        session, book=book, kind="listing", code=code, act=act, responsible=responsible, unit_id=unit_id,
        extension=Listing(matter_id=0, year=year, threshold=threshold),
    )  # fmt: skip


def lead_department(session: Session, *, unit_id: int) -> str:
    """The department whose order failed first leads the listing (牵头部门，系统默认)."""
    return next(
        (
            order.responsible
            for order, _, _, _ in stored.orders_of_unit(session, unit_id)
            if order.state in ("failed", "refused")
        ),
        "",
    )


def watch(
    session: Session, *, book: RuleBook, on: date, at: datetime, skipped: list[tuple[int, str]] | None = None
) -> list[tuple[Matter, str]]:
    """Open a warning for each unit that has refused, and make it a candidate at the threshold (预警与候选).

    Returns the matters that moved, with what was done. A second run of the same day moves nothing. A unit that cannot be judged
    stops the run, unless the caller hands in `skipped`: then it is told there as (unit id, reason in Chinese) and left for the next.
    """
    moved: list[tuple[Matter, str]] = []
    for unit_id in stored.units_with_failed_orders(session):
        try:
            with session.begin_nested():
                moved += _watch_unit(session, book=book, unit_id=unit_id, on=on, at=at)
        except (Refusal, ValueError) as refused:
            if skipped is None:
                raise
            skipped.append((unit_id, str(refused)))
    return moved


def _watch_unit(session: Session, *, book: RuleBook, unit_id: int, on: date, at: datetime) -> list[tuple[Matter, str]]:
    counted = refusals_of(session, book=book, unit_id=unit_id, on=on)
    if not counted.count:
        return []
    moved = []
    listing = stored.listing_of(session, unit_id=unit_id, year=on.year)
    if listing is None:
        listing = open_listing(
            session, book=book, unit_id=unit_id, responsible=lead_department(session, unit_id=unit_id),
            act=Act("open", SYSTEM, on, at), year=on.year,
        )  # fmt: skip
        moved.append((listing, "open"))
    row = session.get(Listing, listing.id)
    threshold = row.threshold if row else counted.threshold
    if listing.state == "watch" and counted.count >= threshold:
        take_step(session, book=book, matter_id=listing.id or 0, act=Act("nominate", SYSTEM, on, at))
        moved.append((listing, "nominate"))
    return moved


def expire(session: Session, *, book: RuleBook, on: date, at: datetime) -> list[Matter]:
    """Listings whose term has ended leave the list (期满移出)."""
    ended = []
    for listing in stored.in_states(session, "effective"):
        since, months = listing.details.get("effective_on"), listing.details.get("months")
        if not since or not months:
            continue
        begun = date.fromisoformat(str(since))
        index = begun.year * 12 + begun.month - 1 + int(months)
        if on.isoformat() >= f"{index // 12:04d}-{index % 12 + 1:02d}-{begun.day:02d}":
            take_step(session, book=book, matter_id=listing.id or 0, act=Act("expire", SYSTEM, on, at))
            ended.append(listing)
    return ended


def public_list(session: Session) -> list[dict[str, object]]:
    """What the public may read (公示名单): units that are listed now, nobody's personal data."""
    rows = []
    for listing in stored.in_states(session, "effective", "removal_applied", "removal_verifying"):
        unit = matters.unit(session, listing.unit_id)
        if unit is not None:
            rows.append(
                {
                    "code": listing.code,
                    "name": unit.name,
                    "uscc": unit.uscc,
                    "since": listing.details.get("effective_on"),
                    "department": listing.responsible,
                }
            )
    return rows
