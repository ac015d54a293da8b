"""The list of refusers and the risk of over-inspection on the command line (名单与风险命令)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import LEDGER, Run
from yisong.clock import SystemClock
from yisong.desk import Desk
from yisong.domain.lifecycle import Act
from yisong.domain.roles import SYSTEM
from yisong.services import listing, registry
from yisong.settings import load_settings
from yisong.store import matters

CODE = "ZD-2026-001"


@pytest.fixture
def watched(home: Path) -> Path:
    """A unit is listed by a decision from before, though none of its orders counts."""
    desk = Desk.open(load_settings({}, home=home))
    with desk.transaction() as session:
        unit = matters.unit_by_code(session, "91339927MAXN00163T")
        assert unit is not None
        given = {"reason": "平台启用前已列入", "served_on": "2026-03-02"}
        act = Act("adopt", SYSTEM, date(2026, 11, 1), desk.now, given=given)
        listing.open_listing(session, book=desk.book, unit_id=unit.id or 0, responsible="YJJ", act=act, year=2026)
    desk.close()
    return home


def test_a_listing_shows_what_counts_and_what_does_not(watched: Path, run: Run, run_json: Callable[..., Any]) -> None:
    [row] = run_json("listing", "list")
    assert (row["code"], row["unit"]) == (CODE, "云溪县虚构包装材料有限公司")
    found = run_json("listing", "show", CODE)
    assert (found["refusals"], found["counted"], found["window"]) == (0, [], ["2026-01-01", "2026-12-31"])
    assert found["measures"] and all(measure["basis"] for measure in found["measures"])
    assert "计数 0 次" in run("listing", "show", CODE).stdout
    assert "没有编号为“ZD-1”" in run("listing", "show", "ZD-1", code=1).stderr


def test_only_what_is_in_force_is_public(watched: Path, run: Run, run_json: Callable[..., Any]) -> None:
    [public] = run_json("listing", "public")
    assert (public["code"], public["since"], public["department"]) == (CODE, "2026-03-02", "YJJ")
    assert run_json("listing", "watch") == []
    assert "没有变动" in run("listing", "watch").stdout
    run("listing", "public")
    run("import", LEDGER, "--confirm")
    assert "不是名单事项" in run("listing", "show", "F28", code=1).stderr


def test_a_scan_writes_each_letter_once(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    desk = Desk.open(load_settings({}, home=home), clock=SystemClock())
    with desk.transaction() as session:
        unit = matters.unit_by_code(session, "91339927MAXN00163T")
        assert unit is not None
        for number, department in enumerate(("YJJ", "HBJ", "SJJ", "XFJ"), start=1):
            registry.keep_plan(
                session,
                code=f"P{number}",
                department=department,
                unit=unit,
                planned_on=date(2026, 11, 24),
                registered_on=date(2026, 11, 20),
            )
    desk.close()
    written = run_json("risk", "scan")
    assert written and all(row["unit"] == "云溪县虚构包装材料有限公司" and row["departments"] for row in written)
    assert run_json("risk", "scan") == []
    assert {row["letter"] for row in run_json("risk", "list")} == {row["code"] for row in written}
    assert "没有新的命中" in run("risk", "scan").stdout
    assert written[0]["code"] in run("risk", "list").stdout
    assert "晚于今天" in run("risk", "scan", "--on", "2027-01-01", code=2).stderr
