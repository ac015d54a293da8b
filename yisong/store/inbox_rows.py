"""Reads of everything that the rows of one page show, in a fixed number of queries (收件箱行)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from models import Clock, Finding, Matter, Rung, Transfer, Unit

SHOWN_CHILDREN = ("order", "criminal")


@dataclass(slots=True)
class Row:
    """One row of an inbox, with what it shows (收件箱行)."""

    matter: Matter
    unit: Unit | None = None
    transfer: Transfer | None = None
    finding: Finding | None = None
    clocks: list[Clock] = field(default_factory=list)
    """Running and paused clocks of the case, the earliest due first."""
    children: list[Matter] = field(default_factory=list)
    """Orders and criminal referrals of the case, oldest first."""
    rung: Rung | None = None
    """The highest rung that its most urgent clock has climbed."""


def rows(session: Session, ids: Sequence[int]) -> list[Row]:
    """These rows in this order (收件箱行)."""
    matters = session.scalars(select(Matter).where(col(Matter.id).in_(ids)))
    found = {matter.id or 0: Row(matter) for matter in matters}
    units = session.scalars(
        select(Unit).where(col(Unit.id).in_({row.matter.unit_id for row in found.values()} - {None}))
    )
    by_unit = {unit.id: unit for unit in units}
    for row in found.values():
        row.unit = by_unit.get(row.matter.unit_id)
    for transfer in session.scalars(select(Transfer).where(col(Transfer.matter_id).in_(ids))):
        found[transfer.matter_id].transfer = transfer
    for finding in session.scalars(select(Finding).where(col(Finding.matter_id).in_(ids))):
        found[finding.matter_id].finding = finding
    children = select(Matter).where(col(Matter.case_id).in_(ids), col(Matter.kind).in_(SHOWN_CHILDREN))
    for child in session.scalars(children.order_by(col(Matter.id))):
        found[child.case_id or 0].children.append(child)
    _add_clocks(session, found, ids)
    return [found[key] for key in ids if key in found]


def _add_clocks(session: Session, found: dict[int, Row], ids: Sequence[int]) -> None:
    live = select(Clock).where(
        or_(col(Clock.case_id).in_(ids), and_(col(Clock.case_id).is_(None), col(Clock.matter_id).in_(ids))),
        col(Clock.status).in_(("running", "paused")),
    )
    for clock in session.scalars(live.order_by(col(Clock.id))):
        found[clock.case_id or clock.matter_id].clocks.append(clock)
    for row in found.values():
        row.clocks.sort(key=lambda clock: (not _presses(clock), clock.due_on or date.max, clock.id or 0))
    first = {row.clocks[0].id or 0: row for row in found.values() if row.clocks}
    climbed = select(Rung).where(col(Rung.clock_id).in_(first), col(Rung.status) != "dropped").order_by(col(Rung.level))
    for rung in session.scalars(climbed):
        first[rung.clock_id].rung = rung


def _presses(clock: Clock) -> bool:
    return clock.status == "running" and clock.chased and not clock.held


@dataclass(slots=True)
class Load:
    """How much lies on one organ's desk (部门办理情况)."""

    department: str
    open: int = 0
    running: int = 0
    week: int = 0
    late: int = 0
    earliest: date | None = None


def loads(session: Session, *, open_states: Mapping[str, tuple[str, ...]], today: date, week_end: date) -> list[Load]:
    """Each organ's open cases and its running terms, by what presses most (各部门办理情况)."""
    found: dict[str, Load] = {}
    at_work = or_(
        *(and_(col(Matter.kind) == kind, col(Matter.state).in_(states)) for kind, states in open_states.items())
    )
    cases = select(col(Matter.responsible), func.count()).where(at_work, col(Matter.responsible) != "")
    for department, number in session.execute(cases.group_by(col(Matter.responsible))):
        found.setdefault(department, Load(department)).open = int(number)
    terms = (
        select(
            col(Clock.department),
            func.count(),
            func.count().filter(col(Clock.due_on).between(today, week_end)),
            func.count().filter(col(Clock.due_on) < today),
            func.min(col(Clock.due_on)),
        )
        .where(col(Clock.status) == "running", col(Clock.chased), ~col(Clock.held), col(Clock.department) != "")
        .group_by(col(Clock.department))
    )
    for department, running, week, late, earliest in session.execute(terms):
        load = found.setdefault(department, Load(department))
        load.running, load.week, load.late, load.earliest = int(running), int(week), int(late), earliest
    return sorted(found.values(), key=lambda load: (-load.late, -load.week, -load.open, load.department))
