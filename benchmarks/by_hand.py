"""The same rows by hand (手写 SQL): what a service wrote, taken away and put back by the bare driver. A floor, and no programme."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from yisong.store import database

Rows = tuple[list[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a service has written (所写各行): new rows by table, and the new values of rows that it changed, their id last."""

    rows: dict[str, Rows]
    changed: dict[str, Rows]


def take_away(
    engine: Engine,
    *,
    wheres: Mapping[str, str],
    changed: Mapping[str, tuple[Sequence[str], str]],
    undone: Sequence[str],
) -> Made:
    """Read rows as the driver gives them, delete them, and undo the changes (取走).

    Args:
        engine: the database.
        wheres: table → condition of its new rows, in the order in which they can be put back.
        changed: table → the columns that were changed, and the condition of these rows.
        undone: statements that undo the changes.
    """
    with database.writing(engine) as session:
        made = Made(
            {
                table: _raw(session, f'SELECT * FROM "{table}" WHERE {where} ORDER BY 1')
                for table, where in wheres.items()
            },
            {
                table: _raw(session, f"SELECT {', '.join(names)}, id FROM {table} WHERE {where} ORDER BY id")
                for table, (names, where) in changed.items()
            },
        )
    with database.writing(engine) as session:
        connection = session.connection()
        if (
            engine.dialect.name == "postgresql"
        ):  # or each row taken away is looked for in every table that might name it
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        conditions = {
            table: _known(made.rows[table]) if table == "matter" else where for table, where in wheres.items()
        }
        if "document" in made.rows:  # its condition asks the papers, which would be gone by then
            names, found = made.rows["document"]
            conditions["document"] = f"matter_id >= {min(row[names.index('matter_id')] for row in found)}"
        for table in sorted(conditions, key=("outbox", "clock_entry", "event", "rung", "document", "matter").index):
            connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE {conditions[table]}')
        for statement in undone:
            connection.exec_driver_sql(statement)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
            plain.exec_driver_sql("VACUUM ANALYZE")
    return made


def _known(rows: Rows) -> str:
    return f"id >= {min(row[rows[0].index('id')] for row in rows[1])}"


def _raw(session: Session, statement: str) -> Rows:
    cursor = session.connection().connection.cursor()
    cursor.execute(statement)
    return [column[0] for column in cursor.description or ()], [tuple(row) for row in cursor.fetchall()]


def put_back(engine: Engine, made: Made, *, pages: int, copying: bool = False) -> tuple[float, float]:
    """Write those rows in so many transactions; returns the seconds, and those of this process alone (写回). `copying`: by PostgreSQL's COPY."""
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    statements = {}
    for table, (names, _) in made.rows.items():
        columns = ", ".join(f'"{name}"' for name in names)
        values = f"VALUES ({', '.join([mark] * len(names))})"
        statements[table] = (
            f'COPY "{table}" ({columns}) FROM STDIN' if copying else f'INSERT INTO "{table}" ({columns}) {values}'
        )
    begin, processor = time.perf_counter(), time.process_time()
    for page in range(pages):

        def part(found: list[tuple[Any, ...]], page: int = page) -> list[tuple[Any, ...]]:
            return found[page * len(found) // pages : (page + 1) * len(found) // pages]

        with database.writing(engine) as session:
            cursor: Any = session.connection().connection.cursor()
            for table, (_, found) in made.rows.items():
                if not copying:
                    cursor.executemany(statements[table], part(found))
                    continue
                with cursor.copy(statements[table]) as copy:
                    for row in part(found):
                        copy.write_row(row)
            for table, (names, found) in made.changed.items():
                places = ", ".join(f"{name} = {mark}" for name in names[:-1])
                cursor.executemany(f"UPDATE {table} SET {places} WHERE id = {mark}", part(found))
    return time.perf_counter() - begin, time.process_time() - processor
