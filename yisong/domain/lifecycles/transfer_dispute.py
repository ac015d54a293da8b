"""A transfer that the department answerable does not take: return, re-route, dispute, designation (退回、改派、争议、指定)."""

from __future__ import annotations

from yisong.domain.lifecycle import ALL_CLOCKS, ClockEffect, Guard, Need, NeedKind, Paper, Tell, Transition, Verb, When
from yisong.domain.lifecycles.common import LEGAL_BASIS, MATERIALS, REASON, not_fact, once
from yisong.domain.lifecycles.transfer_acceptance import MEET_ACCEPT, RETURN_LETTER
from yisong.domain.lifecycles.transfer_arrival import START_ACCEPT, TRANSFER_LETTER
from yisong.domain.roles import THE_GOVERNMENT, THE_GUIDANCE, Party, leader, staff

DEPARTMENT = Need("department", "拟移送的责任部门", NeedKind.DEPARTMENT)
START_NEGOTIATE = ClockEffect(Verb.START, "R-DISPUTE-NEGOTIATE", owner=Party.GUIDANCE)
RETURN_NEEDS = (REASON, LEGAL_BASIS, Need("proposed_department", "拟管辖部门", NeedKind.DEPARTMENT))
MAY_RETURN = not_fact("designated", "designated_cannot_return", "本件由共同上级指定管辖，被指定部门不得退回，请受理。")
OTHER_PROPOSED = Guard(
    "proposed_is_self",
    "拟管辖部门不能是本部门，请写明认为有管辖权的其他部门。",
    lambda facts, act: act.given.get("proposed_department") not in facts.parties.get(Party.RESPONSIBLE, frozenset()),
    early=False,
)
OTHER_DEPARTMENT = Guard(
    "reroute_to_same",
    "改派不能再派给已退回的部门；如不认可退回理由，请提请争议协调。",
    lambda facts, act: act.given.get("department") not in facts.parties.get(Party.RESPONSIBLE, frozenset()),
    early=False,
)
NOT_TO_ORIGIN = Guard(
    "reroute_to_origin",
    "不能改派给移送部门自己；认为属本部门职责的，请作废本件后自办。",
    lambda facts, act: act.given.get("department") not in facts.parties.get(Party.ORIGIN, frozenset()),
    early=False,
)
COUNTY_MAY_DESIGNATE = Guard(
    "city_branch",
    "该部门属市级派出机构，县里不能直接指定管辖。请先协调并报市级主管部门，取得书面意见后填写“市级意见文号”。",
    lambda facts, act: (
        act.given.get("department") not in facts.value("city_branches", ()) or bool(act.given.get("city_opinion"))
    ),
    early=False,
)
FIRST_RETURN = When(
    "线索移送且首次退回", lambda facts: facts.variant == "lead" and facts.times("return_jurisdiction") == 0
)
LATER_RETURN = When(
    "案件移送或再次退回", lambda facts: facts.variant == "case" or facts.times("return_jurisdiction") > 0
)
BACK_TO_COUNTER = (Verb.MEET, "R-DISPUTE-NEGOTIATE")

DISPUTE = (
    Transition(
        "return_jurisdiction",
        "退回（无管辖权）",
        ("pending_acceptance",),
        "returned_for_rerouting",
        (leader(Party.RESPONSIBLE),),
        needs=RETURN_NEEDS,
        guards=(MAY_RETURN, OTHER_PROPOSED),
        when=FIRST_RETURN,
        clocks=(MEET_ACCEPT, ClockEffect(Verb.START, "R-REROUTE", owner=Party.ORIGIN)),
        papers=RETURN_LETTER,
        tells=(Tell(Party.ORIGIN, "returned", urgent=True),),
        basis="市监程序规定第十四条（不得再自行移送），跨部门参照；退回以一次为限（系统默认）",
        confidence="中",
    ),
    Transition(
        "return_jurisdiction",
        "退回（无管辖权）",
        ("pending_acceptance",),
        "in_dispute",
        (leader(Party.RESPONSIBLE),),
        needs=RETURN_NEEDS,
        guards=(MAY_RETURN, OTHER_PROPOSED),
        when=LATER_RETURN,
        clocks=(MEET_ACCEPT, START_NEGOTIATE),
        papers=RETURN_LETTER,
        tells=(Tell(Party.GUIDANCE, "dispute_opened", urgent=True), Tell(Party.ORIGIN, "returned")),
        basis="行政处罚法第二十五条；市监程序规定第十三条、第十四条（跨部门参照）",
    ),
    Transition(
        "return_groundless",
        "退回（不构成违法或重复移送）",
        ("pending_acceptance",),
        "returned",
        (leader(Party.RESPONSIBLE),),
        needs=(
            Need(
                "ground",
                "退回情形",
                NeedKind.CHOICE,
                choices=(("not_violation", "不构成违法"), ("duplicate", "重复移送")),
            ),
            REASON,
            LEGAL_BASIS,
        ),
        guards=(MAY_RETURN,),
        clocks=(MEET_ACCEPT,),
        papers=RETURN_LETTER,
        tells=(Tell(Party.ORIGIN, "returned", urgent=True),),
        basis="市监程序规定第二十条（可以不立案的情形），跨部门参照",
        confidence="中",
    ),
    Transition(
        "request_reconsideration",
        "申请复核退回",
        ("returned",),
        "pending_acceptance",
        (leader(Party.ORIGIN),),
        needs=(REASON, MATERIALS),
        guards=(
            once("request_reconsideration", "对退回的复核以一次为限，本件已复核过。如属新的事实，请重新登记移送。"),
        ),
        clocks=(START_ACCEPT,),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="系统默认：发现部门可申请复核一次",
        confidence="低",
    ),
    Transition(
        "reroute",
        "改派",
        ("returned_for_rerouting",),
        "pending_acceptance",
        (leader(Party.ORIGIN),),
        needs=(DEPARTMENT, REASON),
        sets=("department",),
        guards=(once("reroute", "全案改派以一次为限，请提请争议协调。"), OTHER_DEPARTMENT, NOT_TO_ORIGIN),
        clocks=(ClockEffect(Verb.MEET, "R-REROUTE"), START_ACCEPT),
        papers=TRANSFER_LETTER,
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="系统默认：全案仅允许改派一次",
        confidence="低",
    ),
    Transition(
        "insist",
        "不认可退回，提请协调",
        ("returned_for_rerouting",),
        "in_dispute",
        (staff(Party.ORIGIN),),
        needs=(Need("opinion", "本部门意见"),),
        clocks=(ClockEffect(Verb.MEET, "R-REROUTE"), START_NEGOTIATE),
        tells=(Tell(Party.GUIDANCE, "dispute_opened", urgent=True),),
        basis="行政处罚法第二十五条；民营经济促进法第六十四条；浙江省综合行政执法条例第十七条",
    ),
    Transition(
        "settle",
        "协调一致",
        ("in_dispute",),
        "pending_acceptance",
        (THE_GUIDANCE,),
        needs=(DEPARTMENT, REASON),
        sets=("department",),
        clocks=(ClockEffect(*BACK_TO_COUNTER), START_ACCEPT),
        papers=(Paper("XIETIAO", Party.GUIDANCE, Party.RESPONSIBLE, copies=(Party.ORIGIN,)),),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True), Tell(Party.ORIGIN, "review_result")),
        basis="浙江省综合行政执法条例第十二条第（二）项、第十七条",
    ),
    Transition(
        "not_settled",
        "协商不成，报请指定",
        ("in_dispute",),
        "awaiting_designation",
        (THE_GUIDANCE,),
        needs=(Need("opinion", "协调建议"),),
        clocks=(ClockEffect(*BACK_TO_COUNTER), ClockEffect(Verb.START, "R-DISPUTE-DESIGNATE", owner=Party.GOVERNMENT)),
        papers=(Paper("XIETIAO", Party.GUIDANCE, Party.RESPONSIBLE, copies=(Party.ORIGIN,)),),
        tells=(Tell(Party.GOVERNMENT, "dispute_opened", urgent=True),),
        basis="行政处罚法第二十五条；市监程序规定第十六条（跨部门参照）",
    ),
    Transition(
        "designate",
        "指定管辖",
        ("awaiting_designation", "in_dispute"),
        "pending_acceptance",
        (THE_GOVERNMENT,),
        needs=(
            Need("department", "被指定部门", NeedKind.DEPARTMENT),
            LEGAL_BASIS,
            Need("city_opinion", "市级意见文号", NeedKind.LINE, required=False),
        ),
        guards=(COUNTY_MAY_DESIGNATE,),
        sets=("department", "designated"),
        clocks=(ClockEffect(*BACK_TO_COUNTER), ClockEffect(Verb.MEET, "R-DISPUTE-DESIGNATE"), START_ACCEPT),
        papers=(Paper("ZHIDING", Party.GOVERNMENT, Party.RESPONSIBLE, copies=(Party.ORIGIN,)),),
        tells=(Tell(Party.RESPONSIBLE, "designated", urgent=True), Tell(Party.ORIGIN, "designated")),
        basis="行政处罚法第二十五条；民营经济促进法第六十四条",
    ),
    Transition(
        "void",
        "作废",
        ("draft", "pending_approval", "pending_acceptance", "returned_for_rerouting", "returned"),
        "voided",
        (leader(Party.ORIGIN),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        tells=(Tell(Party.RESPONSIBLE, "review_result"),),
        basis="移送错误的撤回（系统默认）",
        confidence="中",
    ),
)
