"""Write many rows at once, past the object mapper (成批写入): COPY on PostgreSQL, one prepared statement on SQLite.

Values are spelled here exactly as the column types of the tables spell them, so that nobody can tell afterwards which way a row came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache, partial
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, any_, bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.columns import StoredInstant, StoredJson
from yisong.domain.chain import canonical_text, json_word

Spelling = Callable[[Sequence[Any]], list[Any]]
MOST_BOUND = 900
"""Values in one IN (...): the oldest SQLite in use binds no more than 999."""
_SAME = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class Written(str):
    """Canonical JSON that has been written already (已成文的 JSON): what was hashed is what is stored."""

    __slots__ = ()


def written(value: object) -> Written:
    """A value as canonical JSON text (写成 JSON). Raises `ChainError` for what JSON has no word for."""
    return Written(canonical_text(value))


def quickly_written(value: object) -> Written:
    """The same text, thirteen times as quick (快速写成 JSON), of texts, whole numbers, days, lists, and mappings by text.

    No fractions: of these the two writers differ in the exponent.
    """
    try:
        return Written(orjson.dumps(value, default=json_word, option=_SAME).decode())
    except TypeError:  # what it cannot do (numbers of more than 64 bits, half characters), or nobody can
        return written(value)


def on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def listed(session: Session, ids: Sequence[int]) -> Any:
    """Numbers as the one parameter `ids` of a statement made with `among` (编号清单)."""
    return f"[{','.join(map(str, ids))}]" if on_sqlite(session) else list(ids)


def among(column: Any, *, dialect: str) -> ColumnElement[bool]:
    """Whether a column is among the numbers bound as `ids` (属于清单): one parameter, however many there are."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam("ids")).table_valued("value").c.value))  # type: ignore[no-any-return]
    return column == any_(bindparam("ids", type_=ARRAY(BigInteger)))  # type: ignore[no-any-return]


def in_pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Distinct values in lists short enough for one IN (...) (分组查询)."""
    rest = iter(dict.fromkeys(values))
    while piece := list(islice(rest, MOST_BOUND)):
        yield piece


@lru_cache(maxsize=64)
def _spell_instant(value: datetime, sqlite: bool) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    utc = value.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(" ", "microseconds") if sqlite else utc.isoformat()


def _json(values: Sequence[Any]) -> list[Any]:
    spelled = {id(value): value if value is None or type(value) is Written else written(value) for value in values}
    return [spelled[id(value)] for value in values]  # what stands in many rows is spelled once


def _instants(values: Sequence[Any], *, sqlite: bool) -> list[Any]:
    spelled = {value: None if value is None else _spell_instant(value, sqlite) for value in set(values)}
    return [spelled[value] for value in values]


def _days(values: Sequence[Any]) -> list[Any]:
    spelled = {value: None if value is None else date.isoformat(value) for value in set(values)}
    return [spelled[value] for value in values]


def _spelling(kind: Any, sqlite: bool) -> Spelling | None:
    """How the values of a column are spelled; None where the driver knows it by itself (列值写法). Days and instants repeat."""
    if isinstance(kind, StoredJson):
        return _json
    if isinstance(kind, StoredInstant):
        return partial(_instants, sqlite=sqlite)
    return _days if isinstance(kind, Date) else None


@lru_cache(maxsize=64)
def _form(table: Any, names: tuple[str, ...], sqlite: bool) -> tuple[str, tuple[tuple[int, Spelling], ...]]:
    """The statement, and which places of a row need spelling (语句与写法)."""
    columns = table.__table__.c
    quoted = ", ".join(f'"{columns[name].name}"' for name in names)
    if sqlite:
        statement = f'INSERT INTO "{table.__tablename__}" ({quoted}) VALUES ({", ".join("?" * len(names))})'
    else:
        statement = f'COPY "{table.__tablename__}" ({quoted}) FROM STDIN'
    spelled = ((place, _spelling(columns[name].type, sqlite)) for place, name in enumerate(names))
    return statement, tuple((place, spelling) for place, spelling in spelled if spelling is not None)


def insert(session: Session, table: Any, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns, in their order (成批插入).

    Raises what SQLAlchemy raises: `IntegrityError` for a key that is taken.
    """
    if not rows:
        return
    sqlite = on_sqlite(session)
    names = tuple(rows[0])
    statement, spelled = _form(table, names, sqlite)
    pick = itemgetter(*names)
    columns: list[Sequence[Any]] = list(zip(*map(pick, rows), strict=True)) if len(names) > 1 else [[*map(pick, rows)]]
    for place, spelling in spelled:
        columns[place] = spelling(columns[place])
    connection, values = session.connection(), list(zip(*columns, strict=True))
    if sqlite:
        connection.exec_driver_sql(statement, values)
    else:
        _copy(connection, statement, values)


@cache
def _defaults(table: Any) -> dict[str, Any]:
    """What a row has where nothing is said (缺省值)."""
    return {
        name: each.get_default(call_default_factory=True)
        for name, each in table.model_fields.items()
        if not each.is_required() and name != "id"
    }


def insert_whole(session: Session, table: Any, *, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name the same columns, the others as the model has them where nothing is said (成批插入整行).

    What the session holds is written first. Raises as `insert` does.
    """
    if rows:
        session.flush()
        unsaid = {name: value for name, value in _defaults(table).items() if name not in rows[0]}
        insert(session, table, rows=[{**unsaid, **row} for row in rows])


def _copy(connection: Any, statement: str, values: Sequence[Sequence[Any]]) -> None:
    """Hand rows to PostgreSQL's COPY; what the driver raises is named as everywhere else (批量复制)."""
    driver = connection.dialect.dbapi
    try:
        with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for value in values:
                copy.write_row(value)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error


def next_ids(session: Session, table: Any, *, amount: int) -> list[int]:
    """The ids that so many new rows will have, in their order (预留编号). The caller is in a writing transaction."""
    name = table.__tablename__
    if on_sqlite(session):  # whoever writes is alone, and the next id is the one after the highest
        last = session.connection().exec_driver_sql(f'SELECT coalesce(max(id), 0) FROM "{name}"').scalar_one()
        return list(range(last + 1, last + 1 + amount))
    statement = f"SELECT nextval(pg_get_serial_sequence('{name}', 'id')) FROM generate_series(1, %s)"
    return sorted(session.connection().exec_driver_sql(statement, (amount,)).scalars())


def update(session: Session, table: Any, *, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of rows known by their id (成批更新): each row is the id and then the value of each name."""
    if not rows:
        return
    connection, quoted = session.connection(), [f'"{name}"' for name in names]
    sqlite, kept = on_sqlite(session), table.__table__.c
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for place, name in enumerate(names, start=1):
        spelling = _spelling(kept[name].type, sqlite)
        columns[place] = spelling(columns[place]) if spelling else columns[place]
    if sqlite:
        places = ", ".join(f"{name} = ?" for name in quoted)
        statement = f'UPDATE "{table.__tablename__}" SET {places} WHERE id = ?'
        connection.exec_driver_sql(statement, list(zip(*columns[1:], columns[0], strict=True)))
        return
    kinds = [kept[name].type.compile(connection.dialect) for name in ("id", *names)]
    given = ", ".join(f"%s::{'text' if kind == 'DATE' or 'TIME' in kind else kind}[]" for kind in kinds)
    casts = ", ".join(f"{name} = v.{name}::{kind}" for name, kind in zip(quoted, kinds[1:], strict=True))
    statement = f'UPDATE "{table.__tablename__}" t SET {casts} FROM unnest({given}) AS v("id", {", ".join(quoted)}) WHERE t.id = v.id'
    connection.exec_driver_sql(statement, tuple(list(column) for column in columns))
