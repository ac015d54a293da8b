"""`yisong routing`: from a dispute to the county's file (路由命令)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from yisong.desk import Desk
from yisong.domain.lifecycle import Act
from yisong.domain.roles import Actor, Role
from yisong.services import findings, registry
from yisong.services.steps import take_step
from yisong.settings import SOURCE_ROOT, load_settings
from yisong.store import matters


@pytest.fixture
def ruled(home: Path) -> Path:
    """A home with rules of its own and one finding that nobody is answerable for."""
    shutil.copytree(SOURCE_ROOT / "rules", home / "rules")
    desk = Desk.open(load_settings({}, home=home))
    with desk.transaction() as session:
        unit = matters.unit_by_code(session, "E04")
        assert unit is not None
        inspection = registry.keep_inspection(
            session, code="JC-1", unit=unit, inspected_on=desk.today.replace(day=10), initiator="SJJ"
        )
        act = Act(
            "register", Actor("U05", "检查人", "SJJ", frozenset({Role.OFFICER})), inspection.inspected_on, desk.now
        )
        findings.register_finding(
            session, book=desk.book, inspection=inspection, code="F1", item_code="CY-05", facts="", disposal="transfer", act=act
        )  # fmt: skip
    desk.close()
    return home


def settle(home: Path) -> None:
    desk = Desk.open(load_settings({}, home=home))
    with desk.transaction() as session:
        finding = matters.matter_by_code(session, "F1")
        who = Actor("U01", "协调员", desk.book.guidance_code, frozenset({Role.COORDINATOR}))
        given = {"department": "YJJ", "reason": "主管部门", "basis": "清单"}
        take_step(
            session, book=desk.book, matter_id=finding.id or 0, act=Act("decide_department", who, desk.today, desk.now, given=given)
        )  # fmt: skip
    desk.close()


def test_a_dispute_ends_in_the_countys_file(ruled: Path, run: Run, run_json: Callable[..., Any]) -> None:
    [waiting] = run_json("routing", "queue")
    assert (waiting["code"], waiting["workdays"], waiting["late"]) == ("F1", 8, True)
    assert "F1" in run("routing", "queue").stdout
    settle(ruled)
    assert run_json("routing", "queue") == []
    [found] = run_json("routing", "proposals")
    assert (found["item"], found["department"], found["added"][0]["list"]) == ("CY-05", "YJJ", "SPEC")
    assert "CY-05" in run("routing", "proposals").stdout
    assert "指导办" in run("routing", "adopt", found["key"], "--as", "U05", code=1).stderr
    before = (ruled / "rules" / "routing.csv").read_text(encoding="utf-8")
    run("routing", "adopt", found["key"], "--as", "U01", "--from", "2026-12-01")
    assert run_json("routing", "apply")["written"] is False
    assert (ruled / "rules" / "routing.csv").read_text(encoding="utf-8") == before
    assert run_json("routing", "apply", "--write")["written"] is True
    text = (ruled / "rules" / "routing.csv").read_text(encoding="utf-8")
    assert "CY-05,SPEC,YJJ,,2026-12-01,," in text and "2026-11-30" in text
    assert run_json("rules", "check")["sound"] is True
    assert run_json("routing", "apply") | {"file": ""} == {"file": "", "written": False, "rows": [], "proposals": []}
    tried = run_json("routing", "try", ruled / "rules", "--lists-on", "2026-12-01")
    assert tried["undecided"] == {"old": 1, "new": 0} and tried["departments"]["YJJ"] == {"old": 0, "new": 1}
    assert "去向不同 1 项" in run("routing", "try", ruled / "rules", "--lists-on", "2026-12-01").stdout
    assert "去向不同 0 项" in run("routing", "try", ruled / "rules").stdout
    run("routing", "try", ruled / "rules", "--from", "2026-12-01", "--to", "2026-11-01", code=2)
    rules = run_json("rules", "try", ruled / "rules", "--rules-on", "2026-12-01")
    assert rules["routing"] == {name: tried[name] for name in rules["routing"]} and len(rules["routing"]["moved"]) == 1
    assert "去向不同 1 项" in run("rules", "try", ruled / "rules", "--rules-on", "2026-12-01").stdout
    assert "去向不同" not in run("rules", "try", ruled / "rules").stdout


def test_a_proposal_may_be_dropped(ruled: Path, run: Run, run_json: Callable[..., Any]) -> None:
    settle(ruled)
    [found] = run_json("routing", "proposals")
    run("routing", "drop", found["key"], "--as", "U01", "--reason", "个案")
    assert run_json("routing", "proposals") == []
    [kept] = run_json("routing", "proposals", "--all")
    assert kept["status"] == "dropped" and run_json("routing", "apply")["rows"] == []
