"""A ledger comes in, once; what is wrong with it is named; a run is taken back (台账导入命令)."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from models import Finding, ImportRun, Inspection, Matter, Unit
from tests.cli.conftest import LEDGER, NOW, Run
from yisong.desk import Desk
from yisong.settings import SOURCE_ROOT, load_settings

HEAD = [
    "检查编号",
    "被检查单位",
    "统一社会信用代码",
    "检查日期",
    "发起部门",
    "参与部门",
    "问题编号",
    "检查事项",
    "发现问题",
    "处置方式",
    "责任部门",
    "证据材料",
]
GOOD = {
    "检查编号": "JC-9001", "被检查单位": "云溪县崭新建材有限公司", "统一社会信用代码": "91339927MA2KEXM17N", "检查日期": "2026-11-18", "发起部门": "县综合行政执法局",
    "参与部门": "应急管理局", "问题编号": "N1", "检查事项": "GS-06", "发现问题": "未建立台账", "处置方式": "移送", "责任部门": "应急管理局", "证据材料": "现场照片",
}  # fmt: skip


@pytest.fixture(scope="session")
def new_unit_code() -> str:
    """A credit code that nobody bears and whose check digit holds."""
    from stdnum.cn import uscc

    body = "91339927MA2KEXM17"
    return body + uscc.calc_check_digit(body)


@pytest.fixture
def ledger(tmp_path: Path, new_unit_code: str) -> Callable[..., Path]:
    """A small ledger: good rows with what a test changes in them; `without` leaves a column out."""

    def make(*rows: dict[str, str], without: str = "", name: str = "台账.csv") -> Path:
        file = tmp_path / name
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, [column for column in HEAD if column != without], extrasaction="ignore")
            writer.writeheader()
            for row in rows:
                writer.writerow({**GOOD, "统一社会信用代码": new_unit_code, **row})
        return file

    return make


def dump(home: Path) -> list[object]:
    """What the database holds of ledgers, plainly."""
    desk = Desk.open(load_settings({}, home=home))
    with desk.reading() as session:
        found: list[object] = [
            [
                (row.code, row.state, row.responsible, row.seq)
                for row in session.scalars(select(Matter).order_by(Matter.id))
            ],  # type: ignore[arg-type]
            [
                (row.code, row.inspected_on, row.place)
                for row in session.scalars(select(Inspection).order_by(Inspection.id))
            ],  # type: ignore[arg-type]
            [
                (row.matter_id, row.item_code, row.facts, row.routed_to)
                for row in session.scalars(select(Finding).order_by(Finding.matter_id))
            ],  # type: ignore[arg-type]
            [(row.uscc, row.name) for row in session.scalars(select(Unit).order_by(Unit.id))],  # type: ignore[arg-type]
            [(row.name, row.state, row.summary) for row in session.scalars(select(ImportRun).order_by(ImportRun.id))],  # type: ignore[arg-type]
        ]
    desk.close()
    return found


def test_verifying_writes_nothing_and_tells_every_row(home: Path, run_json: Callable[..., Any]) -> None:
    before = dump(home)
    found = run_json("import", LEDGER, "--verify")
    assert found["importable"] is True and found["confirmed"] is None
    assert (found["summary"]["inspections"], found["summary"]["findings"]) == (16, 28)
    assert {row["status"] for row in found["rows"]} <= {"ok", "warning", "skip"}
    columns = {column["header"]: column["field"] for column in found["mapping"]["sheets"][0]["columns"]}
    assert columns["统一社会信用代码"] == "uscc" and columns["检查日期"] == "inspected_on"
    assert dump(home) == before


def test_a_ledger_comes_in_once(home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    found = run_json("import", LEDGER, "--confirm", "--as", "U01")["confirmed"]
    assert (found["inspections"], found["findings"], found["refused"]) == (16, 28, [])
    after = dump(home)
    again = run_json("import", LEDGER, "--confirm", "--as", "U01")["confirmed"]
    assert (again["inspections"], again["findings"], again["unchanged"], again["corrections"]) == (0, 0, 28, [])
    assert dump(home) == after
    assert "没有新的内容" in run("import", LEDGER, "--confirm").stdout
    [listed] = run_json("import", "list")
    assert (listed["state"], listed["inspections"], listed["findings"], listed["by"]) == ("confirmed", 16, 28, "U01")


def test_an_unknown_unit_is_registered_with_name_and_code(
    home: Path, run_json: Callable[..., Any], ledger: Callable[..., Path], new_unit_code: str
) -> None:
    found = run_json("import", ledger({}), "--confirm")["confirmed"]
    assert (found["units"], found["findings"]) == (1, 1)
    assert (new_unit_code, GOOD["被检查单位"]) in dump(home)[3]  # type: ignore[operator]


def test_routing_answers_where_the_ledger_names_no_department(
    home: Path, run_json: Callable[..., Any], ledger: Callable[..., Path]
) -> None:
    run_json("import", ledger({"责任部门": ""}), "--confirm")
    [matter] = dump(home)[0]  # type: ignore[misc]
    assert matter[0] == "N1" and matter[1] == "recorded" and matter[2]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"统一社会信用代码": "91339927MA2KEXM170"}, "统一社会信用代码", "校验位"),
        ({"责任部门": "某某执法大队"}, "责任部门", "某某执法大队"),
        ({"发起部门": "不存在的局"}, "发起部门", "不存在的局"),
        ({"检查日期": "2026年2月30日"}, "检查日期", "2026年2月30日"),
        ({"检查日期": "2026-12-24"}, "检查日期", "2026-12-24"),
        ({"检查事项": "ZZ-99"}, "检查事项", "ZZ-99"),
        ({"被检查单位": ""}, "被检查单位", "没有填写被检查单位"),
    ],
)
def test_a_wrong_cell_is_named_with_sheet_row_and_column(
    home: Path,
    run: Run,
    run_json: Callable[..., Any],
    ledger: Callable[..., Path],
    change: dict[str, str],
    column: str,
    said: str,
) -> None:
    before = dump(home)
    file = ledger({}, {"检查编号": "JC-9002", "问题编号": "N2", **change})
    result = run("import", file, "--confirm", code=2)
    line = next(line for line in result.stdout.splitlines() if said in line)
    assert " 3 " in line and column in line and "错误" in line
    assert "未导入" in result.stderr
    [told] = [row for row in run_json("import", file, code=2)["rows"] if row["status"] == "error"]
    assert told["row"] == 3 and any(message["label"] == column for message in told["messages"])
    assert dump(home) == before, "nothing is written, not even the good row"


def test_a_missing_column_is_named(home: Path, run: Run, ledger: Callable[..., Path]) -> None:
    before = dump(home)
    result = run("import", ledger({}, without="统一社会信用代码"), "--confirm", code=2)
    assert "台账.csv" in result.stderr and "统一社会信用代码" in result.stderr
    assert dump(home) == before


def test_what_is_no_ledger_is_refused(home: Path, run: Run, tmp_path: Path) -> None:
    assert "nowhere.xlsx" in run("import", "nowhere.xlsx", code=2).stderr
    (tmp_path / "page.xlsx").write_text("<html><table></table></html>")
    assert "网页" in run("import", tmp_path / "page.xlsx", code=2).stderr


def test_good_inspections_can_come_in_without_the_bad_ones(
    home: Path, run: Run, run_json: Callable[..., Any], ledger: Callable[..., Path]
) -> None:
    file = ledger({}, {"检查编号": "JC-9002", "问题编号": "N2", "责任部门": "某某执法大队"})
    found = run_json("import", file, "--confirm", "--skip-errors")["confirmed"]
    assert (found["inspections"], found["blocked"]) == (1, 1)
    [listed] = run_json("import", "list")
    assert listed["state"] == "verified", "the run stays open until all of it is in"
    corrected = ledger({}, {"检查编号": "JC-9002", "问题编号": "N2"})
    found = run_json("import", corrected, "--confirm")["confirmed"]
    assert (found["inspections"], found["findings"], found["unchanged"]) == (1, 1, 1)


def test_a_changed_row_is_proposed_and_not_written(
    home: Path, run: Run, run_json: Callable[..., Any], ledger: Callable[..., Path]
) -> None:
    run("import", ledger({}), "--confirm")
    before = dump(home)
    found = run_json("import", ledger({"发现问题": "台账不全"}), "--confirm")
    assert found["confirmed"]["corrections"] == [{"finding": "N1", "sheet": found["rows"][0]["sheet"], "row": 2}]
    assert dump(home) == before


def test_numbers_that_stand_for_something_else_are_refused(home: Path, run: Run, ledger: Callable[..., Path]) -> None:
    run("import", ledger({}), "--confirm")
    before = dump(home)
    result = run("import", ledger({"检查编号": "JC-9003"}, name="十二月.csv"), "--confirm", code=2)
    assert "问题编号“N1”已用于检查“JC-9001”" in result.stderr
    result = run("import", ledger({"检查日期": "2026-11-19", "问题编号": "N7"}, name="十二月.csv"), "--confirm", code=2)
    assert "检查编号“JC-9001”已用于 2026-11-18" in result.stderr
    assert dump(home) == before


def test_the_report_is_the_ledger_with_a_verdict(
    home: Path, run: Run, ledger: Callable[..., Path], tmp_path: Path
) -> None:
    file = ledger({}, {"检查编号": "JC-9002", "问题编号": "N2", "责任部门": "某某执法大队"})
    run("import", file, "--report", tmp_path / "核对.xlsx", code=2)
    sheet = load_workbook(tmp_path / "核对.xlsx").worksheets[0]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any("某某执法大队" in text and "请写部门名单" in text for text in texts)
    assert ".xlsx" in run("import", file, "--report", tmp_path / "核对.pdf", code=2).stderr


def test_column_names_are_remembered_for_an_office(
    home: Path, run: Run, run_json: Callable[..., Any], ledger: Callable[..., Path]
) -> None:
    run("import", ledger({}), "--confirm", "--department", "YJJ")
    found = run_json("import", ledger({}), "--department", "YJJ")
    assert found["mapping"]["sheets"][0]["columns"][0]["field"] == "inspection_code"
    assert "NOPE" in run("import", ledger({}), "--department", "NOPE", code=2).stderr


def test_a_run_can_be_taken_back_and_its_ledger_corrected(
    home: Path, run: Run, run_json: Callable[..., Any], ledger: Callable[..., Path]
) -> None:
    run("import", LEDGER, "--confirm")
    run("import", "undo", 1, "--as", "U01", "--reason", "整本有误")
    matters, inspections, findings, _, _ = dump(home)
    assert inspections == [] and findings == []
    assert {row[1] for row in matters} == {"void"} and all(row[0].endswith("~1") for row in matters)  # type: ignore[attr-defined]
    assert run_json("audit", "verify")["intact"] is True
    assert run_json("import", LEDGER, "--confirm")["confirmed"]["findings"] == 28
    assert "已经撤销" in run("import", "undo", 1, "--as", "U01", "--reason", "再撤一次", code=1).stderr


def test_a_run_stays_once_a_case_has_gone_out(home: Path, run: Run) -> None:
    run("import", LEDGER, "--confirm")
    run("step", "F28", "assign", "--as", "U07")
    run("step", "YX-2026-0001", "submit", "--as", "U07")
    before = dump(home)
    assert "无此权限" in run("import", "undo", 1, "--as", "U07", "--reason", "有误", code=1).stderr, (
        "only its leader may void a draft"
    )
    assert dump(home) == before
    run("step", "YX-2026-0001", "approve", "--as", "U08")
    assert "YX-2026-0001" in run("import", "undo", 1, "--as", "U08", "--reason", "有误", code=1).stderr
    run("cases", "YX-2026-0001")


def test_undo_asks_for_everything_it_needs(home: Path, run: Run) -> None:
    assert "--reason" in run("import", "undo", 1, "--as", "U01", code=2).stderr
    assert "第 7 号" in run("import", "undo", 7, "--as", "U01", "--reason", "有误", code=1).stderr
    assert "二者取一" in run("import", LEDGER, "--verify", "--confirm", code=2).stderr


KILLED = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import Engine, event
from yisong import clock
from yisong.cli import main
from yisong.services import imports

imports.BATCH = 3
clock.SystemClock.now = lambda self: datetime.fromisoformat({now!r})
statements = 0

@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global statements
    statements += 1
    if statements == {statement}:
        os.kill(os.getpid(), signal.SIGKILL)

sys.argv = ["yisong", "import", {ledger!r}, "--confirm"]
main()
"""


@pytest.mark.parametrize("statement", [16, 33, 52, 71, 90])
def test_a_killed_import_is_gone_on_with(home: Path, run: Run, statement: int) -> None:
    """Kill the process in the midst of its work; the second run brings in the rest, and the journal is whole."""
    script = KILLED.format(now=NOW.isoformat(), statement=statement, ledger=str(LEDGER))
    environment = {**os.environ, "PYTHONPATH": str(SOURCE_ROOT)}
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert 0 <= len(dump(home)[1]) < 16, "killed too late to prove anything"  # type: ignore[arg-type]
    run("import", LEDGER, "--confirm")
    _, inspections, findings, _, runs = dump(home)
    assert (len(inspections), len(findings)) == (16, 28)  # type: ignore[arg-type]
    assert [(row[1], row[2]["inspections"], row[2]["findings"]) for row in runs] == [("confirmed", 16, 28)]  # type: ignore[attr-defined]
    run("audit", "verify")
