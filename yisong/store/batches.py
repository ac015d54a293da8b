"""Reads and writes of many rows at once (成批存取), for sweeps over all running clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models import Clock, Document, Event, Matter, OutboxRow, Rung
from yisong.store import rows as bulk
from yisong.store.rows import among, listed

Rows = Sequence[Mapping[str, Any]]


@lru_cache(maxsize=8)
def _climbed(dialect: str) -> Any:
    return select(col(Rung.clock_id), col(Rung.key), col(Rung.on)).where(among(col(Rung.clock_id), dialect=dialect))


def climbed_on(session: Session, clock_ids: Sequence[int]) -> dict[int, dict[str, date]]:
    """For each clock the rungs it has climbed and the day of each (已升层级)."""
    found: dict[int, dict[str, date]] = {}
    query = _climbed(session.get_bind().dialect.name)
    for clock_id, key, on in session.execute(query, {"ids": listed(session, clock_ids)}):
        found.setdefault(clock_id, {})[key] = on
    return found


def insert_matters(session: Session, rows: Rows) -> list[int]:
    """New matters, and their ids in the same order (成批新事项)."""
    ids = bulk.next_ids(session, Matter, amount=len(rows)) if rows else []
    bulk.insert(session, Matter, rows=[{"id": number, **row} for number, row in zip(ids, rows, strict=True)])
    return ids


def insert_documents(session: Session, rows: Rows) -> None:
    """New papers (成批新文书)."""
    bulk.insert(session, Document, rows=rows)


def insert_rungs(session: Session, rows: Rows) -> None:
    """New rungs (成批登记台阶): whoever comes second to a key is refused by the database."""
    bulk.insert(session, Rung, rows=rows)


def insert_events(session: Session, rows: Rows) -> None:
    """New lines of the journal (成批流转记录)."""
    bulk.insert(session, Event, rows=rows)


def insert_outbox(session: Session, rows: Rows) -> None:
    """What has to leave (成批待发件)."""
    bulk.insert(session, OutboxRow, rows=rows)


def set_looks(session: Session, looks: Sequence[tuple[int, date | None]]) -> None:
    """When to look at these clocks again (下次查看日)."""
    bulk.update(session, Clock, names=("look_on",), rows=looks)


def set_heads(session: Session, heads: Iterable[tuple[int, int, str, datetime]]) -> None:
    """The new last events of these matters (链首更新), as (matter, seq, hash, instant); of several, the last one counts."""
    last = {head[0]: head for head in sorted(heads, key=lambda head: head[1])}
    bulk.update(session, Matter, names=("seq", "head", "changed_at"), rows=list(last.values()))
