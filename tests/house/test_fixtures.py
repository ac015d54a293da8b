"""What the other tests stand on stands (测试支撑自检)."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlalchemy

from tests.house.sources import ROOT
from tests.support.chromium import open_browser
from tests.support.postgres import PostgresServer


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_a_migrated_database_that_nobody_has_written_to(database_url: str, turn: int) -> None:
    engine = sqlalchemy.create_engine(database_url)
    try:
        tables = sqlalchemy.inspect(engine).get_table_names()
        assert "alembic_version" in tables and len(tables) > 10
        with engine.begin() as connection:
            assert connection.scalar(sqlalchemy.text("SELECT count(*) FROM alembic_version")) == 1
            connection.execute(sqlalchemy.text("DELETE FROM alembic_version"))
    finally:
        engine.dispose()


def test_the_databases_are_the_two_that_the_project_promises(sqlite_url: str, postgresql_url: str) -> None:
    assert sqlite_url.startswith("sqlite:////")
    engine = sqlalchemy.create_engine(postgresql_url)
    with engine.connect() as connection:
        assert int(connection.scalar(sqlalchemy.text("SHOW server_version_num")) or 0) >= 150000
        assert connection.scalar(sqlalchemy.text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_a_killed_test_run_leaves_no_server(postgres_server: PostgresServer) -> None:
    """Start another one in a process that is killed, and wait until its port is closed."""
    script = (
        "import os, signal\n"
        "from tests.support.postgres import PostgresServer\n"
        "server = PostgresServer(); server.start()\n"
        "print(server.port, server.folder, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    port, folder = result.stdout.split()
    assert PostgresServer.has_gone(port=int(port), folder=folder)


@pytest.mark.browser
def test_the_browser_opens_a_page(chromium_path: str) -> None:
    with open_browser(chromium_path) as browser:
        page = browser.new_page()
        page.set_content("<title>移送</title><p>收件箱</p>")
        assert page.title() == "移送"
        assert page.inner_text("p") == "收件箱"
