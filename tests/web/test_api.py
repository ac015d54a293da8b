"""Other systems send findings: the ledger's own checks, one effect for each key, and what became of them (报送接口)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.caller import Caller, counted, refused
from tests.web.office import Office
from yisong.domain.lifecycle import Act
from yisong.domain.roles import Actor, Role
from yisong.intake.submitted import json_schema, read_submission
from yisong.services import imports, ledger_check, submissions, tokens
from yisong.services.findings import open_case
from yisong.services.imports import Import
from yisong.services.ledger import write_ledger
from yisong.services.steps import take_step
from yisong.services.submissions import Call
from yisong.store import matters


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(submissions, "PAUSE", 0.02)
    yield


def test_the_same_call_has_one_effect_and_one_answer(either_office: Office) -> None:
    caller = Caller(either_office)
    first = caller.post(caller.sent(), key="k1")
    assert first.status_code == 201, first.text
    told = first.json()
    assert (told["confirmed"]["findings"], told["summary"]["findings"]) == (1, 1)
    row = told["rows"][0]
    assert (row["at"], row["finding"], row["status"]) == ("/findings/0", "N1", "ok")
    assert row["fields"]["department"] == "YJJ" and row["fields"]["inspected_on"] == "2026-11-13"
    before = counted(either_office)
    second = caller.post(caller.sent(), key="k1")
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers
    assert second.headers["location"] == first.headers["location"] == f"/api/v1/submissions/{told['submission']}"
    assert counted(either_office) == before
    words = refused(caller.post(caller.sent(place="别处"), key="k1"), 422, "idempotency_key_reused")
    assert "k1" in words and counted(either_office) == before
    again = caller.post(caller.sent(), key="k2")
    assert (again.status_code, again.json()["confirmed"]["unchanged"]) == (200, 1)
    assert counted(either_office)[:3] == before[:3], "another key, and still nothing comes in twice"
    other = Caller(either_office, system="另一个平台")
    assert other.post(other.sent(2), key="k1").status_code == 201, "keys are the holder's own"


def test_equal_calls_at_once_have_one_effect_and_the_same_answer(either_office: Office) -> None:
    caller = Caller(either_office)
    body = {"inspections": [caller.sent(number) for number in range(1, 31)]}
    start, answers = threading.Barrier(6), []

    def send() -> None:
        start.wait()
        answers.append(caller.post(body, key="at-once", path="/api/v1/findings/bulk"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 6, [answer.text[:200] for answer in answers]
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 5
    assert counted(either_office)[:4] == (30, 30, 1, 1)


def test_a_dry_run_writes_nothing_and_says_what_the_ledger_would(office: Office) -> None:
    caller = Caller(office)
    before = counted(office)
    wrong = {
        "finding_code": "N2",
        "item": "没有的事项",
        "facts": "x",
        "disposal": "随便",
        "extras": {"包保干部": "张三"},
    }
    body = caller.sent(1, wrong, uscc="91339927MAXN00010X", inspected_on="2026-13-01")
    answer = caller.post(body, path="/api/v1/findings?verify=true")
    assert answer.status_code == 200 and answer.json()["importable"] is False and answer.json()["confirmed"] is None
    messages = {message["code"]: message for message in answer.json()["rows"][0]["messages"]}
    assert {"DISPOSAL_UNKNOWN"} <= set(messages)
    assert any("校验位" in message["message"] for message in messages.values())
    assert answer.json()["rows"][0]["status"] == "error" and answer.json()["rows"][0]["extras"] == {"包保干部": "张三"}
    assert {"level", "code", "field", "label", "message"} == set(next(iter(messages.values())))
    assert counted(office) == before
    real = caller.post(body, key="k1")
    assert real.status_code == 422 and real.json()["rows"] == answer.json()["rows"] and counted(office) == before
    assert caller.post(caller.sent(), key="k1").status_code == 201, (
        "what was refused for its content leaves its key free"
    )


def test_one_bad_inspection_holds_all_back_unless_the_caller_says_otherwise(office: Office) -> None:
    caller = Caller(office)
    body = {"inspections": [caller.sent(1), caller.sent(2, inspected_on=""), caller.sent(3)]}
    path = "/api/v1/findings/bulk"
    assert caller.post(body, key="k1", path=path).status_code == 422 and counted(office)[0] == 0
    answer = caller.post(body, key="k1", path=path + "?skip_errors=true")
    assert answer.status_code == 207 and [row["status"] for row in answer.json()["rows"]] == ["ok", "error", "ok"]
    assert answer.json()["confirmed"]["blocked"] == 1 and counted(office)[:2] == (2, 2)
    refused(caller.post(body, key="k1", path=path), 422, "idempotency_key_reused")


def test_the_status_tells_of_the_cases_born_of_it(either_office: Office) -> None:
    office, caller = either_office, Caller(either_office)
    told = caller.post(caller.sent(), key="k1").json()
    with office.desk.transaction() as session:
        actor = Actor("U05", "检查人", "SJJ", frozenset({Role.OFFICER}))
        held = matters.matter_by_code(session, "N1")
        act = Act("open", actor, office.desk.today, office.desk.now)
        case = open_case(session, book=office.desk.book, findings=[held], act=act, kind="lead", responsible="YJJ")
        for action, who in (("submit", actor), ("approve", Actor("U06", "负责人", "SJJ", frozenset({Role.LEADER})))):
            office.later(seconds=1)
            step = Act(action, who, office.desk.today, office.desk.now)
            take_step(session, book=office.desk.book, matter_id=case.id or 0, act=step)
    office.later(days=10)
    answer = caller.get(f"/api/v1/submissions/{told['submission']}")
    assert answer.status_code == 200, answer.text
    found = answer.json()["findings"]
    assert [each["finding"] for each in found] == ["N1"]
    assert found[0]["case"] == {"code": case.code, "state": "pending_acceptance", "label": "待受理"}
    assert found[0]["due_on"] and found[0]["workdays_late"] > 0 and "〔2026〕" in found[0]["documents"][0]
    assert caller.get("/api/v1/findings/N1").json() == found[0]
    other = Caller(office, system="别的", department="YJJ")
    assert other.get("/api/v1/findings/N1").json() == found[0], "who answers for it may look"
    refused(other.get(f"/api/v1/submissions/{told['submission']}"), 404, "unknown_submission")
    refused(Caller(office, system="外人", department="JTJ").get("/api/v1/findings/N1"), 404, "unknown_finding")
    assert (
        Caller(office, system="全县", department="").get(f"/api/v1/submissions/{told['submission']}").status_code == 200
    )
    for number in ("0", "x", "99999999999999"):
        refused(caller.get(f"/api/v1/submissions/{number}"), 404, "unknown_submission")
    walked = caller.get(f"/api/v1/cases/{case.code}/clocks?rule=R-ACCEPT").json()["clocks"]
    assert [(clock["rule"], clock["due"], clock["days"][-1]["day"]) for clock in walked] == [
        ("R-ACCEPT", found[0]["due_on"], found[0]["due_on"])
    ]
    assert sum(day["counted"] for day in walked[0]["days"]) == walked[0]["amount"], "each day is told, counted or not"
    assert len(caller.get(f"/api/v1/cases/{case.code}/clocks").json()["clocks"]) > 1
    for stranger, code in (
        (Caller(office, system="外人", department="JTJ"), case.code),
        (caller, "YX-2026-9999"),
        (caller, "N1"),
    ):
        refused(stranger.get(f"/api/v1/cases/{code}/clocks"), 404, "unknown_case")


def test_a_run_taken_back_shows_as_gone(office: Office) -> None:
    caller = Caller(office)
    told = caller.post(caller.sent(), key="k1").json()
    with office.desk.transaction() as session:
        by = Actor("U06", "负责人", "SJJ", frozenset({Role.LEADER}))
        imports.undo(
            session,
            told["confirmed"]["run"],
            book=office.desk.book,
            by=by,
            on=office.desk.today,
            at=office.desk.now,
            reason="有误",
        )
    found = caller.get(f"/api/v1/submissions/{told['submission']}").json()["findings"]
    assert [(each["finding"], each["state"]) for each in found] == [("N1", "absent")]


def test_a_claim_that_was_cut_off_is_taken_over_after_its_lease(
    either_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, caller = either_office, Caller(either_office)
    monkeypatch.setattr(submissions, "PATIENCE", 0.2)

    def killed(*given: Any, **named: Any) -> Any:
        confirm(*given, **named)
        raise KeyboardInterrupt

    confirm, released = imports.confirm, submissions._released
    monkeypatch.setattr(imports, "confirm", killed)
    monkeypatch.setattr(submissions, "_released", lambda *ignored: None)  # as after a kill: nothing runs any more
    with office.desk.reading() as session:
        holder = tokens.recognise(session, caller.text, scope=tokens.INTAKE, at=office.desk.now)
    sent = read_submission(json.dumps(caller.sent()).encode(), sender="接口报送（智慧监管平台）", single=True)
    call = Call(holder=holder, sent=sent, book=office.desk.book, on=office.desk.today, at=office.desk.now, key="k1")
    with pytest.raises(KeyboardInterrupt):
        submissions.submit(office.desk.transaction, office.desk.reading, call=call)
    monkeypatch.setattr(imports, "confirm", confirm)
    monkeypatch.setattr(submissions, "_released", released)
    assert counted(office)[:4] == (1, 1, 1, 1)
    refused(caller.post(caller.sent(), key="k1"), 409, "submission_in_progress")
    refused(caller.post(caller.sent(2), key="k1"), 422, "idempotency_key_reused")
    office.later(minutes=5)
    answer = caller.post(caller.sent(), key="k1")
    assert answer.status_code == 200 and answer.json()["confirmed"]["unchanged"] == 1
    assert counted(office)[:4] == (1, 1, 1, 1)
    assert caller.post(caller.sent(), key="k1").content == answer.content


def test_a_failure_leaves_the_key_free(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = Caller(office)

    def broken(*given: Any, **named: Any) -> Any:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(imports, "confirm", broken)
        with pytest.raises(RuntimeError):
            caller.post(caller.sent(), key="k1")
    assert counted(office)[3] == 0
    assert caller.post(caller.sent(), key="k1").status_code == 201


def test_an_inspection_that_found_nothing_and_one_with_own_columns(office: Office) -> None:
    caller = Caller(office)
    own = {
        "finding_code": "N2",
        "item": "GS-06",
        "facts": "合计 3 处未登记",
        "disposal": "own",
        "extras": {"包保干部": "=1+1", "进度": None},
    }
    body = {"inspections": [caller.sent(1) | {"findings": []}, caller.sent(2, own)]}
    answer = caller.post(body, key="k1", path="/api/v1/findings/bulk")
    assert answer.status_code == 201 and [row["at"] for row in answer.json()["rows"]] == [
        "/inspections/0",
        "/inspections/1/findings/0",
    ]
    assert [row["finding"] for row in answer.json()["rows"]] == ["", "N2"]
    assert answer.json()["rows"][1]["extras"] == {"包保干部": "=1+1"} and counted(office)[:2] == (2, 1)


def test_the_schema_is_that_of_the_check(office: Office) -> None:
    client = TestClient(office.app, base_url="http://testserver")
    for name, single in (("finding", True), ("bulk", False)):
        answer = client.get(f"/api/v1/schema/{name}")
        assert answer.status_code == 200 and answer.json() == json_schema(single=single)
    assert set(json_schema(single=True)["properties"]) >= {"uscc", "inspected_on", "findings"}
    assert client.get("/api/v1/schema/x").status_code == 404


def test_matters_are_what_the_tables_say(office: Office) -> None:
    caller = Caller(office)
    caller.post(
        caller.sent(1, {"finding_code": "N1", "item": "GS-06", "facts": "x处", "disposal": "当场改正"}), key="k1"
    )
    assert office.matter("N1").state == "onsite_fixed"


def test_what_came_by_the_interface_goes_out_as_a_ledger_and_comes_back(office: Office, tmp_path: Path) -> None:
    caller = Caller(office)
    unnumbered = {
        "item": "GS-06",
        "facts": "第一处",
        "disposal": "移送",
        "evidence": ["现场照片"],
        "extras": {"网格员": "=李四"},
    }
    body = {"inspections": [caller.sent(1), caller.sent(2, unnumbered, inspection_code=None, behaviour_code=None)]}
    assert caller.post(body, key="k", path="/api/v1/findings/bulk").status_code == 201
    desk, place = office.desk, tmp_path / "台账.xlsx"
    with desk.reading() as session:
        place.write_bytes(write_ledger(session, book=desk.book, on=desk.today).content)
    checked = ledger_check.check(desk.reading, book=desk.book, path=place, today=desk.today)
    assert not ledger_check.errors_of(desk.reading, checked=checked)
    done = imports.confirm(desk.transaction, Import(book=desk.book, checked=checked, on=desk.today, at=desk.now))
    assert (done.inspections, done.findings, done.unchanged, done.corrections) == (0, 0, 2, [])
