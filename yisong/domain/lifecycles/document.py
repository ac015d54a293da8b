"""Life of an official paper (文书): numbered and frozen with the act that needs it, issued when its files exist, never edited."""

from __future__ import annotations

from yisong.domain.lifecycle import Lifecycle, Need, NeedKind, Transition
from yisong.domain.lifecycles.common import REASON
from yisong.domain.roles import THE_SYSTEM, Party, leader

DOCUMENT = Lifecycle(
    kind="document",
    label="文书",
    states={
        "numbered": "已编号待出具",
        "issued": "已出具",
        "withdrawn": "已撤回",
        "superseded": "已被取代",
        "voided": "文号作废",
    },
    initial=("numbered",),
    final=frozenset({"withdrawn", "superseded", "voided"}),
    transitions=(
        Transition(
            "issue",
            "出具",
            ("numbered",),
            "issued",
            (THE_SYSTEM,),
            sets=("pdf_sha256", "docx_sha256", "template_digest"),
            basis="行政处罚法第四十七条（归档保存）",
        ),
        Transition(
            "withdraw",
            "撤回",
            ("issued",),
            "withdrawn",
            (leader(Party.RESPONSIBLE), THE_SYSTEM),
            needs=(REASON,),
            basis="行政处罚法第四十八条（变更、撤销应说明理由）",
        ),
        Transition(
            "supersede",
            "以新文书取代",
            ("issued",),
            "superseded",
            (leader(Party.RESPONSIBLE), THE_SYSTEM),
            needs=(Need("replacement", "新文书文号", NeedKind.LINE), REASON),
            basis="领域报告2通则5：改动不覆盖，只能撤回重出",
            confidence="中",
        ),
        Transition(
            "void",
            "文号作废",
            ("numbered",),
            "voided",
            (leader(Party.RESPONSIBLE),),
            needs=(REASON,),
            basis="领域报告2通则6：作废号码保留并标注",
            confidence="中",
        ),
    ),
)
