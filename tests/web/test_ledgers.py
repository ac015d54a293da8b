"""A ledger is handed in on a page, looked at, confirmed, taken back; and carried away again (台账页面)."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from sqlmodel import select

from models import ColumnMapping, Finding, ImportRun, LedgerUpload
from tests.web.office import Browser, Office, Page, Response, county

HEAD = [
    "检查编号", "场所名", "统一社会信用代码", "检查日期", "发起部门", "参与部门", "问题编号", "检查事项", "发现问题", "处置方式", "责任部门", "包保干部",
]  # fmt: skip
UNIT = next(unit for unit in county().units if unit.code == "E04")
OTHER = next(unit for unit in county().units if unit.code == "E01")


def row(number: int = 1, **changed: str) -> dict[str, str]:
    return {
        "检查编号": f"J{number}", "场所名": UNIT.name, "统一社会信用代码": UNIT.uscc, "检查日期": "2026-11-13", "发起部门": "市场监管局", "参与部门": "应急管理局",
        "问题编号": f"N{number}", "检查事项": "GS-06", "发现问题": "未建立台账", "处置方式": "移送", "责任部门": "应急管理局", "包保干部": "张三",
    } | changed  # fmt: skip


def ledger(*rows: dict[str, str], renamed: dict[str, str] | None = None) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([(renamed or {}).get(name, name) for name in HEAD])
    writer.writerows([[each[name] for name in HEAD] for each in rows or (row(),)])
    return out.getvalue().encode()


def hand_in(browser: Browser, content: bytes, *, name: str = "十一月.csv", **fields: str) -> Response:
    form = browser.page("/ledgers").form("/ledgers")
    data = {key: value for key, value in form.items() if key != "ledger"} | fields
    return browser.client.post("/ledgers", data=data, files={"ledger": (name, content)}, follow_redirects=False)


def handed_in(browser: Browser, content: bytes, **fields: Any) -> str:
    answer = hand_in(browser, content, **fields)
    assert answer.status_code == 303, Page(answer.text).words
    return str(answer.headers["location"])


def with_name(browser: Browser, address: str) -> None:
    """Choose the column that holds the unit's name."""
    form = browser.page(address).form(f"{address}/columns")
    assert browser.post(f"{address}/columns", form | {"c1": "unit_name"}).status_code == 303


def confirm(browser: Browser, address: str) -> Response:
    return browser.post(f"{address}/confirm", browser.page(address).form(f"{address}/confirm"))


def counted(office: Office) -> tuple[int, ...]:
    with office.desk.reading() as session:
        return tuple(len(session.scalars(select(table)).all()) for table in (Finding, ImportRun, LedgerUpload))


def test_handed_in_its_columns_chosen_confirmed_and_taken_back(either_office: Office) -> None:
    office, browser = either_office, either_office.at("U06")
    address = handed_in(browser, ledger())
    page = browser.page(address)
    assert "缺少“被检查单位”列" in page.words and f"{address}/confirm" not in [form["action"] for form in page.forms]
    with_name(browser, address)
    page = browser.page(address)
    assert "核对通过，可以导入" in page.words and counted(office) == (0, 0, 1), (
        "nothing is written before it is confirmed"
    )
    assert confirm(browser, address).status_code == 303 and counted(office) == (1, 1, 1)
    page = browser.page(address)
    assert "导入" in page.words and "已导入 1 项问题" in browser.page("/ledgers").words
    browser.post(f"{address}/confirm", {"csrf": page.form(f"{address}/undo")["csrf"]})
    assert counted(office) == (1, 1, 1), "confirmed twice, it comes in once"
    with office.desk.reading() as session:
        kept = session.get(ColumnMapping, "SJJ")
        assert kept is not None and kept.columns["场所名"] == "unit_name" and kept.confirmed_by == "U06"

    second = handed_in(browser, ledger(row(2)), name="下一周.csv")
    assert "请确认" not in browser.page(second).words and confirm(browser, second).status_code == 303, (
        "no question the second week"
    )
    third = handed_in(browser, ledger(row(3), renamed={"包保干部": "联系领导"}), name="再一周.csv")
    page = browser.page(third)
    assert "1 列请确认" in page.words and "列名对应无误，确认导入" in page.words

    fields = browser.page(address).form(f"{address}/undo")
    assert "请写明撤销的理由" in browser.post(f"{address}/undo", fields | {"reason": ""}).text
    assert browser.post(f"{address}/undo", fields | {"reason": "台账有误"}).status_code == 303
    assert "已撤销" in browser.page(address).words and counted(office)[0] == 1


def test_what_is_wrong_is_named_and_the_rest_may_come_in(office: Office) -> None:
    browser = office.at("U05")
    wrong = row(2, 统一社会信用代码="9.1E+17", 检查日期="2026-13-40")
    address = handed_in(browser, ledger(row(), wrong, row(3, 检查事项="不存在的事项")))
    with_name(browser, address)
    page = browser.page(address)
    assert "还不能整本导入" in page.words and "后几位已经丢失" in page.words
    form = page.form(f"{address}/confirm")
    refused = browser.post(f"{address}/confirm", {"csrf": form["csrf"]})
    assert refused.status_code == 422 and "台账里还有错误" in refused.text and counted(office)[0] == 0
    report = openpyxl.load_workbook(io.BytesIO(browser.get(f"{address}/report.xlsx").content))
    assert any("有错误" in str(cell.value) for line in report.worksheets[0].iter_rows() for cell in line)
    assert browser.post(f"{address}/confirm", form).status_code == 303
    assert counted(office)[0] >= 1 and "留下未导" in browser.page(address).words


def test_a_ledger_of_others_is_refused_row_by_row_and_the_guidance_office_brings_it_in(office: Office) -> None:
    foreign = row(发起部门="县综合行政执法局")
    browser = office.at("U05")
    address = handed_in(browser, ledger(foreign))
    with_name(browser, address)
    assert "只能报送本部门的检查" in browser.page(address).words
    guide = office.at("U01")
    theirs = handed_in(guide, ledger(foreign), department="ZFJ")
    with_name(guide, theirs)
    assert confirm(guide, theirs).status_code == 303 and counted(office)[0] == 1
    assert browser.get(theirs).status_code == 404, "another organ's ledger is nobody else's business"
    assert office.at("U03").get(address).status_code == 404
    assert guide.get(address).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("台账.docx", b"x", "不是台账文件"),
        ("台账.xlsx", b"%PDF-1.7 x", "是PDF 文件"),
        ("台账.csv", b"   ", "是空文件"),
        ("台账.csv", b"", "请先选择台账文件"),
        ("../../etc/x.csv", b"<html>", "其实是网页"),
    ],
)
def test_what_is_no_ledger_is_refused_and_not_kept(office: Office, name: str, content: bytes, says: str) -> None:
    answer = hand_in(office.at("U05"), content, name=name)
    assert answer.status_code == 422 and says in answer.text
    assert counted(office)[2] == 0 and not [
        file for file in (office.desk.settings.var / "uploads").rglob("*") if file.is_file()
    ]


def test_given_up_it_is_gone(office: Office) -> None:
    browser = office.at("U05")
    address = handed_in(browser, ledger())
    assert browser.post(f"{address}/drop", browser.page(address).form(f"{address}/drop")).status_code == 303
    assert browser.get(address).status_code == 404 and counted(office)[2] == 0
    assert not [file for file in (office.desk.settings.var / "uploads").rglob("*") if file.is_file()]


def test_two_columns_cannot_be_one_field(office: Office) -> None:
    browser = office.at("U05")
    address = handed_in(browser, ledger())
    form = browser.page(address).form(f"{address}/columns")
    answer = browser.post(f"{address}/columns", form | {"c1": "unit_name", "c11": "unit_name"})
    assert answer.status_code == 422 and "有两列都选了“被检查单位”" in answer.text


def test_a_form_of_another_session_is_refused(office: Office) -> None:
    browser = office.at("U05")
    answer = browser.client.post(
        "/ledgers", data={"csrf": "x"}, files={"ledger": ("x.csv", ledger())}, follow_redirects=False
    )
    assert answer.status_code == 403 and counted(office)[2] == 0
    stranger = office.stranger()
    answer = stranger.client.post(
        "/ledgers", data={"csrf": "x"}, files={"ledger": ("x.csv", ledger())}, follow_redirects=False
    )
    assert answer.status_code in (303, 403) and stranger.get("/ledgers").status_code == 303


def test_the_ledger_is_carried_away_by_who_may_see_it(office: Office) -> None:
    guide = office.at("U01")
    address = handed_in(
        guide, ledger(row(), row(2, 发起部门="县综合行政执法局", 责任部门="消防救援大队", 检查事项="GS-04"))
    )
    with_name(guide, address)
    assert confirm(guide, address).status_code == 303

    def codes(browser: Browser, asked: str = "") -> set[str]:
        answer = browser.get(f"/ledgers/export.xlsx{asked}")
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
        return {str(line[lines[0].index("问题编号")]) for line in lines[1:]}

    assert codes(office.at("U05")) == codes(office.at("U05"), "?department=ZFJ") == {"N1"}, (
        "an organ has its own rows only"
    )
    assert codes(guide) == {"N1", "N2"} and codes(guide, "?department=ZFJ&year=2026") == {"N2"}
    assert codes(guide, "?year=2025") == set()
    assert guide.get("/ledgers/export.xlsx?department=没有").status_code == 404
    assert guide.get("/ledgers/export.xlsx?year=x").status_code == 404


def test_who_answers_for_findings_brings_its_ledger_back_and_changes_nothing(office: Office) -> None:
    sender, answers_for_it = office.at("U05"), office.at("U07")
    address = handed_in(sender, ledger(row(参与部门="")))
    with_name(sender, address)
    confirm(sender, address)
    before = counted(office)[:2]
    out = answers_for_it.get("/ledgers/export.xlsx").content
    back = handed_in(answers_for_it, out, name="应急局台账.xlsx")
    assert "核对通过，可以导入" in answers_for_it.page(back).words
    assert confirm(answers_for_it, back).status_code == 303 and counted(office)[:2] == before
    assert "没有变化1 项" in answers_for_it.page(back).words
    book = openpyxl.load_workbook(io.BytesIO(out))
    sheet = book.worksheets[0]
    header = {str(cell.value): place for place, cell in enumerate(sheet[2], start=1)}
    sheet.append([cell.value for cell in sheet[3]])
    sheet.cell(4, header["问题编号"]).value = "N99"
    sheet.cell(4, header["系统编号"]).value = None
    sheet.cell(4, header["发现问题"]).value = "另一处未登记"
    more = io.BytesIO()
    book.save(more)
    added = handed_in(answers_for_it, more.getvalue(), name="应急局台账.xlsx")
    assert "只能报送本部门的检查" in answers_for_it.page(added).words, "what is new in another's inspection is refused"


def test_a_file_that_is_gone_is_told(office: Office) -> None:
    browser = office.at("U05")
    address = handed_in(browser, ledger())
    for file in (office.desk.settings.var / "uploads").rglob("*"):
        if file.is_file():
            file.unlink()
    assert "请重新上传" in browser.page(address).words
    assert browser.get(f"{address}/report.xlsx").status_code == 409
