"""Criminal referrals and listings in a replay (涉罪移送与列入的重演)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from models import Matter
from yisong.countyfile import CaseHistory, HistoryEvent, ListingHistory
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor
from yisong.replay.loading import unit_of
from yisong.replay.stage import Stage
from yisong.services import handling, listing
from yisong.store import casefile, matters
from yisong.store import listing as stored

CaseScene = Callable[[Stage, Session, CaseHistory, HistoryEvent], None]
ListingScene = Callable[[Stage, Session, ListingHistory, HistoryEvent], None]
Given = Callable[[HistoryEvent], dict[str, Any]]


def _track(session: Session, case: CaseHistory) -> Matter:
    held = matters.matter_by_code(session, case.code)
    tracks = matters.of_case(session, held.id or 0, kind="criminal")
    if not tracks:
        raise Refusal("no_criminal_track", f"{case.code}没有涉嫌犯罪移送线，请先登记涉罪线索。")
    return tracks[-1]


def criminal_report(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
    held = matters.matter_by_code(session, case.code)
    officer, leader = stage.people.officer(held.responsible), stage.people.leader(held.responsible)
    if held.state != "criminal_branch":
        stage.step(session, held, stage.act("suspect_crime", officer, event, {"reason": event.note or "涉嫌犯罪"}))
        from yisong.services.findings import open_criminal

        open_criminal(session, book=stage.book, case=held, act=stage.act("open", officer, event))
    track = _track(session, case)
    stage.step(session, track, stage.act("set_team", leader, event, {"officers": stage.people.pair(held.responsible)}))
    found = casefile.findings(session, held.id)
    facts = "；".join(finding.facts for _, finding in found)
    law = "；".join(
        stage.book.item(finding.item_code).criminal_hint.split("——")[0]
        or stage.book.item(finding.item_code).version_on(finding.found_on).penalty
        for _, finding in found
    )
    stage.step(
        session,
        track,
        stage.act("submit_report", officer, event, {"facts": facts or case.title, "law": law or "详见移送书面报告"}),
    )


def _on_track(action: str, who: str, *, paper: str = "", given: Given | None = None) -> CaseScene:
    def scene(stage: Stage, session: Session, case: CaseHistory, event: HistoryEvent) -> None:
        track = _track(session, case)
        actor = stage.people.leader(track.responsible) if who == "leader" else stage.people.officer(track.responsible)
        stage.step(session, track, stage.act(action, actor, event, given(event) if given else {}, paper=paper))

    return scene


CRIMINAL: dict[str, CaseScene] = {
    "criminal_report_submitted": criminal_report,
    "criminal_transfer_approved": _on_track("approve", "leader"),
    "criminal_transfer_disapproved": _on_track("disapprove", "leader", given=lambda e: {"reason": e.note or "未达到追诉标准"}),
    "criminal_transfer_delivered": _on_track("deliver", "officer", paper="ZUIYI", given=lambda e: {"materials": ["移送书", "调查报告", "涉案物品清单", "检验报告", "其他材料"]}),
    "criminal_received": _on_track("receive", "officer"),
    "criminal_filed": _on_track("file", "officer", given=lambda e: {"notice": e.doc}),
    "criminal_not_filed": _on_track("refuse", "officer", given=lambda e: {"reason": e.note or "公安机关不予立案"}),
    "reconsideration_requested": _on_track("ask_reconsideration", "leader", given=lambda e: {"reason": e.note or "提请复议"}),
    "prosecutor_asked": _on_track("ask_prosecutor", "leader", given=lambda e: {"reason": e.note or "建议检察监督"}),
    "criminal_returned": _on_track("return_to_admin", "leader", given=lambda e: {"reason": e.note or "转回行政处理"}),
    "items_handed_over": _on_track("hand_over", "officer", given=lambda e: {"materials": ["涉案物品", "案卷材料"]}),
}  # fmt: skip


def _listed(stage: Stage, session: Session, history: ListingHistory) -> Matter | None:
    code = stage.listings.get(history.code, history.code)
    if matters.has_code(session, code):
        return matters.matter_by_code(session, code)
    unit = unit_of(session, history.unit)
    found = stored.listing_of(session, unit_id=unit.id or 0, year=_year(history))
    if found is not None:
        stage.listings[history.code] = found.code
    return found


def _year(history: ListingHistory) -> int:
    """The year of a listing: as its county states it, else that in which it began (列入年度); codes are anybody's own."""
    return history.year or history.events[0].on.year


def _need(stage: Stage, session: Session, history: ListingHistory) -> Matter:
    held = _listed(stage, session, history)
    if held is None:
        raise Refusal("no_listing", f"{history.code}尚未生成预警或承接，不能继续办理。")
    return held


def _open(
    stage: Stage,
    session: Session,
    history: ListingHistory,
    event: HistoryEvent,
    *,
    action: str,
    given: dict[str, Any] | None = None,
) -> Matter:
    actor = stage.people.leader(history.lead) if action == "adopt" else stage.people.officer(history.lead)
    held = listing.open_listing(
        session, book=stage.book, unit_id=unit_of(session, history.unit).id or 0, responsible=history.lead, act=stage.act(action, actor, event, given),
        year=_year(history), code=history.code, threshold=history.threshold,
    )  # fmt: skip
    stage.listings[history.code] = held.code
    return held


def watch_created(stage: Stage, session: Session, history: ListingHistory, event: HistoryEvent) -> None:
    if _listed(stage, session, history) is None:
        _open(stage, session, history, event, action="open")


def candidate_created(stage: Stage, session: Session, history: ListingHistory, event: HistoryEvent) -> None:
    held = _listed(stage, session, history) or _open(stage, session, history, event, action="open")
    if held.state == "watch":
        stage.step(session, held, stage.act("nominate", stage.people.leader(history.lead), event))


def effective(stage: Stage, session: Session, history: ListingHistory, event: HistoryEvent) -> None:
    held = _listed(stage, session, history)
    if held is None:
        _open(
            stage,
            session,
            history,
            event,
            action="adopt",
            given={"reason": history.note or "承接平台启用前的列入决定", "served_on": event.on.isoformat()},
        )
    elif held.state == "decided":
        raise Refusal("not_served", f"{history.code}的列入决定书尚未送达，不能生效。")


def _serve(paper: str) -> ListingScene:
    def scene(stage: Stage, session: Session, history: ListingHistory, event: HistoryEvent) -> None:
        held = _need(stage, session, history)
        if paper == "LIERU_GZ":
            stage.step(
                session, held, stage.act("issue_notice", stage.people.leader(held.responsible), event, paper=paper)
            )
        document = casefile.document(session, held.id, type_code=paper)
        if document is None:
            raise Refusal("no_paper", f"{history.code}没有可送达的文书。")
        given = {
            "method": "direct",
            "served_on": event.on.isoformat(),
            "servers": stage.people.pair(held.responsible),
            "receiver": "当事人",
        }
        handling.record_service(
            session,
            book=stage.book,
            document=document,
            act=stage.act("serve", stage.people.officer(held.responsible), event, given),
        )

    return scene


def _who(stage: Stage, held: Matter, who: str) -> Actor:
    if who == "unit":
        return stage.people.unit(held.unit_id or 0, "当事人")
    return stage.people.leader(held.responsible) if who == "leader" else stage.people.officer(held.responsible)


def _on_listing(
    action: str,
    who: str,
    *,
    paper: str = "",
    given: Callable[[Stage, Matter, HistoryEvent], dict[str, Any]] | None = None,
    unless: str = "",
) -> ListingScene:
    def scene(stage: Stage, session: Session, history: ListingHistory, event: HistoryEvent) -> None:
        held = _need(stage, session, history)
        if unless and held.state == unless:
            return  # the state that the event names has been reached already
        stage.step(
            session,
            held,
            stage.act(action, _who(stage, held, who), event, given(stage, held, event) if given else {}, paper=paper),
        )

    return scene


def _measures(stage: Stage, held: Matter, event: HistoryEvent) -> dict[str, Any]:
    chosen = [
        f"{entry.measure}｜{entry.basis}" for entry in stage.book.measures if entry.kind == "regulatory" and entry.basis
    ]
    return {"measures": chosen, "reason": event.note or "逐项核对依据"}


LISTINGS: dict[str, ListingScene] = {
    "watch_created": watch_created,
    "candidate_created": candidate_created,
    "legal_basis_checked": _on_listing("check_basis", "officer", given=_measures),
    "prior_notice_served": _serve("LIERU_GZ"),
    "statement_received": _on_listing("receive_statement", "unit", given=lambda s, m, e: {"points": [e.note or "当事人提出陈述申辩"]}),
    "statement_reviewed": _on_listing("review_statement", "officer", paper="LIERU_FH", given=lambda s, m, e: {"findings": [e.note or "经复核，不予采纳"], "adopted": "no"}),
    "collective_discussion": _on_listing("discuss", "leader", given=lambda s, m, e: {"officers": s.people.pair(m.responsible), "opinion": e.note or "同意列入"}),
    "decided": _on_listing("decide", "leader", paper="LIERU_JD", given=lambda s, m, e: {"legal_review": "法制审核通过", "months": 36}),
    "decision_served": _serve("LIERU_JD"),
    "effective": effective,
    "rejected": _on_listing("reject", "leader", given=lambda s, m, e: {"reason": e.note or "不予列入"}),
    "removal_applied": _on_listing("apply_removal", "unit", given=lambda s, m, e: {"reason": e.note or "已完成整改"}),
    "removal_accepted": _on_listing("accept_removal", "officer"),
    "removal_verifying": _on_listing("accept_removal", "officer", unless="removal_verifying"),
    "removed": _on_listing("remove", "leader", paper="YICHU", given=lambda s, m, e: {"reason": e.note or "符合移出条件"}),
    "removal_denied": _on_listing("deny_removal", "leader", given=lambda s, m, e: {"reason": e.note or "不符合移出条件"}),
    "unpublished": _on_listing("unpublish", "officer"),
    "objection_received": _on_listing("object", "unit", given=lambda s, m, e: {"claim": e.note or "提出异议"}),
    "revoked": _on_listing("revoke", "leader", paper="CHEXIAO", given=lambda s, m, e: {"reason": e.note or "列入依据不成立"}),
    "publicity_withdrawn": _on_listing("withdraw_publicity", "officer"),
}  # fmt: skip
