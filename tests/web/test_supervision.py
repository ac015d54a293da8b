"""The page of supervision (督办页): who sees what, who may decide, and that a decision is taken once."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from sqlmodel import col, select

from models import Rung, RungAct, RungProposal
from tests.web.office import Office, Page, register
from yisong.clock import SHANGHAI
from yisong.services import deadlines, proposals
from yisong.store import deadlines as stored

CASE = "YX-2026-0001"
GOVERNMENT = "XZF-gov"


def sweep_until(office: Office, day: date) -> None:
    office.clock.set(datetime.combine(day, time(8, 30), SHANGHAI))
    list(deadlines.sweep(office.desk.transaction, book=office.desk.book, until=day, at=office.desk.now))


@pytest.fixture
def late(office: Office) -> Office:
    """A case at the counter of the safety bureau that nobody accepts for ten working days."""
    register(office, "GS-06")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="YJJ")
    office.at("U05").act(f"/matters/{CASE}/submit")
    office.at("U06").act(f"/matters/{CASE}/approve")
    with office.desk.reading() as session:
        (clock,) = [each for each in stored.of_case(session, office.matter(CASE).id) if each.rule == "R-ACCEPT"]
        due = clock.due_on
    assert due is not None
    for late_by in range(1, 11):
        sweep_until(office, office.desk.book.calendar.add_workdays(due, late_by))
    return office


def rungs(office: Office) -> dict[str, str]:
    with office.desk.reading() as session:
        return {rung.key: rung.status for rung in session.scalars(select(Rung).order_by(col(Rung.on)))}


def form_fields(page: Page, action: str, key: str) -> dict[str, str]:
    found = next((form for form in page.forms if form["action"] == action and form["fields"].get("key") == key), None)
    assert found is not None, f"no form {action} for {key}"
    return dict(found["fields"])


def test_the_government_approves_what_waits_and_only_once(late: Office) -> None:
    assert rungs(late)["5@+10"] == "proposed"
    government = late.at(GOVERNMENT)
    page = government.page("/supervision")
    fields = form_fields(page, "/supervision/approve", "5@+10")
    assert "通报" in page.words and "待我决定" in page.words
    answer = government.post("/supervision/approve", fields)
    assert answer.status_code == 303 and answer.headers["location"] == "/supervision?done=approve"
    after = government.page("/supervision?done=approve")
    assert "已批准" in after.words and "没有等待您决定的督办事项" in after.words and "通报" in after.words
    again = government.post("/supervision/approve", fields)
    assert again.status_code == 409 and "可能已由他人办理" in again.text
    assert rungs(late)["5@+10"] == "approved"
    told = late.at("U07").page("/supervision")
    assert "约谈通知书" in told.words or "通报" in told.words


def test_the_guidance_office_and_the_justice_bureau_look_on_and_cannot_decide(late: Office) -> None:
    for name in ("U01", "U04"):
        page = late.at(name).page("/supervision")
        government = late.desk.book.organ(late.desk.book.government_code)
        assert f"等待{government.short}决定" in page.words and not [
            form for form in page.forms if form["action"] == "/supervision/approve"
        ]
        with late.desk.reading() as session:
            rung = session.scalars(select(Rung).where(col(Rung.key) == "5@+10")).one()
        csrf = page.form("/logout")["csrf"]
        answer = late.at(name).post("/supervision/approve", {"csrf": csrf, "clock": str(rung.clock_id), "key": "5@+10"})
        assert answer.status_code == 403 and "请转请办理" in answer.text
    assert rungs(late)["5@+10"] == "proposed"


def test_a_decision_against_a_rung_needs_a_reason_and_keeps_what_was_typed(late: Office) -> None:
    government = late.at(GOVERNMENT)
    fields = form_fields(government.page("/supervision"), "/supervision/drop", "5@+10")
    empty = government.post("/supervision/drop", fields | {"reason": "  "})
    assert empty.status_code == 422 and "须写明理由" in empty.text
    assert government.post("/supervision/drop", fields | {"reason": "已约定办结时间"}).status_code == 303
    assert rungs(late)["5@+10"] == "dropped"


def test_a_department_sees_its_own_papers_receives_and_replies(late: Office) -> None:
    mine = late.at("U07")
    page = mine.page("/supervision")
    assert "催办函" in page.words and "督办通知书" in page.words and "待我决定" not in page.words
    fields = form_fields(page, "/supervision/receive", "3@+3")
    assert mine.post("/supervision/receive", fields).status_code == 303
    reply = form_fields(mine.page("/supervision"), "/supervision/receive", "3@+3")
    assert mine.post("/supervision/receive", reply | {"reply": "三日内办结<b>"}).status_code == 303
    shown = late.at("U04").get("/supervision").text
    assert "三日内办结&lt;b&gt;" in shown and "已回复" in shown and "未签收" in shown
    assert mine.post("/supervision/receive", reply | {"reply": "再回复"}).status_code == 409
    with late.desk.reading() as session:
        assert sorted(act.kind for act in session.scalars(select(RungAct))) == ["received", "replied"]


def test_what_is_another_department_s_is_not_there(late: Office) -> None:
    stranger = late.at("U09")
    page = stranger.page("/supervision")
    assert CASE not in page.words and "没有催办、督办文书" in page.words
    with late.desk.reading() as session:
        clock = str(session.scalars(select(Rung.clock_id)).first())
    for verb in ("approve", "drop", "close", "receive"):
        given = {"csrf": page.form("/logout")["csrf"], "clock": clock, "key": "3@+3", "reason": "x", "reply": "x"}
        assert stranger.post(f"/supervision/{verb}", given).status_code == 404
        assert stranger.post(f"/supervision/{verb}", given | {"clock": "99999999999999999999"}).status_code == 404
        assert stranger.post(f"/supervision/{verb}", given | {"csrf": "forged"}).status_code == 403
    assert late.stranger().get("/supervision").status_code == 303
    filtered = late.at("U01").page("/supervision?department=XFJ")
    assert not [link for link in filtered.links if "#p-" in link["href"]] and "没有催办、督办文书" in filtered.words


def test_listed_supervision_is_closed_with_its_notice_when_the_matter_is_done(late: Office) -> None:
    late.at("U08").act(f"/matters/{CASE}/accept")
    with late.desk.transaction() as session:
        proposals.propose(session, book=late.desk.book, on=late.desk.today, at=late.desk.now)
    government = late.at(GOVERNMENT)
    fields = form_fields(government.page("/supervision"), "/supervision/close", "4@+7")
    nothing = government.post("/supervision/close", fields | {"conclusion": ""})
    assert nothing.status_code == 422 and "验收情况和结论" in nothing.text
    assert government.post("/supervision/close", fields | {"conclusion": "已受理，验收合格"}).status_code == 303
    assert "已销号" in government.page("/supervision").words
    with late.desk.reading() as session:
        assert {asked.status for asked in session.scalars(select(RungProposal))} == {"approved"}


def test_the_book_goes_on_where_the_page_ends(late: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from yisong.web import supervision

    monkeypatch.setattr(supervision, "PAGE", 2)
    seen: list[str] = []
    address = "/supervision"
    for _ in range(5):
        page = late.at("U04").page(address)
        seen += [link["href"] for link in page.links if "#p-" in link["href"]]
        onwards = [link["href"] for link in page.links if "before=" in link["href"]]
        if not onwards:
            break
        address = onwards[0]
    assert len(seen) == len(set(seen)) == 3, "催办、督办、挂牌督办; the circular waits"
    assert late.at("U04").get("/supervision?before=rubbish").status_code == 200
