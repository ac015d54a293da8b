"""Outcome of the review of a rectification (整改复查结论)."""

from __future__ import annotations

from yisong.domain.lifecycle import Act, Also, Facts, Guard, Kin, Lifecycle, Need, NeedKind, Paper, Transition, When
from yisong.domain.lifecycles.common import OFFICERS, REASON, TWO_OFFICERS
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

ITEMS = Need("items", "逐项结论（每行一项）", NeedKind.LIST, required=False)
NOTE = Need("note", "复查情况")
OPINION = (Paper("FUCHA", Party.RESPONSIBLE, Party.UNIT, service=True),)
REVIEWER = Guard(
    "reviewer_reported",
    "代当事人提交整改报告的人不得复查同一责改书，请由另一人复查。",
    lambda facts, act: not facts.value("reported_by") or facts.value("reported_by") != act.actor.id,
)

NOT_CLOSED = Guard(
    "case_closed",
    "案件已经办结。请在案件上办理“重新启动”，复查结论随之撤销。",
    lambda facts, act: facts.value("case_state") != "closed",
)


def _ready(facts: Facts) -> bool:
    state = facts.value("order_state")
    return state in ("report_submitted", "review_revoked") or (
        state == "rectifying" and bool(facts.value("term_expired"))
    )


def _first_order(facts: Facts, act: Act) -> bool:
    return not facts.value("child_order")


READY = When("已提交整改报告或期限届满", _ready)

REVIEW = Lifecycle(
    kind="review",
    label="整改复查",
    states={"passed": "合格", "partial": "部分完成", "failed": "不合格", "revoked": "结论已撤销"},
    initial=("",),
    final=frozenset({"partial", "failed", "revoked"}),
    transitions=(
        Transition(
            "conclude_pass",
            "复查合格",
            ("",),
            "passed",
            (staff(Party.RESPONSIBLE),),
            when=READY,
            needs=(NOTE, OFFICERS, ITEMS),
            guards=(REVIEWER, TWO_OFFICERS),
            papers=OPINION,
            also=(Also(Kin.ORDER, "pass"),),
            basis="特种设备安全监督检查办法第二十九条；行政处罚法第四十二条（二人）",
            confidence="中",
        ),
        Transition(
            "conclude_partial",
            "复查部分完成",
            ("",),
            "partial",
            (staff(Party.RESPONSIBLE),),
            when=READY,
            needs=(NOTE, OFFICERS, Need("items", "未完成项（每行一项）", NeedKind.LIST)),
            guards=(
                REVIEWER,
                TWO_OFFICERS,
                Guard("second_partial", "二次责改以一次为限，余项仍未完成的，请作“不合格”结论。", _first_order),
            ),
            papers=OPINION,
            also=(Also(Kin.ORDER, "settle_partly"),),
            basis="逐项结论、余项另行责改，二次责改以一次为限（系统默认）",
            confidence="中",
        ),
        Transition(
            "conclude_fail",
            "复查不合格",
            ("",),
            "failed",
            (staff(Party.RESPONSIBLE),),
            when=READY,
            needs=(NOTE, OFFICERS, ITEMS),
            guards=(REVIEWER, TWO_OFFICERS),
            papers=OPINION,
            also=(Also(Kin.ORDER, "fail"),),
            basis="各单行法逾期不改正的罚则；生态环境法典第一千零六十条",
            confidence="中",
        ),
        Transition(
            "revoke",
            "撤销复查结论",
            ("passed",),
            "revoked",
            (THE_SYSTEM, leader(Party.RESPONSIBLE)),
            needs=(REASON,),
            guards=(NOT_CLOSED,),
            also=(Also(Kin.ORDER, "revoke_review"),),
            basis="复查造假的纠正（系统默认）",
            confidence="中",
        ),
    ),
)
