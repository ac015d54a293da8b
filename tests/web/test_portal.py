"""The page of an inspected unit: one link, no account, in plain words, on a phone (企业专用页面)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models import Evidence
from tests.intake.photographs import PDF, photograph
from tests.web.office import Browser, Office, keep_unit, register
from tests.web.test_papers import print_letters
from yisong.domain.roles import Actor, Role
from yisong.services import audit, unit_links, units
from yisong.store import matters

CASE = "YX-2026-0001"
OFFICERS = "戊示例 33992700501\n己示例 33992700502"
CLERK = Actor("U05", "戊示例", "SJJ", frozenset({Role.OFFICER}))


@dataclass
class Ordered:
    """An order that was served on a unit, and the unit's own browser."""

    office: Office
    order: str
    paper: str
    token: str
    phone: Browser

    @property
    def home(self) -> str:
        return f"/u/{self.token}"

    def form(self, key: str) -> str:
        return f"{self.home}/{self.order}/{key}"


def step(office: Office, person: str, code: str, key: str, **given: object) -> None:
    answer = office.at(person).act(f"/matters/{code}/{key}", **given)
    assert answer.status_code == 303, answer.text[-1500:]
    office.later(minutes=5)


def link_of(office: Office, unit: str) -> str:
    with office.desk.transaction() as session:
        held = units.held(session, unit)
        return unit_links.make(session, held, actor=CLERK, on=office.desk.today, at=office.desk.now)[1]


@pytest.fixture
def ordered(office: Office) -> Ordered:
    register(office, "CY-07")
    step(office, "U05", "F1", "handle_own")
    step(office, "U05", CASE, "order.open", days="15", demands="清理排烟管道\n提交清洗合同")
    with office.desk.reading() as session:
        [order] = [each.code for each in matters.of_case(session, office.matter(CASE).id or 0, kind="order")]
    step(office, "U06", order, "issue")
    with office.desk.reading() as session:
        [paper] = [each.code for each in matters.of_case(session, office.matter(CASE).id or 0, kind="document")]
    with office.desk.transaction() as session:
        keep_unit(session).electronic_consent = False
    return Ordered(office, order, paper, link_of(office, "E04"), office.stranger())


@pytest.fixture
def served(ordered: Ordered) -> Ordered:
    given = {
        "method": "direct",
        "served_on": "2026-11-16",
        "place": "示例路1号",
        "receiver": "吴样例",
        "servers": OFFICERS,
    }
    step(ordered.office, "U05", ordered.paper, "service.serve", **given)
    print_letters(ordered.office)
    ordered.office.later(days=2)
    return ordered


def test_before_service_the_page_says_nothing_of_the_order(ordered: Ordered) -> None:
    words = ordered.phone.page(ordered.home).words
    assert "没有需要贵单位办理的要求" in words and "责令改正通知书" not in words
    assert ordered.phone.get(f"{ordered.home}/letters/{ordered.paper}.pdf").status_code == 404
    assert ordered.phone.get(ordered.form("object")).status_code == 404


def test_the_page_tells_what_until_when_and_why(served: Ordered) -> None:
    page = served.phone.page(served.home)
    for expected in (
        "清理排烟管道",
        "还有 13 天",
        "2026年12月1日",
        "日期是怎么算的",
        "2026年11月16日",
        "提交整改报告",
        "申请延长期限",
        "提出异议",
        "0000-8800003",
    ):
        assert expected in page.words, expected
    for jargon in ("R-RECTIFY", "守卫", "时钟", "销号", "系统默认）", "drafted"):
        assert jargon not in page.words, jargon
    letter = served.phone.get(f"{served.home}/letters/{served.paper}.pdf")
    assert letter.content.startswith(b"%PDF-") and letter.headers["x-robots-tag"].startswith("noindex")


def test_nothing_of_the_link_is_kept_or_told_to_anybody(served: Ordered) -> None:
    answer = served.phone.get(served.home)
    assert answer.headers["referrer-policy"] == "no-referrer" and "noindex" in answer.headers["x-robots-tag"]
    assert (
        "no-store" in answer.headers["cache-control"]
        and 'name="robots"' in answer.text
        and "set-cookie" not in answer.headers
    )
    assert not re.search(r'(href|src|action)="https?://', answer.text)
    with served.office.desk.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM unit_link").fetchall()
    assert served.token not in str(rows)
    assert "Disallow: /u/" in served.phone.get("/robots.txt").text


def test_a_report_is_sent_once_and_reaches_the_department(served: Ordered) -> None:
    phone, form = served.phone, served.form("report")
    empty = phone.act(form, report=" ")
    assert empty.status_code == 422 and "须填写：整改情况" in empty.text
    fields = phone.page(form).form(form) | {"report": "已清理，合同附后"}
    first = phone.post(form, fields)
    assert first.status_code == 303
    again = phone.post(form, fields)
    assert again.status_code == 303 and again.headers["location"] == first.headers["location"]
    page = phone.page(first.headers["location"])
    assert "已提交：提交整改报告" in page.words and "等待复查" in page.words and "已清理，合同附后" in page.words
    assert served.office.matter(served.order).state == "report_submitted"
    story = served.office.fresh("U05").page(f"/cases/{CASE}").words
    assert "云溪县样例海鲜大酒店有限公司" in story and "已清理，合同附后" in story
    assert phone.get(form).status_code == 404, "a report that was sent cannot be sent again"


def test_photographs_come_with_the_report_or_neither_does(served: Ordered) -> None:
    """整改照片: kept as evidence of the case under the unit's name; a file that is none refuses the whole report."""
    phone, form = served.phone, served.form("report")
    fields = phone.page(form).form(form) | {"report": "已清理"}
    fields.pop("photos", None)

    def send(address: str, *files: tuple[str, bytes]) -> Any:
        parts = [("photos", (name, content)) for name, content in files]
        return phone.client.post(address, data=fields, files=parts, follow_redirects=False)

    def pieces() -> list[Evidence]:
        with served.office.desk.reading() as session:
            return list(session.scalars(select(Evidence)))

    refused = send(form, ("整改后.jpg", photograph()), ("脚本.jpg", b"#!/bin/sh\n"))
    assert refused.status_code == 422 and "脚本.jpg" in refused.text and "已清理" in refused.text
    assert served.office.matter(served.order).state == "rectifying" and pieces() == []
    stranger = send(f"/u/{'x' * 43}/{served.order}/report", ("整改后.jpg", photograph()))
    assert stranger.status_code == 404 and pieces() == []
    taken = send(form, ("整改后.jpg", photograph()), ("合同.pdf", PDF))
    assert taken.status_code == 303, taken.text[-800:]
    assert send(form, ("整改后.jpg", photograph())).headers["location"] == taken.headers["location"]
    assert [(piece.title, piece.brought_name) for piece in pieces()] == [
        ("整改凭证1", "云溪县样例海鲜大酒店有限公司"), ("整改凭证2", "云溪县样例海鲜大酒店有限公司"),
    ]  # fmt: skip
    page = served.office.fresh("U05").page(f"/cases/{CASE}").words
    assert "整改凭证1" in page and "云溪县样例海鲜大酒店有限公司" in page
    assert audit.verify_all(served.office.desk.reading).faults == []


def test_an_extension_is_asked_for_in_time_only(served: Ordered) -> None:
    phone, form = served.phone, served.form("request_extension")
    asked = phone.act(form, reason="设备到货晚", until="2026-12-20")
    assert asked.status_code == 303 and served.office.matter(served.order).state == "extension_pending"
    assert "批复之前不算超期" in phone.page(served.home).words


def test_after_the_due_day_the_page_says_so_and_bars_the_extension(served: Ordered) -> None:
    served.office.later(days=20)
    page = served.phone.page(served.home)
    assert "已超过 7 天" in page.words and "不再受理延期申请" in page.words
    assert served.form("request_extension") not in {link.get("href") for link in page.links}


def test_a_link_opens_one_unit_only_and_dies_when_it_is_revoked(served: Ordered) -> None:
    office, phone = served.office, served.phone
    with office.desk.transaction() as session:
        keep_unit(session, "E05")
    other = link_of(office, "E05")
    assert phone.get(f"/u/{other}/{served.order}/report").status_code == 404
    assert phone.post(f"/u/{other}/{served.order}/report", {"report": "x", "seen": "1"}).status_code == 404
    assert phone.get(f"/u/{other}/letters/{served.paper}.pdf").status_code == 404
    assert served.office.matter(served.order).state == "rectifying"
    for inner in ("withdraw", "served", "approve_extension", "review.conclude_pass"):
        assert phone.get(served.form(inner)).status_code == 404, inner
    assert phone.get("/cases/" + CASE).status_code == 303, "the link signs nobody in"
    clerk = office.fresh("U05")
    fields = clerk.page("/units/E04").form("/units/E04/revoke")
    assert fields["link"] == "1" and clerk.post("/units/E04/revoke", fields).status_code == 303
    for address in (served.home, served.form("report"), f"{served.home}/letters/{served.paper}.pdf"):
        answer = phone.get(address)
        assert answer.status_code == 404 and "链接不能使用" in answer.text, address
    assert phone.post(served.form("report"), {"report": "x"}).status_code == 404


def test_a_link_runs_out(served: Ordered) -> None:
    served.office.clock.set(served.office.clock.now() + unit_links.LASTS + timedelta(days=1))
    assert served.phone.get(served.home).status_code == 404


def test_a_clerk_makes_a_link_and_sees_it_once(served: Ordered) -> None:
    browser = served.office.fresh("U05")
    fields = browser.page("/units/E04").form("/units/E04/link")
    made = browser.post("/units/E04/link", fields)
    found = re.search(r"/u/([\w-]{43})", made.text)
    assert made.status_code == 200 and found and "data:image/png;base64," in made.text
    assert served.phone.get(f"/u/{found.group(1)}").status_code == 200
    assert found.group(1) not in browser.get("/units/E04").text
    assert served.office.fresh("U12").post("/units/E04/link", {"csrf": "x"}).status_code == 403
