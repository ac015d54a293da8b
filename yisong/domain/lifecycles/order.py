"""Rectification order (责令改正)."""

from __future__ import annotations

from yisong.domain.lifecycle import Lifecycle
from yisong.domain.lifecycles.order_conclusion import CONCLUSION, LIVE
from yisong.domain.lifecycles.order_service import SERVICE_OF_ORDER
from yisong.domain.lifecycles.order_term import TERM

__all__ = ["LIVE", "ORDER"]

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
    final=frozenset({"partial", "withdrawn", "cancelled"}),
    transitions=SERVICE_OF_ORDER + TERM + CONCLUSION,
)
