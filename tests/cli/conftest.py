"""A home of one's own, a fixed clock, and the command line (命令行测试夹具)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from yisong import clock, countyfile
from yisong.cli import app
from yisong.desk import Desk
from yisong.services import accounts, registry
from yisong.settings import SOURCE_ROOT, load_settings

NOW = datetime.fromisoformat("2026-11-20T18:00+08:00")
LEDGER = SOURCE_ROOT / "samples" / "ledger.xlsx"
COUNTY = SOURCE_ROOT / "samples" / "yunxi.yaml"
PASSWORD = "correct horse 17"

Run = Callable[..., Result]


@pytest.fixture(scope="session")
def peopled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the county's units and people, made once and copied for every test."""
    home = tmp_path_factory.mktemp("peopled")
    (home / "var").mkdir()
    for file in sqlite_template.parent.glob("template.db*"):
        shutil.copy(file, home / "var" / file.name.replace("template", "yisong"))
    county = countyfile.read(COUNTY)
    desk = Desk.open(load_settings({}, home=home))
    with desk.transaction() as session:
        for unit in county.units:
            registry.keep_unit(
                session, code=unit.code, name=unit.name, uscc=unit.uscc, kind=unit.kind, town=unit.town, address=unit.address,
                legal_rep=unit.legal_rep, contact=unit.contact, phone=unit.phone,
            )  # fmt: skip
        accounts.seed_people(session, book=desk.book, users=county.users, password=PASSWORD)
    desk.close()
    return home


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put the machine's clock where a test wants it; it stands at the evening of 20 November 2026 to begin with."""

    def put(instant: str | datetime) -> None:
        at = clock.in_utc(instant if isinstance(instant, datetime) else datetime.fromisoformat(instant))
        monkeypatch.setattr(clock.SystemClock, "now", lambda self: at)

    put(NOW)
    return put


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_noon: Callable[[str], None]) -> Path:
    """A home in which nothing has been set up."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("YISONG_HOME", str(home))
    monkeypatch.delenv("COLUMNS", raising=False)  # the tables are as wide as in a pipe
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def home(empty_home: Path, peopled_template: Path) -> Path:
    """A home with a database, the county's units and people; the rules are the shipped ones."""
    shutil.copytree(peopled_template, empty_home, dirs_exist_ok=True)
    return empty_home


@pytest.fixture
def run() -> Run:
    """Run a command; `refused` and `wrong` say what is expected of it."""

    def call(*arguments: object, code: int = 0, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, prog_name="yisong")
        assert result.exit_code == code, (
            f"{arguments}: exit {result.exit_code}\n{result.stdout}\n{result.stderr}\n{result.exception!r}"
        )
        assert "Traceback" not in result.stderr
        return result

    return call


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """Run a command that prints JSON, and nothing but JSON, on standard output."""

    def call(*arguments: object, code: int = 0, stdin: str | bytes | None = None) -> Any:
        return json.loads(run(*arguments, "--json", code=code, stdin=stdin).stdout)

    return call
