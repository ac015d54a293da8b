"""Reads of what findings and disputes say about the lists (路由反馈读取)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Event, Finding, Matter, RoutingDecision, Unit
from models.event import SETTLED

KINDS = ("transfer", "finding")
"""Whose settling names an organ; a risk letter is settled, too, but about something else."""


def settlements(session: Session) -> list[tuple[Matter, Event]]:
    """The last step of each matter that said which organ is answerable after all, oldest first (争议结论)."""
    last = (
        select(col(Event.matter_id).label("id"), func.max(col(Event.seq)).label("seq"))
        .where(SETTLED)
        .group_by(col(Event.matter_id))
        .subquery()
    )
    query = (
        select(Matter, Event)
        .join(last, last.c.id == col(Matter.id))
        .join(Event, (col(Event.matter_id) == last.c.id) & (col(Event.seq) == last.c.seq))
        .where(col(Matter.kind).in_(KINDS))
        .order_by(col(Event.at), col(Event.matter_id))
    )
    return [(matter, event) for matter, event in session.execute(query)]


def findings_of(session: Session, matter: Matter) -> list[Finding]:
    """The findings that a settlement was about (争议所涉发现)."""
    if matter.kind == "finding":
        found = session.get(Finding, matter.id)
        return [found] if found is not None else []
    query = select(Finding).join(Matter, col(Matter.id) == col(Finding.matter_id))
    return list(session.scalars(query.where(col(Matter.case_id) == matter.case_id).order_by(col(Matter.id))))


def decisions(session: Session) -> dict[tuple[int, int, str, str], RoutingDecision]:
    """What was decided, by matter, line, item and township (已处理的建议)."""
    return {
        (found.matter_id, found.seq, found.item_code, found.town): found
        for found in session.scalars(select(RoutingDecision))
    }


def decision(session: Session, key: tuple[int, int, str, str], *, lock: bool = False) -> RoutingDecision | None:
    return session.get(RoutingDecision, key, with_for_update=lock or None, populate_existing=lock)


def undecided(session: Session) -> list[tuple[Matter, Finding, Unit | None]]:
    """Findings that wait for somebody to say whose they are, oldest first (待协调的发现)."""
    query = (
        select(Matter, Finding, Unit)
        .join(Finding, col(Finding.matter_id) == col(Matter.id))
        .join(Unit, col(Unit.id) == col(Matter.unit_id), isouter=True)
        .where(col(Matter.kind) == "finding", col(Matter.state) == "undecided")
        .order_by(col(Matter.opened_on), col(Matter.id))
    )
    return [(matter, finding, unit) for matter, finding, unit in session.execute(query)]


def found_between(
    session: Session, *, first: date, last: date, most: int
) -> Iterator[list[tuple[int, str, str, str, date, str]]]:
    """Findings of a span of days, a page at a time: (id, code, item, township, found on, organ that the lists named)."""
    after = 0
    while True:
        query = (
            select(
                col(Matter.id), col(Matter.code), col(Finding.item_code), col(Finding.town), col(Finding.found_on), col(Finding.routed_to)
            )
            .join(Finding, col(Finding.matter_id) == col(Matter.id))
            .where(col(Matter.id) > after, col(Matter.state) != "void", col(Finding.found_on).between(first, last))
            .order_by(col(Matter.id))
            .limit(most)
        )  # fmt: skip
        page = [tuple(row) for row in session.execute(query)]
        if not page:
            return
        yield page
        after = page[-1][0]
