"""Reads and writes of many rows at once (成批存取), for sweeps over all running clocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from models import Clock, Document, Event, Matter, OutboxRow, Rung


def climbed_on(session: Session, clock_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """For each clock the rungs it has climbed and the day of each (已升层级)."""
    found: dict[int, dict[str, date]] = {}
    query = select(col(Rung.clock_id), col(Rung.key), col(Rung.on)).where(col(Rung.clock_id).in_(clock_ids))
    for clock_id, key, on in session.execute(query):
        found.setdefault(clock_id, {})[key] = on
    return found


def matters_locked(session: Session, ids: Iterable[int]) -> dict[int, Matter]:
    """These matters, their rows held (锁定事项)."""
    wanted = sorted(ids)
    query = select(Matter).where(col(Matter.id).in_(wanted)).order_by(col(Matter.id)).with_for_update()
    return {matter.id or 0: matter for matter in session.scalars(query)}


def _many(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(insert(table.__table__), list(rows))


def insert_matters(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """New matters, and their ids in the same order (成批新事项)."""
    if not rows:
        return []
    if session.get_bind().dialect.name == "sqlite":  # its RETURNING promises no order, so that it would go row by row
        _many(session, Matter, rows)
        query = select(col(Matter.code), col(Matter.id)).where(col(Matter.code).in_([row["code"] for row in rows]))
        ids = {code: number or 0 for code, number in session.execute(query)}
        return [ids[row["code"]] for row in rows]
    statement = insert(Matter).returning(col(Matter.id), sort_by_parameter_order=True)
    return [found or 0 for found in session.scalars(statement, list(rows))]


def insert_documents(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    _many(session, Document, [{key: value for key, value in row.items() if key != "held_code"} for row in rows])


def insert_rungs(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    _many(session, Rung, rows)


def insert_events(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    _many(session, Event, rows)


def insert_outbox(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    _many(session, OutboxRow, rows)


def set_looks(session: Session, looks: Sequence[tuple[int, date | None]]) -> None:
    """When to look at these clocks again (下次查看日)."""
    table = Clock.__table__  # type: ignore[attr-defined]
    if looks:
        statement = update(table).where(table.c.id == bindparam("clock")).values(look_on=bindparam("look"))
        session.connection().execute(statement, [{"clock": clock, "look": look} for clock, look in looks])


def set_heads(session: Session, heads: Sequence[tuple[int, int, str, datetime]]) -> None:
    """The new last events of these matters (链首更新)."""
    table = Matter.__table__  # type: ignore[attr-defined]
    last: dict[int, tuple[int, str, datetime]] = {}
    for matter, seq, head, at in heads:
        if matter not in last or seq > last[matter][0]:
            last[matter] = (seq, head, at)
    statement = (
        update(table)
        .where(table.c.id == bindparam("matter"))
        .values(seq=bindparam("number"), head=bindparam("link"), changed_at=bindparam("when"))
    )
    session.connection().execute(
        statement,
        [{"matter": matter, "number": seq, "link": head, "when": at} for matter, (seq, head, at) in last.items()],
    )
