"""More ledgers as they really come (更多真实台账样本): what would be read wrongly, or lost without a word, is read right or named."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tests.intake.ledgers import DATA, HOTEL, STATION, by_row, checked, codes, reference, text, xlsx
from yisong.intake.dates import parse_date, time_of
from yisong.intake.ledger import read_workbook
from yisong.intake.splitting import split_numbered
from yisong.intake.values import UNCALCULATED, Raw
from yisong.intake.verify import verify

HEAD = ["检查编号", "被检查单位", "统一社会信用代码", "检查日期", "发起部门", "检查事项", "发现问题", "处置方式"]
FIRST = ["J1", *STATION, "2026.3.11", "应急局", "GS-04", "灭火器失压", "移送"]
SECOND = ["J2", *HOTEL, "2026.3.12", "应急局", "GS-06", "未演练", "自办"]


def test_groups_above_names_in_odd_order_with_the_words_of_other_offices() -> None:
    data = xlsx(
        [["云溪县2026年联合检查问题隐患清单"],
         ["序号", "问题隐患", None, None, None, "检查对象", None, None, "检查任务", None, None, None, None, "整改期限"],
         [None, "隐患描述", "检查内容", "处理意见", "主管单位", "市场主体", "统一信用代码", "地址", "任务编号", "检查时间", "主办单位", "配合单位", "检查人员", None],
         [1, "灭火器失压 2 具", "GS-04", "移送", "消防大队", *STATION, "云溪县示例镇1号", "RW-01", "2026/3/11 9:00", "应急局（牵头）", "市场监管局\n消防大队", "张三、李四", "4月1日前"]],
        merges=[(0, 0, 0, 13), (1, 1, 1, 4), (1, 5, 1, 7), (1, 8, 1, 12), (1, 0, 2, 0), (1, 13, 2, 13)],
    )  # fmt: skip
    verification = checked(data)
    assert verification.mapping.sheets[0].header_rows == (3,) and verification.importable, verification.lines()
    found = verification.rows[0]
    assert found.finding is not None
    assert (found.finding["department"], found.finding["item"], found.finding["facts"]) == (
        "XFJ",
        "GS-04",
        "灭火器失压 2 具",
    )
    assert (found.inspection["unit_name"], found.inspection["uscc"]) == STATION
    assert found.inspection["participants"] == ("YJJ", "SJJ", "XFJ")
    assert (found.inspection["inspected_on"], found.inspection["inspected_at"]) == (dt.date(2026, 3, 11), dt.time(9))
    assert found.extras == {"整改期限": "4月1日前"}
    assert "DEPARTMENT_READ_AS" in codes(found)


def test_notes_above_the_header_and_signatures_anywhere_below() -> None:
    data = xlsx(
        [["附件3"], ["“综合查一次”检查情况登记表（三季度）"], ["填表说明：1.检查对象按营业执照填写；2.日期写全。"],
         ["单位：云溪县市场监督管理局（盖章）", None, None, "填报人：王某"], [], HEAD, FIRST, ["总计：1 次"],
         [None, None, None, None, None, None, "检查组组长（签字）：", None], ["分管领导签字：某某", None, None, None, "经办人：某"],
         [None, None, None, None, None, "2026年9月30日"]],
    )  # fmt: skip
    rows = by_row(checked(data))
    assert rows[7].status == "warning" and rows[7].finding is not None
    told = {number: next(iter(codes(rows[number]))) for number in range(8, 12)}
    assert told == {8: "TOTAL_ROW", 9: "SIGNATURE_ROW", 10: "SIGNATURE_ROW", 11: "SIGNATURE_ROW"}
    assert {rows[number].status for number in range(8, 12)} == {"skip"}


def test_headings_merged_over_the_columns_divide_a_ledger() -> None:
    verification = checked(
        xlsx(
            [HEAD, ["一、示例镇"], FIRST, ["（二）样板街道"], SECOND, ["小计", "2"]],
            merges=[(1, 0, 1, 7), (3, 0, 3, 7)],
        )
    )
    rows = by_row(verification)
    assert [codes(rows[number]) for number in (2, 4)] == [{"SECTION_ROW"}, {"SECTION_ROW"}]
    assert verification.importable and [entry.code for entry in verification.inspections] == ["J1", "J2"]


def test_a_second_table_in_another_order_is_never_read_by_the_first_header() -> None:
    """Items and facts changed places: read by the header above, every word would be taken for another."""
    other = [*HEAD[:5], "发现问题", "检查事项", "处置方式"]
    verification = checked(xlsx([HEAD, FIRST, [], other, SECOND, [], HEAD, ["J3", *FIRST[1:]]]))
    rows = by_row(verification)
    assert codes(rows[4]) == {"ANOTHER_TABLE"} and rows[4].status == "skip"
    assert codes(rows[5]) == {"ANOTHER_TABLE"} and rows[5].status == "error" and "第 4 行" in rows[5].messages[0].text
    assert codes(rows[7]) == {"REPEATED_HEADER"} and rows[8].finding is not None
    assert [entry.code for entry in verification.inspections] == ["J1", "J3"] and not verification.importable


@pytest.mark.parametrize(
    "synonyms", [["任务编号", "企业名称", "信用代码", "检查时间", "牵头部门", "事项", "存在问题", "处理意见"], HEAD]
)
def test_the_same_header_again_in_any_words_is_skipped(synonyms: list[str]) -> None:
    rows = by_row(checked(xlsx([HEAD, FIRST, synonyms, SECOND])))
    assert codes(rows[3]) == {"REPEATED_HEADER"} and rows[4].finding is not None


def test_a_formula_without_a_result_is_named_and_one_with_an_empty_text_is_blank() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD, "金额"])
    sheet.append([*FIRST[:3], "=DATE(2026,3,11)", *FIRST[4:6], '="灭火器"&"失压"', "移送", "=1+2"])
    stream = io.BytesIO()
    book.save(stream)
    [found] = checked(stream.getvalue()).rows
    assert found.status == "error" and found.extras == {"金额": UNCALCULATED}
    named = {message.field for message in found.messages if message.code == "FORMULA_NOT_CALCULATED"}
    assert named == {"inspected_on", "facts"}
    stream = io.BytesIO()
    kept = xlsxwriter.Workbook(stream)
    table = kept.add_worksheet("台账")
    table.write_row(0, 0, [*HEAD, "备注"])
    table.write_row(1, 0, FIRST)
    table.write_formula(1, 4, '="应急"&"局"', None, "应急局")
    table.write_formula(1, 8, '=IF(1=2,"x","")', None, "")
    table.set_row(1, None, None, {"hidden": True})
    table.set_column(5, 5, None, None, {"hidden": True})
    kept.close()
    # as Excel itself writes the second formula: calculated, and its result is an empty text
    [found] = checked(_replaced(stream.getvalue(), b'<c r="I2"><f>', b'<c r="I2" t="str"><f>')).rows
    assert found.status == "warning" and found.inspection["initiator"] == "YJJ"
    assert found.finding is not None and found.finding["remark"] == "" and found.finding["item"] == "GS-04"


def _replaced(book: bytes, old: bytes, new: bytes) -> bytes:
    """The same workbook with something else in its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("written", "code"),
    [("26.3.11", "DATE_TWO_DIGIT_YEAR"), ("11-Mar-26", "DATE_TWO_DIGIT_YEAR"), ("三月十一日", "DATE_NO_YEAR"), ("2026年3月11-12日", "DATE_IS_RANGE"),
     ("2026.3.11-2026.3.12", "DATE_IS_RANGE"), ("03-Foo-2026", "DATE_IS_NONE"), ("2026 13 11", "DATE_IS_NONE")],
)  # fmt: skip
def test_dates_that_leave_something_open_are_refused(written: Raw, code: str) -> None:
    [note] = parse_date(written).notes
    assert note.code == code
    if code == "DATE_TWO_DIGIT_YEAR":
        assert "2026-03-11" in note.text, "what was probably meant is shown, and not taken"


@pytest.mark.parametrize(
    "written",
    [
        "2026年三月十一日",
        "二0二六年三月十一日",
        "二〇二六年3月11日",
        "2026 3 11",
        "2026\\3\\11",
        "Mar 11, 2026",
        "March 11th 2026",
        "11-MAR-2026",
        "2026年3月11日（周三）下午3点半",
    ],
)
def test_dates_in_rarer_dress(written: Raw) -> None:
    assert parse_date(written).value == dt.date(2026, 3, 11)
    assert time_of("2026年3月11日（周三）下午3点半") == dt.time(15, 30)


@pytest.mark.parametrize(
    "cell",
    ["⑴甲处失压⑵乙处堵塞", "⒈甲处失压⒉乙处堵塞", "㈠甲处失压；㈡乙处堵塞", "❶甲处失压❷乙处堵塞", "问题1：甲处失压；问题2：乙处堵塞", "隐患一、甲处失压 隐患二、乙处堵塞",
     "第一，甲处失压；第二，乙处堵塞"],
)  # fmt: skip
def test_findings_numbered_in_rarer_ways_are_split(cell: str) -> None:
    assert split_numbered(cell) == ("甲处失压", "乙处堵塞")


@pytest.mark.parametrize("cell", ["第一、第二车间未设标志", "存在问题2处：甲处失压", "2 具灭火器失压\n1 处通道堵塞"])
def test_amounts_and_names_that_look_like_numbering_stay_whole(cell: str) -> None:
    assert split_numbered(cell) == (cell,)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-16-le", "\t"), ("utf-16-be", ","), ("utf-16", ";"), ("gb18030", "|"), ("utf-8", "|")],
)
def test_text_exports_without_a_mark_or_with_rare_separators(encoding: str, delimiter: str) -> None:
    blank = ["", "", ""]
    workbook = read_workbook(
        text([HEAD + blank, FIRST + blank, []], encoding=encoding, delimiter=delimiter), name="导出.txt"
    )
    [found] = verify(workbook, reference=reference()).rows
    assert found.status == "warning" and (found.inspection["unit_name"], found.inspection["uscc"]) == STATION
    assert found.extras == {}


def test_one_sheet_for_each_department_in_an_old_workbook() -> None:
    verification = verify(read_workbook(DATA / "departments.xls"), reference=reference())
    assert [entry.sheet for entry in verification.mapping.sheets] == ["应急局", "市监局"]
    assert [entry.code for entry in verification.mapping.skipped] == ["HIDDEN_SHEET"]
    assert [row.inspection["inspected_on"] for row in verification.rows if row.row == 4] == [dt.date(2026, 3, 11)] * 2
    assert all(
        {"USCC_AS_NUMBER"} <= codes(row) and row.inspection["inspection_code"] == "20260003"
        for row in verification.rows
        if row.row == 5
    )
