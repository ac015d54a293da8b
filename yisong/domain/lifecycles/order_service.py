"""An order drafted, issued and served (拟制、签发、送达)."""

from __future__ import annotations

from yisong.domain.lifecycle import Also, ClockEffect, Kin, Need, NeedKind, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import UNIT_ACTIVE, UNIT_COMPLETE, fact
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

START_RECTIFY = ClockEffect(Verb.START, "R-RECTIFY", since="served_on", amount="days", lapse="expire")
TO_UNIT_AND_DEPARTMENT = (Tell(Party.UNIT, "order_served", urgent=True),)

SERVICE_OF_ORDER = (
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
        guards=(UNIT_ACTIVE, UNIT_COMPLETE),
        clocks=(ClockEffect(Verb.START, "R-SERVE"),),
        papers=(Paper("ZEGAI", Party.RESPONSIBLE, Party.UNIT, service=True),),
        also=(Also(Kin.CASE, "order_issued"),),
        basis="行政处罚法第二十八条、第六十一条（送达，系统默认参照）",
    ),
    Transition(
        "attempt_failed",
        "送达未果",
        ("issued", "announced"),
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
)
