"""Reads of the inbox (收件箱读取): which matters are on an organ's desk, how late, in which order.

One row per case, listing, risk letter or finding without a case. Late is reckoned from the running clocks on every read.
Pages go by keyset, so that no page is slower than the first and none is the last without saying so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import String as Text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models import Clock, Document, Matter, Unit
from yisong.store.desktops import COUNTED, Asked, Counts, Cursor, Desktop, Look, Turn, View

NEVER = date(9999, 12, 31)
ROOTS = ("transfer", "listing", "risk")
MOST_NUMBERS = 500
_CHILD: Any = aliased(Matter)
_ORDER: Any = aliased(Matter)
_PAPER: Any = aliased(Matter)


def _pressing() -> ColumnElement[bool]:
    return and_(col(Clock.status) == "running", col(Clock.chased), ~col(Clock.held))


def _due() -> ColumnElement[date]:
    """The earliest day on which something of the row is due; a clock that nobody is chased for does not count."""
    earliest = select(func.min(col(Clock.due_on))).where(_pressing())
    of_case = earliest.where(col(Clock.case_id) == col(Matter.id)).scalar_subquery()
    of_matter = earliest.where(col(Clock.matter_id) == col(Matter.id)).scalar_subquery()
    due = case((col(Matter.kind) == "transfer", of_case), else_=of_matter)
    return func.coalesce(due, literal(NEVER, Date()), type_=Date())


def _names(organ: str, held: Any = Matter) -> ColumnElement[bool]:
    """A risk letter names the organs it goes to among its details (收函部门)."""
    return and_(col(held.kind) == "risk", cast(col(held.details), Text).contains(f'"{organ}"', autoescape=True))


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
        own.append(col(Matter.id).in_(select(col(_CHILD.case_id)).where(or_(*below))))
    return or_(false(), *own)


def _within(desktop: Desktop) -> ColumnElement[bool]:
    """The rows of this desk, by ways that each have an index: its own ones, and those on which it is its turn."""
    if desktop.everything:
        return true()
    organ, held = desktop.department, _PAPER
    ways = []
    if desktop.handles:
        kinds = col(held.kind).in_((*ROOTS, "finding"))
        ways = [
            select(col(held.id)).where(col(held.responsible) == organ, kinds),
            select(col(held.id)).where(col(held.origin) == organ, kinds),
            select(col(held.id)).where(_names(organ, held)),
        ]
    ways += [
        select(col(held.id) if turn.kind in (*ROOTS, "finding") else col(held.case_id)).where(
            col(held.kind) == turn.kind, col(held.state).in_(turn.states)
        )
        for turn in desktop.turns
        if not turn.party
    ]
    if desktop.police:
        delivered = cast(col(held.tallies), Text).contains('"deliver":')
        ways.append(select(col(held.case_id)).where(col(held.kind) == "criminal", delivered))
    return col(Matter.id).in_(union_all(*ways)) if ways else false()


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


def _tasks(session: Session, *, desktop: Desktop, text: str, department: str, closed: bool | None) -> CTE:
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
    ).where(roots, _within(desktop))
    if closed is not None:
        query = query.where(~at_work if closed else at_work)
    if text:
        query = query.where(_found(session, text))
    if department:
        query = query.where(or_(col(Matter.responsible) == department, col(Matter.origin) == department))
    return query.cte("task")


def _seen(view: View, tasks: CTE, *, today: date, week_end: date) -> ColumnElement[bool]:
    if view is View.MINE:
        return and_(tasks.c.rank == 0)
    if view is View.WEEK:
        return and_(tasks.c.due >= today, tasks.c.due <= week_end)
    if view is View.LATE:
        return and_(tasks.c.due < today)
    return true()


def _closed(view: View) -> bool | None:
    return {View.CLOSED: True, View.EVERYTHING: None}.get(view, False)


def page(session: Session, desktop: Desktop, *, asked: Asked, after: Cursor | None, most: int) -> Look:
    """The next rows of a view, in the order of working: whose turn it is first, then by due day (收件箱一页).

    The rows of the desk are gathered once, and both the page and the numbers are read from them.
    """
    tasks = _tasks(session, desktop=desktop, text=asked.text, department=asked.department, closed=_closed(asked.view))
    seen = _seen(asked.view, tasks, today=asked.on, week_end=asked.week_end)
    query = select(tasks.c.id, tasks.c.rank, tasks.c.due).where(seen)
    if after is not None:
        same_rank = tasks.c.rank == after.rank
        later = and_(same_rank, tasks.c.due > after.due)
        query = query.where(
            or_(tasks.c.rank > after.rank, later, and_(same_rank, tasks.c.due == after.due, tasks.c.id < after.id))
        )
    rows = query.order_by(tasks.c.rank, tasks.c.due, tasks.c.id.desc()).limit(most).subquery("page")
    numbers = _numbers(tasks, asked=asked, seen=seen).subquery("numbers")
    found = session.execute(
        select(numbers, rows.c.id, rows.c.rank, rows.c.due)
        .select_from(numbers.outerjoin(rows, true()))
        .order_by(rows.c.rank, rows.c.due, rows.c.id.desc())
    ).all()
    first = found[0]
    if asked.text or _closed(asked.view) is not False:
        counted = counts(session, desktop, asked=asked)
    else:
        counted = Counts(first.mine, first.week, first.late, first.open)
    places = [Cursor(row.rank, row.due, row.id) for row in found if row.id is not None]
    return Look(tuple(places), int(first.total), counted)


def _numbers(tasks: CTE, *, asked: Asked, seen: ColumnElement[bool]) -> Any:
    views = {view.value: _seen(view, tasks, today=asked.on, week_end=asked.week_end) for view in COUNTED}
    return select(
        func.count().filter(seen).label("total"),
        *(func.count().filter(condition).label(name) for name, condition in views.items()),
        func.count().label("open"),
    ).select_from(tasks)


def counts(session: Session, desktop: Desktop, *, asked: Asked) -> Counts:
    """How many rows the views of open matters have, in one reading (各栏件数)."""
    tasks = _tasks(session, desktop=desktop, text="", department=asked.department, closed=False)
    found = session.execute(_numbers(tasks, asked=asked, seen=true())).one()
    return Counts(found.mine, found.week, found.late, found.open)
