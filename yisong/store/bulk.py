"""Write and look up many rows at once (批量读写): ids first, then one statement for all rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel

MOST_BOUND = 900
"""Values in one IN (...): the oldest SQLite in use binds no more than 999."""


def next_ids(session: Session, table: type[SQLModel], *, count: int) -> list[int]:
    """The ids of so many rows that are about to be written (预取编号).

    On SQLite the writing transaction is alone, so they follow the greatest; PostgreSQL's own sequence is asked.
    """
    if count <= 0:
        return []
    name = str(table.__tablename__)
    if session.get_bind().dialect.name == "sqlite":
        column = SQLModel.metadata.tables[name].c.id
        first = int(session.execute(select(func.coalesce(func.max(column), 0))).scalar_one()) + 1
        return list(range(first, first + count))
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return sorted(int(number) for number in session.execute(query, {"name": name, "count": count}).scalars())


@cache
def _defaults(table: type[SQLModel]) -> dict[str, Any]:
    """What a row has where nothing is said (缺省值)."""
    return {
        name: each.get_default(call_default_factory=True)
        for name, each in table.model_fields.items()
        if not each.is_required()
    }


def insert_all(session: Session, table: type[SQLModel], *, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows in one statement (批量写入). All have the same columns; the others get the model's defaults."""
    if not rows:
        return
    session.flush()
    whole = SQLModel.metadata.tables[str(table.__tablename__)]
    blank = {name: value for name, value in _defaults(table).items() if name not in rows[0] and name != "id"}
    session.connection().execute(insert(whole), [{**blank, **row} for row in rows])


def in_pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists short enough for one IN (...) (分组查询)."""
    rest = iter(dict.fromkeys(values))
    while piece := list(islice(rest, MOST_BOUND)):
        yield piece
