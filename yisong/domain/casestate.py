"""What a case is called as a whole (案件总状态): a derived word, never stored."""

from __future__ import annotations

from collections.abc import Sequence

LABELS = {
    "serving": "文书送达中", "rectifying": "整改中", "report_submitted": "待复查", "review_failed": "复查不合格", "criminal_filed": "公安已立案",
}  # fmt: skip
_OF_ORDER = {
    "issued": "serving", "announced": "serving", "rectifying": "rectifying", "extension_pending": "rectifying", "suspended": "rectifying",
    "report_submitted": "report_submitted", "review_revoked": "rectifying", "failed": "review_failed",
}  # fmt: skip


def case_state(transfer: str, *, orders: Sequence[str] = (), criminal: str = "") -> str:
    """The state of a case (案件总状态) from that of its transfer, its orders (oldest first) and its criminal track."""
    if transfer == "criminal_branch":
        return criminal or transfer
    if transfer in ("rectifying", "case_filed"):
        return next((_OF_ORDER[state] for state in reversed(orders) if state in _OF_ORDER), transfer)
    return transfer
