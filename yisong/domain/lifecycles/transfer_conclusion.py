"""How a case ends or leaves its course: crime, publication, closing, reopening (涉罪、公示、办结、重启)."""

from __future__ import annotations

from yisong.domain.lifecycle import (
    ALL_CLOCKS,
    Also,
    ClockEffect,
    Guard,
    Kin,
    Need,
    NeedKind,
    Paper,
    Tell,
    Transition,
    Verb,
    When,
)
from yisong.domain.lifecycles.common import REASON, REMARK, TRANSFERRED, both, once_a_round
from yisong.domain.lifecycles.transfer_handling import NO_OPEN_ORDER, RESULT
from yisong.domain.lifecycles.transfer_orders import ORDERS_DONE, ORDERS_LEFT
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

FED_BACK = Guard(
    "not_fed_back",
    "处理结果尚未回传移送部门，请先办理“回传结果”再办结。",
    lambda facts, act: not TRANSFERRED.test(facts) or facts.times("feed_back") > facts.times("reopen"),
)
PUBLISHED = Guard(
    "not_published",
    "处罚决定应当公示而尚未公示，请先办理“公示结果”再办结。",
    lambda facts, act: facts.times("decide_penalty") == 0 or facts.times("publish") > facts.times("reopen"),
)
NOTHING_HELD = Guard(
    "seizures_open",
    "仍有查封、扣押或者先行登记保存的物品未处理，请先作出处理决定或者解除后再办理。",
    lambda facts, act: facts.value("held_seizures", 0) == 0,
)
FILED = When("已立案", lambda facts: facts.times("file_case") > facts.times("reopen"))
NOT_FILED = When("未立案", lambda facts: facts.times("file_case") <= facts.times("reopen"))

CONCLUSION = (
    Transition(
        "suspect_crime",
        "发现涉嫌犯罪",
        ("accepted", "case_filed", "rectifying", "review_failed"),
        "criminal_branch",
        (staff(Party.RESPONSIBLE),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.PAUSE, "R-PENALTY-90"), ClockEffect(Verb.PAUSE, "R-VERIFY")),
        opens="criminal",
        basis="行政处罚法第二十七条；移送规定第五条、第十一条（不得以罚代移）",
    ),
    Transition(
        "criminal_back",
        "转回行政处理",
        ("criminal_branch",),
        "case_filed",
        (THE_SYSTEM,),
        when=FILED,
        clocks=(ClockEffect(Verb.RESUME, "R-PENALTY-90"),),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="移送规定第十条；行政处罚法第二十七条",
    ),
    Transition(
        "criminal_back",
        "转回行政处理",
        ("criminal_branch",),
        "accepted",
        (THE_SYSTEM,),
        when=both(NOT_FILED, ORDERS_DONE),
        clocks=(ClockEffect(Verb.RESUME, "R-VERIFY"), ClockEffect(Verb.START, "R-VERIFY")),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="移送规定第十条；行政处罚法第二十七条",
    ),
    Transition(
        "criminal_back",
        "转回行政处理",
        ("criminal_branch",),
        "rectifying",
        (THE_SYSTEM,),
        when=both(NOT_FILED, ORDERS_LEFT),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="移送规定第十条、第十一条（责令改正不停止执行）",
    ),
    Transition(
        "feed_back",
        "回传结果",
        ("publicising", "closed_refused", "terminated"),
        "=",
        (staff(Party.RESPONSIBLE),),
        needs=(REMARK,),
        guards=(once_a_round("feed_back", "结果已经回传。"),),
        when=TRANSFERRED,
        clocks=(ClockEffect(Verb.MEET, "R-FEEDBACK"),),
        tells=(Tell(Party.ORIGIN, "review_result", urgent=True),),
        basis="种子文件“结果互通、数据共认”；3个工作日为系统默认",
        confidence="低",
    ),
    Transition(
        "publish",
        "公示结果",
        ("publicising",),
        "=",
        (staff(Party.RESPONSIBLE),),
        needs=(Need("scope", "公示内容（个人信息已脱敏）", required=False),),
        guards=(once_a_round("publish", "结果已经公示。"),),
        clocks=(ClockEffect(Verb.MEET, "R-PUBLISH"),),
        papers=(Paper("GONGSHI", Party.RESPONSIBLE, Party.UNIT),),
        basis="行政处罚法第四十八条；行政处罚信息公示规定（20个工作日）",
    ),
    Transition(
        "close",
        "办结",
        ("publicising",),
        "closed",
        (leader(Party.RESPONSIBLE),),
        guards=(FED_BACK, PUBLISHED, NO_OPEN_ORDER, NOTHING_HELD),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        tells=RESULT,
        basis="市监程序规定第七十七条；结果回传为办结前置（系统默认）",
        confidence="中",
    ),
    Transition(
        "terminate",
        "终止",
        ("pending_acceptance", "accepted", "case_filed", "rectifying", "review_failed", "reopened"),
        "terminated",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON, Need("successor_checked", "已核实没有权利义务承受人", NeedKind.YES)),
        guards=(NOTHING_HELD,),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        papers=(Paper("ZHONGZHI", Party.RESPONSIBLE, Party.ORIGIN),),
        also=(Also(Kin.ORDER, "cancel"),),
        tells=RESULT,
        basis="市监程序规定第四十七条",
    ),
    Transition(
        "reopen",
        "重新启动",
        ("closed",),
        "reopened",
        (leader(Party.RESPONSIBLE),),
        needs=(
            Need(
                "ground",
                "重启情形",
                NeedKind.CHOICE,
                choices=(
                    ("review_fraud", "复查材料造假"),
                    ("conclusion_revoked", "复查结论被撤销"),
                    ("new_violation", "结案后又有新的违法行为"),
                ),
            ),
            REASON,
        ),
        guards=(
            Guard(
                "new_violation",
                "结案后的新违法行为不得重启本件，请新建案件并与本件关联。",
                lambda facts, act: act.given.get("ground") != "new_violation",
                early=False,
            ),
        ),
        clocks=(ClockEffect(Verb.START, "R-VERIFY"),),
        also=(Also(Kin.REVIEW, "revoke"),),
        tells=(Tell(Party.ORIGIN, "review_result"), Tell(Party.GUIDANCE, "review_result")),
        basis="复查结论撤销后重新办理（系统默认）；经负责人批准",
        confidence="中",
    ),
)
