"""Rectification order (责令改正)."""

from __future__ import annotations

from typing import Any

from yisong.domain.lifecycle import (
    ALL_CLOCKS,
    Act,
    Also,
    ClockEffect,
    Facts,
    Guard,
    Kin,
    Lifecycle,
    Need,
    NeedKind,
    Paper,
    Tell,
    Transition,
    Verb,
)
from yisong.domain.lifecycles.common import REASON, UNIT_ACTIVE, fact, once
from yisong.domain.roles import THE_SYSTEM, THE_UNIT, Party, leader, staff

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

START_RECTIFY = ClockEffect(Verb.START, "R-RECTIFY", since="served_on", amount="days", lapse="expire")
START_REVIEW = ClockEffect(Verb.START, "R-REVIEW")
TO_UNIT_AND_DEPARTMENT = (Tell(Party.UNIT, "order_served", urgent=True),)


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
SERVED = fact("served", "never_served", "责改书没有有效送达记录，不能认定拒不整改。")
REFUSAL_STANDS = Guard(
    "refusal_conditions",
    "不符合拒不整改的认定条件（须有效送达、期限届满、复查不合格，且无未决延期、中止或停止执行）。",
    lambda facts, act: bool(facts.value("term_expired", True)) and not facts.value("stayed"),
)

ORDER = Lifecycle(
    kind="order",
    label="责令改正",
    states={
        "drafted": "拟制中",
        "issued": "待送达",
        "announced": "公告送达中（未起算）",
        "rectifying": "整改中",
        "extension_pending": "延期待批",
        "suspended": "期限中止",
        "report_submitted": "待复查",
        "passed": "整改完成",
        "partial": "部分完成（余项另行责改）",
        "failed": "复查不合格",
        "refused": "拒不整改",
        "review_revoked": "复查结论已撤销",
        "withdrawn": "已撤回",
        "cancelled": "已取消",
    },
    initial=("",),
    final=frozenset({"partial", "refused", "withdrawn", "cancelled"}),
    transitions=(
        Transition(
            "open",
            "拟责令改正通知书",
            ("",),
            "drafted",
            (staff(Party.RESPONSIBLE),),
            needs=(
                Need("days", "整改期限（自然日）", NeedKind.NUMBER),
                Need("demands", "改正要求（可逐项填写，留空则取事项清单）", required=False),
            ),
            guards=(UNIT_ACTIVE, fact("case_open", "case_not_open", "案件现状态不能责令改正，请先受理。")),
            basis="行政处罚法第二十八条",
        ),
        Transition(
            "issue",
            "签发责令改正通知书",
            ("drafted",),
            "issued",
            (leader(Party.RESPONSIBLE),),
            not_by=("open",),
            guards=(UNIT_ACTIVE,),
            clocks=(ClockEffect(Verb.START, "R-SERVE"),),
            papers=(Paper("ZEGAI", Party.RESPONSIBLE, Party.UNIT, service=True),),
            also=(Also(Kin.CASE, "order_issued"),),
            basis="行政处罚法第二十八条、第六十一条（送达，系统默认参照）",
        ),
        Transition(
            "attempt_failed",
            "送达未果",
            ("issued",),
            "=",
            (THE_SYSTEM,),
            basis="民事诉讼法第八十七条至第九十五条（送达）",
        ),
        Transition(
            "announced",
            "公告送达",
            ("issued",),
            "announced",
            (THE_SYSTEM,),
            clocks=(ClockEffect(Verb.MEET, "R-SERVE"),),
            basis="民事诉讼法第九十五条（2023修正）",
        ),
        Transition(
            "served",
            "送达生效",
            ("issued", "announced"),
            "rectifying",
            (THE_SYSTEM,),
            clocks=(ClockEffect(Verb.MEET, "R-SERVE"), START_RECTIFY),
            sets=("served_on",),
            tells=TO_UNIT_AND_DEPARTMENT,
            basis="民事诉讼法第八十五条、第八十八条至第九十五条：起算日为送达生效日的次日",
        ),
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
            tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
            basis="行政处罚法第七条、第四十五条（陈述申辩）",
        ),
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
            ("issued", "announced", "rectifying", "extension_pending", "suspended", "report_submitted", "failed"),
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
    ),
)
