"""What the department answerable does before it accepts: receipt, supplement, acceptance (签收、补正、受理)."""

from __future__ import annotations

from yisong.domain.lifecycle import ClockEffect, Need, NeedKind, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import MATERIALS, REASON, REMARK, UNIT_ACTIVE, fact, once
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

MEET_ACCEPT = ClockEffect(Verb.MEET, "R-ACCEPT")
RETURN_LETTER = (Paper("BUSHOU", Party.RESPONSIBLE, Party.ORIGIN),)

ACCEPTANCE = (
    Transition(
        "sign_receipt",
        "签收并出具回执",
        ("pending_acceptance",),
        "=",
        (staff(Party.RESPONSIBLE),),
        needs=(REMARK,),
        guards=(once("sign_receipt", "回执已经出具，无需重复签收。"),),
        papers=(Paper("HUIZHI", Party.RESPONSIBLE, Party.ORIGIN),),
        basis="签收不影响期限起算（系统默认）；受移送方出具回执（地方样本）",
        confidence="中",
    ),
    Transition(
        "request_supplement",
        "要求补正材料",
        ("pending_acceptance",),
        "supplementing",
        (staff(Party.RESPONSIBLE),),
        needs=(Need("items", "缺少的材料（一次列全，每行一项）", NeedKind.LIST), REASON),
        guards=(once("request_supplement", "补正以一次为限且应一次性告知；本件已要求过补正，请受理或依法退回。"),),
        clocks=(
            ClockEffect(Verb.PAUSE, "R-ACCEPT"),
            ClockEffect(Verb.START, "R-SUPPLEMENT", owner=Party.ORIGIN, lapse="supplement_timeout"),
        ),
        papers=(Paper("BUZHENG", Party.RESPONSIBLE, Party.ORIGIN),),
        tells=(Tell(Party.ORIGIN, "returned", urgent=True),),
        basis="参照公安机关受理移送材料3日内补正（系统默认）",
        confidence="中",
    ),
    Transition(
        "deliver_supplement",
        "补正送达",
        ("supplementing",),
        "pending_acceptance",
        (staff(Party.ORIGIN),),
        needs=(MATERIALS,),
        clocks=(ClockEffect(Verb.MEET, "R-SUPPLEMENT"), ClockEffect(Verb.RESUME, "R-ACCEPT")),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived"),),
        basis="补正期间受理期限中止，送达后继续计算（系统默认）",
        confidence="中",
    ),
    Transition(
        "supplement_timeout",
        "逾期未补正退回",
        ("supplementing",),
        "returned",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MISS, "R-SUPPLEMENT"), ClockEffect(Verb.CANCEL, "R-ACCEPT")),
        papers=RETURN_LETTER,
        tells=(Tell(Party.ORIGIN, "returned", urgent=True),),
        basis="逾期未补正视为撤回（系统默认）",
        confidence="中",
    ),
    Transition(
        "accept",
        "受理",
        ("pending_acceptance",),
        "accepted",
        (leader(Party.RESPONSIBLE),),
        needs=(Need("handler", "承办人", NeedKind.LINE, required=False),),
        guards=(
            UNIT_ACTIVE,
            fact(
                "within_limitation",
                "limitation_passed",
                "违法行为已超过追溯时效（行政处罚法第三十六条），请核对发现日期；确属超期的请依法退回。",
            ),
        ),
        clocks=(MEET_ACCEPT, ClockEffect(Verb.START, "R-VERIFY")),
        tells=(Tell(Party.ORIGIN, "review_result"),),
        basis="市监程序规定第十八条（核查15个工作日）；受理3个工作日为系统默认",
        confidence="中",
    ),
)
