"""Reads of clocks, their ledgers and rungs (时钟读取)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models import Clock, ClockEntry, Matter, Rung, SweepDay

LIVE = ("running", "paused")
_OF_MATTER = select(Clock).where(col(Clock.matter_id) == bindparam("matter")).order_by(col(Clock.id))
_LIVE = _OF_MATTER.where(col(Clock.status).in_(LIVE))
_CLIMBED = select(col(Rung.key)).where(col(Rung.clock_id) == bindparam("clock"))


def clock(session: Session, clock_id: int) -> Clock | None:
    return session.get(Clock, clock_id)


def entries(session: Session, clock_id: int | None) -> list[ClockEntry]:
    """A clock's ledger in order (时钟台账)."""
    return list(
        session.scalars(select(ClockEntry).where(col(ClockEntry.clock_id) == clock_id).order_by(col(ClockEntry.seq)))
    )


def climbed(session: Session, clock_id: int | None) -> frozenset[str]:
    """The keys of the rungs that a clock has climbed (已升层级)."""
    return frozenset(session.scalars(_CLIMBED, {"clock": clock_id}))


def live(session: Session, matter_id: int | None, *, rules: Iterable[str] | None = None) -> list[Clock]:
    """The clocks of a matter that have not ended (在计时钟)."""
    query = _LIVE if rules is None else _LIVE.where(col(Clock.rule).in_(tuple(rules)))
    return list(session.scalars(query, {"matter": matter_id}))


def of_matter(session: Session, matter_id: int | None) -> list[Clock]:
    """All clocks of a matter, oldest first (本件时钟)."""
    return list(session.scalars(_OF_MATTER, {"matter": matter_id}))


def of_case(session: Session, case_id: int | None) -> list[Clock]:
    """All clocks of a case, oldest first (本案时钟)."""
    return list(session.scalars(select(Clock).where(col(Clock.case_id) == case_id).order_by(col(Clock.id))))


def rungs(session: Session, clock_ids: Iterable[int]) -> list[Rung]:
    """The rungs of these clocks in the order of climbing (升级记录)."""
    query = (
        select(Rung)
        .where(col(Rung.clock_id).in_(tuple(clock_ids)))
        .order_by(col(Rung.on), col(Rung.level), col(Rung.clock_id))
    )
    return list(session.scalars(query))


def to_look_at(session: Session, *, day: date, after: int, most: int) -> list[tuple[int, int]]:
    """The next clocks that may need something on a day, as (clock, matter), by id (待巡查时钟): no cap on their number.

    Nothing is held yet. Who wants to work on a clock holds its matter first, as every step does, and then asks `held_to_look_at`
    what is still to be done: two in the same order cannot wait for each other.
    """
    query = (
        select(col(Clock.id), col(Clock.matter_id))
        .where(col(Clock.status) == "running", col(Clock.look_on) <= day, col(Clock.id) > after)
        .order_by(col(Clock.id))
        .limit(most)
    )
    return [(clock, matter) for clock, matter in session.execute(query)]


def held_to_look_at(session: Session, *, day: date, ids: Iterable[int], matters: Iterable[int]) -> list[Clock]:
    """Those of these clocks that still need something, held, where their matter is held already (待巡查时钟锁定)."""
    query = select(Clock).where(
        col(Clock.id).in_(sorted(ids)),
        col(Clock.matter_id).in_(sorted(matters)),
        col(Clock.status) == "running",
        col(Clock.look_on) <= day,
    )
    return list(
        session.scalars(query.order_by(col(Clock.id)).with_for_update().execution_options(populate_existing=True))
    )


def keep_swept(
    session: Session, *, day: date, at: datetime, looked: int, lapsed: int, climbed: int, skipped: int
) -> None:
    """Keep that a day was swept (登记巡查日); who sweeps it again, or beside another, adds what they did."""
    row = {"day": day, "at": at, "looked": looked, "lapsed": lapsed, "climbed": climbed, "skipped": skipped}
    adding: Any = (
        sqlite.insert(SweepDay) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(SweepDay)
    )
    statement = adding.values(**row).on_conflict_do_update(
        index_elements=["day"],
        set_={"lapsed": col(SweepDay.lapsed) + lapsed, "climbed": col(SweepDay.climbed) + climbed},
    )
    session.execute(statement)


def to_lapse(session: Session, *, before: date, after: int, most: int) -> list[tuple[int, int]]:
    """The next clocks whose term ended before a day and whose lapse has not been taken, as (clock, matter) (届满待登记).

    As with `to_look_at`, nothing is held yet.
    """
    query = (
        select(col(Clock.id), col(Clock.matter_id))
        .where(*_lapsing(before), col(Clock.id) > after)
        .order_by(col(Clock.id))
        .limit(most)
    )
    return [(clock, matter) for clock, matter in session.execute(query)]


def held_to_lapse(session: Session, *, before: date, ids: Iterable[int]) -> list[Clock]:
    """Those of these clocks that still have to lapse, held, their matters held before (届满待登记锁定)."""
    query = select(Clock).where(*_lapsing(before), col(Clock.id).in_(sorted(ids))).order_by(col(Clock.id))
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _lapsing(before: date) -> tuple[Any, ...]:
    return (
        col(Clock.status) == "running",
        col(Clock.look_on) <= before,
        col(Clock.lapse) != "",
        col(Clock.due_on) < before,
        col(Clock.held).is_(False),
    )


def families(session: Session, matter_ids: Iterable[int]) -> dict[int, int]:
    """For each of these matters the case it belongs to, or itself where it belongs to none (所属案件)."""
    query = select(col(Matter.id), col(Matter.case_id)).where(col(Matter.id).in_(sorted(matter_ids)))
    return {matter: case or matter for matter, case in session.execute(query)}


def last_swept(session: Session) -> date | None:
    """The last day that has been swept (上次巡查日)."""
    return session.scalars(select(col(SweepDay.day)).order_by(col(SweepDay.day).desc()).limit(1)).first()


def swept(session: Session, day: date) -> SweepDay | None:
    return session.get(SweepDay, day)


def first_look(session: Session) -> date | None:
    """The first day on which a running clock may need something (最早查看日)."""
    return session.scalar(select(func.min(col(Clock.look_on))).where(col(Clock.status) == "running"))


def overlooked(session: Session, *, before: date) -> int:
    """How many running clocks should have been looked at before a day and were not (漏看的时钟)."""
    query = select(func.count()).select_from(Clock).where(col(Clock.status) == "running", col(Clock.look_on) < before)
    return int(session.scalar(query) or 0)


def codes_to_look_at(session: Session, *, day: date, most: int = 200) -> list[str]:
    """Case numbers of clocks that may need something on a day (待巡查案号), for naming a run."""
    query = (
        select(col(Matter.code)).join(Clock, col(Clock.case_id) == col(Matter.id)).where(col(Clock.status) == "running", col(Clock.look_on) <= day)
    )  # fmt: skip
    return list(session.scalars(query.order_by(col(Clock.id)).limit(most)))


def codes_to_lapse(session: Session, *, before: date, most: int = 200) -> list[str]:
    """Case numbers of clocks whose term ended before a day (届满案号), for naming a run."""
    query = (
        select(col(Matter.code))
        .join(Clock, col(Clock.case_id) == col(Matter.id))
        .where(col(Clock.status) == "running", col(Clock.lapse) != "", col(Clock.due_on) < before)
    )
    return list(session.scalars(query.order_by(col(Clock.id)).limit(most)))


def reviews_due(session: Session, *, until: date) -> list[tuple[str, date]]:
    """Orders whose review falls due up to a day (近期应复查)."""
    query = (
        select(col(Matter.code), col(Clock.due_on))
        .join(Clock, col(Clock.matter_id) == col(Matter.id))
        .where(col(Clock.status) == "running", col(Clock.rule).startswith("R-REVIEW"), col(Clock.due_on) <= until)
        .order_by(col(Clock.due_on), col(Clock.id))
    )
    return [(code, due_on) for code, due_on in session.execute(query) if due_on is not None]
