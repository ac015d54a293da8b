"""Reads of clocks, their ledgers and rungs (时钟读取)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models import Clock, ClockEntry, Matter, Rung, SweepDay
from yisong.store.running import RUNNING

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


def held(session: Session, ids: Iterable[int]) -> list[Clock]:
    """These clocks as they stand, held, their matters held before (时钟锁定)."""
    query = select(Clock).where(col(Clock.id).in_(sorted(ids))).order_by(col(Clock.id))
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


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


def to_lapse(session: Session, *, before: date, after: int, most: int) -> list[tuple[int, int, int | None]]:
    """The next clocks whose term ended before a day and whose lapse has not been taken, as (clock, matter, case) (届满待登记).

    As with `running.due`, nothing is held yet.
    """
    query = (
        select(col(Clock.id), col(Clock.matter_id), col(Matter.case_id))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .where(*_lapsing(before), col(Clock.id) + 0 > after)
        .order_by(col(Clock.id) + 0)
        .limit(most)
    )
    return [(clock, matter, case) for clock, matter, case in session.execute(query)]


def held_to_lapse(session: Session, *, before: date, ids: Iterable[int]) -> list[Clock]:
    """Those of these clocks that still have to lapse, held, their matters held before (届满待登记锁定)."""
    query = select(Clock).where(*_lapsing(before), col(Clock.id).in_(sorted(ids))).order_by(col(Clock.id))
    return list(session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _lapsing(before: date) -> tuple[Any, ...]:
    return (
        col(Clock.status) == RUNNING,
        col(Clock.look_on) <= before,
        col(Clock.lapse) != "",
        col(Clock.due_on) < before,
        col(Clock.held).is_(False),
    )


def last_swept(session: Session) -> date | None:
    """The last day that has been swept (上次巡查日)."""
    return session.scalars(select(col(SweepDay.day)).order_by(col(SweepDay.day).desc()).limit(1)).first()


def swept(session: Session, day: date) -> SweepDay | None:
    return session.get(SweepDay, day)


def first_look(session: Session) -> date | None:
    """The first day on which a running clock may need something (最早查看日)."""
    return session.scalar(select(func.min(col(Clock.look_on))).where(col(Clock.status) == RUNNING))


def overlooked(session: Session, *, before: date) -> int:
    """How many running clocks should have been looked at before a day and were not (漏看的时钟)."""
    query = select(func.count()).select_from(Clock).where(col(Clock.status) == RUNNING, col(Clock.look_on) < before)
    return int(session.scalar(query) or 0)


def codes_to_look_at(session: Session, *, day: date, most: int = 200) -> list[str]:
    """Case numbers of clocks that may need something on a day (待巡查案号), for naming a run."""
    query = (
        select(col(Matter.code)).join(Clock, col(Clock.case_id) == col(Matter.id)).where(col(Clock.status) == RUNNING, col(Clock.look_on) <= day)
    )  # fmt: skip
    return list(session.scalars(query.order_by(col(Clock.id) + 0).limit(most)))


def codes_to_lapse(session: Session, *, before: date, most: int = 200) -> list[str]:
    """Case numbers of clocks whose term ended before a day (届满案号), for naming a run."""
    query = select(col(Matter.code)).join(Clock, col(Clock.case_id) == col(Matter.id)).where(*_lapsing(before))
    return list(session.scalars(query.order_by(col(Clock.id) + 0).limit(most)))


def next_look(session: Session, *, after: date) -> date | None:
    """The first day after a day on which a running clock may need something, be it only to lapse (下一巡查日)."""
    looked = session.scalar(
        select(func.min(col(Clock.look_on))).where(col(Clock.status) == RUNNING, col(Clock.look_on) > after)
    )
    ended = session.scalar(select(func.min(col(Clock.due_on))).where(*_lapsing(date.max), col(Clock.due_on) >= after))
    return min((day for day in (looked, ended + timedelta(days=1) if ended else None) if day), default=None)


def reviews_due(session: Session, *, until: date) -> list[tuple[str, date]]:
    """Orders whose review falls due up to a day (近期应复查)."""
    query = (
        select(col(Matter.code), col(Clock.due_on))
        .join(Clock, col(Clock.matter_id) == col(Matter.id))
        .where(col(Clock.status) == RUNNING, col(Clock.rule).startswith("R-REVIEW"), col(Clock.due_on) <= until)
        .order_by(col(Clock.due_on), col(Clock.id))
    )
    return [(code, due_on) for code, due_on in session.execute(query) if due_on is not None]
