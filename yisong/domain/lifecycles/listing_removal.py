"""The way off the list: application, removal, expiry, revocation (移出、期满、撤销)."""

from __future__ import annotations

from yisong.domain.lifecycle import Act, ClockEffect, Facts, Guard, Need, Paper, Tell, Transition, Verb
from yisong.domain.lifecycles.common import REASON
from yisong.domain.roles import THE_SUPERVISOR, THE_SYSTEM, THE_UNIT, Party, leader, staff

REMOVAL = "市监严重违法失信名单管理办法第十七条、第十八条（参照）"


def _months_served(facts: Facts, act: Act) -> bool:
    since = facts.value("effective_on")
    if not since:
        return False
    months = int(facts.value("removal_months", 12))
    year, month, day = (int(part) for part in str(since).split("-"))
    index = year * 12 + month - 1 + months
    return act.on.isoformat() >= f"{index // 12:04d}-{index % 12 + 1:02d}-{day:02d}"


REMOVAL_FROM_LIST = (
    Transition(
        "apply_removal",
        "申请移出",
        ("effective",),
        "removal_applied",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(REASON,),
        guards=(
            Guard(
                "removal_too_early",
                "列入未满规定期间，尚不能申请提前移出（默认满12个月，参照市监名单办法第十七条）。",
                _months_served,
            ),
        ),
        clocks=(ClockEffect(Verb.START, "R-REMOVE-ACCEPT"),),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True),),
        basis=REMOVAL,
        confidence="中",
    ),
    Transition(
        "accept_removal",
        "受理移出申请",
        ("removal_applied",),
        "removal_verifying",
        (staff(Party.RESPONSIBLE),),
        clocks=(ClockEffect(Verb.MEET, "R-REMOVE-ACCEPT"), ClockEffect(Verb.START, "R-REMOVE-VERIFY")),
        basis=REMOVAL,
        confidence="中",
    ),
    Transition(
        "remove",
        "决定移出",
        ("removal_verifying",),
        "removed",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.MEET, "R-REMOVE-VERIFY"), ClockEffect(Verb.START, "R-REMOVE-UNPUB")),
        papers=(Paper("YICHU", Party.RESPONSIBLE, Party.UNIT, service=True),),
        tells=(Tell(Party.UNIT, "listing_notice"),),
        basis=REMOVAL + "；民营经济促进法第五十四条（及时解除、协同修复）",
        confidence="中",
    ),
    Transition(
        "deny_removal",
        "不予移出",
        ("removal_applied", "removal_verifying"),
        "effective",
        (leader(Party.RESPONSIBLE),),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.MEET, "R-REMOVE-ACCEPT"), ClockEffect(Verb.MEET, "R-REMOVE-VERIFY")),
        tells=(Tell(Party.UNIT, "listing_notice"),),
        basis=REMOVAL,
        confidence="中",
    ),
    Transition(
        "expire",
        "期满移出",
        ("effective",),
        "expired",
        (THE_SYSTEM,),
        clocks=(ClockEffect(Verb.START, "R-REMOVE-UNPUB"),),
        papers=(Paper("YICHU", Party.RESPONSIBLE, Party.UNIT, service=True),),
        basis="列入期限届满（决定书载明）",
        confidence="中",
    ),
    Transition(
        "unpublish",
        "停止公示",
        ("removed", "expired"),
        "unpublished",
        (staff(Party.RESPONSIBLE),),
        clocks=(ClockEffect(Verb.MEET, "R-REMOVE-UNPUB"),),
        basis=REMOVAL,
        confidence="中",
    ),
    Transition(
        "object",
        "提出异议",
        ("decided", "effective", "removal_applied", "removal_verifying"),
        "=",
        (THE_UNIT, staff(Party.RESPONSIBLE)),
        needs=(Need("claim", "异议内容"),),
        tells=(Tell(Party.RESPONSIBLE, "report_received", urgent=True), Tell(Party.SUPERVISOR, "report_received")),
        basis="浙江省公共信用信息管理条例第三十条、第三十一条",
    ),
    Transition(
        "revoke",
        "撤销列入",
        ("decided", "effective", "removal_applied", "removal_verifying"),
        "revoked",
        (leader(Party.RESPONSIBLE), THE_SUPERVISOR),
        needs=(REASON,),
        clocks=(ClockEffect(Verb.CANCEL, "*"), ClockEffect(Verb.START, "R-PUB-WITHDRAW")),
        papers=(Paper("CHEXIAO", Party.RESPONSIBLE, Party.UNIT, service=True),),
        tells=(Tell(Party.UNIT, "listing_notice", urgent=True), Tell(Party.GUIDANCE, "listing_notice")),
        basis="行政处罚法第四十八条：3日内撤回并说明理由",
    ),
    Transition(
        "withdraw_publicity",
        "撤回公示",
        ("revoked",),
        "withdrawn",
        (staff(Party.RESPONSIBLE),),
        clocks=(ClockEffect(Verb.MEET, "R-PUB-WITHDRAW"),),
        basis="行政处罚法第四十八条、第八十五条",
    ),
)
