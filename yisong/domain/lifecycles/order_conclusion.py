"""How an order ends: reviewed, refused, withdrawn (复查、拒不整改、撤回)."""

from __future__ import annotations

from yisong.domain.lifecycle import ALL_CLOCKS, Also, ClockEffect, Guard, Kin, Need, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import REASON, fact
from yisong.domain.roles import THE_SYSTEM, Party, leader

LIVE = (
    "drafted",
    "issued",
    "announced",
    "rectifying",
    "extension_pending",
    "suspended",
    "report_submitted",
    "failed",
    "review_revoked",
)
"""States in which an order is still open."""
SERVED = fact("served", "never_served", "责改书没有有效送达记录，不能认定拒不整改。")
REFUSAL_STANDS = Guard(
    "refusal_conditions",
    "不符合拒不整改的认定条件（须有效送达、期限届满、复查不合格，且无未决延期、中止或停止执行）。",
    lambda facts, act: bool(facts.value("term_expired", True)) and not facts.value("stayed"),
)

CONCLUSION = (
    Transition(
        "pass",
        "复查合格",
        ("rectifying", "report_submitted", "review_revoked"),
        "passed",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MEET, "R-REVIEW"), ClockEffect(Verb.MEET, "R-RECTIFY")),
        also=(Also(Kin.FINDINGS, "clear"), Also(Kin.CASE, "order_passed")),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="特种设备安全监督检查办法第二十九条（跨系统参照）",
        confidence="中",
    ),
    Transition(
        "settle_partly",
        "部分完成",
        ("rectifying", "report_submitted", "review_revoked"),
        "partial",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MEET, "R-REVIEW"), ClockEffect(Verb.MEET, "R-RECTIFY")),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="已完成项销号，未完成项另行责改（系统默认）",
        confidence="中",
    ),
    Transition(
        "fail",
        "复查不合格",
        ("rectifying", "report_submitted", "review_revoked"),
        "failed",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MEET, "R-REVIEW"), ClockEffect(Verb.MISS, "R-RECTIFY")),
        also=(Also(Kin.CASE, "order_failed"),),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="各单行法逾期不改正的罚则；生态环境法典第一千零六十条（应当组织复查）",
        confidence="中",
    ),
    Transition(
        "record_refusal",
        "认定拒不整改",
        ("failed",),
        "refused",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        guards=(SERVED, REFUSAL_STANDS),
        also=(Also(Kin.CASE, "order_refused"),),
        basis="县“综合查一次”实施办法（拒不整改计数口径 RF-01，可配置）",
        confidence="中",
    ),
    Transition(
        "withdraw",
        "撤回责改书",
        (
            "issued",
            "announced",
            "rectifying",
            "extension_pending",
            "suspended",
            "report_submitted",
            "failed",
            "refused",
        ),
        "withdrawn",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON, Need("replacement", "更正后的处理", required=False)),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        papers=(Paper("CHEHUI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        also=(Also(Kin.CASE, "order_withdrawn"),),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="行政处罚法第四十八条、第七十五条（纠错）；错误对象不留记录",
    ),
    Transition(
        "cancel",
        "随案取消",
        LIVE,
        "cancelled",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        basis="市监程序规定第四十七条（终止）",
    ),
    Transition(
        "revoke_review",
        "复查结论撤销",
        ("passed",),
        "review_revoked",
        (THE_SYSTEM,),
        also=(Also(Kin.FINDINGS, "reopen"),),
        basis="复查造假的纠正（系统默认）",
        confidence="中",
    ),
)
