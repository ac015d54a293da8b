"""The term of an order: report, extension, suspension (整改期限)."""

from __future__ import annotations

from typing import Any

from yisong.domain.lifecycle import Act, ClockEffect, Facts, Guard, Need, NeedKind, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import REASON, fact, once
from yisong.domain.roles import THE_SYSTEM, THE_UNIT, Party, leader, staff

START_REVIEW = ClockEffect(Verb.START, "R-REVIEW")


def _day(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value or "")


def _new_due_not_earlier(facts: Facts, act: Act) -> bool:
    return _day(act.given.get("new_due")) >= _day(facts.value("rectify_due"))


def _in_time(facts: Facts, act: Act) -> bool:
    due = _day(facts.value("rectify_due"))
    return not due or act.on.isoformat() <= due


def _controls(facts: Facts, act: Act) -> bool:
    return facts.value("severity") != "critical" or bool(act.given.get("controls"))


EXTENSION_IN_TIME = Guard(
    "extension_late", "整改期限已届满，不再受理延期申请（须在到期日当日以前提出），请尽快完成整改并提交报告。", _in_time
)
EXTENSION_ONCE = Guard(
    "extension_once",
    "延期以一次为限，本责改书已经延期。",
    lambda facts, act: facts.times("approve_extension") < int(facts.value("extension_limit", 1)),
)
CONTROLS = Guard("controls_missing", "重大隐患申请延期须附临时管控措施，请补填。", _controls, early=False)
NOT_EARLIER = Guard("extension_shortens", "新的期限不得早于原期限，请核对日期。", _new_due_not_earlier, early=False)

TERM = (
    Transition(
        "expire",
        "期限届满未报告",
        ("rectifying",),
        "=",
        (THE_SYSTEM,),
        clocks=(START_REVIEW,),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        guards=(once("expire", "期限届满已经登记。"),),
        basis="特种设备安全监督检查办法第二十九条（跨系统参照）；期限届满与收到报告取早",
        confidence="中",
    ),
    Transition(
        "report",
        "提交整改报告",
        ("rectifying", "review_revoked"),
        "report_submitted",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(Need("report", "整改情况"),),
        clocks=(ClockEffect(Verb.MEET, "R-RECTIFY"), START_REVIEW),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        basis="特种设备安全监督检查办法第二十九条（收到报告后10个工作日内复查，跨系统参照）",
        confidence="中",
    ),
    Transition(
        "request_extension",
        "申请延期",
        ("rectifying",),
        "extension_pending",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(
            REASON,
            Need("until", "拟延长至", NeedKind.DATE),
            Need("controls", "临时管控措施（重大隐患必填）", required=False),
        ),
        guards=(EXTENSION_IN_TIME, EXTENSION_ONCE, CONTROLS),
        clocks=(ClockEffect(Verb.HOLD, "R-RECTIFY"), ClockEffect(Verb.START, "R-EXT-DECIDE")),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        basis="届满前提出、以一次为限（系统默认，各地普遍要求）",
        confidence="中",
    ),
    Transition(
        "approve_extension",
        "同意延期",
        ("extension_pending",),
        "rectifying",
        (leader(Party.RESPONSIBLE),),
        not_by=("request_extension",),
        needs=(Need("new_due", "新的期限", NeedKind.DATE), Need("conditions", "期间管控要求", required=False)),
        guards=(EXTENSION_ONCE, NOT_EARLIER),
        clocks=(
            ClockEffect(Verb.MEET, "R-EXT-DECIDE"),
            ClockEffect(Verb.EXTEND, "R-RECTIFY", since="new_due"),
            ClockEffect(Verb.RELEASE, "R-RECTIFY"),
        ),
        papers=(Paper("YANPI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="系统默认：3个工作日内批复",
        confidence="低",
    ),
    Transition(
        "deny_extension",
        "不同意延期",
        ("extension_pending",),
        "rectifying",
        (leader(Party.RESPONSIBLE),),
        not_by=("request_extension",),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.MEET, "R-EXT-DECIDE"), ClockEffect(Verb.RELEASE, "R-RECTIFY")),
        papers=(Paper("YANPI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="系统默认：恢复原期限",
        confidence="低",
    ),
    Transition(
        "suspend_term",
        "期限中止",
        ("rectifying",),
        "suspended",
        (leader(Party.RESPONSIBLE),),
        needs=(
            Need(
                "ground",
                "中止事由",
                NeedKind.CHOICE,
                choices=(
                    ("inspection", "检测、检验、检疫、鉴定"),
                    ("force_majeure", "不可抗力"),
                    ("stay_of_execution", "复议、诉讼停止执行"),
                    ("detention", "当事人被羁押或停产审批"),
                ),
            ),
            Need("evidence", "证明材料（委托书、裁定书等名称与编号）", NeedKind.LINE),
            REASON,
        ),
        sets=("ground",),
        clocks=(ClockEffect(Verb.PAUSE, "R-RECTIFY"),),
        basis="市监程序规定第四十六条、第六十四条；行政复议法；行政强制法第二十五条",
        confidence="中",
    ),
    Transition(
        "resume_term",
        "期限恢复",
        ("suspended",),
        "rectifying",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.RESUME, "R-RECTIFY"),),
        tells=(Tell(Party.UNIT, "order_served"),),
        basis="市监程序规定第四十六条",
        confidence="中",
    ),
    Transition(
        "object",
        "当事人提出异议",
        ("issued", "rectifying", "extension_pending", "report_submitted", "failed"),
        "=",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(Need("claim", "异议内容"),),
        clocks=(ClockEffect(Verb.START, "R-OBJECTION"),),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        basis="行政处罚法第七条、第四十五条（陈述申辩）；复核不停止执行，5个工作日为系统默认",
        confidence="中",
    ),
    Transition(
        "answer_objection",
        "答复异议",
        (
            "issued",
            "rectifying",
            "extension_pending",
            "suspended",
            "report_submitted",
            "review_revoked",
            "failed",
            "passed",
            "partial",
            "refused",
        ),
        "=",
        (leader(Party.RESPONSIBLE),),
        needs=(Need("reply", "复核意见及理由"),),
        guards=(fact("objection_pending", "no_objection", "当事人没有待复核的异议，无需答复。"),),
        clocks=(ClockEffect(Verb.MEET, "R-OBJECTION"),),
        tells=(Tell(Party.UNIT, "review_result"),),
        basis="行政处罚法第四十五条（应当复核，不得因陈述申辩加重）；5个工作日为系统默认",
        confidence="低",
    ),
)
