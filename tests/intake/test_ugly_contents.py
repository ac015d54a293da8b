"""Contents that contradict, repeat, lack or refer to each other are named (台账内容问题)."""

from __future__ import annotations

import datetime as dt

from tests.intake.ledgers import HEADERS, HOTEL, STATION, Cell, by_row, checked, codes, row, xlsx


def test_an_inspection_number_alone_brings_the_rest_from_an_earlier_row() -> None:
    sparse: list[Cell] = ["JC-1", *[None] * 8, *row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志")[9:]]
    verification = checked(xlsx([list(HEADERS), row(), sparse]))
    assert verification.importable, verification.lines()
    assert verification.rows[1].inspection["uscc"] == STATION[1]


def test_inspections_and_findings_on_two_sheets_are_joined_by_number() -> None:
    data = xlsx({
        "问题": [["检查编号", *HEADERS[9:]], ["JC-2", *row(问题编号="W2")[9:]], ["JC-1", *row()[9:]], ["JC-7", *row(问题编号="W7")[9:]]],
        "检查": [list(HEADERS[:9]), row()[:9], row(检查编号="JC-2", 行政行为码="XZJC-2", 被检查单位=HOTEL[0], 统一社会信用代码=HOTEL[1])[:9]],
    })  # fmt: skip
    verification = checked(data)
    assert not [problem for problem in verification.problems if problem.level == "error"]
    joined = {inspection.key: inspection for inspection in verification.inspections}
    assert joined["JC-2"].uscc == HOTEL[1]
    assert [finding.code for finding in joined["JC-2"].findings] == ["W2"]
    assert joined["JC-7"].blocked
    lost = next(entry for entry in verification.rows if entry.key == "JC-7")
    assert codes(lost) >= {"MISSING_VALUE"}


def test_formula_errors_and_the_date_system_of_1904() -> None:
    data = xlsx([list(HEADERS), row(检查日期=44811)], options={"date_1904": True})
    assert checked(data).rows[0].inspection["inspected_on"] == dt.date(2026, 9, 8)

    import io

    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("台账")
    for column, header in enumerate(HEADERS):
        sheet.write_string(0, column, header)
    for column, cell in enumerate(row(检查日期="2026-09-08")):
        sheet.write(1, column, cell)
    sheet.write_formula(1, 3, "=VLOOKUP(1,A:B,2)", None, "#N/A")
    book.close()
    found = checked(stream.getvalue()).rows[0]
    assert found.status == "error"
    assert any(m.code == "FORMULA_ERROR" and m.column == "D" and "#N/A" in m.text for m in found.messages)


def test_columns_that_are_nobody_elses_business_are_kept_and_rivals_are_named() -> None:
    headers = [*HEADERS, "整改期限", "企业名称", "包保干部"]
    data = xlsx([headers, [*row(), "15天", "别名", "张三"]])
    verification = checked(data)
    assert {problem.code for problem in verification.problems} == {"RIVAL_COLUMNS"}
    assert verification.rows[0].extras == {"整改期限": "15天", "企业名称": "别名", "包保干部": "张三"}
    assert verification.importable


def test_missing_columns_are_named_with_file_sheet_and_row() -> None:
    keep = [index for index, header in enumerate(HEADERS) if header not in ("统一社会信用代码", "检查日期")]
    data = xlsx([[HEADERS[index] for index in keep], [row()[index] for index in keep]])
    verification = checked(data)
    problem = next(problem for problem in verification.problems if problem.level == "error")
    assert problem.code == "MISSING_COLUMN"
    for words in ("台账.xlsx", "工作表“台账”", "第 1 行", "统一社会信用代码", "检查日期"):
        assert words in problem.text
    assert not verification.importable


def test_rows_of_one_inspection_must_agree_and_nothing_comes_twice() -> None:
    data = xlsx([
        list(HEADERS), row(), row(), row(问题编号="W2", 发现问题="另一处", 检查日期=dt.date(2026, 9, 9)), row(问题编号="W1", 发现问题="改过的"),
        row(检查编号="JC-2", 问题编号="W3"), row(问题编号="W4"),
    ])  # fmt: skip
    rows = by_row(checked(data))
    assert rows[3].status == "skip"
    assert "DUPLICATE_ROW" in codes(rows[3])
    assert "INSPECTION_DISAGREES" in codes(rows[4])
    assert "第 2 行" in next(m.text for m in rows[4].messages if m.code == "INSPECTION_DISAGREES")
    assert "DUPLICATE_CODE" in codes(rows[5])
    assert "BEHAVIOUR_CODE_TWICE" in codes(rows[6])
    assert "SAME_FACTS" in codes(rows[7])


def test_an_inspection_that_found_nothing_is_kept() -> None:
    data = xlsx(
        [
            list(HEADERS),
            row(问题编号=None, 检查事项=None, 发现问题="未发现问题", 处置方式=None, 责任部门=None, 证据材料=None),
        ]
    )
    verification = checked(data)
    assert verification.rows[0].status == "ok", verification.lines()
    assert verification.inspections[0].findings == ()
    assert verification.importable


def test_a_ledger_imported_before_shows_what_has_changed() -> None:
    before = checked(
        xlsx([list(HEADERS), row(), row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志")])
    ).inspections[0]
    known = {finding.key: finding.fingerprint for finding in before.findings}
    after = checked(
        xlsx([list(HEADERS), row(), row(问题编号="W2", 检查事项="GS-09", 发现问题="未设标志两处")]),
        known_inspections={"JC-1": before.fingerprint}, known_findings=known,
    )  # fmt: skip
    assert "ALREADY_IMPORTED" in codes(after.rows[0])
    assert "CORRECTION" in codes(after.rows[1])
    assert after.inspections[0].fingerprint == before.fingerprint


def test_columns_without_a_name_or_with_the_same_name_are_kept() -> None:
    headers = [*HEADERS, "整改情况", "整改情况", None]
    found = checked(xlsx([headers, [*row(), "一", "二", "口头说过"]])).rows[0]
    assert found.extras == {"整改情况（P 列）": "一", "整改情况（Q 列）": "二", "R 列（无列名）": "口头说过"}


def test_a_column_of_credit_codes_without_a_proper_name_is_proposed_and_doubted() -> None:
    headers = ["代码" if header == "统一社会信用代码" else header for header in HEADERS]
    verification = checked(xlsx([headers, row()]))
    assert verification.rows[0].inspection["uscc"] == STATION[1]
    assert [problem.code for problem in verification.problems] == ["DOUBTFUL_COLUMN"]
    assert "E 列“代码”" in verification.problems[0].text


def test_of_two_columns_the_one_with_the_more_usual_name_wins() -> None:
    verification = checked(xlsx([["检查部门", *HEADERS], ["消防大队", *row()]]))
    assert verification.rows[0].inspection["initiator"] == "YJJ"
    assert verification.rows[0].extras == {"检查部门": "消防大队"}
