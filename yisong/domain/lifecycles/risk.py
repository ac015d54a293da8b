"""Risk letter about over-inspection (风险提示函): a suggestion to departments, never an order."""

from __future__ import annotations

from yisong.domain.lifecycle import Lifecycle, Need, Paper, Tell, Transition, When
from yisong.domain.roles import THE_GUIDANCE, THE_SUPERVISOR, THE_SYSTEM, Party, staff

BASIS = "国办发〔2024〕54号（同一企业年度检查频次上限、能合并的合并）；民营经济促进法第五十二条、第五十三条"


def _issued_by(party: Party, label: str) -> When:
    return When(label, lambda facts: facts.variant == party.value)


def _warn(party: Party, label: str) -> Transition:
    return Transition(
        "warn", "发出风险提示函", ("",), "sent", (THE_SYSTEM,), basis=BASIS, when=_issued_by(party, label), papers=(Paper("FENGXIAN", party, Party.RESPONSIBLE),),
        tells=(Tell(Party.RESPONSIBLE, "risk_letter", urgent=True),), confidence="中",
    )  # fmt: skip


RISK = Lifecycle(
    kind="risk",
    label="涉企检查风险",
    states={"sent": "已提示", "answered": "已回复", "settled": "已化解"},
    initial=("",),
    final=frozenset({"settled"}),
    transitions=(
        _warn(Party.GUIDANCE, "指导办出具"),
        _warn(Party.SUPERVISOR, "收函方含指导办所在部门，司法局出具"),
        _warn(Party.GOVERNMENT, "收函方含指导办和司法局，县政府出具"),
        Transition(
            "answer",
            "回复",
            ("sent", "answered"),
            "answered",
            (staff(Party.RESPONSIBLE),),
            needs=(Need("reply", "回复意见（合并、取消或经批准保留及理由）"),),
            tells=(Tell(Party.GUIDANCE, "report_received"),),
            basis="回复时限3个工作日为系统默认",
            confidence="低",
        ),
        Transition(
            "settle",
            "确认化解",
            ("answered",),
            "settled",
            (THE_GUIDANCE, THE_SUPERVISOR),
            needs=(Need("reason", "化解情况"),),
            basis="指导办统筹联合检查（浙江省综合行政执法条例第十二条、第十三条）",
        ),
    ),
)
