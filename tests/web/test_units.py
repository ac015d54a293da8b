"""One page per unit, and the register kept on it (单位页)."""

from __future__ import annotations

from datetime import date

import pytest

from tests.web.office import Office, keep_unit, register
from yisong.intake.identity import check_character
from yisong.services import registry
from yisong.store import units as stored

CASE = "YX-2026-0001"
BODY = "91339927MA0000007"
CODE = BODY + check_character(BODY)


def status_of(office: Office, code: str) -> str:
    with office.desk.reading() as session:
        unit = stored.unit(session, code)
        assert unit is not None
        return unit.status


@pytest.fixture
def visited(office: Office) -> Office:
    """A unit with a finding of its own, one that nobody is answerable for, and visits made and planned."""
    register(office, "CY-07")
    assert office.at("U05").act("/matters/F1/handle_own").status_code == 303
    register(office, "CY-05", code="H")
    with office.desk.transaction() as session:
        unit = keep_unit(session)
        registry.keep_inspection(
            session,
            code="JC-old",
            unit=unit,
            inspected_on=date(2026, 5, 13),
            initiator="SJJ",
            participants=["SJJ", "XFJ"],
            theme="T02",
        )
        registry.keep_plan(
            session, code="JH-1", department="XFJ", unit=unit, planned_on=date(2026, 12, 1), registered_on=date(2026, 11, 1), theme="T02"
        )  # fmt: skip
    return office


def test_the_page_of_a_unit_gathers_everything(visited: Office) -> None:
    words = visited.at("U01").page("/units/E04").words
    for expected in (CASE, "历次检查发现（2）", "JC-old", "3 超上限", "JH-1", "油烟净化设施", "待协调"):
        assert expected in words, expected
    assert "/units/E04" in {link.get("href") for link in visited.at("U05").page(f"/cases/{CASE}").links}


def test_an_organ_sees_the_units_of_its_cases_and_no_case_of_others(visited: Office) -> None:
    office = visited
    assert "共 1 家" in office.at("U05").page("/units").words
    fire = office.at("XFJ-leader")
    page = fire.page("/units/E04")
    assert "另有 1 件由其他部门办理" in page.words and CASE not in page.words and "JC-old" in page.words
    assert fire.get(f"/cases/{CASE}").status_code == 404
    stranger = office.at("U12")
    assert stranger.get("/units/E04").status_code == 404 and "共 0 家" in stranger.page("/units").words
    assert office.at("U12").get("/units/E04/rename").status_code == 404
    assert office.stranger().get("/units/E04").status_code == 303


def test_a_unit_is_found_by_name_former_name_and_code(visited: Office) -> None:
    office, browser = visited, visited.at("U05")
    answer = browser.act("/units/E04/rename", name="云溪县更名酒店有限公司", renamed_on="2026-11-10", reason="营业执照")
    assert answer.status_code == 303 and "已办理：更名" in browser.page(answer.headers["location"]).words
    for text in ("更名酒店", "样例海鲜", "91339927MAXN00040R"):
        assert "共 1 家" in browser.page(f"/units?q={text}").words, text
    assert "曾用名" in browser.page("/units/E04").words
    assert "没有与“无此单位”相符的单位" in browser.page("/units?q=无此单位").words
    assert "更名酒店" in browser.get("/units?unit=更名", **{"hx-request": "true"}).text
    assert office.matter(CASE).unit_id is not None


def test_who_looks_alike_is_shown_before_a_second_entry_is_made(visited: Office) -> None:
    browser = visited.at("U05")
    given = {"name": "云溪县样例海鲜酒店有限公司", "uscc": CODE, "kind": "企业", "legal_rep": "某"}
    answer = browser.act("/units/new", **given)
    assert (
        answer.status_code == 422
        and "云溪县样例海鲜大酒店有限公司" in answer.text
        and 'name="confirmed"' in answer.text
    )
    assert browser.act("/units/new", **given, confirmed="yes").status_code == 303
    assert "登记" in browser.page(f"/units/{CODE}").words
    wrong = browser.act("/units/new", **{**given, "uscc": CODE[:-1] + "I"})
    assert wrong.status_code == 422 and "统一社会信用代码" in wrong.text
    assert visited.at("U12").get(f"/units/{CODE}").status_code == 404


def test_a_unit_ends_with_a_successor_and_entries_are_merged_by_the_guidance_office(visited: Office) -> None:
    office = visited
    given = {"name": "云溪县远山茶叶合作社", "uscc": CODE, "kind": "农民专业合作社"}
    assert office.at("U05").act("/units/new", **given).status_code == 303
    assert office.at("U05").get("/units/E04/merge").status_code == 404
    merged = office.at("U01").act("/units/E04/merge", into="云溪县远山茶叶合作社", reason="核对营业执照")
    assert merged.status_code == 303 and status_of(office, "E04") == "merged"
    assert CASE in office.at("U01").page(f"/units/{CODE}").words
    assert office.at("U01").act("/units/E04/unmerge", reason="误并").status_code == 303
    assert CASE in office.at("U01").page("/units/E04").words and status_of(office, "E04") == "active"
    late = office.at("U05").act("/units/E04/deregister", ended_on="2026-12-31", successor="", reason="通知书")
    assert late.status_code == 422 and "晚于今天" in late.text
    answer = office.at("U05").act("/units/E04/deregister", ended_on="2026-11-12", successor=CODE, reason="通知书")
    assert answer.status_code == 303
    page = office.at("U05").page("/units/E04")
    assert "权利义务承受人" in page.words and "登记注销" in page.words and status_of(office, "E04") == "deregistered"
    form = office.at("U06").page(f"/matters/{CASE}/change_unit").form(f"/matters/{CASE}/change_unit")
    assert form["unit"] == CODE, "the registered successor is proposed as the new party"
    assert office.at("U06").act(f"/matters/{CASE}/change_unit", reason="合并").status_code == 303
    assert CASE in office.at("U05").page(f"/units/{CODE}").words
    assert office.at("U01").act("/units/E04/restore", reason="登记有误").status_code == 303


def test_particulars_are_corrected_and_the_register_says_so(visited: Office) -> None:
    browser = visited.at("U05")
    assert browser.act("/units/E04/correct", legal_rep="赵演示", phone="0570-9").status_code == 303
    words = browser.page("/units/E04").words
    assert "赵演示" in words and "吴样例 → 赵演示" in words
    assert browser.post("/units/E04/correct", {"csrf": "forged", "legal_rep": "x"}).status_code == 403
