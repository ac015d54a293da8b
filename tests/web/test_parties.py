"""Others whose turn it may become: the guidance office, the county government, the police (争议与涉罪)."""

from __future__ import annotations

import pytest

from tests.web.office import Office, register

CASE = "YX-2026-0001"
TRACK = f"{CASE}-ZX"
POLICE = ("U15", "GAJ-leader")


@pytest.fixture
def arrived(office: Office) -> Office:
    """A lead that the comprehensive bureau has to accept or return."""
    register(office, "CY-07")
    step(office, "U05", "F1", "assign", kind="lead", department="ZJJ")
    step(office, "U05", CASE, "submit")
    step(office, "U06", CASE, "approve")
    return office


def step(office: Office, person: str, code: str, key: str, **given: object) -> None:
    answer = office.at(person).act(f"/matters/{code}/{key}", **given)
    assert answer.status_code == 303, answer.text[-1500:]
    office.later(minutes=5)


def in_the_inbox(office: Office, person: str) -> bool:
    return f"/cases/{CASE}" in {link.get("href") for link in office.at(person).page("/?view=mine").links}


def test_a_dispute_goes_to_the_office_that_coordinates_and_to_the_government_that_decides(arrived: Office) -> None:
    office = arrived
    step(office, "ZJJ-leader", CASE, "return_jurisdiction", reason="无职责", basis="清单", proposed_department="HBJ")
    assert in_the_inbox(office, "U05") and not in_the_inbox(office, "U11")
    step(office, "U05", CASE, "insist", opinion="清单列明")
    assert in_the_inbox(office, "U01") and in_the_inbox(office, "U02") and not in_the_inbox(office, "U03")
    assert office.at("U03").get(f"/cases/{CASE}").status_code == 404, (
        "an officer of the coordinating bureau is no party by that"
    )
    step(office, "U01", CASE, "not_settled", opinion="建议指定住建局")
    assert in_the_inbox(office, "XZF-gov") and not in_the_inbox(office, "U01")
    assert "：指定管辖" in office.at("U05").page("/?view=open").words
    step(office, "XZF-gov", CASE, "designate", department="ZFJ", basis="行政处罚法第二十五条")
    assert in_the_inbox(office, "U03") and not in_the_inbox(office, "XZF-gov")
    assert office.at("ZJJ-leader").get(f"/cases/{CASE}").status_code == 404, (
        "who is no longer answerable is no longer a party"
    )
    page = office.at("U02").page(f"/cases/{CASE}")
    assert "return_jurisdiction" not in page.acts().values() and "被指定部门不得退回" in page.words
    assert f"/cases/{CASE}" not in {link.get("href") for link in office.at("XZF-gov").page("/?view=open").links}


def test_the_police_see_a_case_from_the_day_it_is_handed_over(arrived: Office) -> None:
    office = arrived
    step(office, "ZJJ-leader", CASE, "accept")
    step(office, "U11", CASE, "suspect_crime", reason="涉嫌危险作业罪")
    assert in_the_inbox(office, "ZJJ-leader") and "发现涉罪" in office.at("U11").page("/?view=open").words
    step(office, "ZJJ-leader", TRACK, "set_team", officers="子演示 33992700701\n住建局负责人 33992700702")
    step(office, "U11", TRACK, "submit_report", facts="事实", law="刑法第一百三十四条之一")
    for person in POLICE:
        assert office.at(person).get(f"/cases/{CASE}").status_code == 404
        assert CASE not in office.at(person).page("/?view=open").words
    step(office, "ZJJ-leader", TRACK, "approve")
    step(office, "U11", TRACK, "deliver", materials="案卷一册")
    for person in POLICE:
        assert in_the_inbox(office, person), person
        assert office.at(person).get(f"/cases/{CASE}").status_code == 200
    step(office, "U15", TRACK, "receive")
    step(office, "U15", TRACK, "refuse", reason="情节轻微")
    assert in_the_inbox(office, "ZJJ-leader") and not in_the_inbox(office, "U15")
    step(office, "ZJJ-leader", TRACK, "return_to_admin", reason="依法行政处罚")
    assert office.matter(CASE).state == "accepted"
    assert "转回行政处理" in office.at("U05").page(f"/cases/{CASE}").words


def test_a_finding_that_no_list_decides_waits_for_the_office_that_coordinates(office: Office) -> None:
    register(office, "CY-05", code="H", unit="E04")
    assert office.matter("H1").state == "undecided", "several organs claim this item"
    link = "/cases/H1"
    for person, expected in (("U01", True), ("U05", True), ("U04", False), ("U12", False)):
        found = link in {each.get("href") for each in office.at(person).page("/?view=open").links}
        assert found == (expected or person == "U04"), person
    step(office, "U01", "H1", "decide_department", department="HBJ", reason="主管部门", basis="清单")
    assert office.matter("H1").responsible == "HBJ"
