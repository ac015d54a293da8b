"""The audit finds what somebody has changed behind our backs (核验命令)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import LEDGER, Run


@pytest.mark.parametrize(
    ("harm", "position"),
    [
        ("UPDATE event SET given = '{}' WHERE matter_id = {id} AND seq = 2", 2),
        ("DELETE FROM event WHERE matter_id = {id} AND seq = 1", 1),
        ("UPDATE matter SET state = 'void' WHERE id = {id}", 2),
    ],
)
def test_a_touched_row_is_found_and_named(
    home: Path, run: Run, run_json: Callable[..., Any], harm: str, position: int
) -> None:
    run("import", LEDGER, "--confirm")
    sound = run_json("audit", "verify")
    assert (sound["intact"], sound["matters"]) == (True, 28)
    with sqlite3.connect(home / "var" / "yisong.db") as database:
        number, code = database.execute("SELECT id, code FROM matter WHERE seq >= 2 ORDER BY id LIMIT 1").fetchone()
        assert database.execute(harm.replace("{id}", str(number))).rowcount == 1
    found = run_json("audit", "verify", code=1)
    assert found["intact"] is False
    assert (code, position) in {(fault["matter"], fault["position"]) for fault in found["faults"]}
    assert code in run("audit", "verify", code=1).stdout
