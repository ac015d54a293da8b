"""Finding of an inspection (检查发现)."""

from __future__ import annotations

from yisong.domain.lifecycle import Guard, Lifecycle, Need, NeedKind, Tell, Transition
from yisong.domain.lifecycles.common import LEGAL_BASIS, REASON, UNIT_ACTIVE, variant
from yisong.domain.roles import THE_GUIDANCE, THE_SYSTEM, Party, leader, staff

EVIDENCE = Guard(
    "evidence_missing", "尚无证据材料，请至少登记一件证据后再处理。", lambda facts, act: bool(facts.value("evidence"))
)
OPEN = ("recorded", "undecided")

FINDING = Lifecycle(
    kind="finding",
    label="检查发现",
    states={
        "recorded": "已登记",
        "undecided": "待协调（无明确责任部门）",
        "to_transfer": "移送办理中",
        "own_case": "自办中",
        "onsite_fixed": "当场改正",
        "cleared": "已销号",
        "void": "作废",
    },
    initial=("",),
    final=frozenset({"void"}),
    transitions=(
        Transition(
            "register",
            "登记",
            ("",),
            "recorded",
            (staff(Party.ORIGIN), THE_SYSTEM),
            basis="行政处罚法第四十七条（全过程记录）；安全生产法第六十九条（形成记录备查）",
        ),
        Transition(
            "queue",
            "列入待协调",
            ("recorded",),
            "undecided",
            (THE_SYSTEM,),
            basis="县权责清单：多部门登记或均未登记的由指导办牵头确定（浙江省综合行政执法条例第十二条）",
            tells=(Tell(Party.GUIDANCE, "dispute_opened"),),
            confidence="中",
        ),
        Transition(
            "decide_department",
            "确定责任部门",
            ("undecided",),
            "recorded",
            (THE_GUIDANCE,),
            needs=(Need("department", "责任部门", NeedKind.DEPARTMENT), REASON, LEGAL_BASIS),
            sets=("department",),
            basis="浙江省综合行政执法条例第十二条第（二）项",
        ),
        Transition(
            "fix_onsite",
            "当场改正",
            ("recorded",),
            "onsite_fixed",
            (staff(Party.ORIGIN), THE_SYSTEM),
            guards=(EVIDENCE,),
            basis="行政处罚法第二十八条（责令改正）",
        ),
        Transition(
            "assign",
            "移送办理",
            OPEN,
            "to_transfer",
            (staff(Party.ORIGIN), THE_SYSTEM),
            guards=(EVIDENCE,),
            basis="安全生产法第六十九条；浙江省综合行政执法条例第十八条（及时移交）",
        ),
        Transition(
            "handle_own",
            "本部门办理",
            OPEN,
            "own_case",
            (staff(Party.ORIGIN), THE_SYSTEM),
            guards=(EVIDENCE, UNIT_ACTIVE),
            basis="行政处罚法第五十四条",
        ),
        Transition(
            "clear",
            "销号",
            ("to_transfer", "own_case"),
            "cleared",
            (THE_SYSTEM,),
            basis="整改复查合格后逐项销号（系统默认）",
            confidence="中",
        ),
        Transition(
            "reopen",
            "恢复办理",
            ("cleared",),
            "to_transfer",
            (THE_SYSTEM,),
            when=variant("移送件", "transfer"),
            basis="复查结论撤销后恢复办理（系统默认）",
            confidence="中",
        ),
        Transition(
            "reopen",
            "恢复办理",
            ("cleared",),
            "own_case",
            (THE_SYSTEM,),
            when=variant("自办件", "own"),
            basis="复查结论撤销后恢复办理（系统默认）",
            confidence="中",
        ),
        Transition(
            "void",
            "作废",
            OPEN,
            "void",
            (leader(Party.ORIGIN),),
            needs=(REASON,),
            basis="登记错误的更正（系统默认）",
            confidence="中",
        ),
        Transition(
            "retract",
            "撤销导入",
            (*OPEN, "onsite_fixed", "to_transfer"),
            "void",
            (THE_SYSTEM,),
            needs=(REASON,),
            basis="整批导入错误的更正，限案件送出之前（系统默认）",
            confidence="中",
        ),
    ),
)
