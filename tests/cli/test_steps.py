"""A finding goes all the way on the command line, and what may not be done is refused by name (办理命令)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models import Document, Event, Matter
from tests.cli.conftest import LEDGER, Run
from yisong.desk import Desk
from yisong.settings import load_settings

CASE = "YX-2026-0001"
OFFICERS = ("--set", "officers=癸示例 浙J10", "--set", "officers=丑演示 浙J12")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where homes are kept that several tests begin with."""
    return tmp_path_factory.mktemp("kept")


def once(home: Path, kept: Path, name: str, make: Callable[[], None]) -> Path:
    """Bring a home to where a test begins: by acting the first time, by copying afterwards."""
    if (kept / name).exists():
        shutil.rmtree(home / "var")
        shutil.copytree(kept / name, home / "var")
    else:
        make()
        shutil.copytree(home / "var", kept / name)
    return home


@pytest.fixture
def imported(home: Path, kept: Path, run: Run, at_noon: Callable[[str], None]) -> Path:
    """The sample ledger is in; it is the morning after F28 was found (15 September)."""
    once(home, kept, "imported", lambda: run("import", LEDGER, "--confirm") and None)
    at_noon("2026-09-16T09:00+08:00")
    return home


@pytest.fixture
def delivered(imported: Path, kept: Path, run: Run) -> Path:
    """F28 has been transferred from YJJ to HBJ as a case, and has arrived on 16 September."""

    def deliver() -> None:
        run("step", "F28", "assign", "--as", "U07", "--set", "kind=lead", "--set", "department=HBJ")
        run("step", CASE, "submit", "--as", "U07")
        run("step", CASE, "approve", "--as", "U08")

    return once(imported, kept, "delivered", deliver)


def count(home: Path) -> tuple[int, int, int]:
    desk = Desk.open(load_settings({}, home=home))
    with desk.reading() as session:
        found = tuple(len(list(session.scalars(select(table)))) for table in (Matter, Event, Document))
    desk.close()
    return found  # type: ignore[return-value]


def test_from_the_ledger_to_a_passed_review(
    delivered: Path, run: Run, run_json: Callable[..., Any], at_noon: Callable[[str], None]
) -> None:
    at_noon("2026-09-17T10:00+08:00")
    run("step", CASE, "accept", "--as", "HBJ-leader")
    made = run_json(
        "step",
        CASE,
        "order.open",
        "--as",
        "U10",
        "--set",
        "days=15",
        "--set",
        "demands=设置识别标志",
        "--set",
        "demands=建立台账",
    )
    assert (made["matter"], made["state"]) == (f"{CASE}-ZG1", "drafted")
    issued = run_json("step", f"{CASE}-ZG1", "issue", "--as", "HBJ-leader")
    [paper] = [paper for paper in issued["papers"] if paper["type"] == "ZEGAI"]
    assert "〔2026〕" in paper["number"]
    served = run_json(
        "step", paper["code"], "service.serve", "--as", "U10", "--set", "method=direct", "--set", "served_on=2026-09-17",
        "--set", "place=厂区", "--set", "receiver=经理", "--set", "servers=癸示例 浙J10", "--set", "servers=丑演示 浙J12",
    )  # fmt: skip
    assert served["state"] == "served"
    [clock] = [clock for clock in run_json("cases", CASE)["clocks"] if clock["rule"] == "R-RECTIFY"]
    assert (clock["start"], clock["due"], clock["status"]) == (
        "2026-09-17",
        "2026-10-08",
        "running",
    )  # moved off the National Day

    [told] = run_json("clock", "explain", CASE, "--rule", "R-RECTIFY")
    assert told["due"] == told["days"][-1]["day"] == "2026-10-08" and "顺延" in told["days"][-1]["why"]
    assert "顺延" in run("clock", "explain", CASE).stdout

    at_noon("2026-10-09T09:00+08:00")
    late = run_json("cases", CASE)
    assert [clock["rule"] for clock in late["clocks"] if clock["overdue"]], "late is reckoned, even though no sweep ran"
    run("step", f"{CASE}-ZG1", "report", "--as", "U10", "--set", "report=已设置标志", "--on", "2026-10-08")
    found = run_json(
        "step", f"{CASE}-ZG1", "review.conclude_pass", "--as", "HBJ-leader", "--set", "note=均已整改", *OFFICERS
    )
    assert found["state"] == "passed"
    page = run_json("cases", CASE)
    states = {row["code"]: row["state"] for row in page["matters"]}
    assert states[f"{CASE}-ZG1"] == "passed" and states["F28"] == "cleared"
    assert {"YISONG", "ZEGAI", "FUCHA"} <= {paper["type"] for paper in page["papers"]}
    text = run("cases", CASE).stdout
    assert "批准移送" in text and "责令改正通知书" in text and "补录" in text
    assert run_json("audit", "verify")["intact"] is True


def test_an_illegal_step_is_refused_and_nothing_is_written(delivered: Path, run: Run) -> None:
    before = count(delivered)
    refused = run("step", CASE, "submit", "--as", "U07", code=1)
    assert "现为“待受理”" in refused.stderr and "待提交" in refused.stderr and refused.stdout == ""
    assert "没有“fly”这一步骤" in run("step", CASE, "fly", "--as", "U07", code=1).stderr
    assert "没有编号为“YX-1”" in run("step", "YX-1", "accept", "--as", "U07", code=1).stderr
    assert count(delivered) == before


def test_a_wrong_role_and_the_separation_of_duties(imported: Path, run: Run) -> None:
    run("step", "F28", "assign", "--as", "U08", "--set", "department=HBJ")
    before = count(imported)
    assert "无此权限" in run("step", CASE, "submit", "--as", "U10", code=1).stderr
    assert count(imported) == before
    run("step", CASE, "submit", "--as", "U08")
    assert "不得由同一人办理" in run("step", CASE, "approve", "--as", "U08", code=1).stderr
    assert "没有可用的账号“nobody”" in run("step", CASE, "approve", "--as", "nobody", code=1).stderr


def test_what_is_missing_is_asked_for_by_its_name(delivered: Path, run: Run) -> None:
    refused = run("step", CASE, "return_jurisdiction", "--as", "HBJ-leader", "--set", "reason=不属本部门", code=1)
    assert "依据的条款" in refused.stderr and "basis=" in refused.stderr and "proposed_department=" in refused.stderr
    refused = run(
        "step",
        CASE,
        "return_jurisdiction",
        "--as",
        "HBJ-leader",
        "--set",
        "reason=不属本部门",
        "--set",
        "basis=清单",
        "--set",
        "proposed_department=NOPE",
        code=1,
    )
    assert "NOPE" in refused.stderr
    assert "--set days" in run("step", CASE, "order.open", "--as", "U10", code=1).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "reason"], "名=值"),
        (["--set", "ground=whim"], "not_violation（不构成违法）"),
        (["--on", "2026-02-30"], "2026-02-30"),
        (["--on", "2026-12-01"], "晚于今天"),
        (["--set", "ground=duplicate", "--set", "ground=duplicate"], "只能写一次"),
    ],
)
def test_what_cannot_be_read_is_bad_input(delivered: Path, run: Run, arguments: list[str], said: str) -> None:
    before = count(delivered)
    assert said in run("step", CASE, "return_groundless", "--as", "HBJ-leader", *arguments, code=2).stderr
    assert count(delivered) == before


def test_kinds_that_there_are_not(delivered: Path, run: Run) -> None:
    assert "没有“ordre”这类事项" in run("step", CASE, "ordre.open", "--as", "U10", code=2).stderr
    assert "不能办理" in run("step", CASE, "review.conclude_pass", "--as", "U10", code=1).stderr
    assert "不是整数" in run("step", CASE, "order.open", "--as", "U10", "--set", "days=两周", code=2).stderr


def test_what_was_done_on_paper_earlier_is_entered_late(imported: Path, run: Run, run_json: Callable[..., Any]) -> None:
    run("step", "F28", "assign", "--as", "U07", "--set", "department=HBJ", "--on", "2026-09-15")
    first = next(event for event in run_json("cases", CASE)["timeline"] if event["matter"] == CASE)
    assert (first["on"], first["offline"]) == ("2026-09-15", True)


def test_the_list_of_cases_is_filtered(
    delivered: Path, run: Run, run_json: Callable[..., Any], at_noon: Callable[[str], None]
) -> None:
    [row] = run_json("cases")
    assert (row["code"], row["state"], row["responsible"], row["overdue"]) == (CASE, "pending_acceptance", "HBJ", False)
    assert len(run_json("cases", "--state", "pending_acceptance")) == len(run_json("cases", "--state", "待受理")) == 1
    assert (
        run_json("cases", "--state", "accepted")
        == run_json("cases", "--department", "SJJ")
        == run_json("cases", "--overdue")
        == []
    )
    assert len(run_json("cases", "--department", "YJJ")) == 1
    at_noon("2026-09-30T09:00+08:00")
    [row] = run_json("cases", "--overdue")
    assert (row["due"], row["days_late"]) == ("2026-09-20", 10)  # 17, 18 and the make-up Sunday
    assert "10 天" in run("cases", "--overdue").stdout


def test_a_page_offers_what_that_person_may_do(delivered: Path, run_json: Callable[..., Any], run: Run) -> None:
    offered = {
        step["action"] for step in run_json("cases", CASE, "--as", "HBJ-leader")["steps"] if step["matter"] == CASE
    }
    assert {"accept", "return_jurisdiction"} <= offered and "void" not in offered
    everybody = {step["action"] for step in run_json("cases", CASE)["steps"] if step["matter"] == CASE}
    assert offered < everybody
    assert "没有编号为“X”" in run("cases", "X", code=1).stderr
    assert "XX" in run("cases", "--department", "XX", code=2).stderr
