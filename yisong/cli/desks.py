"""Open the desk for a command (打开工作台), and only where the database is ready."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlmodel import Session

    from yisong.desk import Desk
    from yisong.domain.roles import Actor
    from yisong.settings import Settings


class NotReady(Exception):
    """The installation has not been set up (尚未初始化)."""

    code = "not_ready"

    def __init__(self) -> None:
        self.message = "数据库尚未建立或版本较旧，请先运行 yisong init。"
        super().__init__(self.message)


def _is_current(desk: Desk) -> bool:
    """Whether the database has the newest schema (是否最新结构); looks at names only, not at every table."""
    from sqlalchemy import inspect, text
    from sqlalchemy.exc import DBAPIError

    from yisong.store import database

    newest = max(file.name.split("_")[0] for file in (database.MIGRATIONS / "versions").glob("[0-9]*.py"))
    try:
        with desk.reading() as session:
            connection = session.connection()
            if not inspect(connection).has_table("alembic_version"):
                return False
            return bool(connection.scalar(text("SELECT version_num FROM alembic_version")) == newest)
    except DBAPIError as error:  # a file that is no database, for one
        raise database.DatabaseUnavailable(error.orig or error) from error


def sqlite_file(settings: Settings) -> Path | None:
    """The database file, where it is one (数据库文件)."""
    return (
        Path(settings.database_url.removeprefix("sqlite:///"))
        if settings.database_url.startswith("sqlite:///")
        else None
    )


@contextmanager
def opened() -> Iterator[Desk]:
    """The desk of this installation (工作台). Raises NotReady, RuleBookError, SettingsError, DatabaseUnavailable."""
    from yisong.desk import Desk
    from yisong.settings import load_settings

    settings = load_settings()
    file = sqlite_file(settings)
    if file is not None and not file.exists():
        raise NotReady
    desk = Desk.open(settings)
    try:
        if not _is_current(desk):
            raise NotReady
        yield desk
    finally:
        desk.close()


def person(session: Session, account_id: str) -> Actor:
    """The person in whose name a command acts (行为人). Raises Refusal `unknown_person`."""
    from yisong.domain.lifecycle import Refusal
    from yisong.services.accounts import actor_of
    from yisong.store import accounts

    account = accounts.account(session, account_id)
    if account is None or not account.active:
        raise Refusal(
            "unknown_person", f"没有可用的账号“{account_id}”，请核对 --as 后的账号（init 生成的账号清单里有）。"
        )
    return actor_of(account)
