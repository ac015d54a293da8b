"""A whole transfer, from the finding to the close, over HTTP: what is offered is accepted, what is not offered is refused (全程办理)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.office import Office, Page, keep_unit, register
from yisong.domain import lifecycles
from yisong.store import case_page

CASE = "YX-2026-0001"
ORDER = f"{CASE}-ZG1"
PAPER = f"{ORDER}-ZEGAI-2"
FINDER, FINDER_LEADER = "U05", "U06"
HANDLER, SECOND_HANDLER, LEADER = "U03", "U01", "U02"
OUTSIDER = "U12"
OVERSEERS = ("U04", "XZF-gov")
EVERYBODY = (FINDER, FINDER_LEADER, HANDLER, SECOND_HANDLER, LEADER, OUTSIDER, *OVERSEERS)
PARTIES = tuple(person for person in EVERYBODY if person != OUTSIDER)

WALK: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (FINDER, CASE, "submit", {}),
    (FINDER_LEADER, CASE, "approve", {}),
    (HANDLER, CASE, "sign_receipt", {}),
    (LEADER, CASE, "accept", {"handler": "丙示例"}),
    (HANDLER, CASE, "order.open", {}),
    (LEADER, ORDER, "issue", {}),
    (HANDLER, PAPER, "service.serve", {"method": "direct", "receiver": "店长"}),
    (HANDLER, ORDER, "report", {"report": "净化器已检修并恢复运行。"}),
    (SECOND_HANDLER, ORDER, "review.conclude_pass", {"note": "现场复查合格。", "officers": "甲示例 33992700101\n丙示例 33992700103"}),
    (HANDLER, CASE, "feed_back", {}),
    (HANDLER, CASE, "publish", {}),
    (LEADER, CASE, "close", {}),
)  # fmt: skip


def plausible(page: Page, address: str, *, on: str) -> dict[str, Any]:
    """Something sensible for every field of a form."""
    fields = page.form(address)
    tags = {at["name"]: (tag, at) for tag, at in page.tags if at.get("name")}
    names = [at["name"] for tag, at in page.tags if tag in ("input", "textarea", "select") and at.get("name")]
    options = {
        "department": "ZJJ",
        "proposed_department": "ZJJ",
        "unit": "云溪县虚构小笼馆（个体工商户）",
        "new_due": "2027-01-20",
        "until": "2027-01-20",
    }
    for name in dict.fromkeys(names):
        if name == "officers":
            fields[name] = "甲示例 33992700101\n丙示例 33992700103"
        if fields.get(name) or name in ("csrf", "form", "seen"):
            continue
        tag, at = tags[name]
        kind = at.get("type", tag)
        if name in options:
            fields[name] = options[name]
        elif kind in ("radio", "checkbox"):
            fields[name] = next(a["value"] for t, a in page.tags if t == "input" and a.get("name") == name)
        elif kind == "date":
            fields[name] = on
        elif at.get("inputmode") == "numeric":
            fields[name] = "15"
        else:
            fields[name] = "测试填写 33992700101\n第二行 33992700102" if tag == "textarea" else "测试填写"
    return fields


def start(office: Office) -> None:
    """A finding, and the case that its finder makes of it on the page of the finding."""
    register(office, "CY-07")
    with office.desk.transaction() as session:
        keep_unit(session, "E03")
    finder = office.at(FINDER)
    page = finder.page("/cases/F1")
    assert set(page.acts().values()) == {"assign", "handle_own", "fix_onsite"}
    answer = finder.act("/matters/F1/assign", kind="lead", department="ZFJ")
    assert answer.status_code == 303 and answer.headers["location"] == f"/cases/{CASE}?done={CASE}.1"
    assert finder.get("/cases/F1").headers["location"] == f"/cases/{CASE}"


def steps(office: Office) -> Iterator[str]:
    """Walk, stopping before every step and at the end."""
    start(office)
    for person, code, key, given in WALK:
        yield f"{person} {key}"
        answer = office.at(person).act(f"/matters/{code}/{key}", **given)
        assert answer.status_code == 303, (person, code, key, Page(answer.text).words[-900:])
        office.later(minutes=20)
    yield "closed"


def test_the_case_goes_all_the_way_and_tells_its_story(office: Office) -> None:
    states = []
    for _ in steps(office):
        states.append(office.matter(CASE).state)
    assert states == [
        "draft", "pending_approval", "pending_acceptance", "pending_acceptance", "accepted", "accepted", "rectifying", "rectifying", "rectifying",
        "publicising", "publicising", "publicising", "closed",
    ]  # fmt: skip
    assert office.matter(ORDER).state == "passed" and office.matter("F1").state == "cleared"
    page = office.at(FINDER).page(f"/cases/{CASE}")
    for words in (
        "批准移送",
        "平台送达",
        "签收并出具回执",
        "承办人",
        "丙示例",
        "复查合格",
        "已办结",
        "移送→受理/退回决定",
        "案件（线索）移送函",
        "云市监移〔2026〕1号",
    ):
        assert words in page.words, words
    assert "涉罪线索登记" not in page.words, "each row has its own label, also where an action has several rows"
    assert not page.acts(), "the finder has nothing to do in a closed case"
    closed = office.at(FINDER).page("/?view=closed")
    assert CASE in closed.words and "共 1 件" in closed.words


@pytest.mark.slow
def test_whatever_is_offered_is_accepted_by_whoever_it_is_offered_to(office: Office) -> None:
    pressed = 0
    for _ in steps(office):
        for person in PARTIES:
            browser = office.at(person)
            for address, key in browser.page(f"/cases/{CASE}").acts().items():
                fields = plausible(browser.page(address), address, on=office.desk.today.isoformat())
                office.desk.rehearsing = True
                answer = browser.post(address, fields)
                office.desk.rehearsing = False
                expected = 422 if _reopens_with_a_new_violation(fields) else 303
                assert answer.status_code == expected, (person, key, Page(answer.text).words[-900:])
                pressed += 1
    assert pressed > 70


def _reopens_with_a_new_violation(fields: dict[str, Any]) -> bool:
    return fields.get("ground") == "new_violation"


@pytest.mark.slow
def test_whatever_is_not_offered_is_refused_and_changes_nothing(office: Office) -> None:
    refused = 0
    for turn, at in enumerate(steps(office)):
        person = PARTIES[turn % len(PARTIES)]
        browser = office.at(person)
        offered = browser.page(f"/cases/{CASE}").acts()
        with office.desk.reading() as session:
            root = office.matter(CASE)
            family = [
                (matter.code, matter.kind, matter.seq, matter.state) for matter in case_page.family(session, root)
            ]
        csrf = browser.page("/").form("/logout")["csrf"]
        for code, kind, seq, _state in family:
            if at != "closed" and kind not in ("transfer", "order"):
                continue  # the others are tried once, at the end
            for action in sorted(lifecycles.ALL[kind].actions()):
                address = f"/matters/{code}/{action}"
                if address in offered:
                    continue
                given = {
                    "reason": "x",
                    "basis": "x",
                    "department": "ZJJ",
                    "proposed_department": "ZJJ",
                    "officers": "甲\n乙",
                    "note": "x",
                    "items": "x",
                }
                answer = browser.post(address, given | {"csrf": csrf, "seen": str(seq)})
                assert answer.status_code in (403, 404, 409, 422), (person, address, answer.status_code)
                refused += 1
        with office.desk.reading() as session:
            assert [(m.code, m.kind, m.seq, m.state) for m in case_page.family(session, office.matter(CASE))] == family
    assert refused > 500


def test_an_outsider_finds_no_trace_of_the_case_at_any_time(office: Office) -> None:
    for _ in steps(office):
        outsider = office.at(OUTSIDER)
        for address in (
            f"/cases/{CASE}",
            "/cases/F1",
            f"/matters/{CASE}/accept",
            f"/documents/{CASE}-YISONG-3.pdf",
            "/clocks/1/explain",
        ):
            assert outsider.get(address).status_code == 404, address
        assert f"/cases/{CASE}" not in outsider.get(f"/?q={CASE}").text
        csrf = outsider.page("/").form("/logout")["csrf"]
        assert outsider.post(f"/matters/{CASE}/accept", {"csrf": csrf, "seen": "3"}).status_code == 404


def test_whoever_has_it_in_their_inbox_has_something_to_press(office: Office) -> None:
    had_a_turn = set()
    for at in steps(office):
        for person in EVERYBODY:
            browser = office.at(person)
            mine = f"/cases/{CASE}" in {link.get("href") for link in browser.page("/?view=mine").links}
            if mine:
                assert browser.page(f"/cases/{CASE}").acts(), (at, person)
                had_a_turn.add(person)
            elif at.startswith(f"{person} ") and not at.endswith(" report"):  # that is the unit's turn
                pytest.fail(f"{at}: it is not in the inbox of the person who takes the step next")
    assert had_a_turn == {FINDER, FINDER_LEADER, HANDLER, SECOND_HANDLER, LEADER}


def test_the_supervisor_reads_all_and_the_board_counts_all(office: Office) -> None:
    for _ in steps(office):
        pass
    supervisor, coordinator, outsider = office.at("U04"), office.at("U01"), office.at(OUTSIDER)
    assert CASE in supervisor.page("/?view=closed").words
    assert supervisor.get("/board").status_code == 200 and coordinator.get("/board").status_code == 200
    assert outsider.get("/board").status_code == 404 and office.at(HANDLER).get("/board").status_code == 404


def test_the_browser_of_a_case_shows_why_a_step_has_to_wait(office: Office) -> None:
    for at in steps(office):
        if at == f"{HANDLER} feed_back":
            page = office.at(LEADER).page(f"/cases/{CASE}")
            assert f"/matters/{CASE}/close" not in page.acts()
            assert "处理结果尚未回传移送部门，请先办理“回传结果”再办结。" in page.words
            answer = office.at(LEADER).get(f"/matters/{CASE}/close")
            assert answer.status_code == 200 and "尚未回传" in answer.text and "确认办结" not in answer.text
