"""Fixtures that every room's tests share (公用夹具)."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Prefect reads these when it is imported. Its own database must be nobody's home, nor another test process's.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="yisong-prefect-")
atexit.register(shutil.rmtree, os.environ["PREFECT_HOME"], ignore_errors=True)
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("PREFECT_CLI_PROMPT", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
for _name in [name for name in os.environ if name.startswith("YISONG_")]:
    del os.environ[_name]  # a developer's own settings must not colour a test

import pytest
from hypothesis import HealthCheck, settings

from tests.support.chromium import find_chromium
from tests.support.postgres import PostgresServer
from tests.support.smtp import MailServer

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", settings.get_profile("house"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "house")

DATABASES = ("sqlite", "postgresql")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run in which nothing passed is no success, even when nothing failed (all skipped, all deselected)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(session.config, "workerinput") or reporter is None or session.config.option.collectonly:
        return
    if exitstatus == pytest.ExitCode.OK and not reporter.stats.get("passed"):
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def upgrade(url: str) -> None:
    """Bring an empty database to the newest schema."""
    from yisong.store import database  # not before a test asks for it

    database.upgrade(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once and copied for every test."""
    file = tmp_path_factory.mktemp("sqlite-template") / "template.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of this test process; started when the first test asks for it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of an empty, migrated SQLite database of this test's own."""
    for file in sqlite_template.parent.glob("template.db*"):  # the write-ahead log too, where one is left
        shutil.copy(file, tmp_path / file.name.replace("template", "yisong"))
    return f"sqlite:///{tmp_path / 'yisong.db'}"


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of an empty, migrated PostgreSQL database of this test's own."""
    url = postgres_server.fresh_database(prepare=upgrade)
    yield url
    postgres_server.drop(url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database on each of the two engines in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgresql_url")
    return url


@pytest.fixture
def smtp_server() -> Iterator[MailServer]:
    """A mail server on the loopback; ``received`` holds what came."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The path of the installed Chromium; fails, naming the package, where there is none."""
    return find_chromium()
