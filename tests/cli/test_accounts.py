"""Where notices reach people, and who may sign in (账户命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run

PERSON = "U07"


def test_notices_reach_a_person_where_the_command_says(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    run("accounts", "channels", PERSON, "geng@example.com", "json://127.0.0.1:9/hook", "geng@example.com")
    [held] = [entry for entry in run_json("accounts", "list") if entry["id"] == PERSON]
    assert held["channels"] == ["geng@example.com", "json://127.0.0.1:9/hook"]
    assert "不是电子邮箱" in run("accounts", "channels", PERSON, "geng at example", code=1).stderr
    assert "没有账号" in run("accounts", "channels", "NOBODY", "a@example.com", code=1).stderr
    run("accounts", "channels", PERSON)
    assert not [entry for entry in run_json("accounts", "list") if entry["id"] == PERSON and entry["channels"]]


def test_an_account_that_is_put_out_of_use_can_be_taken_back(
    home: Path, run: Run, run_json: Callable[..., Any]
) -> None:
    run("accounts", "disable", PERSON)
    assert [entry["active"] for entry in run_json("accounts", "list") if entry["id"] == PERSON] == [False]
    run("accounts", "disable", PERSON, "--enable")
    assert [entry["active"] for entry in run_json("accounts", "list") if entry["id"] == PERSON] == [True]
