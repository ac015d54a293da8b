"""What comes in goes out again the same; what goes back to the office is safe to open (往返与导出安全)."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.ledgers import HEADERS, SAMPLES, reference, row, text, xlsx
from yisong.intake.export import ledger_out, rows_of
from yisong.intake.ledger import read_workbook
from yisong.intake.paper import LONGEST_CELL, is_dangerous
from yisong.intake.report import COLOURS, GUIDE, VERDICT, annotate
from yisong.intake.rows import LedgerInspection, Verification
from yisong.intake.verify import verify


def checked(data: bytes, name: str = "台账.xlsx") -> Verification:
    return verify(read_workbook(data, name=name), reference=reference())


def told(inspections: tuple[LedgerInspection, ...]) -> list[object]:
    """Everything of an inspection but where it stood."""
    return [
        (i.key, i.fingerprint, i.code, i.unit_name, i.place, i.town, i.officers, i.note, i.inspected_at,
         [(f.key, f.code, f.fingerprint, f.item_text, f.exempt, f.remark, dict(f.extras)) for f in i.findings])
        for i in inspections
    ]  # fmt: skip


def test_the_county_goes_out_and_comes_in_equal() -> None:
    before = verify(read_workbook(SAMPLES / "ledger.xlsx"), reference=reference())
    rows = [
        {
            **entry,
            "state": "整改中",
            "owner": "XFJ",
            "due_on": dt.date(2026, 10, 26),
            "lateness": "逾期 3 个工作日",
            "documents": ("云应急移〔2026〕1号",),
        }
        for entry in rows_of(before.inspections)
    ]
    data = ledger_out(rows, reference=reference())
    after = checked(data)
    assert after.importable, after.lines()
    assert told(after.inspections) == told(before.inspections)
    assert (
        ledger_out(
            [
                {
                    **entry,
                    "state": "整改中",
                    "owner": "XFJ",
                    "due_on": dt.date(2026, 10, 26),
                    "lateness": "逾期 3 个工作日",
                    "documents": ("云应急移〔2026〕1号",),
                }
                for entry in rows_of(after.inspections)
            ],
            reference=reference(),
        )
        == data
    )


def test_a_persons_columns_and_remarks_survive() -> None:
    headers = [*HEADERS, "备注", "包保干部", "整改进度%"]
    first = checked(
        xlsx(
            [
                headers,
                [*row(), "已电话联系", "张三", "=1+1"],
                [*row(问题编号="W2", 发现问题="另一处"), "", "李四", "-50%"],
            ]
        )
    )
    data = ledger_out(rows_of(first.inspections), reference=reference(), extra_headers=["整改进度%", "包保干部"])
    second = checked(data)
    assert told(second.inspections) == told(first.inspections)
    findings = second.inspections[0].findings
    assert findings[0].remark == "已电话联系"
    assert findings[0].extras == {"包保干部": "张三", "整改进度%": "=1+1"}
    header_row = next(
        openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(min_row=2, max_row=2, values_only=True)
    )
    assert header_row[-2:] == ("整改进度%", "包保干部")


def test_an_offices_own_column_called_like_one_of_ours_is_its_own() -> None:
    headers = [*HEADERS, "办结日期", "办理状态"]
    first = checked(xlsx([headers, [*row(), "3月底前", "已约谈"]]))
    assert first.rows[0].extras == {"办结日期": "3月底前", "办理状态": "已约谈"}
    rows = [{**entry, "state": "整改中", "closed_on": dt.date(2026, 3, 30)} for entry in rows_of(first.inspections)]
    again = checked(ledger_out(rows, reference=reference()))
    assert told(again.inspections) == told(first.inspections) and not again.problems
    remembered = {column.header: column.field or "" for column in first.mapping.sheets[0].columns}
    workbook = read_workbook(ledger_out(rows, reference=reference()), name="台账.xlsx")
    assert told(verify(workbook, reference=reference(), mapping=remembered).inspections) == told(first.inspections)


def test_findings_without_numbers_keep_their_identity_and_are_not_split_again() -> None:
    cell = "1.厨房存在：①灶台②排烟管未清洗；2.燃气报警器失效"
    first = checked(
        xlsx(
            [
                list(HEADERS),
                row(问题编号=None, 发现问题=cell),
                row(问题编号=None, 检查事项="GS-09", 发现问题="未设标志"),
            ]
        )
    )
    second = checked(ledger_out(rows_of(first.inspections), reference=reference()))
    assert told(second.inspections) == told(first.inspections)
    assert len(second.inspections[0].findings) == 3


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=40)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            words,
            words,
            st.sampled_from(["移送", "紧急移送", "涉嫌犯罪移送", "自办", "当场改正", "首违不罚"]),
            st.sampled_from(["GS-04", "GS-09", "CY-09", "某个别的事项"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_words_go_out_and_come_in_equal(entries: list[tuple[str, str, str, str]]) -> None:
    rows = [
        [*row(问题编号=f"W{n}", 发现问题=f"甲{facts}", 处置方式=way, 检查事项=item, 责任部门=None), f"甲{own}"]
        for n, (facts, own, way, item) in enumerate(entries)
    ]
    first = checked(text([[*HEADERS, "自己的列"], *rows]), "台账.csv")
    second = checked(ledger_out(rows_of(first.inspections), reference=reference()))
    assert told(second.inspections) == told(first.inspections)


@pytest.mark.parametrize("danger", ["=1+1", "+86", "-1+1", "@SUM(A1)", " =cmd|' /C calc'!A0", "＝1+1", "\t=1"])
def test_words_that_look_like_formulas_stay_words(danger: str) -> None:
    assert is_dangerous(danger)
    verification = checked(text([[*HEADERS, "自己的列"], [*row(发现问题=danger + "之处"), danger]]), "台账.csv")
    workbook = read_workbook(text([[*HEADERS, "自己的列"], [*row(发现问题=danger + "之处"), danger]]), name="台账.csv")
    for data in (
        ledger_out(rows_of(verification.inspections), reference=reference()),
        annotate(workbook, verification=verification),
    ):
        cells = [
            cell
            for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets
            for line in sheet.iter_rows()
            for cell in line
            if cell.value
        ]
        assert not [cell for cell in cells if cell.data_type == "f"]
        marked = [cell for cell in cells if isinstance(cell.value, str) and is_dangerous(cell.value)]
        assert marked
        assert all(cell.quotePrefix for cell in marked)


def test_codes_go_out_as_text() -> None:
    verification = checked(xlsx([list(HEADERS), row(检查编号="202600170001234567")]))
    sheet = openpyxl.load_workbook(
        io.BytesIO(ledger_out(rows_of(verification.inspections), reference=reference()))
    ).active
    assert sheet is not None
    codes = {str(cell.value): (cell.data_type, cell.number_format) for cell in sheet[3]}
    assert codes["202600170001234567"] == ("s", "@")
    assert codes["91339927MAXN000169"] == ("s", "@")


def test_the_report_keeps_every_row_in_place_and_colours_what_is_wrong() -> None:
    source = (SAMPLES / "problem_ledger.xlsx").read_bytes()
    workbook = read_workbook(source, name="problem_ledger.xlsx")
    verification = verify(workbook, reference=reference())
    book = openpyxl.load_workbook(io.BytesIO(annotate(workbook, verification=verification)))
    original, page = openpyxl.load_workbook(io.BytesIO(source))["问题台账"], book["问题台账"]
    for line in original.iter_rows():
        for cell in line:
            assert page[cell.coordinate].value == cell.value
    verdict = original.max_column + 1
    assert page.cell(2, verdict).value == VERDICT
    assert page.cell(3, 5).fill.start_color.rgb == "FF" + COLOURS["error"][1:]
    note = page.cell(3, 5).comment
    assert note is not None
    assert "校验位" in str(note.text)
    assert str(page.cell(3, verdict).value).startswith("有错误")
    assert page.cell(3, verdict).fill.start_color.rgb == "FF" + COLOURS["error"][1:]
    guide = [str(cell.value) for line in book[GUIDE].iter_rows() for cell in line]
    assert any("隐藏" in line for line in guide)
    assert any("有错误" in line for line in guide)


def test_a_corrected_report_can_be_imported_as_it_is_and_reported_on_again() -> None:
    workbook = read_workbook(SAMPLES / "ledger.xlsx")
    verification = verify(workbook, reference=reference())
    data = annotate(workbook, verification=verification)
    again = read_workbook(data, name="ledger.xlsx")
    second = verify(again, reference=reference())
    assert told(second.inspections) == told(verification.inspections)
    assert second.counts == verification.counts
    headers = [column.header for column in second.mapping.sheets[0].columns]
    assert headers.count(VERDICT) == 1
    third = verify(read_workbook(annotate(again, verification=second)), reference=reference())
    assert [column.header for column in third.mapping.sheets[0].columns] == headers


def test_a_cell_longer_than_a_spreadsheet_holds_is_cut_with_a_word() -> None:
    workbook = read_workbook(text([list(HEADERS), row(发现问题="甲" * 40_000)]), name="长.csv")
    verification = verify(workbook, reference=reference())
    page = openpyxl.load_workbook(io.BytesIO(annotate(workbook, verification=verification)))["CSV"]
    cell = str(page.cell(2, 12).value)
    assert len(cell) == LONGEST_CELL
    assert "已截断" in cell
