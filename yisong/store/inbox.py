"""Reads of the inbox (收件箱读取): which matters are on an organ's desk, how late, in which order.

One row per case, listing, risk letter or finding without a case. Late is reckoned from the running clocks on every read.
Pages go by keyset, so that no page is slower than the first and none is the last without saying so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Date, Subquery, and_, case, cast, exists, false, func, literal, or_, select, true
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models import Clock, Document, Matter, Unit

ROOTS = ("transfer", "listing", "risk")
NEVER = date(9999, 12, 31)
MOST_NUMBERS = 500
_CHILD: Any = aliased(Matter)
_ORDER: Any = aliased(Matter)
_TRACK: Any = aliased(Matter)
_PAPER: Any = aliased(Matter)


class View(StrEnum):
    """Which part of the desk is looked at (筛选)."""

    MINE = "mine"
    WEEK = "week"
    LATE = "late"
    OPEN = "open"
    CLOSED = "closed"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Turn:
    """In these states it is somebody's turn (轮到办理): `party` is origin, responsible, or "" where the post alone decides.

    `clock`: only while a clock of that rule runs. `idle`: only while the case has no open order.
    """

    kind: str
    states: tuple[str, ...]
    party: str
    clock: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Desktop:
    """Whose inbox is read (收件箱范围): an organ's, or all organs' where the post oversees them."""

    department: str
    everything: bool = False
    handles: bool = True
    """False: the post handles nothing by itself, so only what is its turn is on the desk."""
    police: bool = False
    turns: tuple[Turn, ...] = ()
    open_states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    live_orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the inbox (查询条件). `today` and the days up to `week_end` are days of the county."""

    view: View
    today: date
    week_end: date
    text: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after which the next page begins (页位)."""

    rank: int
    due: date
    id: int

    def __str__(self) -> str:
        return f"{self.rank}.{self.due.isoformat()}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; None where it is none, which begins at the first page."""
        try:
            rank, due, number = text.split(".")
            return cls(int(rank), date.fromisoformat(due), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each view has (各栏件数)."""

    mine: int
    week: int
    late: int
    open: int


def _clocks(matches: ColumnElement[bool]) -> Any:
    return (
        select(func.min(col(Clock.due_on)))
        .where(matches, col(Clock.status) == "running", col(Clock.chased), ~col(Clock.held))
        .scalar_subquery()
    )


def _due() -> ColumnElement[date]:
    """The earliest day on which something of the row is due; a clock that nobody is chased for does not count."""
    of_case = _clocks(col(Clock.case_id) == col(Matter.id))
    of_matter = _clocks(col(Clock.matter_id) == col(Matter.id))
    due = case((col(Matter.kind) == "transfer", of_case), else_=of_matter)
    return func.coalesce(due, literal(NEVER, Date()), type_=Date())


def _names(organ: str) -> ColumnElement[bool]:
    """A risk letter names the organs it goes to among its details (收函部门)."""
    return and_(col(Matter.kind) == "risk", cast(col(Matter.details), Text).contains(f'"{organ}"', autoescape=True))


def _is_turn(turn: Turn, held: Any, *, department: str, live_orders: Sequence[str]) -> ColumnElement[bool]:
    """The condition of one turn on the matter `held`: the row itself, or something that belongs to its case."""
    rules: list[ColumnElement[bool]] = [col(held.kind) == turn.kind, col(held.state).in_(turn.states)]
    if turn.kind == "risk" and turn.party == "responsible":
        rules.append(_names(department))
    elif turn.party:
        rules.append(col(getattr(held, turn.party)) == department)
    if turn.clock:
        running = (col(Clock.matter_id) == col(held.id), col(Clock.status) == "running")
        rules.append(exists().where(*running, col(Clock.rule).startswith(turn.clock)))
    if turn.idle:
        busy = (col(_ORDER.case_id) == col(Matter.id), col(_ORDER.kind) == "order", col(_ORDER.state).in_(live_orders))
        rules.append(~exists().where(*busy))
    return and_(*rules)


def _mine(desktop: Desktop) -> ColumnElement[bool]:
    """It is this desk's turn: on the row itself, or on an order or a referral of its case (待我办理)."""
    own: list[ColumnElement[bool]] = []
    below: list[ColumnElement[bool]] = []
    for turn in desktop.turns:
        at_root = turn.kind in (*ROOTS, "finding")
        held = Matter if at_root else _CHILD
        found = _is_turn(turn, held, department=desktop.department, live_orders=desktop.live_orders)
        (own if at_root else below).append(found)
    if below:
        own.append(exists().where(col(_CHILD.case_id) == col(Matter.id), or_(*below)))
    return or_(false(), *own)


def _within(desktop: Desktop, mine: ColumnElement[bool]) -> ColumnElement[bool]:
    if desktop.everything:
        return true()
    sides: list[ColumnElement[bool]] = [mine]
    if desktop.handles:
        organ = desktop.department
        sides += [col(Matter.responsible) == organ, col(Matter.origin) == organ, _names(organ)]
    if desktop.police:
        sides.append(_referred_to_police(col(Matter.id)))
    return or_(*sides)


def _referred_to_police(case_id: Any) -> ColumnElement[bool]:
    """The case has been handed over to the police (已移送公安)."""
    before = ("suspected", "team_set", "report_submitted", "approved", "disapproved")
    return exists().where(
        col(_TRACK.case_id) == case_id, col(_TRACK.kind) == "criminal", col(_TRACK.state).not_in(before)
    )


def _found(session: Session, text: str) -> ColumnElement[bool]:
    """A row is found by its code, by its unit's name or credit code, or by the number of one of its papers."""
    numbered = (
        select(func.coalesce(col(_PAPER.case_id), col(_PAPER.subject_id)))
        .join(Document, col(Document.matter_id) == col(_PAPER.id))
        .where(col(Document.number).contains(text, autoescape=True))
        .limit(MOST_NUMBERS)
    )
    units = select(col(Unit.id)).where(
        or_(col(Unit.name).contains(text, autoescape=True), col(Unit.uscc).contains(text.upper(), autoescape=True))
    )
    return or_(
        col(Matter.code).contains(text.upper(), autoescape=True),
        col(Matter.unit_id).in_(units),
        col(Matter.id).in_([found for found in session.scalars(numbered) if found is not None]),
    )


def _tasks(session: Session, *, desktop: Desktop, text: str, department: str, closed: bool | None) -> Subquery:
    """Every row of a desk with its rank and due day (任务集). `closed` None: open and closed ones."""
    mine = _mine(desktop)
    at_work = or_(
        false(), *(and_(col(Matter.kind) == kind, col(Matter.state).in_(s)) for kind, s in desktop.open_states.items())
    )
    roots = or_(col(Matter.kind).in_(ROOTS), and_(col(Matter.kind) == "finding", col(Matter.case_id).is_(None)))
    query = select(
        col(Matter.id).label("id"),
        case((and_(at_work, mine), 0), else_=1).label("rank"),
        (_due() if not closed else literal(NEVER, Date())).label("due"),
    ).where(roots, _within(desktop, mine))
    if closed is not None:
        query = query.where(~at_work if closed else at_work)
    if text:
        query = query.where(_found(session, text))
    if department:
        query = query.where(or_(col(Matter.responsible) == department, col(Matter.origin) == department))
    return query.subquery("task")


def _seen(view: View, tasks: Subquery, *, today: date, week_end: date) -> ColumnElement[bool]:
    if view is View.MINE:
        return tasks.c.rank == 0
    if view is View.WEEK:
        return and_(tasks.c.due >= today, tasks.c.due <= week_end)
    if view is View.LATE:
        return tasks.c.due < today
    return true()


def _closed(view: View) -> bool | None:
    return {View.CLOSED: True, View.EVERYTHING: None}.get(view, False)


def page(
    session: Session, desktop: Desktop, *, asked: Asked, after: Cursor | None, most: int
) -> tuple[list[tuple[int, Cursor]], int]:
    """The next rows of a view, in the order of working: whose turn it is first, then by due day (收件箱一页).

    Returns ids with their cursors, and the number of rows of the whole view.
    """
    tasks = _tasks(session, desktop=desktop, text=asked.text, department=asked.department, closed=_closed(asked.view))
    seen = _seen(asked.view, tasks, today=asked.today, week_end=asked.week_end)
    total = session.scalar(select(func.count()).select_from(tasks).where(seen)) or 0
    query = select(tasks.c.id, tasks.c.rank, tasks.c.due).where(seen)
    if after is not None:
        same_rank = tasks.c.rank == after.rank
        later = and_(same_rank, tasks.c.due > after.due)
        query = query.where(
            or_(tasks.c.rank > after.rank, later, and_(same_rank, tasks.c.due == after.due, tasks.c.id < after.id))
        )
    ordered = query.order_by(tasks.c.rank, tasks.c.due, tasks.c.id.desc()).limit(most)
    return [(row.id, Cursor(row.rank, row.due, row.id)) for row in session.execute(ordered)], int(total)


def counts(session: Session, desktop: Desktop, *, asked: Asked) -> Counts:
    """How many rows the views of open matters have, in one reading (各栏件数)."""
    tasks = _tasks(session, desktop=desktop, text="", department=asked.department, closed=False)
    ranges = [
        _seen(view, tasks, today=asked.today, week_end=asked.week_end) for view in (View.MINE, View.WEEK, View.LATE)
    ]
    found = session.execute(
        select(*(func.count().filter(seen) for seen in ranges), func.count()).select_from(tasks)
    ).one()
    return Counts(*(int(number) for number in found))


def week_end_of(today: date) -> date:
    """The Sunday of a day's week (本周末)."""
    return today + timedelta(days=6 - today.weekday())
