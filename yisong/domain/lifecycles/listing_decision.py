"""The way onto the list: warning, notice, statement, decision (预警、告知、申辩、决定)."""

from __future__ import annotations

from yisong.domain.lifecycle import Act, ClockEffect, Facts, Guard, Need, NeedKind, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import NOT_IN_FUTURE, REASON, TWO_OFFICERS, UNIT_COMPLETE
from yisong.domain.roles import THE_SUPERVISOR, THE_SYSTEM, THE_UNIT, Party, leader, staff

CREDIT = "浙江省公共信用信息管理条例第二十三条、第二十八条（待核现行版本）；国办发〔2020〕49号"
CLAIM = Need("points", "申辩要点（每行一条）", NeedKind.LIST)
BEFORE_DECISION = (
    "candidate",
    "basis_checked",
    "notice_issued",
    "statement_period",
    "statement_received",
    "statement_waived",
    "statement_reviewed",
    "discussed",
)


def _measures(facts: Facts, act: Act) -> bool:
    return bool(facts.value("measures")) and all(measure.get("basis") for measure in facts.value("measures"))


def _threshold(facts: Facts, act: Act) -> bool:
    return int(facts.value("refusals", 0)) >= int(facts.value("threshold", 1))


THRESHOLD = Guard("below_threshold", "该单位年内拒不整改的次数（剔除后）未达到阈值，不能列入。", _threshold)
NOTICE_SERVED = Guard(
    "notice_not_served", "事先告知书没有有效送达记录，不能作出列入决定。", lambda facts, act: facts.times("served") > 0
)
MEASURES = Guard(
    "measure_without_basis", "拟采取的措施为空或有措施没有法律依据；请逐项填写依据，没有依据的予以剔除。", _measures
)

DECISION = (
    Transition(
        "open",
        "生成预警",
        ("",),
        "watch",
        (THE_SYSTEM, staff(Party.RESPONSIBLE)),
        basis="县“综合查一次”实施办法（阈值可配置）",
        confidence="中",
    ),
    Transition(
        "adopt",
        "承接原有名单",
        ("",),
        "effective",
        (THE_SYSTEM, leader(Party.RESPONSIBLE)),
        needs=(REASON, Need("served_on", "原决定书送达日期", NeedKind.DATE)),
        guards=(NOT_IN_FUTURE,),
        sets=("effective_on",),
        basis="平台启用前作出的列入决定，按原决定承接（系统默认）",
        confidence="低",
    ),
    Transition(
        "nominate",
        "达到阈值列为候选",
        ("watch",),
        "candidate",
        (THE_SYSTEM, leader(Party.RESPONSIBLE)),
        guards=(THRESHOLD,),
        tells=(Tell(Party.RESPONSIBLE, "listing_notice", urgent=True), Tell(Party.SUPERVISOR, "listing_notice")),
        basis="县“综合查一次”实施办法（RF-01 计数口径，可配置）",
        confidence="中",
    ),
    Transition(
        "dismiss",
        "解除预警",
        ("watch",),
        "rejected",
        (THE_SYSTEM, leader(Party.RESPONSIBLE)),
        needs=(REASON,),
        basis="年度终了或拒改记录被撤销（系统默认）",
        confidence="中",
    ),
    Transition(
        "check_basis",
        "核查法律依据",
        ("candidate",),
        "basis_checked",
        (staff(Party.RESPONSIBLE), THE_SUPERVISOR),
        needs=(Need("measures", "拟采取的措施与依据（每行：措施｜依据）", NeedKind.LIST, required=False), REASON),
        sets=("measures",),
        guards=(THRESHOLD,),
        basis=CREDIT,
    ),
    Transition(
        "issue_notice",
        "出具事先告知书",
        ("basis_checked",),
        "notice_issued",
        (leader(Party.RESPONSIBLE),),
        not_by=("check_basis",),
        guards=(THRESHOLD, MEASURES, UNIT_COMPLETE),
        papers=(Paper("LIERU_GZ", Party.RESPONSIBLE, Party.UNIT, service=True),),
        basis=CREDIT,
    ),
    Transition(
        "served",
        "告知书送达生效",
        ("notice_issued",),
        "statement_period",
        (THE_SYSTEM,),
        clocks=(
            ClockEffect(
                Verb.START,
                "R-LIST-STATEMENT",
                since="served_on",
                owner=Party.UNIT,
                lapse="waive_statement",
                chased=False,
            ),
        ),
        tells=(Tell(Party.UNIT, "listing_notice", urgent=True),),
        basis="陈述申辩5个工作日为系统默认（参照处罚告知；国办发〔2020〕49号要求事前告知）",
        confidence="中",
    ),
    Transition(
        "attempt_failed",
        "送达未果",
        ("notice_issued", "decided"),
        "=",
        (THE_SYSTEM,),
        basis="民事诉讼法第八十七条至第九十五条",
    ),
    Transition("announced", "公告送达", ("notice_issued", "decided"), "=", (THE_SYSTEM,), basis="民事诉讼法第九十五条"),
    Transition(
        "receive_statement",
        "收到陈述申辩",
        ("statement_period",),
        "statement_received",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(CLAIM,),
        sets=("points",),
        clocks=(ClockEffect(Verb.MEET, "R-LIST-STATEMENT"),),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        basis="行政处罚法第四十五条（参照）",
    ),
    Transition(
        "waive_statement",
        "期满未陈述申辩",
        ("statement_period",),
        "statement_waived",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MISS, "R-LIST-STATEMENT"),),
        tells=(Tell(Party.RESPONSIBLE, "listing_notice"),),
        basis="市监程序规定第五十七条（视为放弃，参照；须写入告知书）",
        confidence="中",
    ),
    Transition(
        "review_statement",
        "复核陈述申辩",
        ("statement_received",),
        "statement_reviewed",
        (staff(Party.RESPONSIBLE),),
        needs=(
            Need("findings", "逐条核查结论与理由（每行一条）", NeedKind.LIST),
            Need("adopted", "采纳情况", NeedKind.CHOICE, choices=(("no", "不予采纳"), ("partly", "部分采纳"))),
        ),
        papers=(Paper("LIERU_FH", Party.RESPONSIBLE, Party.UNIT, service=True),),
        basis="行政处罚法第四十五条：必须复核，不得因申辩加重",
    ),
    Transition(
        "discuss",
        "集体讨论",
        ("statement_reviewed", "statement_waived"),
        "discussed",
        (leader(Party.RESPONSIBLE),),
        needs=(Need("officers", "参加人员（每行一人）", NeedKind.LIST), Need("opinion", "讨论意见")),
        guards=(TWO_OFFICERS,),
        basis="行政处罚法第五十七条（参照）",
    ),
    Transition(
        "decide",
        "作出列入决定",
        ("discussed",),
        "decided",
        (leader(Party.RESPONSIBLE),),
        not_by=("review_statement",),
        needs=(
            Need("legal_review", "法制审核意见", NeedKind.LINE),
            Need("months", "列入期限（月）", NeedKind.NUMBER),
        ),
        guards=(THRESHOLD, NOTICE_SERVED, MEASURES),
        sets=("months",),
        papers=(
            Paper("LIERU_JD", Party.RESPONSIBLE, Party.UNIT, service=True),
            Paper("XIUFU", Party.RESPONSIBLE, Party.UNIT, service=True),
        ),
        tells=(Tell(Party.SUPERVISOR, "listing_notice"),),
        basis=CREDIT,
    ),
    Transition(
        "served",
        "决定书送达生效",
        ("decided",),
        "effective",
        (THE_SYSTEM,),
        sets=("effective_on",),
        tells=(Tell(Party.UNIT, "listing_notice", urgent=True), Tell(Party.GUIDANCE, "listing_notice")),
        basis="送达生效（行政处罚法第六十一条参照）",
    ),
    Transition(
        "reject",
        "不予列入",
        BEFORE_DECISION,
        "rejected",
        (leader(Party.RESPONSIBLE), THE_SUPERVISOR),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.CANCEL, "*"),),
        tells=(Tell(Party.UNIT, "listing_notice"),),
        basis="申辩成立或依据不足的不予列入（行政处罚法第四十五条参照）",
    ),
)
