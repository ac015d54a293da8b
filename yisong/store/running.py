"""Running clocks and their matters as plain rows (在计时钟行), a page at a time: what sweeps judge and move.

Only the columns that are looked at, and no objects that the mapper follows: a page costs a few questions and no more memory than
its rows. Who changes such a row says so to the database himself (`batches`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select
from sqlmodel import Session, col

from models import Clock, Matter
from yisong.store.rows import among, listed

RUNNING: Any = literal_column("'running'")
"""Written out: a partial index is only found by a condition that stands in the statement itself."""


@dataclass(slots=True)
class LiveClock:
    """A clock that has not ended (在计时钟); the fields are those of the table."""

    id: int
    matter_id: int
    case_id: int | None
    rule: str
    unit: str
    amount: int
    start_on: date
    start_at: datetime | None
    due_on: date | None
    due_at: datetime | None
    provisional: bool
    calendar_version: str
    status: str
    department: str
    chased: bool
    held: bool
    lapse: str
    severity: str
    look_on: date | None
    entries: int


@dataclass(slots=True)
class HeldMatter:
    """A matter whose row is held (锁定事项); `seq` and `head` move with the lines that are written."""

    id: int
    code: str
    state: str
    case_id: int | None
    unit_id: int | None
    origin: str
    responsible: str
    seq: int
    head: str


_CLOCK = [col(getattr(Clock, name)) for name in LiveClock.__dataclass_fields__]
_MATTER = [col(getattr(Matter, name)) for name in HeldMatter.__dataclass_fields__]


@lru_cache(maxsize=8)
def _of_clocks(dialect: str) -> Select[Any]:
    chosen = select(*_CLOCK).where(among(col(Clock.id), dialect=dialect), col(Clock.status) == RUNNING)
    return chosen.order_by(col(Clock.id)).with_for_update()


@lru_cache(maxsize=8)
def _of_matters(dialect: str, wait: bool) -> Select[Any]:
    chosen = select(*_MATTER).where(among(col(Matter.id), dialect=dialect)).order_by(col(Matter.id))
    return chosen.with_for_update(skip_locked=not wait)


@lru_cache(maxsize=8)
def _due(dialect: str) -> Any:
    # `id + 0` keeps the planner from walking all clocks by their ids: those that are due stand together in ix_clock_look.
    place = col(Clock.id) + 0
    return (
        select(col(Clock.id), col(Clock.matter_id), col(Matter.case_id))
        .join(Matter, col(Matter.id) == col(Clock.matter_id))
        .where(col(Clock.status) == RUNNING, col(Clock.look_on) <= bindparam("day"), place > bindparam("after"))
        .order_by(place)
        .limit(bindparam("most"))
    )


def due(session: Session, *, day: date, after: int, most: int) -> list[tuple[int, int, int | None]]:
    """The next clocks that may need something on a day, as (clock, matter, case), by id (待巡查时钟): no cap on their number.

    Nothing is held yet. Who wants to work on a clock holds its matter first, as every step does, and then reads the clock again:
    two in the same order cannot wait for each other.
    """
    found = session.execute(_due(session.get_bind().dialect.name), {"day": day, "after": after, "most": most})
    return [(clock, matter, case) for clock, matter, case in found]


def clocks(session: Session, ids: Sequence[int]) -> list[LiveClock]:
    """Those of these clocks that run, held (时钟锁定), by id. Their matters must be held before."""
    query = _of_clocks(session.get_bind().dialect.name)
    return [LiveClock(*row) for row in session.execute(query, {"ids": listed(session, ids)})]


def matters(session: Session, ids: Iterable[int], *, wait: bool) -> dict[int, HeldMatter]:
    """These matters, held in the order of their ids (锁定事项); without `wait`, those that nobody else holds."""
    query = _of_matters(session.get_bind().dialect.name, wait)
    return {row.id: HeldMatter(*row) for row in session.execute(query, {"ids": listed(session, sorted(set(ids)))})}
