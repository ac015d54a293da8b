"""Write and look up many rows at once (批量读写): ids first, then one statement for all rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice, repeat
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.exc import DataError, IntegrityError
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
    """Write rows in one statement (批量写入). All have the same columns; the others get the model's defaults.

    Values pass the same column types as everywhere, a column at a time. Raises `IntegrityError` or `DataError` as any statement does.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    whole = SQLModel.metadata.tables[str(table.__tablename__)]
    names = list(rows[0])
    values: list[Iterable[Any]] = [_bound(connection, whole, name, [row[name] for row in rows]) for name in names]
    for name, default in _defaults(table).items():
        if name not in rows[0] and name != "id":
            names.append(name)
            values.append(repeat(_bound(connection, whole, name, [default])[0]))
    if connection.dialect.name == "postgresql":
        _copy(connection, whole, names=names, values=zip(*values, strict=False))
        return
    quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
    statement = f"INSERT INTO {whole.name} ({quoted}) VALUES ({', '.join('?' * len(names))})"
    connection.exec_driver_sql(statement, list(zip(*values, strict=False)))


def _bound(connection: Connection, table: Table, name: str, values: list[Any]) -> list[Any]:
    """The values of a column as the driver takes them (列值); one that stands in many rows is converted once."""
    kind = table.c[name].type
    bind = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    if bind is None:
        return values
    bound = {number: bind(value) for number, value in {id(value): value for value in values}.items()}
    return [bound[id(value)] for value in values]


def _copy(connection: Connection, table: Table, *, names: list[str], values: Iterable[tuple[Any, ...]]) -> None:
    """PostgreSQL's own way for many rows (COPY), within the same transaction."""
    quote = connection.dialect.identifier_preparer.quote
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
    except errors.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error
    except errors.DataError as error:
        raise DataError(statement, None, error) from error


def in_pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Values in lists short enough for one IN (...) (分组查询)."""
    rest = iter(dict.fromkeys(values))
    while piece := list(islice(rest, MOST_BOUND)):
        yield piece
