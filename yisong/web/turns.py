"""Whose turn it is (轮到谁办), for every state of every life cycle: the inbox sorts and speaks by this table.

It adds no permission: each row names an action that the life cycles offer, and a test holds the two together.
`kind.action` names the opening of another matter: the order of a case, the review of an order, the service of a paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from yisong.domain import lifecycles
from yisong.domain.lifecycles.order import LIVE
from yisong.domain.roles import (
    THE_GOVERNMENT,
    THE_GUIDANCE,
    THE_SUPERVISOR,
    THE_SYSTEM,
    THE_UNIT,
    Actor,
    Party,
    Who,
    leader,
    staff,
)
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.store.desktops import Desktop, Turn

ORIGIN, RESPONSIBLE, POLICE = staff(Party.ORIGIN), staff(Party.RESPONSIBLE), staff(Party.POLICE)
ORIGIN_LEADER, LEADER = leader(Party.ORIGIN), leader(Party.RESPONSIBLE)


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next in a state, and who does it (下一步). `todo` is what a clerk reads."""

    who: Who
    action: str
    todo: str
    clock: str = ""
    idle: bool = False
    then: tuple[str, ...] = ()
    """What comes when the action itself is done already or does not apply."""


NEXT: Mapping[tuple[str, str], tuple[Next, ...]] = {
    ("finding", "recorded"): (Next(ORIGIN, "assign", "移送或本部门办理"),),
    ("finding", "undecided"): (Next(THE_GUIDANCE, "decide_department", "确定责任部门"),),
    ("transfer", "draft"): (Next(ORIGIN, "submit", "提交审批"),),
    ("transfer", "pending_approval"): (Next(ORIGIN_LEADER, "approve", "批准移送"),),
    ("transfer", "pending_delivery"): (Next(THE_SYSTEM, "deliver", "平台送达"),),
    ("transfer", "pending_acceptance"): (Next(RESPONSIBLE, "accept", "受理、要求补正或退回"),),
    ("transfer", "supplementing"): (Next(ORIGIN, "deliver_supplement", "补正材料"),),
    ("transfer", "returned_for_rerouting"): (Next(ORIGIN, "insist", "改派或提请协调"),),
    ("transfer", "returned"): (Next(ORIGIN_LEADER, "request_reconsideration", "申请复核或作废"),),
    ("transfer", "in_dispute"): (Next(THE_GUIDANCE, "settle", "协调管辖争议"),),
    ("transfer", "awaiting_designation"): (Next(THE_GOVERNMENT, "designate", "指定管辖"),),
    ("transfer", "accepted"): (Next(RESPONSIBLE, "order.open", "核查，责令改正或立案"),),
    ("transfer", "case_filed"): (Next(RESPONSIBLE, "decide_penalty", "调查并作出决定", idle=True),),
    ("transfer", "rectifying"): (Next(RESPONSIBLE, "order.open", "余项责令改正", idle=True),),
    ("transfer", "review_failed"): (Next(LEADER, "file_case", "立案或认定拒不整改", idle=True),),
    ("transfer", "reopened"): (Next(RESPONSIBLE, "order.open", "重新核查", idle=True),),
    ("transfer", "publicising"): (Next(RESPONSIBLE, "feed_back", "回传结果、公示、办结", then=("publish", "close")),),
    ("transfer", "criminal_branch"): (),
    ("order", "drafted"): (Next(LEADER, "issue", "签发责令改正通知书"),),
    ("order", "issued"): (Next(RESPONSIBLE, "service.serve", "送达责令改正通知书"),),
    ("order", "announced"): (Next(THE_SYSTEM, "served", "公告期满视为送达"),),
    ("order", "rectifying"): (
        Next(RESPONSIBLE, "review.conclude_pass", "期限届满，组织复查", clock="R-REVIEW"),
        Next(THE_UNIT, "report", "整改并报告"),
    ),
    ("order", "extension_pending"): (Next(LEADER, "approve_extension", "批复延期申请"),),
    ("order", "suspended"): (Next(LEADER, "resume_term", "中止事由消除后恢复期限"),),
    ("order", "report_submitted"): (Next(RESPONSIBLE, "review.conclude_pass", "组织复查"),),
    ("order", "review_revoked"): (Next(RESPONSIBLE, "review.conclude_pass", "重新复查"),),
    ("order", "failed"): (Next(LEADER, "record_refusal", "认定拒不整改或立案"),),
    ("seizure", "registered"): (
        Next(LEADER, "dispose", "七个工作日内处理登记保存的物品", then=("convert", "release")),
    ),
    ("seizure", "seized"): (Next(LEADER, "dispose", "期限内处理查封、扣押的物品", then=("extend", "release")),),
    ("seizure", "inspecting"): (Next(RESPONSIBLE, "finish_inspection", "收到检测、检验结论后恢复期限"),),
    ("seizure", "expired"): (Next(LEADER, "release", "期限已满，解除并退还物品"),),
    ("criminal", "suspected"): (Next(LEADER, "set_team", "指定专案组"),),
    ("criminal", "team_set"): (Next(RESPONSIBLE, "submit_report", "提出移送报告"),),
    ("criminal", "report_submitted"): (Next(LEADER, "approve", "决定是否移送公安"),),
    ("criminal", "approved"): (Next(RESPONSIBLE, "deliver", "移送公安机关"),),
    ("criminal", "disapproved"): (Next(LEADER, "return_to_admin", "转回行政处理"),),
    ("criminal", "delivered"): (Next(POLICE, "receive", "签收并审查立案"),),
    ("criminal", "police_received"): (Next(POLICE, "file", "决定是否立案"),),
    ("criminal", "reconsideration"): (Next(POLICE, "file", "复议并决定"),),
    ("criminal", "prosecutorial_supervision"): (Next(POLICE, "file", "回应检察监督"),),
    ("criminal", "not_filed"): (Next(LEADER, "ask_reconsideration", "提请复议或转回行政处理"),),
    ("criminal", "criminal_filed"): (Next(RESPONSIBLE, "hand_over", "移交物品和材料", clock="R-CRIM-HANDOVER"),),
    ("listing", "candidate"): (Next(RESPONSIBLE, "check_basis", "核查法律依据"),),
    ("listing", "basis_checked"): (Next(LEADER, "issue_notice", "出具事先告知书"),),
    ("listing", "notice_issued"): (Next(RESPONSIBLE, "service.serve", "送达事先告知书"),),
    ("listing", "statement_period"): (Next(THE_UNIT, "receive_statement", "陈述、申辩"),),
    ("listing", "statement_received"): (Next(RESPONSIBLE, "review_statement", "复核陈述申辩"),),
    ("listing", "statement_waived"): (Next(LEADER, "discuss", "组织集体讨论"),),
    ("listing", "statement_reviewed"): (Next(LEADER, "discuss", "组织集体讨论"),),
    ("listing", "discussed"): (Next(LEADER, "decide", "作出列入决定"),),
    ("listing", "decided"): (Next(RESPONSIBLE, "service.serve", "送达列入决定书"),),
    ("listing", "removal_applied"): (Next(RESPONSIBLE, "accept_removal", "受理移出申请"),),
    ("listing", "removal_verifying"): (Next(LEADER, "remove", "核实并决定移出"),),
    ("listing", "removed"): (Next(RESPONSIBLE, "unpublish", "停止公示"),),
    ("listing", "expired"): (Next(RESPONSIBLE, "unpublish", "停止公示"),),
    ("listing", "revoked"): (Next(RESPONSIBLE, "withdraw_publicity", "撤回公示"),),
    ("risk", "sent"): (Next(RESPONSIBLE, "answer", "回复风险提示函"),),
    ("risk", "answered"): (Next(THE_GUIDANCE, "settle", "确认化解"),),
}

REST: Mapping[str, frozenset[str]] = {
    "finding": frozenset({"to_transfer", "own_case", "onsite_fixed", "cleared", "void"}),
    "transfer": frozenset({"closed", "closed_refused", "terminated", "voided"}),
    "order": frozenset({"passed", "partial", "refused", "withdrawn", "cancelled"}),
    "review": frozenset({"passed", "partial", "failed", "revoked"}),
    "seizure": frozenset({"disposed", "released", "handed_over"}),
    "criminal": frozenset({"back_to_admin"}),
    "listing": frozenset({"watch", "effective", "unpublished", "withdrawn", "rejected"}),
    "risk": frozenset({"settled"}),
    "document": frozenset({"numbered", "issued", "withdrawn", "superseded", "voided"}),
    "service": frozenset({"served", "failed", "announced"}),
}
"""States in which nobody has to do anything: ended, or watched over elsewhere."""

_FIELDS = {Party.ORIGIN: "origin", Party.RESPONSIBLE: "responsible"}
_HANDLES = frozenset(RESPONSIBLE.roles)


def next_of(kind: str, state: str, *, clocks: frozenset[str] = frozenset(), idle: bool = True) -> Next | None:
    """What comes next for a matter whose running clocks are these (下一步); None where nothing has to be done."""
    for step in NEXT.get((kind, state), ()):
        if (not step.clock or any(rule.startswith(step.clock) for rule in clocks)) and (idle or not step.idle):
            return step
    return None


def _offices(book: RuleBook) -> dict[Party, str]:
    found = {
        Party.GUIDANCE: book.guidance_code,
        Party.SUPERVISOR: book.supervisor_code,
        Party.GOVERNMENT: book.government_code,
    }
    with suppress(RuleBookError):  # a county may leave the police out
        found[Party.POLICE] = book.police_code
    return found


def is_turn_of(who: Who, actor: Actor, *, book: RuleBook, origin: str, responsible: str) -> bool:
    """Whether that post is this person's, on a matter between these organs (是否由其办理)."""
    if not who.roles & actor.roles:
        return False
    organs = {**_offices(book), Party.ORIGIN: origin, Party.RESPONSIBLE: responsible}
    return organs.get(who.party) == actor.department


def oversees(actor: Actor, *, book: RuleBook) -> bool:
    """Whether this post reads every organ's desk: the guidance office's, and the supervisor's (统筹、监督)."""
    offices = _offices(book)
    guidance = actor.department == offices[Party.GUIDANCE] and bool(actor.roles & THE_GUIDANCE.roles)
    supervisor = actor.department == offices[Party.SUPERVISOR] and bool(actor.roles & THE_SUPERVISOR.roles)
    return guidance or supervisor


def governs(actor: Actor, *, book: RuleBook) -> bool:
    """Whether this post acts for the county government, the common superior (县政府经办)."""
    return actor.department == book.government_code and bool(actor.roles & THE_GOVERNMENT.roles)


def desktop_of(actor: Actor, *, book: RuleBook) -> Desktop:
    """The desk of a person: what it shows, and when it is their turn (收件箱范围)."""
    offices = _offices(book)
    turns = []
    for (kind, state), steps in NEXT.items():
        for step in steps:
            here = step.who.party in _FIELDS or offices.get(step.who.party) == actor.department
            if here and step.who.roles & actor.roles:
                party = _FIELDS.get(step.who.party, "")
                turns.append(Turn(kind, (state,), party, clock=step.clock, idle=step.idle))
    return Desktop(
        department=actor.department,
        everything=oversees(actor, book=book),
        handles=bool(actor.roles & _HANDLES),
        police=actor.department == offices.get(Party.POLICE) and bool(actor.roles & _HANDLES),
        turns=_joined(turns),
        open_states=OPEN,
        live_orders=LIVE,
    )


def _joined(turns: list[Turn]) -> tuple[Turn, ...]:
    grouped: dict[tuple[str, str, str, bool], list[str]] = {}
    for turn in turns:
        grouped.setdefault((turn.kind, turn.party, turn.clock, turn.idle), []).extend(turn.states)
    return tuple(
        Turn(kind, tuple(states), party, clock, idle) for (kind, party, clock, idle), states in grouped.items()
    )


def _open_states() -> dict[str, tuple[str, ...]]:
    roots = ("transfer", "listing", "risk", "finding")
    return {kind: tuple(s for s in lifecycles.ALL[kind].states if s not in REST[kind]) for kind in roots}


OPEN: Mapping[str, tuple[str, ...]] = _open_states()
"""Of each kind that stands in an inbox by itself, the states in which something is still to be done."""
