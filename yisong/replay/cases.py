"""Which acts an event of a case stands for (案件事件 → 行为)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from models import Document, Matter, Unit
from yisong.countyfile import CaseHistory, HistoryEvent
from yisong.domain.lifecycle import Refusal
from yisong.domain.lifecycles.order import LIVE
from yisong.replay.loading import register_findings, unit_of
from yisong.replay.stage import Stage
from yisong.services import findings, handling
from yisong.store import casefile, matters

Scene = Callable[[Stage, Session, CaseHistory, HistoryEvent], None]
METHODS = {
    "直接送达": "direct", "留置送达": "leaving", "电子送达": "electronic", "邮寄送达": "post", "委托送达": "entrusted", "转交送达": "transferred",
}  # fmt: skip
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


def _note(event: HistoryEvent, otherwise: str) -> str:
    return event.note or otherwise


def finding_registered(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    registered = register_findings(stage, session, codes=case.findings, event=event, department=case.responsible)
    actor = stage.people.officer(case.origin)
    kind = "own" if case.kind == "own" or (case.origin == case.responsible and case.kind == "lead") else case.kind
    first = next(
        (entry.to for entry in case.events if entry.event == "transfer_delivered" and entry.to), case.responsible
    )
    unit = unit_of(session, case.unit)
    findings.open_case(
        session, book=stage.book, findings=registered, act=stage.act("open", actor, event), kind=kind, responsible=case.origin if kind == "criminal" else first,
        code=case.code, title=case.title, origin=case.origin, unit_id=unit.id, urgent=bool(event.extra.get("urgent")),
    )  # fmt: skip


def transfer_delivered(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    officer, leader = stage.people.officer(case.origin), stage.people.leader(case.origin)
    if matter.state == "returned_for_rerouting":
        given = {
            "department": event.to or case.reassigned_to or case.responsible,
            "reason": _note(event, "认可退回理由，改派"),
        }
        stage.step(session, matter, stage.act("reroute", leader, event, given, paper="YISONG"))
        return
    stage.step(session, matter, stage.act("submit", officer, event, {"remark": event.note}))
    stage.step(session, matter, stage.act("approve", leader, event, paper="YISONG"))


def _simple(
    action: str,
    who: str,
    *,
    paper: str = "",
    given: Callable[[Stage, Session, CaseHistory, HistoryEvent], dict[str, Any]] | None = None,
) -> Scene:
    """A scene of one step on the case itself."""

    def scene(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
        matter = stage.case(session, case)
        people = stage.people
        actors = {
            "responsible": lambda: people.officer(matter.responsible), "responsible_leader": lambda: people.leader(matter.responsible),
            "origin": lambda: people.officer(case.origin), "origin_leader": lambda: people.leader(case.origin),
            "guidance": people.coordinator, "government": people.government,
        }  # fmt: skip
        stage.step(
            session,
            matter,
            stage.act(action, actors[who](), event, given(stage, session, case, event) if given else {}, paper=paper),
        )

    return scene


def _proposed(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
    matter = stage.case(session, case)
    item = stage.book.item(casefile.findings(session, matter.id)[0][1].item_code)
    candidates = [event.to, case.reassigned_to, item.department, *item.claimants, stage.book.guidance_code]
    proposed = next(code for code in candidates if code and code != matter.responsible)
    return {
        "reason": _note(event, "不属本部门职责"),
        "basis": _note(event, f"《权责清单》{item.code}"),
        "proposed_department": proposed,
    }


def dispute_opened(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    if matter.state == "in_dispute":
        return  # a second return has opened the dispute by itself
    stage.step(
        session,
        matter,
        stage.act("insist", stage.people.officer(case.origin), event, {"opinion": _note(event, "不认可退回理由")}),
    )


def _department(default: str) -> Callable[[Stage, Session, CaseHistory, HistoryEvent], dict[str, Any]]:
    def given(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
        return {
            "department": event.to or case.reassigned_to or case.responsible,
            "reason": _note(event, default),
            "basis": _note(event, "行政处罚法第二十五条"),
            "city_opinion": event.note,
        }

    return given


def _live_order(session: Session, matter: Matter, *states: str) -> Matter | None:
    return next(
        (order for order, _ in reversed(casefile.orders(session, matter.id)) if order.state in (states or LIVE)), None
    )


def _issue_order(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> Matter:
    matter = stage.case(session, case)
    officer, leader = stage.people.officer(matter.responsible), stage.people.leader(matter.responsible)
    previous = [order for order, _ in casefile.orders(session, matter.id) if order.state == "partial"]
    unit = unit_of(session, event.to_entity or case.unit)
    items = [stage.book.item(finding.item_code) for _, finding in casefile.findings(session, matter.id)]
    days = event.days if event.days is not None else max(item.rectify_days for item in items)
    order = handling.draft_order(
        session, book=stage.book, case=matter, act=stage.act("open", officer, event, {"demands": event.note}), days=days,
        parent=previous[-1] if previous else None, unit_id=unit.id,
    )  # fmt: skip
    stage.step(session, order, stage.act("issue", leader, event, paper="ZEGAI"))
    return order


def _order_paper(session: Session, order: Matter) -> Document:
    found = casefile.document(session, order.id, type_code="ZEGAI")
    if found is None:
        raise Refusal("no_paper", f"{order.code}没有责令改正通知书，不能登记送达。")
    return found


def order_served(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    order = _live_order(session, matter, "issued", "announced") or _issue_order(stage, session, case, event)
    given = {
        "method": METHODS.get(event.service, "direct"), "served_on": event.on.isoformat(), "receiver": "当事人", "servers": stage.people.pair(matter.responsible),
        "recording": event.note or "执法记录仪录像", "place": _unit(session, order).address,
    }  # fmt: skip
    act = stage.act("serve", stage.people.officer(matter.responsible), event, given)
    handling.record_service(session, book=stage.book, document=_order_paper(session, order), act=act)


def _unit(session: Session, matter: Matter) -> Unit:
    unit = matters.unit(session, matter.unit_id)
    assert unit is not None
    return unit


def service_attempt_failed(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    order = _live_order(session, matter, "issued") or _issue_order(stage, session, case, event)
    given = {
        "method": METHODS.get(event.service, "direct"),
        "reason": _note(event, "未能送达"),
        "servers": stage.people.pair(matter.responsible),
    }
    act = stage.act("attempt_failed", stage.people.officer(matter.responsible), event, given)
    handling.record_service(session, book=stage.book, document=_order_paper(session, order), act=act)


def service_announced(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    order = _live_order(session, matter, "issued") or _issue_order(stage, session, case, event)
    given = {"place": "县人民政府门户网站公告栏", "reason": _note(event, "其他方式无法送达")}
    act = stage.act("announce", stage.people.officer(matter.responsible), event, given)
    handling.record_service(session, book=stage.book, document=_order_paper(session, order), act=act)


def _order_step(
    action: str,
    who: str,
    *,
    states: tuple[str, ...] = (),
    paper: str = "",
    given: Callable[[CaseHistory, HistoryEvent], dict[str, Any]] | None = None,
) -> Scene:
    """A scene of one step on the case's open order."""

    def scene(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
        matter = stage.case(session, case)
        order = _live_order(session, matter, *states)
        if order is None:
            raise Refusal("no_open_order", f"{case.code}没有进行中的责令改正，不能办理“{event.event}”。")
        actors = {
            "unit": lambda: stage.people.unit(order.unit_id or 0, _unit(session, order).name),
            "officer": lambda: stage.people.officer(matter.responsible), "leader": lambda: stage.people.leader(matter.responsible),
        }  # fmt: skip
        stage.step(
            session, order, stage.act(action, actors[who](), event, given(case, event) if given else {}, paper=paper)
        )

    return scene


def _review(action: str) -> Scene:
    def scene(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
        matter = stage.case(session, case)
        order = _live_order(session, matter, "report_submitted", "rectifying", "review_revoked", "extension_pending")
        if order is None:
            raise Refusal("no_open_order", f"{case.code}没有待复查的责令改正，不能作出复查结论。")
        given = {
            "note": _note(event, "现场复查"),
            "officers": stage.people.pair(matter.responsible),
            "items": [event.note]
            if action == "conclude_partial" and event.note
            else ["余项"]
            if action == "conclude_partial"
            else [],
        }
        act = stage.act(action, stage.people.officer(matter.responsible), event, given, paper="FUCHA")
        handling.conclude_review(session, book=stage.book, order=order, act=act)

    return scene


def _until(case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
    later = next(
        (
            entry.new_due
            for entry in case.events
            if entry.event == "extension_approved" and entry.on >= event.on and entry.new_due
        ),
        None,
    )
    return {
        "reason": _note(event, "客观原因不能按期完成"),
        "until": (later or event.on).isoformat(),
        "controls": _note(event, "已采取临时管控措施"),
    }


def _reason(otherwise: str, **more: Any) -> Callable[[Stage, Session, CaseHistory, HistoryEvent], dict[str, Any]]:
    return lambda stage, session, case, event: {"reason": _note(event, otherwise), **more}


SCENES: dict[str, Scene] = {
    "finding_registered": finding_registered,
    "transfer_delivered": transfer_delivered,
    "receipt_signed": _simple("sign_receipt", "responsible", paper="HUIZHI"),
    "supplement_requested": _simple("request_supplement", "responsible", paper="BUZHENG", given=lambda s, d, c, e: {"items": [_note(e, "补充材料")], "reason": _note(e, "材料不全")}),
    "supplement_delivered": _simple("deliver_supplement", "origin", given=lambda s, d, c, e: {"materials": [_note(e, "补正材料")]}),
    "accepted": _simple("accept", "responsible_leader"),
    "rejected_no_jurisdiction": _simple("return_jurisdiction", "responsible_leader", paper="BUSHOU", given=_proposed),
    "rejected_not_violation": _simple("return_groundless", "responsible_leader", paper="BUSHOU", given=lambda s, d, c, e: {"ground": "not_violation", "reason": _note(e, "不构成违法"), "basis": _note(e, "行政处罚法第三十八条")}),
    "rejected_duplicate": _simple("return_groundless", "responsible_leader", paper="BUSHOU", given=lambda s, d, c, e: {"ground": "duplicate", "reason": _note(e, "重复移送"), "basis": _note(e, "行政处罚法第二十九条")}),
    "rerouted": _simple("reroute", "origin_leader", paper="YISONG", given=_department("认可退回理由")),
    "dispute_opened": dispute_opened,
    "dispute_settled": _simple("settle", "guidance", paper="XIETIAO", given=_department("协调一致")),
    "dispute_not_settled": _simple("not_settled", "guidance", paper="XIETIAO", given=lambda s, d, c, e: {"opinion": _note(e, "协商不成，建议指定管辖")}),
    "designated": _simple("designate", "government", paper="ZHIDING", given=_department("指定管辖")),
    "case_filed": _simple("file_case", "responsible_leader", paper="LIAN", given=lambda s, d, c, e: {"cause": c.title}),
    "merged": _simple("merge", "responsible_leader", given=_reason("同一当事人、同一部门、同次检查")),
    "order_served": order_served,
    "service_attempt_failed": service_attempt_failed,
    "service_announced": service_announced,
    "report_submitted": _order_step("report", "unit", given=lambda c, e: {"report": _note(e, "已按要求整改")}),
    "extension_requested": _order_step("request_extension", "unit", given=_until),
    "extension_approved": _order_step("approve_extension", "leader", paper="YANPI", given=lambda c, e: {"new_due": e.new_due.isoformat() if e.new_due else "", "reason": e.note}),
    "extension_denied": _order_step("deny_extension", "leader", paper="YANPI", given=lambda c, e: {"reason": _note(e, "不符合延期条件")}),
    "clock_paused": _order_step("suspend_term", "leader", given=lambda c, e: {"ground": e.extra.get("ground", "inspection"), "evidence": _note(e, "检验委托书"), "reason": _note(e, "检测检验")}),
    "clock_resumed": _order_step("resume_term", "leader", states=("suspended",), given=lambda c, e: {"reason": _note(e, "检测检验结束")}),
    "review_passed": _review("conclude_pass"),
    "review_partial": _review("conclude_partial"),
    "review_failed": _review("conclude_fail"),
    "refusal_recorded": _order_step("record_refusal", "leader", states=("failed",), given=lambda c, e: {"reason": _note(e, "期限届满复查仍未整改，且无正当理由")}),
    "objection_received": _order_step("object", "unit", given=lambda c, e: {"claim": _note(e, "提出异议")}),
    "order_withdrawn": _order_step("withdraw", "leader", paper="CHEHUI", given=lambda c, e: {"reason": _note(e, "责改书有误")}),
    "result_fed_back": _simple("feed_back", "responsible", given=lambda s, d, c, e: {"remark": e.note}),
    "published": _simple("publish", "responsible", given=lambda s, d, c, e: {"scope": e.note}),
    "no_penalty_decided": _simple("decide_no_penalty", "responsible_leader", paper="BUFA", given=lambda s, d, c, e: {"article": "first" if "首" in c.title or "后段" in e.note else "minor", "reason": _note(e, "违法行为轻微并及时改正"), "education": _note(e, "已进行批评教育")}),
    "penalty_decided": _simple("decide_penalty", "responsible_leader", given=lambda s, d, c, e: {"decision_number": e.doc, "result": _note(e, "罚款"), "notified": True, "legal_review": "已审核", "officers": s.people.pair(stage_department(s, d, c))}),
    "closed": _simple("close", "responsible_leader"),
    "reopened": _simple("reopen", "responsible_leader", given=_reason("复查材料造假", ground="review_fraud")),
    "terminated": _simple("terminate", "responsible_leader", paper="ZHONGZHI", given=_reason("当事人终止且无权利义务承受人", successor_checked=True)),
    "voided": _simple("void", "origin_leader", given=_reason("移送错误")),
}  # fmt: skip


def stage_department(stage: Stage, session: Session, case: CaseHistory) -> str:
    """The organ that handles a case now (现办理部门)."""
    return stage.case(session, case).responsible
