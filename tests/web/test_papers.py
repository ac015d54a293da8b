"""Letters go to the parties of their case, and anybody may ask whether one is genuine (文书下载与核验)."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from models import Document
from tests.web.office import Office, Page, register
from yisong.domain.lifecycle import Act
from yisong.domain.roles import Actor, Role
from yisong.services import outbox
from yisong.services.steps import take_step
from yisong.store import matters

CASE = "YX-2026-0001"
LETTER = f"{CASE}-YISONG-3"
SECRETS = ("小笼馆", "海鲜大酒店", "油烟", CASE, "戊示例", "己示例", "0000-", "食街", "91339927MAXN00040R")


@pytest.fixture
def issued(office: Office) -> Office:
    """A case whose transfer letter has been printed."""
    register(office, "CY-07")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ")
    office.at("U05").act(f"/matters/{CASE}/submit")
    office.at("U06").act(f"/matters/{CASE}/approve")
    return office


def print_letters(office: Office) -> None:
    desk = office.desk
    press = outbox.Press(settings=desk.settings, book=desk.book, catalogue=desk.catalogue)
    sent = outbox.run(desk.transaction, press=press, at=lambda: desk.now)
    assert sent.failed == sent.retried == 0, sent.errors


def test_a_letter_that_is_not_printed_yet_says_so(issued: Office) -> None:
    page = issued.at("U05").page(f"/cases/{CASE}")
    assert "正在出具，稍后可下载" in page.words
    answer = issued.at("U05").get(f"/documents/{LETTER}.pdf")
    assert answer.status_code == 404 and "文书正在出具" in answer.text
    assert issued.stranger().get(f"/verify/{LETTER}").status_code == 404


def test_the_parties_download_a_letter_and_nobody_else(issued: Office) -> None:
    print_letters(issued)
    with issued.desk.reading() as session:
        matter = matters.matter_by_code(session, LETTER)
        document = session.get_one(Document, matter.id)
        digests = {"pdf": document.pdf_sha256, "docx": document.docx_sha256}
    for person in ("U05", "U06", "U02", "U03", "U04", "XZF-gov"):
        for suffix, start in (("pdf", b"%PDF-"), ("docx", b"PK")):
            answer = issued.at(person).get(f"/documents/{LETTER}.{suffix}")
            assert answer.status_code == 200 and answer.content.startswith(start), person
            stored = issued.desk.settings.letters / digests[suffix][:2] / f"{digests[suffix]}.{suffix}"
            assert answer.content == stored.read_bytes()
            assert answer.headers["content-disposition"].startswith("attachment")
            assert "案件（线索）移送函 云市监移〔2026〕1号" in unquote(answer.headers["content-disposition"])
    for suffix in ("pdf", "docx", "exe", "pdf.pdf"):
        assert issued.at("U12").get(f"/documents/{LETTER}.{suffix}").status_code == 404
    stranger = issued.stranger().get(f"/documents/{LETTER}.pdf")
    assert stranger.status_code == 303 and stranger.headers["location"].startswith("/login")
    assert issued.at("U05").get(f"/documents/{CASE}.pdf").status_code == 404, "a case is no paper"
    shown = issued.at("U05").get(f"/documents/{LETTER}.pdf?view=true")
    assert shown.headers["content-disposition"].startswith("inline")
    page = issued.at("U05").page(f"/cases/{CASE}")
    assert f"/documents/{LETTER}.docx" in {link.get("href") for link in page.links}


def test_anybody_can_verify_a_letter_and_learns_nothing_of_the_case(issued: Office) -> None:
    print_letters(issued)
    answer = issued.stranger().get(f"/verify/{LETTER}")
    assert answer.status_code == 200
    for words in ("现行有效", "云市监移〔2026〕1号", "云溪县市场监督管理局", "2026年11月16日", "案件（线索）移送函"):
        assert words in answer.text, words
    body = answer.text.partition("<main")[2].partition("</main")[0]
    assert not [secret for secret in SECRETS if secret in body]
    for wrong in (CASE, "F1", f"{CASE}-YISONG-4", "x" * 300, "%2e%2e"):
        answer = issued.stranger().get(f"/verify/{wrong}")
        assert answer.status_code == 404, wrong


def test_a_withdrawn_letter_is_called_withdrawn(issued: Office) -> None:
    print_letters(issued)
    leader = Actor("U06", "己示例", "SJJ", frozenset({Role.LEADER}))
    with issued.desk.transaction() as session:
        matter = matters.matter_by_code(session, LETTER)
        act = Act("withdraw", leader, issued.desk.today, issued.desk.now, given={"reason": "主体写错"})
        take_step(session, book=issued.desk.book, matter_id=matter.id or 0, act=act)
    page = Page(issued.stranger().get(f"/verify/{LETTER}").text)
    assert "不再有效" in page.words and "已撤回" in page.words and "现行有效" not in page.words
    assert "主体写错" not in page.words


def test_the_inbox_of_a_department_gets_the_notice_and_one_click_reads_it(issued: Office) -> None:
    print_letters(issued)
    handler = issued.at("U03")
    assert "未读 1 条" in handler.get("/").text
    page = handler.page("/notices")
    assert "【待办】" in page.words and f"/cases/{CASE}" in {link.get("href") for link in page.links}
    assert "自动发送" not in page.words.partition("消息")[2].partition("共 1 条")[0]
    elsewhere = issued.at("U12")
    assert elsewhere.page("/notices").words.count("【待办】") == 0
    form = next(form for form in page.forms if form["action"] == "/notices/read" and "id" in form["fields"])["fields"]
    stolen = elsewhere.page("/").form("/logout")["csrf"]
    assert elsewhere.post("/notices/read", {"csrf": stolen, "id": form["id"]}).status_code == 303
    assert "未读 1 条" in handler.page("/notices").words, "another department's click marks nothing of ours"
    assert handler.post("/notices/read", form).status_code == 303
    assert "未读 0 条" in handler.page("/notices").words
    assert "没有未读消息" in handler.page("/notices?unread=true").words
