"""Reads and writes of calendar versions, and of the clocks that a version has not reached yet (日历版本存取)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from models import CalendarActivation, CalendarVersion, Clock, ClockEntry, Reprojection
from yisong.domain.chain import canonical
from yisong.domain.reprojection import Bounds
from yisong.domain.workdays import CalendarYear, Holiday, WorkCalendar
from yisong.store import rows
from yisong.store.rows import among, listed
from yisong.store.running import LiveClock

LIVE = ("running", "paused")
_KEPT = select(col(CalendarVersion.version)).where(col(CalendarVersion.version) == bindparam("version"))


def _years(calendar: WorkCalendar) -> list[Any]:
    return [
        {
            "year": year.year, "source": year.source, "announced": year.announced, "makeup": [day.isoformat() for day in year.makeup_workdays],
            "holidays": [[entry.name, entry.first.isoformat(), entry.last.isoformat()] for entry in year.holidays],
        }
        for year in calendar.years.values()
    ]  # fmt: skip


@lru_cache(maxsize=32)
def _calendar(version: str, text: bytes, weekend_is_rest: bool) -> WorkCalendar:
    import json

    years = (
        CalendarYear(
            entry["year"], entry["source"], tuple(Holiday(name, date.fromisoformat(first), date.fromisoformat(last)) for name, first, last in entry["holidays"]),
            tuple(date.fromisoformat(day) for day in entry["makeup"]), announced=entry["announced"],
        )
        for entry in json.loads(text)
    )  # fmt: skip
    return WorkCalendar(years, version=version, weekend_is_rest=weekend_is_rest)


def keep(session: Session, calendar: WorkCalendar, *, at: datetime) -> None:
    """Keep the contents of a version (存入日历版本); a version that is kept already, or just now by another, is left as it is."""
    if session.scalars(_KEPT, {"version": calendar.version}).first() is None:
        row = {
            "version": calendar.version,
            "weekend_is_rest": calendar.weekend_is_rest,
            "years": _years(calendar),
            "kept_at": at,
        }
        dialect = session.get_bind().dialect.name
        adding: Any = sqlite.insert(CalendarVersion) if dialect == "sqlite" else postgresql.insert(CalendarVersion)
        session.execute(adding.values(**row).on_conflict_do_nothing())


def calendar(session: Session, version: str) -> WorkCalendar | None:
    """The calendar of a version (按版本取日历); None where that version was never kept."""
    kept = session.get(CalendarVersion, version) if version else None
    return None if kept is None else _calendar(version, canonical(kept.years), kept.weekend_is_rest)


def active(session: Session, *, lock: bool = False) -> CalendarActivation | None:
    """The calendar in force (现行日历): the last one that was activated."""
    query = select(CalendarActivation).order_by(col(CalendarActivation.id).desc()).limit(1)
    return session.scalars(query.with_for_update() if lock else query).first()


def activations(session: Session, *, most: int = 50) -> list[CalendarActivation]:
    """The calendars that came into force, the latest first (启用记录)."""
    return list(session.scalars(select(CalendarActivation).order_by(col(CalendarActivation.id).desc()).limit(most)))


def activation_locked(session: Session, activation_id: int) -> CalendarActivation:
    found = session.get(CalendarActivation, activation_id, with_for_update=True, populate_existing=True)
    assert found is not None, f"no activation {activation_id}"
    return found


def versions_behind(session: Session, version: str) -> dict[str, int]:
    """How many live clocks still count by another version (未复算的时钟数), those that wait for a person included."""
    query = select(col(Clock.calendar_version), func.count()).where(
        col(Clock.status).in_(LIVE), col(Clock.calendar_version) != version
    )
    return {str(found): int(number) for found, number in session.execute(query.group_by(col(Clock.calendar_version)))}


def _behind(version: Any) -> tuple[Any, ...]:
    asked = select(col(Reprojection.clock_id)).where(
        col(Reprojection.clock_id) == col(Clock.id), col(Reprojection.version) == version
    )
    return (col(Clock.status).in_(LIVE), col(Clock.calendar_version) != version, ~asked.exists())


def next_ids(session: Session, version: str, *, after: int, most: int) -> list[tuple[int, int]]:
    """The next live clocks that a version has not reached, as (clock, matter) (待复算时钟)."""
    query = (
        select(col(Clock.id), col(Clock.matter_id))
        .where(*_behind(version), col(Clock.id) > after)
        .order_by(col(Clock.id))
        .limit(most)
    )
    return [(clock, matter) for clock, matter in session.execute(query)]


def advance_untouched(session: Session, version: str, *, ids: Sequence[int], bounds: dict[str, Bounds]) -> int:
    """Mark clocks that the changes cannot reach as counted by a version (不受影响的时钟); returns how many.

    Rows that somebody holds are left for the pass that takes their matter first. The condition is that of `Bounds.touch`.
    """
    advanced = 0
    for old, bound in bounds.items():
        beyond: Any = col(Clock.id) == col(Clock.id)
        if bound.first is not None and bound.last is not None:
            beyond = or_(col(Clock.due_on).is_(None), col(Clock.due_on) < bound.first, col(Clock.start_on) > bound.last)
        query = select(col(Clock.id)).where(
            *_behind(version),
            col(Clock.id).in_(ids),
            col(Clock.calendar_version) == old,
            col(Clock.provisional).is_(False),
            beyond,
        )
        free = list(session.scalars(query.order_by(col(Clock.id)).with_for_update(skip_locked=True)))
        if free:
            session.execute(
                update(Clock).where(col(Clock.id).in_(free)).values(calendar_version=version),
                execution_options={"synchronize_session": False},
            )
            advanced += len(free)
    return advanced


@lru_cache(maxsize=8)
def _clocks_behind(dialect: str) -> Any:
    known = [col(getattr(Clock, name)) for name in LiveClock.__dataclass_fields__]
    chosen = select(*known).where(*_behind(bindparam("version")), among(col(Clock.id), dialect=dialect))
    return chosen.order_by(col(Clock.id)).with_for_update()


def clocks_behind(session: Session, version: str, *, ids: Sequence[int]) -> list[LiveClock]:
    """Those of these clocks that are still behind, their rows held, their matters held before (待复算时钟)."""
    query = _clocks_behind(session.get_bind().dialect.name)
    return [LiveClock(*row) for row in session.execute(query, {"version": version, "ids": listed(session, ids)})]


def set_dates(session: Session, clocks: Sequence[LiveClock]) -> None:
    """Keep what was derived anew for these clocks (复算结果入库)."""
    names = ("due_on", "due_at", "provisional", "calendar_version", "look_on", "entries")
    rows.update(session, Clock, names=names, rows=[[clock.id, *(getattr(clock, name) for name in names)] for clock in clocks])  # fmt: skip


def entries_of(session: Session, clock_ids: Sequence[int]) -> dict[int, list[ClockEntry]]:
    """The ledgers of many clocks, each in order (各钟台账)."""
    found: dict[int, list[ClockEntry]] = {}
    query = (
        select(ClockEntry)
        .where(col(ClockEntry.clock_id).in_(clock_ids))
        .order_by(col(ClockEntry.clock_id), col(ClockEntry.seq))
    )
    for entry in session.scalars(query):
        found.setdefault(entry.clock_id, []).append(entry)
    return found


def waiting(session: Session, *, department: str = "", version: str = "") -> list[Reprojection]:
    """What waits for a person's confirmation (待确认的期限提前), oldest first."""
    query = (
        select(Reprojection)
        .where(col(Reprojection.status) == "waiting")
        .order_by(col(Reprojection.on), col(Reprojection.clock_id))
    )
    if department:
        query = query.where(col(Reprojection.department) == department)
    return list(session.scalars(query.where(col(Reprojection.version) == version) if version else query))


def waiting_for(session: Session, clock_ids: Sequence[int]) -> list[Reprojection]:
    query = select(Reprojection).where(col(Reprojection.clock_id).in_(clock_ids), col(Reprojection.status) == "waiting")
    return list(session.scalars(query))


def supersede(session: Session, *, but: str) -> None:
    """Questions of other calendars are asked no more (问题作废); the one that comes into force asks anew what is left of them."""
    statement = update(Reprojection).where(col(Reprojection.status) == "waiting", col(Reprojection.version) != but)
    session.execute(statement.values(status="superseded"), execution_options={"synchronize_session": False})


def insert_entries(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    """New lines of many ledgers (成批登记台账)."""
    rows.insert(session, ClockEntry, rows=lines)


def insert_waiting(session: Session, questions: Sequence[dict[str, Any]]) -> None:
    """New questions to a person (成批登记待确认)."""
    rows.insert(session, Reprojection, rows=questions)


def count(session: Session, activation_id: int, *, moved: int = 0, unchanged: int = 0, waiting: int = 0) -> None:
    """Add to what an activation has done so far (累计复算结果)."""
    statement = update(CalendarActivation).where(col(CalendarActivation.id) == activation_id)
    session.execute(
        statement.values(
            moved=CalendarActivation.moved + moved, unchanged=CalendarActivation.unchanged + unchanged, waiting=CalendarActivation.waiting + waiting
        ),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
