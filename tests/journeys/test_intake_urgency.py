"""From a row of a ledger to a term of 24 hours, or to the criminal track; an exemption is proposed on the way (紧急、涉罪、免罚)."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from tests.web.office import Office, keep_unit, open_office
from yisong.domain.roles import Actor, Role
from yisong.services import imports, ledger_check
from yisong.services.ledger_entries import Import
from yisong.store import case_page, matters

HEAD = [
    "检查编号",
    "被检查单位",
    "统一社会信用代码",
    "检查日期",
    "发起部门",
    "问题编号",
    "检查事项",
    "发现问题",
    "处置方式",
    "责任部门",
    "证据材料",
]
CASE = "YX-2026-0001"
LIAISON = Actor("U05", "戊示例", "SJJ", frozenset({Role.LIAISON}))


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Office:
    return open_office(sqlite_url, home=tmp_path)


def bring_in(
    office: Office,
    folder: Path,
    *,
    disposal: str,
    item: str = "CY-07",
    code: str = "N1",
    visit: str = "JC-1",
    on: str = "2026-11-16",
) -> None:
    """One row of a ledger, read, checked and confirmed."""
    file = folder / f"{code}.csv"
    with office.desk.transaction() as session:
        unit = keep_unit(session)
        row = [
            visit,
            unit.name,
            unit.uscc,
            on,
            "县市场监督管理局",
            code,
            item,
            "现场所见",
            disposal,
            "住建局",
            "现场照片",
        ]
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([HEAD, row])
    desk = office.desk
    checked = ledger_check.check(desk.reading, book=desk.book, path=file, today=desk.today)
    assert not ledger_check.errors_of(desk.reading, checked=checked)
    done = imports.confirm(
        desk.transaction, Import(book=desk.book, checked=checked, on=desk.today, at=desk.now, by=LIAISON, department="SJJ")
    )  # fmt: skip
    assert (done.findings, done.refused) == (1, [])


def assign(office: Office, code: str = "N1", **given: str) -> None:
    answer = office.at("U05").act(f"/matters/{code}/assign", **given)
    assert answer.status_code == 303, answer.text[-1500:]


def test_an_urgent_row_has_twenty_four_hours(office: Office, tmp_path: Path) -> None:
    bring_in(office, tmp_path, disposal="紧急移送")
    page = office.at("U05").page("/cases/N1")
    assert "24 小时内移送" in page.words
    assign(office)
    with office.desk.reading() as session:
        case = matters.matter_by_code(session, CASE)
        clocks = {clock.rule: clock for clock in case_page.clocks(session, [case.id or 0])}
    assert "R-TRANSFER-URGENT" in clocks, sorted(clocks)
    clock = clocks["R-TRANSFER-URGENT"]
    assert clock.unit == "h" and clock.due_at is not None and clock.start_at is not None
    assert clock.due_at - clock.start_at == timedelta(hours=24)
    assert "紧急" in office.at("U05").page("/?view=open").words


def test_a_row_of_suspected_crime_leads_to_the_criminal_track(office: Office, tmp_path: Path) -> None:
    bring_in(office, tmp_path, disposal="涉嫌犯罪移送")
    browser = office.at("U05")
    assert "涉嫌犯罪" in browser.page("/cases/N1").words and "不得以罚代移" in browser.page("/cases/N1").words
    form = browser.page("/matters/N1/assign").form("/matters/N1/assign")
    assert form["kind"] == "criminal", "what the row said is proposed; the person may choose otherwise"
    assign(office)
    assert office.matter(CASE).variant == "criminal"
    assert office.matter(f"{CASE}-ZX").state == "suspected"


def test_an_exemption_is_proposed_the_first_time_only(office: Office, tmp_path: Path) -> None:
    item = next(each.code for each in office.desk.book.items if each.exempt_candidate and each.department)
    bring_in(office, tmp_path, disposal="自办（首违不罚评估）", item=item)
    assert "可评估首违不罚" in office.at("U05").page("/cases/N1").words
    office.later(days=1)
    bring_in(office, tmp_path, disposal="移送", item=item, code="N2", visit="JC-2", on="2026-11-17")
    words = office.fresh("U05").page("/cases/N2").words
    assert "不属初次" in words and "N1" in words and "可评估首违不罚" not in words
