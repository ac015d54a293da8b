"""Who may call the interface, how often, and with how much (接口令牌与限量)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from models import AccessToken, Event
from tests.web.caller import Caller, counted, refused
from tests.web.office import Office
from yisong.intake.submitted import MOST_FINDINGS
from yisong.services import tokens
from yisong.web import api, api_limits
from yisong.web.api_limits import Limits, TooMuch


def test_a_token_is_good_for_its_organ_only(office: Office) -> None:
    caller = Caller(office)
    answer = caller.post(caller.sent(1, initiator="综合行政执法局", participants=["市场监管局"]), key="k1")
    assert answer.status_code == 422
    assert "不是" in answer.json()["rows"][0]["messages"][-1]["message"] and counted(office)[0] == 0
    everyone = Caller(office, system="全县", department="")
    assert (
        everyone.post(everyone.sent(1, initiator="综合行政执法局", participants=["市场监管局"]), key="k1").status_code
        == 201
    )
    more = {"finding_code": "N9", "item": "GS-06", "facts": "又一处", "disposal": "自办"}
    assert caller.post(caller.sent(1, more, initiator="综合行政执法局"), key="k2").status_code == 201, (
        "it took part in that one"
    )
    stranger = Caller(office, system="外人", department="JTJ")
    stolen = stranger.post(stranger.sent(1, more | {"finding_code": "N10"}, initiator="交通运输局"), key="k3")
    assert stolen.status_code == 422 and "NOT_YOUR_INSPECTION" in stolen.text, (
        "a registered inspection is judged by the register"
    )


def test_a_person_registers_in_their_own_name_and_a_system_by_its_name(office: Office) -> None:
    person = Caller(office, account="U05", department="")
    assert person.token.department == "SJJ"
    assert person.post(person.sent(1), key="k1").status_code == 201
    system = Caller(office)
    assert system.post(system.sent(2), key="k1").status_code == 201
    with office.desk.reading() as session:
        events = session.scalars(
            select(Event).where(col(Event.action) == "register").order_by(col(Event.matter_id))
        ).all()
    assert [(event.actor_id, event.given["imported_by"]) for event in events] == [
        ("U05", "U05"),
        ("system", "系统：智慧监管平台"),
    ]


def test_tokens_that_do_not_count(office: Office) -> None:
    caller = Caller(office)
    with office.desk.reading() as session:
        kept = session.get(AccessToken, caller.token.id)
        assert kept is not None and caller.text.rpartition("_")[2] not in str(kept.model_dump()), "hashed at rest"
    refused(caller.get("/api/v1/submissions/1", Authorization=""), 401, "token_missing")
    refused(caller.get("/api/v1/submissions/1", Authorization="Basic eDp5"), 401, "token_missing")
    wrong = caller.get("/api/v1/submissions/1", Authorization=f"Bearer {caller.text[:-1]}!")
    refused(wrong, 401, "token_invalid")
    assert wrong.headers["www-authenticate"].startswith("Bearer")
    refused(caller.get("/api/v1/submissions/1"), 404, "unknown_submission")
    with office.desk.reading() as session:
        kept = session.get(AccessToken, caller.token.id)
        assert kept is not None and kept.used_on == office.desk.today
    office.later(days=365)
    refused(caller.get("/api/v1/submissions/1"), 401, "token_expired")
    office.later(days=-365)
    with office.desk.transaction() as session:
        tokens.revoke(session, caller.token.id, at=office.desk.now)
        with pytest.raises(tokens.TokenRefused, match="已经吊销"):
            tokens.revoke(session, caller.token.id, at=office.desk.now)
    refused(caller.get("/api/v1/submissions/1"), 401, "token_invalid")


def test_a_token_ends_with_its_account(office: Office) -> None:
    from yisong.services.accounts import set_active

    caller = Caller(office, account="U05", department="")
    refused(caller.get("/api/v1/submissions/1"), 404, "unknown_submission")
    with office.desk.transaction() as session:
        set_active(session, "U05", active=False)
    refused(caller.get("/api/v1/submissions/1"), 401, "token_invalid")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"system": "甲", "account": "U05"}, "token_holder"),
        ({"department": "SJJ"}, "token_holder"),
        ({"system": "甲"}, "token_scope"),
        ({"system": "甲", "department": "SJJ", "county": True}, "token_scope"),
        ({"account": "没有"}, "id_unknown"),
        ({"account": "U05", "lasts": timedelta(hours=1)}, "token_term"),
        ({"system": "甲", "department": "没有"}, "organ_unknown"),
    ],
)
def test_a_token_that_is_not_issued(office: Office, asked: dict[str, Any], code: str) -> None:
    with office.desk.transaction() as session, pytest.raises(Exception) as refusal:
        tokens.issue(session, book=office.desk.book, at=office.desk.now, by="U01", **asked)
    assert getattr(refusal.value, "code", "") == code


def test_calls_that_are_refused_by_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(office)
    refused(caller.post(caller.sent()), 400, "idempotency_key_missing")
    refused(caller.post(caller.sent(), key="x" * 129), 400, "idempotency_key_shape")
    refused(caller.post(b"{", key="k"), 400, "not_json")
    refused(caller.post(caller.sent(), key="k", **{"Content-Type": "text/plain"}), 415, "not_json")
    unknown = caller.post(caller.sent(1, unit="x", uscc=9.1e17), key="k")
    assert "没有这个字段" in refused(unknown, 422, "bad_form")
    assert {problem["at"] for problem in unknown.json()["error"]["problems"]} == {"/unit", "/uscc"}
    many = {"inspections": [caller.sent(1, *[{}] * (MOST_FINDINGS + 1))]}
    assert "分批" in refused(caller.post(many, key="k", path="/api/v1/findings/bulk"), 413, "too_many_findings")
    refused(caller.post(caller.sent(), key="k", path="/api/v1/findings?verify=maybe"), 400, "bad_option")
    monkeypatch.setattr(api, "MOST_BYTES", 100)
    refused(caller.post(caller.sent(), key="k"), 413, "body_too_large")
    assert counted(office)[3] == 0
    nowhere = caller.get("/api/v1/nowhere")
    assert nowhere.status_code == 404 and nowhere.json()["error"]["code"] == "http_404"
    assert caller.client.put("/api/v1/findings").json()["error"]["code"] == "http_405"


def test_who_asks_too_often_has_to_wait(office: Office) -> None:
    caller = Caller(office)
    office.app.state.api_limits = Limits(most_calls=3, most_at_once=1)
    for _ in range(3):
        assert caller.get("/api/v1/findings/x").status_code == 404
    late = caller.get("/api/v1/findings/x")
    refused(late, 429, "too_many_calls")
    assert 0 < int(late.headers["retry-after"]) <= 60
    office.later(minutes=1)
    assert caller.get("/api/v1/findings/x").status_code == 404
    with office.app.state.api_limits.heavy("系统：智慧监管平台"):
        refused(caller.post(caller.sent(), key="k"), 429, "too_many_at_once")
    assert caller.post(caller.sent(), key="k").status_code == 201


def test_who_guesses_tokens_has_to_wait(office: Office) -> None:
    caller = Caller(office)
    for _ in range(60):
        caller.get("/api/v1/findings/x", Authorization="Bearer ysg_x")
    refused(caller.get("/api/v1/findings/x"), 429, "too_many_failures")


def test_no_more_than_two_submissions_are_worked_on_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_limits, "HEAVY_WAIT", 0.01)
    limits = Limits()
    with (
        limits.heavy("甲"),
        limits.heavy("乙"),
        pytest.raises(TooMuch, match="系统正在处理其他报送"),
        limits.heavy("丙"),
    ):
        raise AssertionError("a third was let in")
    with limits.heavy("丙"):
        pass
