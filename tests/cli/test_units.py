"""What a ledger does not tell of a unit is completed afterwards (单位命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run

UNIT = "91339927MAXN00163T"


def test_a_unit_is_completed_and_corrected(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    assert run_json("units", "list", "--incomplete") == []
    found = run_json("units", "set", UNIT, "legal_rep=", "electronic_consent=是")
    assert (found["missing"], found["electronic_consent"], found["name"]) == (
        ["legal_rep"],
        True,
        "云溪县虚构包装材料有限公司",
    )
    [listed] = run_json("units", "list", "--incomplete")
    assert listed["uscc"] == UNIT
    assert "法定代表人" in run("units", "list", "--incomplete").stdout
    assert "还缺" in run("units", "set", UNIT, "phone=0570-1").stdout
    run("units", "set", UNIT, "legal_rep=张三", "status=deregistered", "deregistered_on=2026-11-01")
    [kept] = [unit for unit in run_json("units", "list") if unit["uscc"] == UNIT]
    assert (kept["legal_rep"], kept["phone"], kept["deregistered_on"]) == ("张三", "0570-1", "2026-11-01")


def test_what_cannot_be_set(home: Path, run: Run) -> None:
    assert "没有编号或代码为" in run("units", "set", "NOPE", "phone=1", code=1).stderr
    assert "legal_rep" in run("units", "set", UNIT, "uscc=1", code=2).stderr
    assert "是 或 否" in run("units", "set", UNIT, "electronic_consent=maybe", code=2).stderr
    assert "2026-02-30" in run("units", "set", UNIT, "deregistered_on=2026-02-30", code=2).stderr
