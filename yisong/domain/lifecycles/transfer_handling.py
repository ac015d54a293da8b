"""What the responsible department does after acceptance (受理后的办理)."""

from __future__ import annotations

from yisong.domain.lifecycle import ClockEffect, Guard, Need, NeedKind, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import (
    NOT_TRANSFERRED,
    OFFICERS,
    REASON,
    TRANSFERRED,
    TWO_OFFICERS,
    UNIT_ACTIVE,
    once,
    once_a_round,
)
from yisong.domain.roles import Party, leader

WORKING = ("accepted", "case_filed", "rectifying", "review_failed", "reopened")
NO_OPEN_ORDER = Guard(
    "orders_open",
    "仍有责令改正未完成，请先复查或撤回后再办理。",
    lambda facts, act: facts.value("live_orders", 0) == 0,
)
START_FEEDBACK = ClockEffect(Verb.START, "R-FEEDBACK")
MEET_VERIFY = ClockEffect(Verb.MEET, "R-VERIFY")
MEET_PENALTY = ClockEffect(Verb.MEET, "R-PENALTY-90")
RESULT = (Tell(Party.ORIGIN, "review_result"),)
NO_PENALTY_PAPER = (Paper("BUFA", Party.RESPONSIBLE, Party.UNIT, service=True),)
NO_PENALTY_NEEDS = (
    Need(
        "article",
        "不予处罚情形",
        NeedKind.CHOICE,
        choices=(
            ("minor", "轻微并及时改正（第三十三条第一款前段）"),
            ("first", "初次违法后果轻微并及时改正（第三十三条第一款后段）"),
            ("no_fault", "没有主观过错（第三十三条第二款）"),
        ),
    ),
    REASON,
    Need("education", "教育内容"),
)
PENALTY_NEEDS = (
    Need("decision_number", "处罚决定书文号", NeedKind.LINE),
    Need("result", "处罚结果"),
    Need("notified", "已事先告知并听取陈述申辩", NeedKind.YES),
    Need("legal_review", "法制审核意见（第五十八条情形必填，其余写“不适用”）", NeedKind.LINE),
    OFFICERS,
)
PENALTY_BASIS = "行政处罚法第四十四条、第四十五条、第五十七条、第五十八条、第六十条"

HANDLING = (
    Transition(
        "file_case",
        "立案",
        ("accepted", "rectifying", "review_failed", "reopened"),
        "case_filed",
        (leader(Party.RESPONSIBLE),),
        needs=(Need("cause", "案由", NeedKind.LINE),),
        guards=(UNIT_ACTIVE, once_a_round("file_case", "本件已经立案。")),
        clocks=(MEET_VERIFY, ClockEffect(Verb.START, "R-PENALTY-90")),
        papers=(Paper("LIAN", Party.RESPONSIBLE, Party.RESPONSIBLE),),
        tells=RESULT,
        basis="行政处罚法第五十四条、第六十条",
    ),
    Transition(
        "decide_no_penalty",
        "不予处罚",
        ("accepted", "case_filed", "publicising"),
        "publicising",
        (leader(Party.RESPONSIBLE),),
        when=TRANSFERRED,
        needs=NO_PENALTY_NEEDS,
        guards=(NO_OPEN_ORDER,),
        clocks=(MEET_VERIFY, MEET_PENALTY, START_FEEDBACK),
        papers=NO_PENALTY_PAPER,
        basis="行政处罚法第三十三条",
    ),
    Transition(
        "decide_no_penalty",
        "不予处罚",
        ("accepted", "case_filed", "publicising"),
        "publicising",
        (leader(Party.RESPONSIBLE),),
        when=NOT_TRANSFERRED,
        needs=NO_PENALTY_NEEDS,
        guards=(NO_OPEN_ORDER,),
        clocks=(MEET_VERIFY, MEET_PENALTY),
        papers=NO_PENALTY_PAPER,
        basis="行政处罚法第三十三条",
    ),
    Transition(
        "decide_penalty",
        "作出处罚决定",
        ("case_filed",),
        "publicising",
        (leader(Party.RESPONSIBLE),),
        when=TRANSFERRED,
        needs=PENALTY_NEEDS,
        guards=(TWO_OFFICERS, NO_OPEN_ORDER),
        clocks=(MEET_PENALTY, ClockEffect(Verb.START, "R-PUBLISH"), START_FEEDBACK),
        tells=RESULT,
        basis=PENALTY_BASIS,
    ),
    Transition(
        "decide_penalty",
        "作出处罚决定",
        ("case_filed",),
        "publicising",
        (leader(Party.RESPONSIBLE),),
        when=NOT_TRANSFERRED,
        needs=PENALTY_NEEDS,
        guards=(TWO_OFFICERS, NO_OPEN_ORDER),
        clocks=(MEET_PENALTY, ClockEffect(Verb.START, "R-PUBLISH")),
        basis=PENALTY_BASIS,
    ),
    Transition(
        "suspend_case",
        "中止调查",
        ("case_filed",),
        "=",
        (leader(Party.RESPONSIBLE),),
        needs=(
            Need(
                "ground",
                "中止情形",
                NeedKind.CHOICE,
                choices=(
                    ("inspection", "检测检验检疫鉴定"),
                    ("hearing", "听证"),
                    ("announcement", "公告"),
                    ("legal_question", "涉及法律适用问题待确认"),
                    ("force_majeure", "不可抗力"),
                ),
            ),
            REASON,
        ),
        clocks=(ClockEffect(Verb.PAUSE, "R-PENALTY-90"),),
        papers=(Paper("ZHONGZHI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        guards=(
            Guard(
                "already_suspended", "本件已经中止，请先恢复。", lambda facts, act: not facts.value("penalty_paused")
            ),
        ),
        basis="市监程序规定第四十六条、第六十四条",
    ),
    Transition(
        "resume_case",
        "恢复调查",
        ("case_filed",),
        "=",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.RESUME, "R-PENALTY-90"),),
        guards=(
            Guard("not_suspended", "本件没有中止，无需恢复。", lambda facts, act: bool(facts.value("penalty_paused"))),
        ),
        papers=(Paper("ZHONGZHI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        basis="市监程序规定第四十六条",
    ),
    Transition(
        "merge",
        "并案办理",
        ("accepted", "case_filed", "rectifying"),
        "=",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        guards=(
            once("merge", "本件已经并案。"),
            Guard(
                "nothing_to_merge", "本件只有一项发现，无需并案。", lambda facts, act: facts.value("findings", 0) > 1
            ),
        ),
        basis="同一当事人、同一部门、同次检查合并办理、逐项销号（系统默认）",
        confidence="中",
    ),
    Transition(
        "change_unit",
        "变更当事人",
        ("pending_acceptance", *WORKING),
        "=",
        (leader(Party.RESPONSIBLE),),
        needs=(Need("unit", "承受权利义务的当事人", NeedKind.UNIT), REASON),
        sets=("unit",),
        basis="权利义务承受（民法典第六十七条）",
        confidence="中",
    ),
)
