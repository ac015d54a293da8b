"""Which acts an event of a case stands for (案件事件 → 行为)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from models import Document, Matter, Unit
from yisong.countyfile import CaseHistory, HistoryEvent
from yisong.domain.lifecycle import Refusal
from yisong.domain.lifecycles.order import LIVE
from yisong.domain.materials import Proof
from yisong.replay.loading import name_officers, register_findings, unit_of
from yisong.replay.stage import Stage
from yisong.services import findings, handling, vouching
from yisong.services.material_list import checklist
from yisong.store import casefile, matters

Scene = Callable[[Stage, Session, CaseHistory, HistoryEvent], None]
METHODS = {
    "直接送达": "direct", "留置送达": "leaving", "电子送达": "electronic", "邮寄送达": "post", "委托送达": "entrusted", "转交送达": "transferred",
}  # fmt: skip


def note_of(event: HistoryEvent, otherwise: str) -> str:
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
            "reason": note_of(event, "认可退回理由，改派"),
        }
        stage.step(session, matter, stage.act("reroute", leader, event, given, paper="YISONG"))
        return
    name_officers(stage, session, matter)
    vouch_for_materials(stage, session, matter, event)
    stage.step(session, matter, stage.act("submit", officer, event, {"remark": event.note}))
    stage.step(session, matter, stage.act("approve", leader, event, paper="YISONG"))


def vouch_for_materials(stage: Stage, session: Session, matter: Matter, event: HistoryEvent) -> None:
    """A history that tells of a transfer tells that its materials were there (随案材料): the officer vouches for what it does not name."""
    officer = stage.people.officer(matter.origin)
    words = {Proof.MEASURES: "无", Proof.OFFICERS: "；".join(stage.people.pair(matter.origin))}
    for each in checklist(session, matter, book=stage.book, on=event.on):
        if each.blocking:
            stated = words.get(each.point.proof, f"{each.point.name}（纸质，随案移送）")
            vouching.vouch(
                session, matter, book=stage.book, point=each.point.code, stated=stated, by=officer, on=event.on, at=stage.clock.now(), offline=True,
            )  # fmt: skip


def on_case(
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


def proposed_given(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
    matter = stage.case(session, case)
    item = stage.book.item(casefile.findings(session, matter.id)[0][1].item_code)
    candidates = [event.to, case.reassigned_to, item.department, *item.claimants, stage.book.guidance_code]
    proposed = next(code for code in candidates if code and code != matter.responsible)
    return {
        "reason": note_of(event, "不属本部门职责"),
        "basis": note_of(event, f"《权责清单》{item.code}"),
        "proposed_department": proposed,
    }


def dispute_opened(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    if matter.state == "in_dispute":
        return  # a second return has opened the dispute by itself
    stage.step(
        session,
        matter,
        stage.act("insist", stage.people.officer(case.origin), event, {"opinion": note_of(event, "不认可退回理由")}),
    )


def department_given(default: str) -> Callable[[Stage, Session, CaseHistory, HistoryEvent], dict[str, Any]]:
    def given(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
        return {
            "department": event.to or case.reassigned_to or case.responsible,
            "reason": note_of(event, default),
            "basis": note_of(event, "行政处罚法第二十五条"),
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
        "reason": note_of(event, "未能送达"),
        "servers": stage.people.pair(matter.responsible),
    }
    act = stage.act("attempt_failed", stage.people.officer(matter.responsible), event, given)
    handling.record_service(session, book=stage.book, document=_order_paper(session, order), act=act)


def service_announced(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    matter = stage.case(session, case)
    order = _live_order(session, matter, "issued") or _issue_order(stage, session, case, event)
    given = {"place": "县人民政府门户网站公告栏", "reason": note_of(event, "其他方式无法送达")}
    act = stage.act("announce", stage.people.officer(matter.responsible), event, given)
    handling.record_service(session, book=stage.book, document=_order_paper(session, order), act=act)


def on_order(
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


def reviewed(action: str) -> Scene:
    def scene(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
        matter = stage.case(session, case)
        order = _live_order(session, matter, "report_submitted", "rectifying", "review_revoked", "extension_pending")
        if order is None:
            raise Refusal("no_open_order", f"{case.code}没有待复查的责令改正，不能作出复查结论。")
        given = {
            "note": note_of(event, "现场复查"),
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


def until_given(case: CaseHistory, event: HistoryEvent) -> dict[str, Any]:
    later = next(
        (
            entry.new_due
            for entry in case.events
            if entry.event == "extension_approved" and entry.on >= event.on and entry.new_due
        ),
        None,
    )
    return {
        "reason": note_of(event, "客观原因不能按期完成"),
        "until": (later or event.on).isoformat(),
        "controls": note_of(event, "已采取临时管控措施"),
    }


def reason_given(otherwise: str, **more: Any) -> Callable[[Stage, Session, CaseHistory, HistoryEvent], dict[str, Any]]:
    return lambda stage, session, case, event: {"reason": note_of(event, otherwise), **more}
