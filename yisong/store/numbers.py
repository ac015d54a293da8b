"""Counters (流水号): one row per series, held until the number it gave is kept or dropped with its act."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from models import NumberSeries


def counter(session: Session, *, issuer: str, series: str, year: int) -> NumberSeries:
    """The counter of a series with its row held (流水锁定); two who begin a series at once get one row."""
    key = {"issuer": issuer, "series": series, "year": year}
    held = session.get(NumberSeries, key, with_for_update=True, populate_existing=True)
    if held is not None:
        return held
    adding: Any = (
        sqlite.insert(NumberSeries) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(NumberSeries)
    )
    session.execute(adding.values(**key, last=0).on_conflict_do_nothing())
    return session.get_one(NumberSeries, key, with_for_update=True, populate_existing=True)
