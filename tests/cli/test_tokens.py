"""Tokens for other systems are issued, listed and revoked; the schema of what they may send is printed (访问令牌命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run
from yisong.intake.submitted import json_schema


def test_a_token_is_shown_once_listed_and_revoked(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    made = run_json("accounts", "token", "issue", "--system", "智慧监管平台", "--department", "SJJ", "--days", "30")
    assert made["token"].startswith(f"ysg_{made['id']}_") and made["holder"] == "系统：智慧监管平台"
    plain = run("accounts", "token", "issue", "U05", "--as", "U01")
    assert plain.stdout.startswith("ysg_") and "只显示这一次" in plain.stderr
    rows = run_json("accounts", "token", "list")
    assert [(row["department"], row["state"]) for row in rows] == [("SJJ", "有效")] * 2
    assert made["token"].rpartition("_")[2] not in run("accounts", "token", "list").stdout
    run("accounts", "token", "revoke", made["id"])
    states = {row["id"]: row["state"] for row in run_json("accounts", "token", "list")}
    assert states[made["id"]] == "已吊销" and set(states.values()) == {"已吊销", "有效"}
    assert "没有令牌" in run("accounts", "token", "revoke", "none", code=2).stderr
    assert "二者取一" in run("accounts", "token", "issue", code=2).stderr
    assert "范围" in run("accounts", "token", "issue", "--system", "甲", code=2).stderr


def test_the_schema_is_printed(run: Run, run_json: Callable[..., Any]) -> None:
    import json

    assert json.loads(run("api", "schema").stdout) == json_schema()
    assert json.loads(run("api", "schema", "--single").stdout) == json_schema(single=True)
