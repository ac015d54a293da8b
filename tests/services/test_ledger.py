"""The ledger goes back to the offices as it came, with how far each has come, and changes nothing when it returns (台账导出)."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models import Event, Finding, ImportRun, Matter, Notice, OutboxRow, Unit
from tests.services.world import CREDIT_CODES, MONDAY, NAMES, World, leader, officer
from yisong.domain.lifecycle import Act
from yisong.services import imports, ledger_check, outbox
from yisong.services import ledger as ledgers
from yisong.services.findings import open_case
from yisong.services.imports import Import, Imported
from yisong.store import matters

HEAD = (
    "检查编号", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "证据材料", "备注",
    "检查人员", "整改进度%", "包保干部",
)  # fmt: skip
DAY = date(2026, 3, 2)


def line(unit: int, **changed: Any) -> list[Any]:
    known: dict[str, Any] = {
        "被检查单位": NAMES[unit], "统一社会信用代码": CREDIT_CODES[unit], "检查日期": DAY, "发起部门": "县综合行政执法局", "检查事项": "GS-06",
        "发现问题": "未建立台账", "处置方式": "移送", "责任部门": "应急管理局", "证据材料": "现场检查笔录、现场照片",
        "检查人员": "张三（33990001）、李四（33990002）",
    }  # fmt: skip
    return [(known | changed).get(name, "") for name in HEAD]


def ledger(folder: Path) -> Path:
    """With numbers and without, with and without a finding, one word that looks like a formula, one blank disposal."""
    file = folder / "三月台账.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEAD)
        writer.writerow(
            line(0, 检查编号="J0", 问题编号="N01", 备注="已电话联系", 包保干部="张三", **{"整改进度%": "=1+1"})
        )
        writer.writerow(
            line(0, 检查编号="J0", 问题编号="N02", 处置方式="当场改正", 责任部门="", 证据材料="照片1、记录")
        )
        writer.writerow(line(1, 发现问题="灭火器过期", 检查事项="GS-04", 责任部门="", 处置方式="紧急移送"))
        writer.writerow(line(1, 发现问题="通道堵塞，一处", 检查事项="GS-06", 处置方式=""))
        writer.writerow(
            line(
                2,
                检查编号="J2",
                检查日期="2026-03-03 09:30",
                发现问题="未发现问题",
                检查事项="",
                处置方式="",
                责任部门="",
                包保干部="李四",
            )
        )
    return file


def bring_in(world: World, file: Path) -> Imported:
    checked = ledger_check.check(world.desk.reading, book=world.book, path=file, today=world.on)
    assert not ledger_check.errors_of(world.desk.reading, checked=checked)
    return imports.confirm(world.desk.transaction, Import(book=world.book, checked=checked, on=world.on, at=world.at))


def written(world: World, **asked: Any) -> ledgers.LedgerOut:
    with world.desk.reading() as session:
        return ledgers.write_ledger(session, book=world.book, on=world.on, **asked)


def cells(made: ledgers.LedgerOut) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(made.content)).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    return [dict(zip(map(str, lines[0]), row, strict=True)) for row in lines[1:]]


def work(world: World) -> Matter:
    """N01 becomes a case, approved and delivered by its people."""
    with world.desk.transaction() as session:
        found = matters.matter_by_code(session, "N01")
        case = open_case(
            session, book=world.book, findings=[found], act=Act("open", officer("ZFJ"), world.on, world.at), kind="lead", responsible="YJJ"
        )  # fmt: skip
    world.take(case.id or 0, "submit", officer("ZFJ"))
    world.take(case.id or 0, "approve", leader("ZFJ"))
    return case


def counted(world: World) -> tuple[int, ...]:
    return tuple(len(world.every(table)) for table in (Unit, Finding, Matter, Event, ImportRun))


def test_in_worked_on_out_and_in_again_changes_nothing(world: World, tmp_path: Path) -> None:
    assert (bring_in(world, ledger(tmp_path)).findings, world.on) == (4, MONDAY)
    case = work(world)
    world.go(date(2026, 3, 23))
    made = written(world)
    rows = cells(made)
    first = next(row for row in rows if row["问题编号"] == "N01")
    assert first["案号（系统）"] == case.code and first["承办部门（系统）"] == "应急局"
    assert first["办理状态"] and "〔2026〕" in first["文书文号"] and first["当前期限"]
    assert (first["备注"], first["包保干部"], first["整改进度%"]) == ("已电话联系", "张三", "=1+1")
    assert list(rows[0])[-2:] == ["整改进度%", "包保干部"], "an office's own columns stay in its own order"
    second = next(row for row in rows if row["问题编号"] == "N02")
    assert (second["办理状态"], str(second["办结日期"])[:10]) == ("当场改正", "2026-03-02")
    assert [row["包保干部"] for row in rows if row["发现问题"] == "未发现问题"] == ["李四"]

    before = counted(world)
    place = tmp_path / "回来.xlsx"
    place.write_bytes(made.content)
    again = bring_in(world, place)
    assert (again.inspections, again.findings, again.units, again.corrections) == (0, 0, 0, [])
    assert again.unchanged == 4 and counted(world) == before
    assert written(world).content == made.content, "the same state gives the same file"


def test_codes_are_text_and_no_word_is_a_formula(small_world: World, tmp_path: Path) -> None:
    bring_in(small_world, ledger(tmp_path))
    sheet = openpyxl.load_workbook(io.BytesIO(written(small_world).content)).worksheets[0]
    every = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in every if cell.data_type == "f"]
    assert all(cell.quotePrefix for cell in every if cell.value == "=1+1")
    assert {(cell.data_type, cell.number_format) for cell in every if cell.value == CREDIT_CODES[0]} == {("s", "@")}


def test_what_a_person_changed_in_the_file_is_told_as_a_correction(small_world: World, tmp_path: Path) -> None:
    bring_in(small_world, ledger(tmp_path))
    book = openpyxl.load_workbook(io.BytesIO(written(small_world).content))
    sheet = book.worksheets[0]
    header = {cell.value: place for place, cell in enumerate(sheet[2], start=1)}
    number = next(
        row[0].row
        for row in sheet.iter_rows(min_row=3)
        if sheet.cell(row[0].row or 0, header["问题编号"]).value == "N01"
    )
    sheet.cell(number or 0, header["发现问题"]).value = "未建立台账，且无人值守"
    place = tmp_path / "改过.xlsx"
    book.save(place)
    assert [code for code, _, _ in bring_in(small_world, place).corrections] == ["N01"]


def test_an_organ_gets_its_own_rows_of_the_year(small_world: World, tmp_path: Path) -> None:
    bring_in(small_world, ledger(tmp_path))
    assert [row["问题编号"] for row in cells(written(small_world, department="YJJ"))].count("N01") == 1
    assert {row["承办部门（系统）"] for row in cells(written(small_world, department="YJJ"))} == {"应急局"}
    assert len(cells(written(small_world, department="ZFJ"))) == len(cells(written(small_world))) == 5
    assert cells(written(small_world, department="SJJ")) == [] and cells(written(small_world, year=2025)) == []


def test_a_finding_that_no_ledger_brought_goes_out_and_comes_back(small_world: World, tmp_path: Path) -> None:
    world = small_world
    number = world.matter(world.finding("GS-06")).code
    row = next(row for row in cells(written(world)) if row["问题编号"] == number)
    assert row["办理状态"].startswith("待协调")
    place = tmp_path / "回来.xlsx"
    place.write_bytes(written(world).content)
    again = bring_in(world, place)
    assert (again.findings, again.corrections) == (0, [])


@pytest.mark.parametrize("times", [1, 2])
def test_every_week_a_file_and_one_notice(world: World, tmp_path: Path, times: int) -> None:
    bring_in(world, ledger(tmp_path))
    organs: list[str] = []
    for _ in range(times):
        with world.desk.reading() as session:
            organs = ledgers.departments(session, book=world.book)
        for organ in organs:
            place, rows = ledgers.leave_ledger(
                world.desk.transaction, world.desk.reading, book=world.book, folder=tmp_path / "ledger", department=organ, on=world.on, at=world.at
            )  # fmt: skip
            assert place == tmp_path / "ledger" / organ / "检查问题台账-2026-W11.xlsx" and place.stat().st_size and rows
    assert {"ZFJ", "YJJ"} <= set(organs) and not list((tmp_path / "ledger").rglob(".ledger-*"))
    told = [row for row in world.every(OutboxRow) if row.key.startswith("ledger:")]
    assert sorted(row.payload["department"] for row in told) == organs
    press = outbox.Press(settings=world.desk.settings, book=world.book, catalogue=world.desk.catalogue)
    outbox.run(world.desk.transaction, press=press, at=lambda: world.at)
    words = [notice for notice in world.every(Notice) if notice.kind == "ledger_ready"]
    assert len(words) == len(organs) and "本周检查问题台账已导出" in words[0].subject and "/ledgers" in words[0].body
