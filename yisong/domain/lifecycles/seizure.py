"""What an organ holds of the unit's (查封、扣押、先行登记保存): from the day it is taken until it is dealt with.

The parties: `origin` took it, `responsible` holds it now. The term runs on whatever becomes of the case: neither a transfer nor a
return, a dispute or a referral to the police stops it. Only an inspection by experts (检测、检验、检疫、技术鉴定) does, and only for a seizure.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yisong.domain.lifecycle import (
    Act,
    ClockEffect,
    Facts,
    Guard,
    Lifecycle,
    Need,
    NeedKind,
    Tell,
    Transition,
    Verb,
)
from yisong.domain.lifecycles.common import REASON, UNIT_ACTIVE, once
from yisong.domain.roles import THE_SYSTEM, Party, leader, staff

COMPULSION = "行政强制法"
LONGEST_EXTENSION = timedelta(days=30)
HELD = ("registered", "seized", "inspecting", "expired")
"""The states in which something of the unit's is still held."""
OPENED_BY = (staff(Party.ORIGIN), staff(Party.RESPONSIBLE))
ITEMS = Need("items", "物品清单（每行一件，写明数量）", NeedKind.LIST)
DECISION = Need("decision_number", "决定书（通知书）文号", NeedKind.LINE)
TAKEN_ON = Need("seized_on", "实施日期", NeedKind.DATE)
KEEPER = Need("keeper", "保管单位和地点", NeedKind.LINE)
BOTH_TOLD = (Tell(Party.ORIGIN, "seizure_told", urgent=True), Tell(Party.RESPONSIBLE, "seizure_told", urgent=True))

DONE = (ClockEffect(Verb.MEET, "R-REGISTER"), ClockEffect(Verb.MEET, "R-SEIZE"))


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _in_term(facts: Facts, act: Act) -> bool:
    due = _day(facts.value("seizure_due"))
    return due is None or act.on <= due


def _not_longer(facts: Facts, act: Act) -> bool:
    due, new = _day(facts.value("seizure_due")), _day(act.given.get("new_due"))
    return due is None or new is None or due < new <= due + LONGEST_EXTENSION


CASE_OPEN = Guard(
    "case_ended",
    "本案已经退回、办结、终止或者作废，不能在本案内登记查封、扣押或者先行登记保存。",
    lambda facts, act: bool(facts.value("case_live", True)),
)
TAKEN_ALREADY = Guard(
    "taken_in_future",
    "填写的实施日期晚于今天，请核对后填写实际实施日期。",
    lambda facts, act: (_day(act.given.get("seized_on")) or act.on) <= act.on,
    early=False,
)
IN_TERM = Guard(
    "term_over",
    "查封、扣押或者先行登记保存的期限已经届满，不能再作处理决定，请办理解除并退还物品（行政强制法第二十八条）。",
    _in_term,
)
EXTENDED_IN_TIME = Guard(
    "extension_late", "查封、扣押期限已经届满，不能再延长，请办理解除并退还物品（行政强制法第二十八条）。", _in_term
)
WITHIN_THIRTY = Guard(
    "extension_too_long",
    "延长后的到期日须晚于原到期日，且不得超过原到期日后三十日（行政强制法第二十五条），请核对日期。",
    _not_longer,
    early=False,
)
CASE_TAKEN_OVER = Guard(
    "case_not_accepted",
    "责任部门尚未受理本案，物品和期限仍由本部门负责，受理后再办理移交。",
    lambda facts, act: bool(facts.value("case_accepted")),
)
TO_WHOM_THE_CASE_IS = Guard(
    "not_case_department",
    "物品只能移交给本案的责任部门，且不得移交给自己，请核对接收部门。",
    lambda facts, act: (
        act.given.get("department") == facts.value("case_responsible", act.given.get("department"))
        and act.given.get("department") not in facts.parties.get(Party.RESPONSIBLE, frozenset())
    ),
    early=False,
)

SEIZURE = Lifecycle(
    kind="seizure",
    label="查封扣押",
    states={
        "registered": "登记保存中",
        "seized": "查封扣押中",
        "inspecting": "检测检验中",
        "expired": "期满待解除",
        "disposed": "已处理",
        "released": "已解除",
        "handed_over": "已移送公安",
    },
    initial=("",),
    final=frozenset({"disposed", "released", "handed_over"}),
    transitions=(
        Transition(
            "register",
            "先行登记保存",
            ("",),
            "registered",
            OPENED_BY,
            needs=(ITEMS, DECISION, TAKEN_ON, KEEPER),
            guards=(CASE_OPEN, UNIT_ACTIVE, TAKEN_ALREADY),
            sets=("items", "decision_number", "seized_on", "keeper"),
            clocks=(ClockEffect(Verb.START, "R-REGISTER", since="seized_on", lapse="expire"),),
            basis="行政处罚法第五十六条（经负责人批准，七日内处理）、第八十五条（七日为工作日）",
        ),
        Transition(
            "seize",
            "查封、扣押",
            ("",),
            "seized",
            OPENED_BY,
            needs=(ITEMS, DECISION, TAKEN_ON, KEEPER),
            guards=(CASE_OPEN, UNIT_ACTIVE, TAKEN_ALREADY),
            sets=("items", "decision_number", "seized_on", "keeper"),
            clocks=(ClockEffect(Verb.START, "R-SEIZE", since="seized_on", lapse="expire"),),
            basis=f"{COMPULSION}第十八条、第二十四条、第二十五条（不得超过三十日）",
        ),
        Transition(
            "convert",
            "转为查封、扣押",
            ("registered",),
            "seized",
            (leader(Party.RESPONSIBLE),),
            needs=(DECISION, TAKEN_ON, REASON),
            guards=(IN_TERM, TAKEN_ALREADY),
            sets=("decision_number", "seized_on"),
            clocks=(
                ClockEffect(Verb.MEET, "R-REGISTER"),
                ClockEffect(Verb.START, "R-SEIZE", since="seized_on", lapse="expire"),
            ),
            basis=f"行政处罚法第五十六条；{COMPULSION}第二十五条",
        ),
        Transition(
            "extend",
            "延长查封、扣押期限",
            ("seized",),
            "=",
            (leader(Party.RESPONSIBLE),),
            needs=(
                Need("new_due", "延长至", NeedKind.DATE),
                Need("notice_number", "延长决定书文号（已书面告知当事人）", NeedKind.LINE),
                REASON,
            ),
            guards=(EXTENDED_IN_TIME, once("extend", "查封、扣押期限以延长一次为限，本件已经延长。"), WITHIN_THIRTY),
            clocks=(ClockEffect(Verb.EXTEND, "R-SEIZE", since="new_due"),),
            tells=BOTH_TOLD,
            basis=f"{COMPULSION}第二十五条第一款、第二款（情况复杂，经负责人批准，延长不得超过三十日，书面告知并说明理由）",
        ),
        Transition(
            "inspect",
            "送检测、检验、检疫、技术鉴定",
            ("seized",),
            "inspecting",
            (staff(Party.RESPONSIBLE),),
            needs=(
                Need("evidence", "委托书名称和文号", NeedKind.LINE),
                Need("inspection_until", "检测、检验期间至（已书面告知当事人）", NeedKind.DATE),
                REASON,
            ),
            guards=(EXTENDED_IN_TIME,),
            sets=("inspection_until",),
            clocks=(ClockEffect(Verb.PAUSE, "R-SEIZE"),),
            basis=f"{COMPULSION}第二十五条第三款（检测、检验、检疫或者技术鉴定的期间不计入，期间应当明确并书面告知）",
        ),
        Transition(
            "finish_inspection",
            "收到检测、检验结论",
            ("inspecting",),
            "seized",
            (staff(Party.RESPONSIBLE),),
            needs=(Need("result", "结论和报告文号"),),
            clocks=(ClockEffect(Verb.RESUME, "R-SEIZE"),),
            basis=f"{COMPULSION}第二十五条第三款",
        ),
        Transition(
            "hand_over",
            "随案移交物品",
            ("registered", "seized", "inspecting"),
            "=",
            (staff(Party.RESPONSIBLE),),
            needs=(
                Need("department", "接收部门", NeedKind.DEPARTMENT),
                Need("receipt", "移交清单编号和接收人", NeedKind.LINE),
            ),
            guards=(CASE_TAKEN_OVER, TO_WHOM_THE_CASE_IS),
            sets=("department", "receipt"),
            clocks=(ClockEffect(Verb.ASSIGN, "R-REGISTER"), ClockEffect(Verb.ASSIGN, "R-SEIZE")),
            tells=BOTH_TOLD,
            basis="随案移交，原期限连续计算、不重新起算（系统默认，参照行政强制法第二十五条不得超过三十日）",
            confidence="中",
        ),
        Transition(
            "dispose",
            "作出处理决定",
            ("registered", "seized", "expired"),
            "disposed",
            (leader(Party.RESPONSIBLE),),
            needs=(
                Need(
                    "disposal",
                    "处理方式",
                    NeedKind.CHOICE,
                    choices=(
                        ("confiscate", "没收非法财物、违法所得"),
                        ("destroy", "依法销毁"),
                        ("return", "退还当事人"),
                        ("auction", "依法拍卖、变卖，保管价款"),
                        ("evidence", "采取记录、复制、拍照、录像等证据保全措施后退还"),
                        ("hand_on", "移送有权机关处理"),
                    ),
                ),
                DECISION,
                REASON,
            ),
            guards=(IN_TERM,),
            sets=("disposal",),
            clocks=DONE,
            tells=BOTH_TOLD,
            basis=f"{COMPULSION}第二十七条；行政处罚法第五十六条",
        ),
        Transition(
            "release",
            "解除并退还",
            HELD,
            "released",
            (leader(Party.RESPONSIBLE),),
            needs=(DECISION, Need("receiver", "物品接收人（当事人签收）", NeedKind.LINE), REASON),
            clocks=DONE,
            tells=BOTH_TOLD,
            basis=f"{COMPULSION}第二十八条（期限届满等情形应当及时解除、立即退还）",
        ),
        Transition(
            "hand_to_police",
            "随案移送公安机关",
            HELD,
            "handed_over",
            (THE_SYSTEM,),
            clocks=DONE,
            basis=f"{COMPULSION}第二十一条（一并移送，并书面告知当事人）；行政执法机关移送涉嫌犯罪案件的规定第十二条",
        ),
        Transition(
            "expire",
            "期限届满未处理",
            ("registered", "seized"),
            "expired",
            (THE_SYSTEM,),
            tells=BOTH_TOLD,
            basis=f"{COMPULSION}第二十八条；期满即应解除，解除以前继续督办（系统默认）",
            confidence="中",
        ),
    ),
)
