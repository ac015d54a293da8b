"""Ledgers as offices really keep them: each is read, and what cannot be read is named (真实台账样本)."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.intake.ledgers import DATA, HEADERS, STATION, Cell, by_row, checked, codes, reference, row, text, xlsx
from yisong.intake.ledger import read_workbook
from yisong.intake.verify import verify


def test_titles_above_totals_and_signatures_below_are_named_and_left_out() -> None:
    data = xlsx([
        ["云溪县综合查一次检查台账"], ["填报单位：指导办", None, None, "填报日期：2026年9月30日"], [], list(HEADERS), row(),
        row(检查编号="JC-2", 行政行为码="XZJC-2", 问题编号="W2"),
        ["合计", None, None, "2 次"], [], ["填表人：甲示例", None, None, "审核人：乙示例"], ["备注：本表一式两份"],
    ])  # fmt: skip
    verification = checked(data)
    rows = by_row(verification)
    assert verification.importable
    assert verification.mapping.sheets[0].header_rows == (4,)
    assert "云溪县综合查一次检查台账" in verification.mapping.sheets[0].titles
    assert [rows[number].status for number in (5, 6)] == ["ok", "ok"]
    assert {number: codes(rows[number]) for number in (7, 8, 9, 10)} == {
        7: {"TOTAL_ROW"}, 8: {"BLANK_ROW"}, 9: {"SIGNATURE_ROW"}, 10: {"REMARK_ROW"},
    }  # fmt: skip
    assert all(rows[number].status == "skip" for number in (7, 8, 9, 10))


def test_a_header_of_two_rows_under_groups_is_understood() -> None:
    groups = [
        "序号",
        "检查编号",
        "被检查单位",
        None,
        None,
        "检查情况",
        None,
        None,
        "问题及处置",
        None,
        None,
        "整改情况",
        None,
    ]
    names = [
        None,
        None,
        "名称",
        "统一社会信用代码",
        "地址",
        "日期",
        "牵头单位",
        "参与单位",
        "检查事项",
        "存在问题",
        "处理意见",
        "日期",
        "结果",
    ]
    data = xlsx(
        [["检查问题汇总表"], groups, names,
         [1, "JC-1", *STATION, "云溪县示例镇演示大街88号", "2026.9.8", "应急管理局", "消防救援大队/市场监管局", "GS-04", "灭火器失压", "移送消防大队", "2026.9.20", "已改"]],
        merges=[(0, 0, 0, 12), (1, 2, 1, 4), (1, 5, 1, 7), (1, 8, 1, 10), (1, 11, 1, 12), (1, 0, 2, 0), (1, 1, 2, 1)],
    )  # fmt: skip
    verification = checked(data)
    entry = verification.mapping.sheets[0]
    assert entry.header_rows == (2, 3)
    taken = {column.letter: column.field for column in entry.columns if column.field}
    assert taken == {
        "A": "serial", "B": "inspection_code", "C": "unit_name", "D": "uscc", "E": "place", "F": "inspected_on", "G": "initiator",
        "H": "participants", "I": "item", "J": "facts", "K": "disposal",
    }  # fmt: skip
    found = verification.rows[0]
    assert found.inspection["participants"] == ("YJJ", "XFJ", "SJJ")
    assert found.inspection["town"] == "SLZ"
    assert found.finding is not None
    assert (found.finding["department"], found.finding["disposal"]) == ("XFJ", "transfer")
    assert found.extras == {"整改情况日期": "2026.9.20", "整改情况结果": "已改"}


def test_synonyms_full_width_and_blanks_are_read_as_meant() -> None:
    headers = ["任务编号", "行为码", "综合查一次主题", "企业名称*", "统一社会信用代码\n（18位）", "入企时间", "牵头单位（必填）", "参加单位", "亮码",
               "问题序号", "检查 内容", "问题描述：", "处置意见", "移送部门", "佐证材料"]  # fmt: skip
    data = xlsx([headers, row(
        检查编号="ＪＣ－２０２６－１", 被检查单位="云溪县 示例一号加油站有限公司　", 统一社会信用代码="９１３３９９２７ ＭＡＸＮ ０００１６９",
        检查日期="２０２６年９月８日", 检查主题="加油站", 是否扫码="√", 发现问题="  ３具灭火器　压力不足 ",
    )])  # fmt: skip
    verification = checked(data)
    found = verification.rows[0]
    assert found.status == "ok", verification.lines()
    assert found.inspection["inspection_code"] == "JC-2026-1"
    assert (found.inspection["unit_name"], found.inspection["uscc"]) == STATION
    assert found.inspection["inspected_on"] == dt.date(2026, 9, 8)
    assert found.inspection["theme"] == "T01"
    assert found.inspection["scanned_in"] is True
    assert found.fields["facts"] == "3具灭火器 压力不足"


def test_a_text_export_in_gb18030_with_serial_dates() -> None:
    data = text(
        [
            list(HEADERS),
            row(检查日期="46273"),
            row(检查编号="JC-2", 行政行为码="XZJC-2", 问题编号="W2", 检查日期="46274.5"),
        ],
        encoding="gb18030",
    )
    workbook = read_workbook(data, name="导出.csv")
    assert (workbook.kind, workbook.encoding) == ("csv", "gb18030")
    verification = verify(workbook, reference=reference())
    assert [entry.inspection["inspected_on"] for entry in verification.rows] == [
        dt.date(2026, 9, 8),
        dt.date(2026, 9, 9),
    ]
    assert verification.importable


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("gb18030", "\t")]
)
def test_text_exports_in_every_usual_encoding_and_separator(encoding: str, delimiter: str) -> None:
    cells = row(统一社会信用代码=f'="{STATION[1]}"', 发现问题="一处\n两行、带“引号”,和逗号；", 证据材料="笔录；照片")
    verification = checked(text([["台账"], list(HEADERS), cells], encoding=encoding, delimiter=delimiter))
    assert verification.importable, verification.lines()
    assert verification.rows[0].row == 3
    assert verification.rows[0].fields["facts"] == "一处\n两行、带“引号”,和逗号；"
    assert verification.rows[0].fields["evidence"] == ("笔录", "照片")


def test_codes_that_a_spreadsheet_turned_into_numbers_are_refused_with_advice() -> None:
    data = xlsx(
        [
            list(HEADERS),
            row(统一社会信用代码=9.13399270001234e17),
            row(统一社会信用代码="9.13E+17", 问题编号="W2"),
            row(行政行为码=3.3e19, 问题编号="W3"),
        ]
    )
    verification = checked(data)
    assert [entry.status for entry in verification.rows] == ["error"] * 3
    for entry, column in zip(verification.rows, ("E", "E", "B"), strict=True):
        message = next(m for m in entry.messages if m.code in ("USCC_AS_NUMBER", "CODE_AS_NUMBER"))
        assert message.column == column
        assert "文本" in message.text
    assert not verification.importable


def test_several_findings_in_one_cell_become_several_and_the_row_is_named() -> None:
    data = xlsx([list(HEADERS), row(
        检查事项="1.GS-04\n2.GS-09", 发现问题="1.灭火器失压，缺 2.5 公斤\n2.未设“严禁烟火”标志", 处置方式="①移送②当场改正", 责任部门="1.消防大队 2.应急局",
    )])  # fmt: skip
    verification = checked(data)
    first, second = verification.rows
    assert (first.row, first.part, second.row, second.part) == (2, 1, 2, 2)
    assert first.finding is not None
    assert second.finding is not None
    picked = [
        (f["finding_code"], f["item"], f["facts"], f["disposal"], f["department"])
        for f in (first.finding, second.finding)
    ]
    assert picked == [
        ("W1-1", "GS-04", "灭火器失压，缺 2.5 公斤", "transfer", "XFJ"), ("W1-2", "GS-09", "未设“严禁烟火”标志", "onsite", "YJJ"),
    ]  # fmt: skip
    assert "SPLIT" in codes(first)
    assert first.status == "warning"


def test_findings_and_items_that_do_not_match_in_number_are_refused() -> None:
    data = xlsx([list(HEADERS), row(检查事项="GS-04、GS-09", 发现问题="1.灭火器失压 2.未设标志 3.通道堵塞")])
    verification = checked(data)
    assert "SPLIT" in codes(verification.rows[0])
    assert [entry.status for entry in verification.rows] == ["error"] * 3


def test_hidden_sheets_and_sheets_without_a_header_are_named() -> None:
    data = xlsx(
        {"说明": [["请按要求填写"]], "九月": [list(HEADERS), row()], "旧": [list(HEADERS), row(检查编号="JC-9")], "十月": [list(HEADERS), row(检查编号="JC-2", 行政行为码="XZJC-2", 问题编号="W2")]},
        hidden=["旧"],
    )  # fmt: skip
    verification = checked(data)
    assert {(skipped.name, skipped.code) for skipped in verification.mapping.skipped} == {
        ("说明", "NO_HEADER"),
        ("旧", "HIDDEN_SHEET"),
    }
    assert [(entry.sheet, entry.status) for entry in verification.rows] == [("九月", "ok"), ("十月", "ok")]
    assert {inspection.key for inspection in verification.inspections} == {"JC-1", "JC-2"}


def test_cells_merged_over_the_rows_of_an_inspection_count_for_each() -> None:
    second = row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志")
    third = row(检查编号=None, 问题编号=None, 检查事项=None, 发现问题=None, 处置方式=None, 责任部门=None, 证据材料=None)
    blank: list[Cell] = [None] * 9
    data = xlsx(
        [list(HEADERS), row(), blank + second[9:], blank + third[9:]],
        merges=[(1, column, 3, column) for column in range(9)],
    )
    verification = checked(data)
    assert [(entry.row, entry.status) for entry in verification.rows] == [(2, "ok"), (3, "ok")]
    assert len(verification.inspections) == 1
    assert [finding.code for finding in verification.inspections[0].findings] == ["W1", "W2"]
    assert verification.inspections[0].rows == (("台账", 2), ("台账", 3))


def test_rows_left_blank_for_the_same_inspection_take_it_over_and_say_so() -> None:
    blank: list[Cell] = [None] * 9
    data = xlsx(
        [
            ["序号", *HEADERS],
            [1, *row()],
            [None, *blank, *row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志")[9:]],
            [3],
            [4],
        ]
    )
    verification = checked(data)
    taken = verification.rows[1]
    assert codes(taken) >= {"INHERITED"}
    assert taken.status == "warning"
    assert "第 2 行" in taken.messages[0].text
    assert taken.key == "JC-1"
    assert len(verification.rows) == 2


def test_headers_repeated_on_every_page_and_subtotals_between_are_skipped() -> None:
    data = xlsx([
        list(HEADERS), row(), ["小计：1"], ["第 1 页，共 2 页"], list(HEADERS), row(检查编号="JC-2", 行政行为码="XZJC-2", 问题编号="W2"),
        ["（以下空白）"],
    ])  # fmt: skip
    verification = checked(data)
    assert [(entry.row, entry.status) for entry in verification.rows] == [
        (2, "ok"), (3, "skip"), (4, "skip"), (5, "skip"), (6, "ok"), (7, "skip"),
    ]  # fmt: skip
    assert codes(by_row(verification)[5]) == {"REPEATED_HEADER"}


@pytest.mark.parametrize("name", ["old_office.xls", "wps.et"])
def test_old_and_wps_workbooks_are_read(name: str) -> None:
    verification = verify(read_workbook(DATA / name), reference=reference())
    assert read_workbook(DATA / name).kind == "xls"
    assert verification.importable, verification.lines()
    assert [skipped.code for skipped in verification.mapping.skipped] == ["HIDDEN_SHEET"]
    assert [(i.code, i.inspected_on, len(i.findings)) for i in verification.inspections] == [
        ("JC-1", dt.date(2026, 9, 8), 2), ("JC-2", dt.date(2026, 9, 9), 1),
    ]  # fmt: skip
