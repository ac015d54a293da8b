"""What waits goes out; what has failed can be tried again (待发箱命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import OutboxRow
from tests.cli.conftest import LEDGER, NOW, Run
from yisong.desk import Desk
from yisong.settings import load_settings

CASE = "YX-2026-0001"


@pytest.fixture
def waiting(home: Path, run: Run) -> Path:
    """A transfer has just been approved: its letter, its list of materials and a notice wait."""
    run("import", LEDGER, "--confirm")
    run("step", "F28", "assign", "--as", "U07", "--set", "department=HBJ")
    run("step", CASE, "submit", "--as", "U07")
    run("step", CASE, "approve", "--as", "U08")
    return home


def test_letters_are_printed_and_then_verified(
    waiting: Path, run: Run, run_json: Callable[..., Any], tmp_path: Path
) -> None:
    kinds = [row["kind"] for row in run_json("outbox", "list", "--state", "pending")]
    assert kinds.count("letter") == 2 and "notice" in kinds
    sent = run_json("outbox", "run")
    assert not sent["errors"] and sent["settled"] == len(kinds)
    assert run_json("outbox", "run")["settled"] == 0
    assert run_json("outbox", "list", "--state", "pending") == []
    assert "办结 0 件" in run("outbox", "run").stdout

    [paper] = [paper for paper in run_json("cases", CASE)["papers"] if paper["type"] == "YISONG"]
    for suffix in ("pdf", "docx"):
        [file] = (waiting / "var" / "letters").rglob(f"{paper[suffix]}.{suffix}")
        found = run_json("documents", "verify", file)
        assert (found["genuine"], found["number"], found["issuer"], found["on"]) == (
            True,
            paper["number"],
            "YJJ",
            "2026-11-20",
        )
        assert paper["number"] in run("document", "verify", file).stdout
        altered = tmp_path / f"altered.{suffix}"
        altered.write_bytes(file.read_bytes() + b" ")
        assert run_json("documents", "verify", altered, code=1)["genuine"] is False
    assert "找不到文件" in run("documents", "verify", tmp_path / "nowhere.pdf", code=2).stderr


def test_one_kind_only(waiting: Path, run: Run, run_json: Callable[..., Any]) -> None:
    assert run_json("outbox", "run", "--only", "notice")["settled"] >= 1
    assert {row["kind"] for row in run_json("outbox", "list", "--state", "pending")} == {"letter"}
    assert "pigeon" in run("outbox", "run", "--only", "pigeon", code=2).stderr
    assert "gone" in run("outbox", "list", "--state", "gone", code=2).stderr


def test_what_was_given_up_gets_another_chance(waiting: Path, run: Run, run_json: Callable[..., Any]) -> None:
    run("outbox", "run", "--only", "letter")
    desk = Desk.open(load_settings({}, home=waiting))
    with desk.transaction() as session:
        row = OutboxRow(
            key="broken", kind="channel", state="failed", attempts=12, created_at=NOW, next_at=NOW, last_error="connection refused", payload={"url": "json://127.0.0.1:9/", "subject": "x", "body": "x"}
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = row.id
    desk.close()
    assert "connection refused" in run("outbox", "list", "--state", "failed").stdout
    assert run_json("health", code=1)["healthy"] is False
    run("outbox", "retry", number)
    [listed] = [row for row in run_json("outbox", "list", "--state", "pending") if row["key"] == "broken"]
    assert listed["attempts"] == 0
    sent = run_json("outbox", "run", "--only", "channel")
    assert (sent["retried"], sent["errors"][0]["key"]) == (1, "broken")
    settled = run_json("outbox", "list", "--state", "settled")[0]["id"]
    assert "已经办结" in run("outbox", "retry", settled, code=1).stderr
    assert "没有第 99999 条" in run("outbox", "retry", 99999, code=1).stderr


def test_a_long_list_says_how_much_is_not_shown(waiting: Path, run: Run) -> None:
    result = run("outbox", "list", "--most", "1")
    assert "还有" in result.stderr and "--most 0" in result.stderr
    assert "还有" not in run("outbox", "list", "--most", "0").stderr


def test_templates_are_tried_with_their_samples(
    empty_home: Path, run: Run, run_json: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import shutil

    from yisong.settings import SOURCE_ROOT

    assert run_json("documents", "check", "yisong", "zegai", "--no-print")["sound"] is True
    assert "可以出具" in run("documents", "check", "--no-print").stdout
    assert "没有文书 nope" in run("documents", "check", "nope", code=2).stderr
    own = Path(shutil.copytree(SOURCE_ROOT / "templates", tmp_path / "templates"))
    body = own / "documents" / "huizhi" / "body.j2"
    body.write_text(body.read_text(encoding="utf-8") + "{{ nobody.knows }}\n", encoding="utf-8")
    monkeypatch.setenv("YISONG_TEMPLATES", str(own))
    result = run("documents", "check", "huizhi", "--no-print", code=2)
    assert "huizhi" in result.stderr and "nobody" in result.stderr
