"""Transfer of a case, and what the responsible department does with it (案件移送与办理).

Kinds are kept apart by `variant`: lead 线索移送 · case 案件移送 · own 自办 · criminal 涉嫌犯罪移送.
"""

from __future__ import annotations

from yisong.domain.lifecycle import Lifecycle
from yisong.domain.lifecycles.transfer_acceptance import ACCEPTANCE
from yisong.domain.lifecycles.transfer_arrival import ARRIVAL
from yisong.domain.lifecycles.transfer_conclusion import CONCLUSION
from yisong.domain.lifecycles.transfer_dispute import DISPUTE
from yisong.domain.lifecycles.transfer_handling import HANDLING
from yisong.domain.lifecycles.transfer_orders import FOLLOWING

TRANSFER = Lifecycle(
    kind="transfer",
    label="移送案件",
    states={
        "draft": "待提交",
        "pending_approval": "待审批",
        "pending_delivery": "待送达",
        "pending_acceptance": "待受理",
        "supplementing": "补正中",
        "returned_for_rerouting": "退回待改派",
        "returned": "已退回",
        "in_dispute": "争议协商中",
        "awaiting_designation": "待指定管辖",
        "accepted": "已受理",
        "case_filed": "已立案",
        "rectifying": "整改中",
        "review_failed": "复查不合格",
        "publicising": "待公示归档",
        "closed": "已办结",
        "closed_refused": "拒不整改（责改线关闭）",
        "criminal_branch": "涉罪移送中",
        "terminated": "已终止",
        "voided": "已作废",
        "reopened": "重新启动",
    },
    initial=("",),
    final=frozenset({"terminated", "voided"}),
    transitions=ARRIVAL + ACCEPTANCE + DISPUTE + FOLLOWING + HANDLING + CONCLUSION,
)
