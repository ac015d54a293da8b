"""What a ledger does not tell of a unit is completed afterwards (单位命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run
from yisong.intake.identity import check_character

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


def code(serial: int) -> str:
    body = f"91339927MA{serial:07d}"
    return body + check_character(body)


def test_a_unit_through_its_life(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    name, new = "云溪县远山茶叶合作社", "云溪县高山茶叶合作社"
    made = run_json("units", "register", name, "--uscc", code(1), "--kind", "农民专业合作社", "--as", "U05")
    assert made["code"] == code(1)
    alike = run("units", "register", "云溪县远山茶叶农民合作社", "--uscc", code(2), "--as", "U05", code=1)
    assert name in alike.stderr and "确认后再登记" in alike.stderr
    run("units", "register", "云溪县远山茶叶农民合作社", "--uscc", code(2), "--as", "U05", "--confirmed")
    assert "校验位" in run("units", "register", "某", "--uscc", code(3)[:-1] + "0", "--as", "U05", code=1).stderr
    run("units", "rename", code(1), new, "--as", "U05", "--reason", "营业执照", "--on", "2026-11-02")
    assert [unit["name"] for unit in run_json("units", "list", "远山茶叶合作社")] == [new]
    assert "指导办" in run("units", "merge", code(2), code(1), "--as", "U05", "--reason", "同一家", code=1).stderr
    run("units", "merge", code(2), code(1), "--as", "U01", "--reason", "同一家")
    assert run_json("units", "show", code(1))["merged"] == [code(2)]
    run("units", "unmerge", code(2), "--as", "U01", "--reason", "不是同一家")
    ended = run_json("units", "deregister", code(2), "--as", "U05", "--reason", "通知书", "--successor", code(1))
    assert ended["open_cases"] == [] and ended["status"] == "deregistered"
    run("units", "restore", code(2), "--as", "U01", "--reason", "误登记")
    shown = run_json("units", "show", code(2))
    assert [change["action"] for change in shown["changes"]] == [
        "registered",
        "merged",
        "unmerged",
        "deregistered",
        "restored",
    ]
    assert "更名" in run("units", "show", code(1)).stdout


def test_a_link_is_shown_once_and_revoked(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    made = run_json("units", "link", UNIT, "--as", "U05")
    assert "/u/" in made["address"] and made["expires_on"] == "2027-05-19"
    assert made["address"] not in run("units", "show", UNIT).stdout
    assert run_json("units", "link", UNIT, "--as", "U05", "--revoke", made["link"])["revoked"] is True
    assert "已经停用" in run("units", "link", UNIT, "--as", "U05", "--revoke", made["link"], code=1).stderr
