"""An office's columns are asked about once and remembered; its ledger goes out and comes back (列名对应、台账导出)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from models import Finding
from tests.cli.conftest import Run
from yisong.desk import Desk
from yisong.settings import load_settings

HEAD = [
    "检查编号",
    "场所名",
    "统一社会信用代码",
    "检查日期",
    "发起部门",
    "问题编号",
    "检查事项",
    "发现问题",
    "处置方式",
    "责任部门",
    "包保干部",
]
GOOD = {
    "检查编号": "JC-9001", "场所名": "云溪县崭新建材有限公司", "统一社会信用代码": "91339927MA2KEXM17", "检查日期": "2026-11-18",
    "发起部门": "县综合行政执法局", "问题编号": "N1", "检查事项": "GS-06", "发现问题": "未建立台账", "处置方式": "移送", "责任部门": "应急管理局",
    "包保干部": "张三",
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> Callable[..., Path]:
    from stdnum.cn import uscc

    def make(*, renamed: dict[str, str] | None = None, name: str = "一周.csv", **changed: str) -> Path:
        row = GOOD | changed
        row["统一社会信用代码"] += uscc.calc_check_digit(row["统一社会信用代码"])
        file = tmp_path / name
        with file.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.writer(out)
            writer.writerow([(renamed or {}).get(column, column) for column in HEAD])
            writer.writerow([row[column] for column in HEAD])
        return file

    return make


def columns_of(answer: Any) -> dict[str, Any]:
    return {column["header"]: column["field"] for column in answer["mapping"]["sheets"][0]["columns"]}


def test_a_correction_is_followed_remembered_and_asked_again_when_the_header_changes(
    home: Path, run: Run, ledger: Callable[..., Path], run_json: Callable[..., Any]
) -> None:
    first = str(ledger())
    refused = run("import", first, "--department", "ZFJ", "--confirm", code=2)
    assert "缺少“被检查单位”列" in refused.stderr
    seen = run_json("import", first, "--department", "ZFJ", "--map", "场所名=被检查单位", "--verify")
    assert columns_of(seen)["场所名"] == "unit_name" and seen["importable"] and seen["questions"] == []
    run("import", first, "--department", "ZFJ", "--map", "场所名=被检查单位", "--confirm")

    second = str(ledger(name="二周.csv", 检查编号="JC-9002", 问题编号="N2"))
    run("import", second, "--department", "ZFJ", "--confirm")
    run("import", str(ledger(name="别人.csv", 检查编号="JC-9003", 问题编号="N3")), "--department", "SJJ", code=2)

    third = str(
        ledger(
            name="三周.csv", 检查编号="JC-9004", 问题编号="N4", renamed={"包保干部": "联系干部", "发现问题": "主要问题"}
        )
    )
    asked = run_json("import", third, "--department", "ZFJ", "--verify")["questions"]
    assert {(entry["header"], entry["field"]) for entry in asked} == {("联系干部", None), ("主要问题", "facts")}
    refused = run("import", third, "--department", "ZFJ", "--confirm", code=2)
    assert "“主要问题”→发现问题" in refused.stderr and "“联系干部”→原样保留" in refused.stderr
    run("import", third, "--department", "ZFJ", "--confirm", "--accept-columns")
    fourth = str(ledger(name="四周.csv", 检查编号="JC-9005", 问题编号="N5", renamed={"发现问题": "主要问题"}))
    run("import", fourth, "--department", "ZFJ", "--confirm")

    kept = run_json("ledger", "columns", "ZFJ")["columns"]
    assert {"header": "场所名", "field": "unit_name"} in kept and {"header": "联系干部", "field": ""} in kept
    run("ledger", "columns", "ZFJ", "--forget")
    assert run_json("ledger", "columns", "ZFJ")["columns"] == []


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("场所名", "列名=标准列"),
        ("场所名=飞船", "没有“飞船”这个标准列"),
        ("船名=被检查单位", "没有列“船名”"),
        ("场所名=发现问题,包保干部=发现问题", "两列都对应"),
        ("场所名=发现问题,场所名=备注", "两个不同的对应"),
    ],
)
def test_a_correction_that_cannot_be_followed_is_refused_by_name(
    home: Path, run: Run, ledger: Callable[..., Path], word: str, says: str
) -> None:
    words = [part for each in word.split(",") for part in ("--map", each)]
    answer = run("import", str(ledger()), *words, code=2)
    assert says in answer.stderr and len(answer.stderr.splitlines()) == 1


def test_a_persons_word_takes_the_field_from_the_column_that_had_it(
    home: Path, ledger: Callable[..., Path], run_json: Callable[..., Any]
) -> None:
    seen = run_json("import", str(ledger()), "--map", "场所名=被检查单位", "--map", "包保干部=问题")
    assert columns_of(seen)["包保干部"] == "facts" and columns_of(seen)["发现问题"] is None
    assert seen["rows"][0]["extras"] == {"发现问题": "未建立台账"}


def test_the_ledger_goes_out_and_comes_back(
    home: Path, run: Run, ledger: Callable[..., Path], tmp_path: Path, run_json: Callable[..., Any]
) -> None:
    run("import", str(ledger()), "--map", "场所名=被检查单位", "--department", "ZFJ", "--confirm")
    out = tmp_path / "出.xlsx"
    assert "已导出 1 行" in run("ledger", "export", "--department", "ZFJ", "--year", "2026", "--out", str(out)).stdout
    cells = [[cell.value for cell in row] for row in load_workbook(out).worksheets[0].iter_rows()]
    assert "截至 2026-11-20" in str(cells[0][0]) and cells[1][-1] == "包保干部" and cells[2][-1] == "张三"
    came_back = run_json("import", str(out), "--department", "ZFJ", "--confirm")
    assert came_back["confirmed"]["findings"] == 0 and came_back["confirmed"]["unchanged"] == 1
    desk = Desk.open(load_settings({}, home=home))
    with desk.reading() as session:
        assert len(session.scalars(select(Finding)).all()) == 1
    desk.close()
    run("ledger", "export", "--out", str(tmp_path / "出.csv"), code=2)
    run("ledger", "export", "--department", "没有", code=2)
    run("ledger", "export", "--out", str(tmp_path / "无" / "出.xlsx"), code=2)
    assert run("ledger", "export", "--year", "2025").exit_code == 0 and list(
        tmp_path.glob("云溪县检查问题台账-2025-*.xlsx")
    )
