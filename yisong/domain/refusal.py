"""Which rectification orders count as refused (拒不整改计数): rule RF-01.

An order counts when all of this holds: it was validly served and its term has run out; the review failed, or was
refused or obstructed, or nothing was handed in; no extension is undecided, no suspension, no stay of execution; no force
majeure; neither order nor review was withdrawn. One order counts once, however often it was reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yisong.domain.entries import Confidence, Source


class RefusalRuleError(ValueError):
    """A threshold that makes no sense (列入阈值错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Window(StrEnum):
    """Over which time refusals are counted (计数期间)."""

    CALENDAR_YEAR = "calendar_year"
    ROLLING_12_MONTHS = "rolling_12_months"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"calendar_year": "自然年度", "rolling_12_months": "滚动12个月"}[self.value]


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """The county's threshold for key supervision (列入阈值): a local rule, never the state's."""

    threshold: int
    window: Window = Window.CALENDAR_YEAR
    distinct_orders: bool = True
    basis: str = ""
    source: Source = Source.DEFAULT
    note: str = ""
    code: str = "RF-01"
    confidence: Confidence = Confidence.MEDIUM

    def __post_init__(self) -> None:
        if self.threshold < 1:
            raise RefusalRuleError("threshold_too_low", f"列入阈值须为1次以上，不能为 {self.threshold}。")


class Outcome(StrEnum):
    """How a review ended (复查结论)."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """What the count needs to know of one order (责改情况). All dates are days, none of them instants.

    `reviewed_on` is the day of the failed review; with `obstructed` (拒绝、阻挠复查或拒不提交) the day it was recorded.
    """

    order_number: str
    unit_uscc: str
    served_on: date | None
    due_on: date | None
    review_outcome: str | None
    reviewed_on: date | None
    review_revoked: bool = False
    order_withdrawn: bool = False
    extension_pending: bool = False
    paused: bool = False
    stay_of_execution: bool = False
    force_majeure: bool = False
    obstructed: bool = False


@dataclass(frozen=True, slots=True)
class RefusalCount:
    """How often a unit refused, and which orders did not count and why (计数结果)."""

    unit_uscc: str
    window_from: date
    window_to: date
    counted: tuple[OrderRecord, ...]
    excluded: tuple[tuple[OrderRecord, str], ...]
    threshold: int

    @property
    def count(self) -> int:
        """The number of refusals (次数)."""
        return len(self.counted)

    @property
    def reached(self) -> bool:
        """Whether the threshold is reached (是否达到阈值): it makes a candidate, never a decision."""
        return self.count >= self.threshold


def window_of(rule: RefusalRule, *, on: date) -> tuple[date, date]:
    """First and last day of the counting window, both included (计数期间)."""
    if rule.window is Window.CALENDAR_YEAR:
        return date(on.year, 1, 1), date(on.year, 12, 31)
    try:
        day_before = on.replace(year=on.year - 1)
    except ValueError:
        day_before = date(on.year - 1, 2, 28)
    return date.fromordinal(day_before.toordinal() + 1), on


def _why_not(order: OrderRecord, *, first: date, last: date, on: date) -> str:
    """Why an order is not a refusal, or "" if it is (不计原因)."""
    if order.order_withdrawn:
        return "责令改正通知书已撤回或撤销"
    if order.served_on is None or order.served_on > on:
        return "责令改正通知书尚未有效送达"
    if order.extension_pending:
        return "延期申请尚未批复"
    if order.paused:
        return "期限中止计算中"
    if order.stay_of_execution:
        return "复议或者诉讼期间已停止执行"
    if order.force_majeure:
        return "因不可抗力未能改正"
    if order.due_on is None:  # a term that is suspended has no end yet; that it is says more
        return "改正期限尚未确定"
    if order.due_on >= on:
        return "改正期限尚未届满"
    if order.review_revoked:
        return "复查结论已撤销"
    if order.review_outcome != Outcome.FAILED and not order.obstructed:
        return {
            None: "尚无复查结论",
            Outcome.PASSED.value: "复查合格",
            Outcome.PARTIAL.value: "复查结论为部分完成，未完成项另行责令改正",
        }.get(order.review_outcome, f"复查结论为“{order.review_outcome}”")
    if order.reviewed_on is None:
        return "没有登记复查日期"
    if order.reviewed_on > on:
        return "复查日期晚于统计日"
    if order.reviewed_on <= order.due_on:
        return "复查时改正期限尚未届满"
    if not first <= order.reviewed_on <= last:
        return f"复查日期不在{first}至{last}之内"
    return ""


def count_refusals(orders: Iterable[OrderRecord], *, rule: RefusalRule, unit: str, on: date) -> RefusalCount:
    """Count a unit's refusals as of a day (拒不整改计数).

    Args:
        orders: records of orders; those of other units are passed over.
        rule: threshold and window.
        unit: the unit's 18-digit credit code.
        on: the day of counting; what happened later is not known yet.
    """
    first, last = window_of(rule, on=on)
    counted: list[OrderRecord] = []
    excluded: list[tuple[OrderRecord, str]] = []
    seen: set[str] = set()
    own = [order for order in orders if order.unit_uscc == unit]
    for order in sorted(own, key=lambda order: (order.reviewed_on or date.max, order.order_number)):
        why = _why_not(order, first=first, last=last, on=on)
        if not why and rule.distinct_orders and order.order_number in seen:
            why = "同一责令改正通知书已计一次"
        if why:
            excluded.append((order, why))
        else:
            seen.add(order.order_number)
            counted.append(order)
    return RefusalCount(unit, first, last, tuple(counted), tuple(excluded), rule.threshold)
