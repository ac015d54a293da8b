"""How a case follows its orders (随责改流转). Where the case has another main line, a filed case or a crime, they go on beside it."""

from __future__ import annotations

from yisong.domain.lifecycle import ALL_CLOCKS, ClockEffect, Tell, Transition, Verb, When
from yisong.domain.lifecycles.common import NOT_TRANSFERRED, TRANSFERRED, both
from yisong.domain.lifecycles.transfer_handling import MEET_VERIFY, RESULT, START_FEEDBACK
from yisong.domain.roles import THE_SYSTEM, Party

LINE = ("rectifying", "review_failed", "reopened")
"""Rectification is the main line of the case."""
BESIDE = ("case_filed", "criminal_branch", "publicising")
"""The case has another main line (or is at its end while a revoked review is made good)."""
ORDERS_DONE = When("责改均已完成", lambda facts: facts.value("live_orders", 0) == 0)
ORDERS_LEFT = When("尚有责改未完成", lambda facts: facts.value("live_orders", 0) > 0)
NONE_REFUSED = When("没有拒不整改", lambda facts: facts.value("refused_orders", 0) == 0)
SOME_REFUSED = When("另有责改拒不整改", lambda facts: facts.value("refused_orders", 0) > 0)
ITEM_BY_ITEM = "逐项销号（系统默认）"
COUNTED = "县“综合查一次”实施办法：拒不整改记录"
BOTH_TOLD = (Tell(Party.ORIGIN, "review_result"), Tell(Party.GUIDANCE, "review_result"))

FOLLOWING = (
    Transition(
        "order_issued",
        "已责令改正",
        ("accepted", *LINE),
        "rectifying",
        (THE_SYSTEM,),
        clocks=(MEET_VERIFY,),
        basis="行政处罚法第二十八条",
    ),
    Transition(
        "order_issued",
        "已责令改正",
        ("case_filed",),
        "=",
        (THE_SYSTEM,),
        basis="行政处罚法第二十八条：实施处罚时应当责令改正，二者并行",
    ),
    Transition(
        "order_withdrawn",
        "责改书已撤回",
        LINE,
        "accepted",
        (THE_SYSTEM,),
        when=ORDERS_DONE,
        basis="行政处罚法第四十八条（纠错）",
    ),
    Transition(
        "order_withdrawn",
        "责改书已撤回",
        LINE,
        "=",
        (THE_SYSTEM,),
        when=ORDERS_LEFT,
        basis="行政处罚法第四十八条（纠错）",
    ),
    Transition(
        "order_withdrawn",
        "责改书已撤回",
        ("closed_refused",),
        "accepted",
        (THE_SYSTEM,),
        when=NONE_REFUSED,
        clocks=(ClockEffect(Verb.START, "R-VERIFY"),),
        tells=BOTH_TOLD,
        basis="行政处罚法第四十八条（纠错）：错误的责改不留拒不整改记录，案件恢复办理",
    ),
    Transition(
        "order_withdrawn",
        "责改书已撤回",
        ("closed_refused",),
        "=",
        (THE_SYSTEM,),
        when=SOME_REFUSED,
        tells=BOTH_TOLD,
        basis="行政处罚法第四十八条（纠错）",
    ),
    Transition("order_withdrawn", "责改书已撤回", BESIDE, "=", (THE_SYSTEM,), basis="行政处罚法第四十八条（纠错）"),
    Transition(
        "order_passed",
        "整改完成",
        LINE,
        "publicising",
        (THE_SYSTEM,),
        when=both(ORDERS_DONE, NONE_REFUSED, TRANSFERRED),
        clocks=(MEET_VERIFY, START_FEEDBACK),
        basis="处理结果回传与公示（种子文件“结果互通”）；回传3个工作日为系统默认",
        confidence="低",
    ),
    Transition(
        "order_passed",
        "整改完成",
        LINE,
        "publicising",
        (THE_SYSTEM,),
        when=both(ORDERS_DONE, NONE_REFUSED, NOT_TRANSFERRED),
        clocks=(MEET_VERIFY,),
        basis="处理结果公示（种子文件“结果互通”）",
        confidence="低",
    ),
    Transition(
        "order_passed",
        "一份责改完成",
        LINE,
        "closed_refused",
        (THE_SYSTEM,),
        when=both(ORDERS_DONE, SOME_REFUSED),
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        tells=BOTH_TOLD,
        basis=COUNTED,
        confidence="中",
    ),
    Transition(
        "order_passed",
        "一份责改完成",
        LINE,
        "=",
        (THE_SYSTEM,),
        when=ORDERS_LEFT,
        basis=ITEM_BY_ITEM,
        confidence="中",
    ),
    Transition("order_passed", "一份责改完成", BESIDE, "=", (THE_SYSTEM,), basis=ITEM_BY_ITEM, confidence="中"),
    Transition(
        "order_failed",
        "复查不合格",
        ("rectifying", "reopened", "publicising"),
        "review_failed",
        (THE_SYSTEM,),
        clocks=(MEET_VERIFY,),
        tells=RESULT,
        basis="拒不改正的依法处理（各单行法罚则）",
        confidence="中",
    ),
    Transition(
        "order_failed",
        "复查不合格",
        ("review_failed", "case_filed", "criminal_branch"),
        "=",
        (THE_SYSTEM,),
        tells=RESULT,
        basis="拒不改正的依法处理（各单行法罚则）",
        confidence="中",
    ),
    Transition(
        "order_refused",
        "记拒不整改",
        ("rectifying", "review_failed"),
        "closed_refused",
        (THE_SYSTEM,),
        when=ORDERS_DONE,
        clocks=(ClockEffect(Verb.CANCEL, ALL_CLOCKS),),
        tells=BOTH_TOLD,
        basis=COUNTED,
        confidence="中",
    ),
    Transition(
        "order_refused",
        "记拒不整改",
        ("rectifying", "review_failed"),
        "=",
        (THE_SYSTEM,),
        when=ORDERS_LEFT,
        tells=BOTH_TOLD,
        basis=COUNTED,
        confidence="中",
    ),
    Transition(
        "order_refused",
        "记拒不整改",
        ("case_filed", "criminal_branch"),
        "=",
        (THE_SYSTEM,),
        tells=BOTH_TOLD,
        basis=COUNTED + "；处罚或涉罪移送继续办理",
        confidence="中",
    ),
)
