"""Forms that are sent twice, too late, from elsewhere, or badly filled in (办理中的意外)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select

from models import Clock
from tests.web.office import Office, Page, keep_unit, register
from yisong.store import accounts, matters

CASE = "YX-2026-0001"
ACCEPT = f"/matters/{CASE}/accept"


def until_acceptance(office: Office) -> Office:
    register(office, "CY-07")
    assert office.at("U05").act("/matters/F1/assign", kind="lead", department="ZFJ").status_code == 303
    assert office.at("U05").act(f"/matters/{CASE}/submit").status_code == 303
    assert office.at("U06").act(f"/matters/{CASE}/approve").status_code == 303
    return office


@pytest.fixture
def waiting(office: Office) -> Office:
    """A case that waits for acceptance."""
    return until_acceptance(office)


def events(office: Office, code: str, action: str) -> int:
    with office.desk.reading() as session:
        matter = matters.matter_by_code(session, code)
        return sum(event.action == action for event in matters.events(session, [matter.id or 0]))


def test_of_two_browsers_the_slower_is_told_and_keeps_what_it_typed(waiting: Office) -> None:
    quick, slow = waiting.fresh("U02"), waiting.fresh("U02")
    mine, theirs = (
        quick.page(ACCEPT).form(ACCEPT),
        slow.page(f"/matters/{CASE}/return_groundless").form(f"/matters/{CASE}/return_groundless"),
    )
    assert quick.post(ACCEPT, mine).status_code == 303
    answer = slow.post(
        f"/matters/{CASE}/return_groundless",
        theirs | {"ground": "duplicate", "reason": "已于十月移送", "basis": "第二十条"},
    )
    assert answer.status_code == 409
    assert "已被他人办理，请刷新后再试" in answer.text and "查看最新状态" in answer.text
    again = Page(answer.text).form(f"/matters/{CASE}/return_groundless")
    assert again["reason"] == "已于十月移送" and again["ground"] == "duplicate" and again["basis"] == "第二十条"
    assert waiting.matter(CASE).state == "accepted"


def test_a_double_click_is_answered_like_a_single_one(waiting: Office) -> None:
    leader = waiting.at("U02")
    form = leader.page(ACCEPT).form(ACCEPT)
    first, second = leader.post(ACCEPT, form), leader.post(ACCEPT, form)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"].startswith(f"/cases/{CASE}?done=") and second.headers["location"].startswith(
        f"/cases/{CASE}"
    )
    assert events(waiting, CASE, "accept") == 1


def test_ten_clicks_at_the_same_moment_make_one_step(either_office: Office) -> None:
    waiting = until_acceptance(either_office)
    leader = waiting.at("U02")
    form = leader.page(ACCEPT).form(ACCEPT)
    cookies = dict(leader.client.cookies)

    def click(_: int) -> int:
        browser = waiting.stranger()
        browser.client.cookies.update(cookies)
        return int(browser.post(ACCEPT, form).status_code)

    with ThreadPoolExecutor(max_workers=5) as pool:
        assert set(pool.map(click, range(10))) == {303}
    assert events(waiting, CASE, "accept") == 1


def test_of_ten_people_at_the_same_moment_one_wins_and_nine_are_told(either_office: Office) -> None:
    waiting = until_acceptance(either_office)
    browsers = [waiting.fresh("U02") for _ in range(10)]
    forms = [browser.page(ACCEPT).form(ACCEPT) for browser in browsers]
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda pair: pair[0].post(ACCEPT, pair[1]), zip(browsers, forms, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 9
    assert all("已被他人办理" in answer.text for answer in answers if answer.status_code == 409)
    assert events(waiting, CASE, "accept") == 1


def test_an_order_is_drafted_once_however_often_its_form_is_sent(waiting: Office) -> None:
    waiting.at("U02").act(ACCEPT)
    officer, colleague = waiting.at("U03"), waiting.at("U01")
    address = f"/matters/{CASE}/order.open"
    form, late = officer.page(address).form(address), colleague.page(address).form(address)
    assert [officer.post(address, form).status_code for _ in range(3)] == [303] * 3
    answer = colleague.post(address, late)
    assert answer.status_code == 409 and "已有他人办理" in answer.text
    with waiting.desk.reading() as session:
        case = matters.matter_by_code(session, CASE)
        assert len(matters.of_case(session, case.id or 0, kind="order")) == 1
    again = officer.page(address).form(address)
    assert officer.post(address, again).status_code == 303, (
        "a second order is drafted from a form that knows of the first"
    )


def test_a_refusal_comes_back_with_the_form_and_says_what_to_do(waiting: Office) -> None:
    address = f"/matters/{CASE}/return_jurisdiction"
    leader = waiting.at("U02")
    form = leader.page(address).form(address)
    answer = leader.post(address, form | {"reason": "油烟属生态环境职责"})
    assert answer.status_code == 422
    assert "须填写：依据的条款或清单条目、拟管辖部门。请补齐后再提交。" in Page(answer.text).words
    assert Page(answer.text).form(address)["reason"] == "油烟属生态环境职责"
    own = leader.post(address, form | {"reason": "x", "basis": "y", "proposed_department": "ZFJ"})
    assert own.status_code == 422 and "拟管辖部门不能是本部门" in own.text
    assert waiting.matter(CASE).seq == 4


def test_a_field_that_cannot_be_read_says_so_at_its_place(waiting: Office) -> None:
    waiting.at("U02").act(ACCEPT)
    officer = waiting.at("U03")
    address = f"/matters/{CASE}/order.open"
    form = officer.page(address).form(address)
    assert form["days"] == "15" and "油烟" in form["demands"], "the form begins with what the item's entry says"
    for days, said in (
        ("十五", "整数"),
        ("-3", "整数"),
        ("100000", "整数"),
        ("", "须填写：整改期限"),
        ("2000", "不合理"),
    ):
        answer = officer.post(address, form | {"days": days})
        assert answer.status_code == 422 and said in answer.text, days
    answer = officer.post(address, {key: value for key, value in form.items() if key != "chosen_findings"})
    assert answer.status_code == 422 and "请至少选择一项" in answer.text
    answer = officer.post(address, form | {"demands": "长" * 10_001})
    assert answer.status_code == 422 and "最多 10000 个字" in answer.text


def test_the_wrong_post_and_the_same_person_are_refused_by_name(waiting: Office) -> None:
    csrf = {"csrf": waiting.at("U03").page("/").form("/logout")["csrf"], "seen": "4"}
    answer = waiting.at("U03").post(ACCEPT, csrf)
    assert answer.status_code == 403 and "由责任部门负责人办理" in answer.text
    register(waiting, "CY-08", code="G", officer="U06")
    with waiting.desk.transaction() as session:
        account = accounts.account(session, "U06", lock=True)
        assert account is not None
        account.roles = ["leader", "officer"]
    assert waiting.at("U06").act("/matters/G1/assign", kind="lead", department="ZFJ").status_code == 303
    assert waiting.at("U06").act("/matters/YX-2026-0002/submit").status_code == 303
    page = waiting.at("U06").page("/cases/YX-2026-0002")
    assert "须由另一人办理" in page.words and "/matters/YX-2026-0002/approve" not in page.acts()
    csrf = {"csrf": waiting.at("U06").page("/").form("/logout")["csrf"], "seen": "2"}
    answer = waiting.at("U06").post("/matters/YX-2026-0002/approve", csrf)
    assert answer.status_code == 403 and "不得由同一人办理" in answer.text


@pytest.mark.parametrize("token", ["", "wrong", "other"])
def test_a_form_from_elsewhere_does_nothing(waiting: Office, token: str) -> None:
    leader = waiting.fresh("U02")
    form = leader.page(ACCEPT).form(ACCEPT)
    if token == "other":
        token = waiting.fresh("U02").page(ACCEPT).form(ACCEPT)["csrf"]
    for address in (ACCEPT, "/logout", "/account", "/notices/read", "/login"):
        answer = leader.post(address, form | {"csrf": token})
        assert answer.status_code == 403 and "表单已失效" in answer.text, address
    assert waiting.matter(CASE).state == "pending_acceptance"
    assert leader.get("/").status_code == 200, "and the session has not ended"


def test_a_form_that_is_too_long_is_not_even_read(waiting: Office) -> None:
    leader = waiting.at("U02")
    form = leader.page(ACCEPT).form(ACCEPT)
    assert leader.post(ACCEPT, form | {"handler": "长" * 400_000}).status_code == 413


def test_looking_changes_nothing(waiting: Office) -> None:
    before = waiting.matter(CASE).seq
    for key in waiting.at("U02").page(f"/cases/{CASE}").acts():
        waiting.at("U02").get(key)
    assert waiting.matter(CASE).seq == before


def test_within_a_page_the_form_and_its_refusal_come_as_parts(waiting: Office) -> None:
    leader = waiting.at("U02")
    part = leader.get(ACCEPT, **{"hx-request": "true"})
    assert part.status_code == 200 and "<html" not in part.text and "确认受理" in part.text
    form = Page(part.text).form(ACCEPT)
    refused = leader.post(ACCEPT, form | {"seen": "1"}, **{"hx-request": "true"})
    assert refused.status_code == 409 and "<html" not in refused.text
    done = leader.post(ACCEPT, form, **{"hx-request": "true"})
    assert done.status_code == 204 and done.headers["hx-redirect"].startswith(f"/cases/{CASE}?done=")
    said = leader.page(done.headers["hx-redirect"])
    assert "已办理：受理" in said.words


def test_the_form_says_what_will_follow_and_why(waiting: Office) -> None:
    words = waiting.at("U02").page(ACCEPT).words
    assert (
        "起算期限“线索核查决定是否立案”" in words and "告知移送部门" in words and "依据：市监程序规定第十八条" in words
    )


def test_a_unit_is_found_while_typing_and_by_its_code(waiting: Office) -> None:
    with waiting.desk.transaction() as session:
        heir = keep_unit(session, "E03")
        uscc, name = heir.uscc, heir.name
    leader = waiting.at("U02")
    assert name in leader.get(f"/units?unit={name[3:6]}").text and "<option" not in leader.get("/units?unit=虚").text
    address = f"/matters/{CASE}/change_unit"
    form = leader.page(address).form(address)
    answer = leader.post(address, form | {"unit": "没有这家", "reason": "承受"})
    assert answer.status_code == 422 and "没有找到这个单位" in answer.text
    assert leader.post(address, form | {"unit": uscc.lower(), "reason": "经营者变更"}).status_code == 303
    assert name in leader.page(f"/cases/{CASE}").words


def test_findings_of_one_visit_become_one_case_and_the_undecided_wait_for_the_office(office: Office) -> None:
    register(office, "CY-07", "CY-08")
    page = office.at("U05").page("/matters/F1/assign")
    assert "F2" in page.words
    fields = page.form("/matters/F1/assign")
    other = next(at["value"] for tag, at in page.tags if at.get("name") == "chosen_findings")
    answer = office.at("U05").post(
        "/matters/F1/assign", fields | {"chosen_findings": [other], "kind": "lead", "department": "ZFJ"}
    )
    assert answer.status_code == 303
    assert office.matter("F2").case_id == office.matter("F1").case_id == office.matter(CASE).id
    assert office.at("U05").post(
        "/matters/F2/assign", fields | {"kind": "lead", "department": "ZFJ", "form": "new"}
    ).status_code in (404, 409)


# — recorded afterwards —


def test_what_was_done_away_from_the_system_counts_from_the_day_it_was_done(waiting: Office) -> None:
    """线下办理补录: the clock runs from the real day; the two instants are both kept, and the page says 补录."""
    waiting.later(days=3)
    leader = waiting.at("U02")
    form = leader.page(ACCEPT).form(ACCEPT)
    done = waiting.desk.today - timedelta(days=2)
    assert leader.post(ACCEPT, form | {"done_on": done.isoformat()}).status_code == 303
    with waiting.desk.reading() as session:
        matter = matters.matter_by_code(session, CASE)
        event = next(event for event in matters.events(session, [matter.id or 0]) if event.action == "accept")
        started = set(
            session.scalars(
                select(col(Clock.start_on)).where(col(Clock.matter_id) == matter.id, Clock.rule == "R-VERIFY")
            )
        )
    assert (event.on, event.offline, event.at.date()) == (done, True, waiting.desk.now.date())
    assert started == {done}
    assert "补录" in leader.get(f"/cases/{CASE}").text


@pytest.mark.parametrize(
    ("shift", "code", "said"),
    [(1, 422, "晚于今天"), (-9, 422, "早于上一步骤的日期")],
)
def test_a_day_that_cannot_be_is_refused_with_what_was_typed(waiting: Office, shift: int, code: int, said: str) -> None:
    leader = waiting.at("U02")
    day = (waiting.desk.today + timedelta(days=shift)).isoformat()
    answer = leader.post(ACCEPT, leader.page(ACCEPT).form(ACCEPT) | {"done_on": day})
    assert answer.status_code == code and said in answer.text
    assert Page(answer.text).form(ACCEPT)["done_on"] == day, "what was typed is still there"
    assert leader.post(ACCEPT, leader.page(ACCEPT).form(ACCEPT) | {"done_on": "昨天"}).status_code == 422
    assert waiting.matter(CASE).state == "pending_acceptance"
