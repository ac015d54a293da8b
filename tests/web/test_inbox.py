"""An inbox of three hundred cases: nothing is lost between its pages, and everything is found (收件箱)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import col, select

from models import Clock, Matter
from tests.web.crowd import TODAY, fill
from tests.web.office import Office, Page
from yisong.domain.roles import Actor
from yisong.services.accounts import actor_of
from yisong.store import accounts, inbox
from yisong.store.desktops import Asked, Cursor, View, week_end_of
from yisong.web.turns import desktop_of


def asked(view: View, text: str = "", department: str = "") -> Asked:
    return Asked(view, TODAY, week_end_of(TODAY), text=text, department=department)


def actor(office: Office, name: str) -> Actor:
    with office.desk.reading() as session:
        account = accounts.account(session, name)
        assert account is not None
        return actor_of(account)


def walk(office: Office, name: str, view: View, *, size: int = 23) -> list[Cursor]:
    """All rows of a view, page by page."""
    desktop = desktop_of(actor(office, name), book=office.desk.book)
    found: list[Cursor] = []
    after: Cursor | None = None
    with office.desk.reading() as session:
        while True:
            look = inbox.page(session, desktop, asked=asked(view), after=after, most=size)
            found += look.places
            if not look.places:
                assert look.total == len(found)
                return found
            after = look.places[-1]


def test_the_pages_of_every_view_hold_each_row_once_and_in_order(either_office: Office) -> None:
    with either_office.desk.transaction() as session:
        fill(session)
    for name in ("U03", "U05", "U06", "U01", "U04", "U12"):
        for view in View:
            found = walk(either_office, name, view)
            ids = [place.id for place in found]
            assert len(set(ids)) == len(ids)
            keys = [(place.rank, place.due, -place.id) for place in found]
            assert keys == sorted(keys)
            assert set(ids) == expected(either_office, name, view), (name, view)


def expected(office: Office, name: str, view: View) -> set[int]:
    """The same, counted row by row in Python."""
    person = actor(office, name)
    everything = name in ("U01", "U04")
    with office.desk.reading() as session:
        matters = list(session.exec(select(Matter).where(col(Matter.kind) == "transfer")))
        clocks = {clock.case_id: clock for clock in session.exec(select(Clock))}
    found = set()
    for matter in matters:
        if not (everything or person.department in (matter.origin, matter.responsible)):
            continue
        clock = clocks.get(matter.id)
        due = clock.due_on if clock and clock.status == "running" and clock.chased and not clock.held else None
        is_open = matter.state not in ("closed",)
        handles = {"U03": "ZFJ", "U01": "ZFJ"}.get(name) == matter.responsible and matter.state in (
            "pending_acceptance",
            "accepted",
            "rectifying",
            "publicising",
        )
        approves = name == "U06" and matter.origin == "SJJ" and matter.state == "pending_approval"
        chosen = {
            View.OPEN: is_open,
            View.CLOSED: not is_open,
            View.EVERYTHING: True,
            View.LATE: is_open and due is not None and due < TODAY,
            View.WEEK: is_open and due is not None and TODAY <= due <= TODAY + timedelta(days=6),
            View.MINE: handles or approves,
        }[view]
        if chosen:
            found.add(matter.id or 0)
    return found


def test_the_counts_are_those_of_the_views(either_office: Office) -> None:
    with either_office.desk.transaction() as session:
        fill(session)
    for name in ("U03", "U06", "U04"):
        desktop = desktop_of(actor(either_office, name), book=either_office.desk.book)
        with either_office.desk.reading() as session:
            counted = inbox.counts(session, desktop, asked=asked(View.MINE))
            for view in View:
                assert inbox.page(session, desktop, asked=asked(view), after=None, most=1).counts == counted
        assert (counted.mine, counted.week, counted.late, counted.open) == tuple(
            len(walk(either_office, name, view, size=500)) for view in (View.MINE, View.WEEK, View.LATE, View.OPEN)
        )
        assert counted.late > 20


UNIT_41 = {"YX-2026-0041", "YX-2026-0141", "YX-2026-0241"}
SEARCHES: dict[str, set[str]] = {
    "yx-2026-0142": {"YX-2026-0142"},
    "第41号": UNIT_41,
    "91339927test000041": UNIT_41,
    "〔2026〕77号": {"YX-2026-0007"},
    "云市监移〔2026〕77": {"YX-2026-0007"},
    "100%": set(),
    "_": set(),
    "没有这个": set(),
}


def test_a_search_finds_by_code_unit_credit_code_and_number(either_office: Office) -> None:
    with either_office.desk.transaction() as session:
        fill(session)
    desktop = desktop_of(actor(either_office, "U05"), book=either_office.desk.book)
    with either_office.desk.reading() as session:
        for text, codes in SEARCHES.items():
            look = inbox.page(session, desktop, asked=asked(View.EVERYTHING, text), after=None, most=50)
            found = {session.get_one(Matter, place.id).code for place in look.places}
            assert (found, look.total) == (codes, len(codes)), text


def test_a_search_finds_nothing_of_others(office: Office) -> None:
    with office.desk.transaction() as session:
        fill(session)
    for name, hits in (("U12", 0), ("U10", 1), ("U03", 0), ("U04", 1)):
        words = office.at(name).page("/?q=YX-2026-0004").words
        assert ("共 1 件" in words) == bool(hits), name


def test_the_inbox_says_how_many_there_are_and_goes_on_to_the_last(office: Office) -> None:
    with office.desk.transaction() as session:
        fill(session)
    browser = office.at("U05")
    address, seen = "/?view=open", Counter[str]()
    total = len(walk(office, "U05", View.OPEN))
    for _ in range(20):
        page = browser.page(address)
        seen.update(link["href"] for link in page.links if link.get("href", "").startswith("/cases/"))
        assert f"共 {total} 件" in page.words
        onwards = [link["href"] for link in page.links if "after=" in link.get("href", "")]
        if not onwards:
            assert f"–{total} 件" in page.words
            break
        address = onwards[0]
    assert len(seen) == total == 250 and set(seen.values()) == {1}


def test_more_rows_come_as_rows_alone(office: Office) -> None:
    with office.desk.transaction() as session:
        fill(session)
    browser = office.at("U05")
    more = next(link["hx-get"] for link in browser.page("/?view=open").links if "hx-get" in link)
    part = browser.get(more, **{"hx-request": "true"})
    assert "<html" not in part.text and part.text.count('<li class="task') == 40 and "已显示第 1–80 件" in part.text


def test_a_department_is_picked_only_by_those_who_oversee(office: Office) -> None:
    with office.desk.transaction() as session:
        fill(session)
    assert "共 50 件" in office.at("U04").page("/?view=open&department=HBJ").words
    assert "共 250 件" in office.at("U04").page("/?view=open").words
    assert office.at("U10").page("/?view=open&department=ZFJ").words.count("综合执法局") == 0


@pytest.mark.parametrize(
    "address", ["/?after=nonsense", "/?after=0.2026-13-01.5", "/?after=1.2.3.4", "/?shown=-5", "/?q=%27%22%3Cscript%3E"]
)
def test_a_broken_address_begins_at_the_first_page(office: Office, address: str) -> None:
    answer = office.at("U05").get(address)
    assert answer.status_code == 200 and "<script>" not in answer.text.replace("<script src", "")


def test_a_view_that_does_not_exist_is_no_error_of_ours(office: Office) -> None:
    assert office.at("U05").get("/?view=nonsense").status_code == 404


def test_late_is_told_in_words_and_working_days(office: Office) -> None:
    with office.desk.transaction() as session:
        fill(session)
    page = Page(office.at("U05").get("/?view=late").text)
    assert "逾期 14 个工作日" in page.words or "逾期 13 个工作日" in page.words
    assert "今日到期" in office.at("U05").page("/?view=week").words
