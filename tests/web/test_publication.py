"""The page that anybody may read, and the page on which the lists learn (公示页、清单与待协调页)."""

from __future__ import annotations

from tests.web.office import Office, register


def test_anybody_may_read_and_no_engine_keeps_a_copy(office: Office) -> None:
    answer = office.stranger().get("/public")
    assert answer.status_code == 200 and "noindex" in answer.headers["x-robots-tag"]
    assert "现在没有列入的单位" in answer.text and "现在没有公示的结果" in answer.text
    assert "没有与“某”相符的结果" in office.stranger().get("/public?q=某").text
    assert "&lt;b&gt;" in office.stranger().get("/public?q=<b>").text
    assert "/public" in {link["href"] for link in office.stranger().page("/login").links}


def test_the_guidance_office_adopts_what_a_settled_dispute_proposes(office: Office) -> None:
    register(office, "CY-05")
    clerk = office.at("U01")
    assert "已等 0 个工作日" in clerk.page("/routing").words
    given = {"department": "YJJ", "reason": "主管部门", "basis": "安全生产法第六十二条"}
    assert clerk.act("/matters/F1/decide_department", **given).status_code == 303
    page = clerk.page("/routing")
    assert "清单修改建议（1）" in page.words and "应急管理局" in page.words
    fields = page.form("/routing/adopt")
    late = clerk.post("/routing/adopt", fields | {"valid_from": "2026-01-01"})
    assert late.status_code == 422 and "不能从过去的日期起生效" in late.text
    assert clerk.post("/routing/adopt", fields | {"valid_from": "x"}).status_code == 422
    assert clerk.post("/routing/adopt", fields).status_code == 303
    words = clerk.page("/routing").words
    assert "清单修改建议（0）" in words and "已采纳，待写入清单" in words
    assert clerk.post("/routing/drop", fields | {"reason": "晚了"}).status_code == 422


def test_a_proposal_is_dropped_with_a_reason_and_only_by_whom_it_concerns(office: Office) -> None:
    register(office, "CY-05")
    clerk = office.at("U01")
    given = {"department": "YJJ", "reason": "主管部门", "basis": "清单"}
    assert clerk.act("/matters/F1/decide_department", **given).status_code == 303
    assert office.at("U05").get("/routing").status_code == 404
    supervisor = office.at("SFJ-leader").page("/routing")
    assert "清单修改建议（1）" in supervisor.words and not [f for f in supervisor.forms if "/routing" in f["action"]]
    fields = clerk.page("/routing").form("/routing/drop")
    assert office.at("U05").post("/routing/drop", fields).status_code == 403, "a form of somebody else's session"
    assert clerk.post("/routing/drop", fields | {"reason": " "}).status_code == 422
    assert clerk.post("/routing/drop", fields | {"reason": "个案"}).status_code == 303
    assert "不采纳" in clerk.page("/routing").words
