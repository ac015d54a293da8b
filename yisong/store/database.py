"""Open the database and bring it to the newest schema (数据库).

SQLite runs in WAL and begins its writing transactions with BEGIN IMMEDIATE; PostgreSQL locks rows. The rest of the project does
not know which of the two it is on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, MetaData, event, insert, make_url, select
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, create_engine

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_MILLISECONDS = 30_000
COPIED_AT_ONCE = 5_000


class DatabaseUnavailable(Exception):
    """The database does not answer (数据库不可用)."""

    code = "database_unavailable"

    def __init__(self, cause: Exception) -> None:
        self.message = f"数据库无法使用：{cause}。请检查 YISONG_DATABASE_URL 与数据库服务，再重试。"
        super().__init__(self.message)


def open_engine(url: str) -> Engine:
    """An engine for this address (数据库引擎); SQLite's folder is made where it is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("yisong_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class KeepingSession(Session):
    """A session that holds on to every row it has read or written (会话留存), so that asking for it by its key again is free.

    A plain session forgets a row as soon as nobody else holds it, and reads it anew. Sessions are short here: one act, one page.
    """


@event.listens_for(KeepingSession, "loaded_as_persistent")
@event.listens_for(KeepingSession, "pending_to_persistent")
def _hold(session: Any, row: Any) -> None:
    session.info.setdefault("held", []).append(row)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One writing transaction (写事务): all of it is kept, or nothing."""
    try:
        with KeepingSession(engine, expire_on_commit=False) as session, session.begin():
            yield session
    except OperationalError as error:
        raise DatabaseUnavailable(error.orig or error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads (读事务); it never waits for a writer."""
    try:
        with engine.connect().execution_options(yisong_reading=True) as connection, Session(connection) as session:
            yield session
            session.expunge_all()  # what was read stays readable after the session
            session.rollback()
    except OperationalError as error:
        raise DatabaseUnavailable(error.orig or error) from error


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """A copy of the whole database as it stands, to be written to freely and thrown away (副本): nobody waits for who works on it.

    An SQLite database is copied page by page; of PostgreSQL one snapshot is read into an SQLite file.
    """
    with TemporaryDirectory(prefix="yisong-copy-") as folder:
        file = Path(folder) / "copy.db"
        try:
            if engine.dialect.name == "sqlite":
                with closing(engine.raw_connection()) as source, closing(sqlite3.connect(file)) as target:
                    assert source.driver_connection is not None
                    source.driver_connection.backup(target)
            copy = open_engine(f"sqlite:///{file}")
            if engine.dialect.name != "sqlite":
                _copy_tables(engine, copy)
        except OperationalError as error:
            raise DatabaseUnavailable(error.orig or error) from error
        try:
            yield copy
        finally:
            copy.dispose()


def _copy_tables(engine: Engine, copy: Engine) -> None:
    from models import Matter

    tables: MetaData = Matter.metadata
    tables.create_all(copy)
    whole = engine.connect().execution_options(isolation_level="REPEATABLE READ", stream_results=True)
    with whole as source, copy.connect() as target:
        driver = target.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")  # parents and children come in any order
        for table in tables.tables.values():
            for part in source.execute(select(table)).mappings().partitions(COPIED_AT_ONCE):
                target.execute(insert(table), [dict(row) for row in part])
        target.commit()
    copy.dispose()


def upgrade(url: str) -> None:
    """Bring the database to the newest schema (升级数据库结构)."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except OperationalError as error:
        raise DatabaseUnavailable(error.orig or error) from error
    finally:
        engine.dispose()
