"""Help and errors are Chinese, quick and without tracebacks (命令行用语)."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from tests.cli.conftest import Run
from yisong.cli import app
from yisong.cli.speech import BAD_INPUT, REFUSED, exit_code_of
from yisong.settings import SOURCE_ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEAVY = (
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "prefect",
    "weasyprint",
    "fastapi",
    "jinja2",
    "argon2",
    "alembic",
    "docx",
    "yaml",
    "pyhanko",
)


def commands() -> Iterator[tuple[str, Any]]:
    def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        for name, child in getattr(command, "commands", {}).items():
            yield f"{path} {name}".strip(), child
            yield from walk(f"{path} {name}".strip(), child)

    return walk("", typer.main.get_command(app))


ALL = dict(commands())


def test_every_command_of_the_plan_is_there() -> None:
    wanted = {"init", "import", "cases", "step", "clock", "sweep", "outbox", "listing", "audit", "book", "rules"}
    wanted |= {"demo", "serve", "risk", "health", "replay", "calendar", "documents"}
    assert wanted <= set(ALL)


@pytest.mark.parametrize("path", ALL)
def test_every_help_page_is_chinese(path: str) -> None:
    command = ALL[path]
    assert CHINESE.search(command.help or ""), f"{path} does not say what it is for"
    for param in command.params:
        if param.name != "help":
            assert CHINESE.search(getattr(param, "help", None) or ""), f"{path} {param.name} does not say what it is"
    page = CliRunner().invoke(app, [*path.split(), "--help"], prog_name="yisong")
    assert page.exit_code == 0
    for english in ("Usage", "Options", "Arguments", "Commands", "Show this message", "default:", "required"):
        assert english not in page.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "没有“nosuch”这个命令"),
        (["clock", "dew"], "是不是想写 due"),
        (["cases", "--stat"], "没有“--stat”这个选项"),
        (["cases", "--most", "many"], "--most 的值不对：应为整数"),
        (["cases", "--most", "-1"], "不能小于 0"),
        (["cases", "--state"], "后面要写一个值"),
        (["cases", "a", "b"], "多出了参数 b"),
        (["step", "A"], "缺少参数 步骤"),
        (["step", "A", "b"], "缺少选项 --as"),
        (["serve", "--port", "99999"], "不能大于 65535"),
    ],
)
def test_a_usage_error_is_one_chinese_sentence(empty_home: Path, run: Run, arguments: list[str], said: str) -> None:
    result = run(*arguments, code=BAD_INPUT)
    assert said in result.stderr and "--help" in result.stderr and result.stdout == ""


def known_errors() -> Iterator[type[Exception]]:
    from yisong import clock, countyfile, rulefiles, settings
    from yisong.cli import desks, speech
    from yisong.documents.errors import DocumentError
    from yisong.domain import (
        chain,
        deadlines,
        entries,
        escalation,
        holiday_notice,
        lifecycle,
        numbering,
        refusal,
        workdays,
    )
    from yisong.intake.errors import IntakeError, LedgerUnreadable, PackageRefused
    from yisong.notify.errors import NotifyError
    from yisong.services.accounts import AccountError
    from yisong.store.database import DatabaseUnavailable

    yield from (
        lifecycle.Refusal,
        entries.RuleBookError,
        rulefiles.RuleFilesError,
        settings.SettingsError,
        deadlines.DeadlineError,
    )
    yield from (
        workdays.CalendarError,
        holiday_notice.NoticeError,
        countyfile.CountyFileError,
        DatabaseUnavailable,
        DocumentError,
    )
    yield from (IntakeError, LedgerUnreadable, PackageRefused, NotifyError, AccountError, escalation.EscalationError)
    yield from (
        numbering.NumberingError,
        refusal.RefusalRuleError,
        chain.ChainError,
        clock.NaiveInstant,
        speech.BadInput,
        desks.NotReady,
    )


@pytest.mark.parametrize("kind", list(known_errors()), ids=lambda kind: kind.__name__)
def test_every_named_error_becomes_a_sentence_and_an_exit_code(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = kind.__new__(kind)
    error.args = ("出了错，请改正。",)
    error.__dict__.update(code="some_code", message="出了错，请改正。")
    refused = kind.__name__ in ("Refusal", "DatabaseUnavailable", "AccountError", "NotReady")
    assert exit_code_of(error) == (REFUSED if refused else BAD_INPUT)

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("yisong.settings.load_settings", fail)
    result = CliRunner().invoke(app, ["rules", "check"], prog_name="yisong")
    assert result.exit_code == exit_code_of(error)
    assert result.stderr == "出了错，请改正。\n" and result.stdout == ""


def test_an_error_of_the_programme_itself_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("yisong.settings.load_settings", fail)
    assert isinstance(CliRunner().invoke(app, ["rules", "check"]).exception, ZeroDivisionError)


def test_a_database_that_is_none_is_named(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "var" / "yisong.db").write_bytes(b"not a database" * 100)
    for file in (home / "var").glob("yisong.db-*"):
        file.unlink()
    assert "数据库无法使用" in run("cases", code=1).stderr
    monkeypatch.setenv("YISONG_DATABASE_URL", "postgresql://nobody:secret-word@127.0.0.1:9/none")
    refused = run("cases", code=1).stderr
    assert "数据库无法使用" in refused and "secret-word" not in refused
    monkeypatch.setenv("YISONG_DATABASE_URL", "mysql://x")
    assert "YISONG_DATABASE_URL" in run("cases", code=2).stderr


def test_an_older_database_asks_to_be_brought_up_to_date(home: Path, run: Run) -> None:
    with sqlite3.connect(home / "var" / "yisong.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    assert "yisong init" in run("cases", code=1).stderr


def in_a_process(*arguments: str, home: Path, script: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script] if script else [sys.executable, "-m", "yisong.cli", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT), "YISONG_HOME": str(home)}
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)


def test_as_a_process_it_says_the_same(empty_home: Path) -> None:
    done = in_a_process(
        "clock", "due", "--start", "2026-09-05", "--amount", "15", "--unit", "natural-days", home=empty_home
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "到期：2026-09-20\n", "")
    done = in_a_process("calendar", "day", "2026-02-30", home=empty_home)
    assert (done.returncode, done.stdout) == (2, "") and "Traceback" not in done.stderr
    assert in_a_process(home=empty_home).returncode == 2
    assert list(empty_home.iterdir()) == []


def test_help_imports_nothing_heavy(empty_home: Path) -> None:
    script = f"import sys; import yisong.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert in_a_process(home=empty_home, script=script).stdout == "[]\n"


def test_a_reader_that_goes_away_is_no_error(empty_home: Path) -> None:
    command = f"{sys.executable} -m yisong.cli book | head -1"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT)}
    done = subprocess.run(
        ["bash", "-c", command], env=environment, cwd=empty_home, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
