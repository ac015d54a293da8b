"""The calendar's page (工作日历页) and the feed of one's deadlines (期限订阅): dates that wait, and addresses that can be renewed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from models import Clock, Document, Reprojection
from tests.web.office import Office, Page, register
from yisong.domain.workdays import CalendarYear
from yisong.services import accounts, calendars
from yisong.store import casefile, matters

CASE = "YX-2026-0001"
SATURDAY = date(2026, 11, 28)


@pytest.fixture
def asked(office: Office) -> Office:
    """An order whose last day was moved from a Saturday to Monday, and a notice that makes the Saturday a working day."""
    register(office, "GS-06")
    office.at("U05").act("/matters/F1/assign", kind="lead", department="YJJ")
    office.at("U05").act(f"/matters/{CASE}/submit")
    office.at("U06").act(f"/matters/{CASE}/approve")
    office.at("U08").act(f"/matters/{CASE}/accept")
    officer, leader = office.at("U07"), office.at("U08")
    officer.act(f"/matters/{CASE}/order.open", days="12", demands="限期改正")
    leader.act(f"/matters/{CASE}-ZG1/issue")
    with office.desk.reading() as session:
        paper = casefile.document(session, matters.matter_by_code(session, f"{CASE}-ZG1").id, type_code="ZEGAI")
        assert paper is not None
        code = matters.matter(session, paper.matter_id).code
    officer.act(
        f"/matters/{code}/service.serve",
        method="direct",
        served_on="2026-11-16",
        servers="张三 33990001\n李四 33990002",
    )
    year = office.desk.book.calendar.years[2026]
    changed = CalendarYear(2026, "国办调整通知", year.holidays, (*year.makeup_workdays, SATURDAY))
    office.desk.book = office.desk.book.with_calendar(office.desk.book.calendar.with_year(changed))
    with office.desk.transaction() as session:
        calendars.activate(
            session, book=office.desk.book, on=office.desk.today, at=office.desk.now, source="国办调整通知"
        )
    calendars.reproject(office.desk.transaction, book=office.desk.book, on=office.desk.today, at=office.desk.now)
    return office


def due(office: Office) -> date | None:
    with office.desk.reading() as session:
        return session.scalars(select(Clock.due_on).where(Clock.rule == "R-RECTIFY")).one()  # type: ignore[arg-type]


def fields(page: Page, action: str) -> dict[str, str]:
    return page.form(action)


def test_the_answerable_leader_confirms_and_the_unit_gets_a_numbered_paper(asked: Office) -> None:
    assert due(asked) == date(2026, 11, 30)
    page = asked.at("U08").page("/calendar")
    assert "11月30日" in page.words and "11月28日" in page.words and "待确认的期限提前" in page.words
    given = fields(page, "/calendar/confirm")
    assert asked.at("U08").post("/calendar/confirm", given).status_code == 303
    assert due(asked) == SATURDAY
    with asked.desk.reading() as session:
        (paper,) = session.scalars(select(Document).where(Document.type_code == "CHEHUI"))  # type: ignore[arg-type]
        assert paper.number and paper.for_service
    after = asked.at("U08").page("/calendar?done=confirm")
    assert "没有等待确认的期限" in after.words and "更正通知书已编号出具" in after.words
    case = asked.at("U08").page(f"/cases/{CASE}")
    assert paper.number in case.words and "期限复算" in case.words and "reproject" not in case.words
    again = asked.at("U08").post("/calendar/confirm", given)
    assert again.status_code == 409 and "可能已由他人办理" in again.text


def test_others_look_on_or_see_nothing(asked: Office) -> None:
    for name in ("U07", "U01", "U04"):
        page = asked.at(name).page("/calendar")
        assert CASE in page.words and not [form for form in page.forms if form["action"].startswith("/calendar/")]
        with asked.desk.reading() as session:
            clock = str(session.scalars(select(Reprojection.clock_id)).one())
        given = {"csrf": page.form("/logout")["csrf"], "clock": clock, "reason": "x"}
        assert asked.at(name).post("/calendar/confirm", given).status_code == 403
        assert asked.at(name).post("/calendar/decline", given).status_code == 403
    stranger = asked.at("U09").page("/calendar")
    assert CASE not in stranger.words and "没有等待确认的期限" in stranger.words
    given = {"csrf": stranger.form("/logout")["csrf"], "clock": clock, "reason": "x"}
    for verb in ("confirm", "decline"):
        assert asked.at("U09").post(f"/calendar/{verb}", given).status_code == 404
        assert asked.at("U09").post(f"/calendar/{verb}", given | {"clock": "0"}).status_code == 404
    assert due(asked) == date(2026, 11, 30)


def test_declining_needs_a_reason_and_keeps_the_date(asked: Office) -> None:
    leader = asked.at("U08")
    given = fields(leader.page("/calendar"), "/calendar/decline")
    refused = leader.post("/calendar/decline", given | {"reason": " "})
    assert refused.status_code == 422 and "须写明理由" in refused.text
    assert leader.post("/calendar/decline", given | {"reason": "来不及告知"}).status_code == 303
    assert due(asked) == date(2026, 11, 30) and "已保留原期限" in leader.page("/calendar?done=decline").words
    assert "来不及告知" in leader.page(f"/cases/{CASE}").words


def test_a_date_that_has_gone_by_can_only_be_kept(asked: Office) -> None:
    asked.later(days=13)
    page = asked.fresh("U08").page("/calendar")
    assert "只能保留原期限" in page.words and not [form for form in page.forms if form["action"] == "/calendar/confirm"]


def test_the_year_is_drawn_and_one_that_is_not_announced_says_so(office: Office) -> None:
    page = office.at("U07").page("/calendar")
    days = [
        at["title"] for tag, at in page.tags if tag == "span" and at.get("class", "").startswith("d ") and "title" in at
    ]
    assert len(days) == 365 and "2026-02-14 调休上班" in days and "2026-10-01 法定节假日（国庆节）" in days
    coming = office.at("U07").page("/calendar?year=2027")
    assert "2026年" in coming.words or "尚未公布" in coming.words
    assert office.at("U07").get("/calendar?year=1").status_code == 200


# — the feed —


def feed_of(office: Office, name: str) -> str:
    page = office.at(name).page("/account")
    (address,) = [at["value"] for tag, at in page.tags if tag == "input" and at.get("id") == "feed-address"]
    return address.removeprefix("http://testserver")


def test_one_s_own_address_opens_without_signing_in_and_renewing_closes_the_old_one(asked: Office) -> None:
    first = feed_of(asked, "U08")
    answer = asked.stranger().get(first)
    assert (
        answer.status_code == 200 and CASE in answer.text and answer.headers["content-type"].startswith("text/calendar")
    )
    assert feed_of(asked, "U07") != first and asked.stranger().get(feed_of(asked, "U07")).status_code == 200
    renew = asked.at("U08").page("/account").form("/account/feed")
    assert asked.at("U08").post("/account/feed", renew).status_code == 303
    second = feed_of(asked, "U08")
    assert second != first
    assert asked.stranger().get(first).status_code == 404 and asked.stranger().get(second).status_code == 200
    assert asked.stranger().get(feed_of(asked, "U07")).status_code == 200, "a colleague's address is another"
    assert asked.at("U08").post("/account/feed", {"csrf": "forged"}).status_code == 403


def test_an_address_shows_its_owner_s_department_only_and_dies_with_the_account(asked: Office) -> None:
    other = asked.stranger().get(feed_of(asked, "U09"))
    assert other.status_code == 200 and CASE not in other.text
    mine = feed_of(asked, "U07")
    with asked.desk.transaction() as session:
        accounts.set_active(session, "U07", active=False)
    assert asked.stranger().get(mine).status_code == 404
    for forged in (
        "/feeds/p..ics",
        "/feeds/p.VTA4.x.ics",
        "/feeds/p.%FF.x.ics",
        mine.replace("p.", "p.A", 1),
        mine[:-6] + ".ics",
    ):
        assert asked.stranger().get(forged).status_code == 404, forged
