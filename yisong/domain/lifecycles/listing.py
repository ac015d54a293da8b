"""Listing of a key-supervision object (列入重点监管对象).

This raises the intensity of supervision; it is no dishonesty list (失信名单), and a measure without a legal basis cannot be part of it.
"""

from __future__ import annotations

from yisong.domain.lifecycle import Lifecycle
from yisong.domain.lifecycles.listing_decision import DECISION
from yisong.domain.lifecycles.listing_removal import REMOVAL_FROM_LIST

LISTING = Lifecycle(
    kind="listing",
    label="重点监管对象列入",
    states={
        "watch": "预警",
        "candidate": "候选",
        "basis_checked": "依据已核查",
        "notice_issued": "告知书待送达",
        "statement_period": "陈述申辩期",
        "statement_received": "已收陈述申辩",
        "statement_waived": "逾期未申辩",
        "statement_reviewed": "申辩已复核",
        "discussed": "集体讨论通过",
        "decided": "决定书待送达",
        "effective": "已列入",
        "removal_applied": "申请移出",
        "removal_verifying": "移出核实中",
        "removed": "已移出",
        "unpublished": "已停止公示",
        "expired": "期满移出",
        "revoked": "列入已撤销",
        "withdrawn": "公示已撤回",
        "rejected": "不予列入",
    },
    initial=("",),
    final=frozenset({"unpublished", "withdrawn", "rejected"}),
    transitions=DECISION + REMOVAL_FROM_LIST,
)
