"""How a case comes to the department answerable: drafted, approved, delivered (拟办、审批、送达)."""

from __future__ import annotations

from yisong.domain.lifecycle import Also, ClockEffect, Facts, Guard, Kin, Paper, Tell, Transition, Verb, When
from yisong.domain.lifecycles.common import REASON, REMARK, TRANSFERRED, UNIT_ACTIVE, UNIT_COMPLETE, fact, variant
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

TRANSFER_LETTER = (Paper("YISONG", Party.ORIGIN, Party.RESPONSIBLE), Paper("YSQD", Party.ORIGIN, Party.RESPONSIBLE))
START_ACCEPT = ClockEffect(Verb.START, "R-ACCEPT")
URGENT = When("紧急、重大", lambda facts: TRANSFERRED.test(facts) and bool(facts.value("urgent")))
ORDINARY = When("一般移送", lambda facts: TRANSFERRED.test(facts) and not facts.value("urgent"))


def _what_lacks(facts: Facts) -> str:
    lacking = list(facts.value("materials_missing", ()))
    return f"移送材料不齐，还有 {len(lacking)} 项：{'；'.join(lacking)}。" if lacking else ""


MATERIALS_COMPLETE = Guard(
    "materials_incomplete",
    "移送材料不齐，请对照移送材料清单逐项补齐（上传文件，或者核对确认纸质、实物材料）后再提交。",
    lambda facts, act: bool(facts.value("materials_complete")),
    words=_what_lacks,
)

ARRIVAL = (
    Transition(
        "open",
        "拟办移送",
        ("",),
        "draft",
        (staff(Party.ORIGIN), THE_SYSTEM),
        when=ORDINARY,
        clocks=(ClockEffect(Verb.START, "R-TRANSFER", since="found_on", owner=Party.ORIGIN),),
        basis="安全生产法第六十九条（及时移送）；3个工作日为地方样本，可配置",
        confidence="中",
    ),
    Transition(
        "open",
        "拟办移送",
        ("",),
        "draft",
        (staff(Party.ORIGIN), THE_SYSTEM),
        when=URGENT,
        clocks=(ClockEffect(Verb.START, "R-TRANSFER-URGENT", since="found_on", owner=Party.ORIGIN),),
        basis="安全生产法第六十九条；24小时为地方样本，可配置",
        confidence="中",
    ),
    Transition(
        "open",
        "自办立项",
        ("",),
        "accepted",
        (staff(Party.ORIGIN), THE_SYSTEM),
        when=variant("自办", "own"),
        guards=(UNIT_ACTIVE,),
        basis="行政处罚法第五十四条",
    ),
    Transition(
        "open",
        "涉罪线索登记",
        ("",),
        "criminal_branch",
        (staff(Party.ORIGIN), THE_SYSTEM),
        when=variant("涉嫌犯罪", "criminal"),
        basis="行政执法机关移送涉嫌犯罪案件的规定第五条",
    ),
    Transition(
        "submit",
        "提交审批",
        ("draft",),
        "pending_approval",
        (staff(Party.ORIGIN),),
        needs=(REMARK,),
        guards=(
            fact("routed", "not_routed", "尚未确定责任部门，请先选择责任部门或提请指导办确定。"),
            MATERIALS_COMPLETE,
            UNIT_ACTIVE,
            UNIT_COMPLETE,
        ),
        basis="安全生产法第六十八条、第六十九条；行政处罚法第四十条、第四十二条、第四十六条、第五十六条；清单逐项依据见 rules/materials.toml",
        confidence="中",
    ),
    Transition(
        "send_back",
        "审批退回",
        ("pending_approval",),
        "draft",
        (leader(Party.ORIGIN),),
        needs=(REASON,),
        basis="内部审批（系统默认）",
        confidence="中",
    ),
    Transition(
        "approve",
        "批准移送",
        ("pending_approval",),
        "pending_delivery",
        (leader(Party.ORIGIN),),
        not_by=("submit",),
        papers=TRANSFER_LETTER,
        also=(Also(Kin.CASE, "deliver"),),
        basis="须以部门名义移送并经负责人批准（地方样本）；行政处罚法第五十七条",
        confidence="中",
    ),
    Transition(
        "deliver",
        "平台送达",
        ("pending_delivery",),
        "pending_acceptance",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.MEET, "R-TRANSFER"), ClockEffect(Verb.MEET, "R-TRANSFER-URGENT"), START_ACCEPT),
        tells=(Tell(Party.RESPONSIBLE, "task_arrived", urgent=True),),
        basis="平台送达即起算，不以点击签收为准（系统默认）",
        confidence="中",
    ),
)
