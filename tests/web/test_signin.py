"""Who gets in, and for how long (登录)."""

from __future__ import annotations

import pytest

from tests.web.office import PASSWORD, Office, Page
from yisong.store import accounts
from yisong.web.session import COOKIE
from yisong.web.signin import local


def test_the_inbox_sends_a_stranger_to_the_sign_in_and_back(office: Office) -> None:
    stranger = office.stranger()
    answer = stranger.get("/?view=open")
    assert answer.status_code == 303 and answer.headers["location"] == "/login?onwards=/%3Fview%3Dopen"
    fields = stranger.page(answer.headers["location"]).form("/login")
    answer = stranger.post("/login", fields | {"account": "U05", "password": PASSWORD})
    assert answer.status_code == 303 and answer.headers["location"] == "/?view=open"
    assert stranger.get("/").status_code == 200


def test_the_cookie_is_for_browsers_only_and_changes_at_the_sign_in(office: Office) -> None:
    browser = office.stranger()
    before = browser.get("/login").headers["set-cookie"]
    after = browser.sign_in("U05").headers["set-cookie"]
    assert "HttpOnly" in after and "SameSite=lax" in after
    assert before.split(";")[0] != after.split(";")[0]


@pytest.mark.parametrize(("account", "password"), [("U05", "不对的口令"), ("nobody", PASSWORD), ("", ""), ("U05", "")])
def test_a_miss_says_the_same_whatever_was_wrong(office: Office, account: str, password: str) -> None:
    answer = office.stranger().sign_in(account, password)
    assert answer.status_code == 401
    assert "账号或口令不正确" in answer.text


def test_whoever_guesses_has_to_wait_and_then_may_try_again(office: Office) -> None:
    browser = office.stranger()
    assert [browser.sign_in("U05", f"guess-{count}").status_code for count in range(8)] == [401] * 8
    answer = browser.sign_in("U05")
    assert answer.status_code == 429 and "10 分钟后再试" in answer.text
    assert office.stranger().sign_in("U06").status_code == 303, "others of the same office are not held up"
    office.later(minutes=10)
    assert browser.sign_in("U05").status_code == 303


def test_signing_out_ends_the_session_at_every_copy_of_its_cookie(office: Office) -> None:
    browser, other = office.fresh("U05"), office.fresh("U05")
    copy = office.stranger()
    copy.client.cookies.set(COOKIE, browser.client.cookies[COOKIE])
    assert copy.get("/").status_code == 200
    fields = browser.page("/").form("/logout")
    assert browser.post("/logout", fields).headers["location"] == "/login"
    assert browser.get("/").status_code == 303
    assert copy.get("/").status_code == 303, "a copied cookie must not outlive the sign-out"
    assert other.get("/").status_code == 200, "the person's other computer is not signed out"


def test_a_session_ends_after_a_working_day(office: Office) -> None:
    browser = office.fresh("U05")
    office.later(hours=11, minutes=59)
    assert browser.get("/").status_code == 200
    office.later(minutes=1)
    assert browser.get("/").status_code == 303


def test_a_new_password_ends_every_other_session(office: Office) -> None:
    browser, other = office.fresh("U05"), office.fresh("U05")
    fields = browser.page("/account").form("/account")
    answer = browser.post(
        "/account", fields | {"present": PASSWORD, "password": "换过的口令-77", "again": "换过的口令-77"}
    )
    assert answer.status_code == 303
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert office.stranger().sign_in("U05").status_code == 401
    assert office.stranger().sign_in("U05", "换过的口令-77").status_code == 303


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"present": "不对", "password": "换过的口令-77", "again": "换过的口令-77"}, "账号或口令不正确"),
        ({"present": PASSWORD, "password": "换过的口令-77", "again": "换过的口令-78"}, "不一致"),
        ({"present": PASSWORD, "password": "短", "again": "短"}, "8 至 200 个字符"),
    ],
)
def test_a_password_is_changed_only_properly(office: Office, given: dict[str, str], said: str) -> None:
    browser = office.fresh("U05")
    answer = browser.post("/account", browser.page("/account").form("/account") | given)
    assert answer.status_code == 422 and said in answer.text
    assert office.stranger().sign_in("U05").status_code == 303


def test_an_account_that_was_closed_is_out_at_once(office: Office) -> None:
    browser = office.fresh("U05")
    with office.desk.transaction() as session:
        account = accounts.account(session, "U05", lock=True)
        assert account is not None
        account.active = False
    assert browser.get("/").status_code == 303
    assert office.stranger().sign_in("U05").status_code == 401


def test_a_forged_cookie_is_nobody(office: Office) -> None:
    browser = office.fresh("U05")
    cookie = browser.client.cookies[COOKIE]
    for forged in (cookie[:-2] + ("aa" if cookie[-2:] != "aa" else "bb"), "x." + cookie.partition(".")[2], "", "null"):
        stranger = office.stranger()
        stranger.client.cookies.set(COOKIE, forged)
        assert stranger.get("/").status_code == 303, forged


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/\tx", ""]
)
def test_the_sign_in_leads_nowhere_else(address: str) -> None:
    assert local(address) == "/"


def test_a_signed_in_person_is_not_asked_again(office: Office) -> None:
    answer = office.fresh("U05").get("/login?onwards=/notices")
    assert answer.status_code == 303 and answer.headers["location"] == "/notices"


def test_the_first_password_is_called_what_it_is(office: Office) -> None:
    assert "初始口令" in Page(office.at("U05").get("/").text).words
