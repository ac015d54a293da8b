"""Which scene an event of a case is (案件事件对照表)."""

from __future__ import annotations

from sqlmodel import Session

from yisong.countyfile import CaseHistory
from yisong.replay.cases import (
    Scene,
    department_given,
    dispute_opened,
    finding_registered,
    note_of,
    on_case,
    on_order,
    order_served,
    proposed_given,
    reason_given,
    reviewed,
    service_announced,
    service_attempt_failed,
    transfer_delivered,
    until_given,
)
from yisong.replay.stage import Stage

EXPECTED = frozenset(
    {
        "notice_sent",
        "reminder_sent",
        "supervise_sent",
        "listed_supervision_sent",
        "circular_sent",
        "interview_sent",
        "routing_rule_updated",
    }
)
"""Events that the system brings about by itself: they are looked for in the result, not played."""


def stage_department(stage: Stage, session: Session, case: CaseHistory) -> str:
    """The organ that handles a case now (现办理部门)."""
    return stage.case(session, case).responsible


SCENES: dict[str, Scene] = {
    "finding_registered": finding_registered,
    "transfer_delivered": transfer_delivered,
    "receipt_signed": on_case("sign_receipt", "responsible", paper="HUIZHI"),
    "supplement_requested": on_case("request_supplement", "responsible", paper="BUZHENG", given=lambda s, d, c, e: {"items": [note_of(e, "补充材料")], "reason": note_of(e, "材料不全")}),
    "supplement_delivered": on_case("deliver_supplement", "origin", given=lambda s, d, c, e: {"materials": [note_of(e, "补正材料")]}),
    "accepted": on_case("accept", "responsible_leader"),
    "rejected_no_jurisdiction": on_case("return_jurisdiction", "responsible_leader", paper="BUSHOU", given=proposed_given),
    "rejected_not_violation": on_case("return_groundless", "responsible_leader", paper="BUSHOU", given=lambda s, d, c, e: {"ground": "not_violation", "reason": note_of(e, "不构成违法"), "basis": note_of(e, "行政处罚法第三十八条")}),
    "rejected_duplicate": on_case("return_groundless", "responsible_leader", paper="BUSHOU", given=lambda s, d, c, e: {"ground": "duplicate", "reason": note_of(e, "重复移送"), "basis": note_of(e, "行政处罚法第二十九条")}),
    "rerouted": on_case("reroute", "origin_leader", paper="YISONG", given=department_given("认可退回理由")),
    "dispute_opened": dispute_opened,
    "dispute_settled": on_case("settle", "guidance", paper="XIETIAO", given=department_given("协调一致")),
    "dispute_not_settled": on_case("not_settled", "guidance", paper="XIETIAO", given=lambda s, d, c, e: {"opinion": note_of(e, "协商不成，建议指定管辖")}),
    "designated": on_case("designate", "government", paper="ZHIDING", given=department_given("指定管辖")),
    "case_filed": on_case("file_case", "responsible_leader", paper="LIAN", given=lambda s, d, c, e: {"cause": c.title}),
    "merged": on_case("merge", "responsible_leader", given=reason_given("同一当事人、同一部门、同次检查")),
    "order_served": order_served,
    "service_attempt_failed": service_attempt_failed,
    "service_announced": service_announced,
    "report_submitted": on_order("report", "unit", given=lambda c, e: {"report": note_of(e, "已按要求整改")}),
    "extension_requested": on_order("request_extension", "unit", given=until_given),
    "extension_approved": on_order("approve_extension", "leader", paper="YANPI", given=lambda c, e: {"new_due": e.new_due.isoformat() if e.new_due else "", "reason": e.note}),
    "extension_denied": on_order("deny_extension", "leader", paper="YANPI", given=lambda c, e: {"reason": note_of(e, "不符合延期条件")}),
    "clock_paused": on_order("suspend_term", "leader", given=lambda c, e: {"ground": e.extra.get("ground", "inspection"), "evidence": note_of(e, "检验委托书"), "reason": note_of(e, "检测检验")}),
    "clock_resumed": on_order("resume_term", "leader", states=("suspended",), given=lambda c, e: {"reason": note_of(e, "检测检验结束")}),
    "review_passed": reviewed("conclude_pass"),
    "review_partial": reviewed("conclude_partial"),
    "review_failed": reviewed("conclude_fail"),
    "refusal_recorded": on_order("record_refusal", "leader", states=("failed",), given=lambda c, e: {"reason": note_of(e, "期限届满复查仍未整改，且无正当理由")}),
    "objection_received": on_order("object", "unit", given=lambda c, e: {"claim": note_of(e, "提出异议")}),
    "order_withdrawn": on_order("withdraw", "leader", paper="CHEHUI", given=lambda c, e: {"reason": note_of(e, "责改书有误")}),
    "result_fed_back": on_case("feed_back", "responsible", given=lambda s, d, c, e: {"remark": e.note}),
    "published": on_case("publish", "responsible", given=lambda s, d, c, e: {"scope": e.note}),
    "no_penalty_decided": on_case("decide_no_penalty", "responsible_leader", paper="BUFA", given=lambda s, d, c, e: {"article": "first" if "首" in c.title or "后段" in e.note else "minor", "reason": note_of(e, "违法行为轻微并及时改正"), "education": note_of(e, "已进行批评教育")}),
    "penalty_decided": on_case("decide_penalty", "responsible_leader", given=lambda s, d, c, e: {"decision_number": e.doc, "result": note_of(e, "罚款"), "notified": True, "legal_review": "已审核", "officers": s.people.pair(stage_department(s, d, c))}),
    "closed": on_case("close", "responsible_leader"),
    "reopened": on_case("reopen", "responsible_leader", given=reason_given("复查材料造假", ground="review_fraud")),
    "terminated": on_case("terminate", "responsible_leader", paper="ZHONGZHI", given=reason_given("当事人终止且无权利义务承受人", successor_checked=True)),
    "voided": on_case("void", "origin_leader", given=reason_given("移送错误")),
}  # fmt: skip
