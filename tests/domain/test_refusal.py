"""What counts as a refusal, and what does not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from yisong.domain.refusal import OrderRecord, RefusalRule, RefusalRuleError, Window, count_refusals, window_of

UNIT = "91339927MAXN00163T"
ORDER = OrderRecord("云应急责改〔2026〕1号", UNIT, date(2026, 3, 18), date(2026, 4, 2), "failed", date(2026, 4, 8))
RULE = RefusalRule(3)
ON = date(2026, 11, 20)


def counted(*orders: OrderRecord, rule: RefusalRule = RULE, on: date = ON) -> int:
    return count_refusals(orders, rule=rule, unit=UNIT, on=on).count


def test_an_order_served_expired_and_failed_counts_once() -> None:
    assert counted(ORDER) == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"order_withdrawn": True}, "已撤回"),
        ({"served_on": None}, "尚未有效送达"),
        ({"served_on": date(2026, 12, 1)}, "尚未有效送达"),
        ({"due_on": None}, "尚未确定"),
        ({"due_on": ON}, "尚未届满"),
        ({"extension_pending": True}, "延期申请"),
        ({"paused": True}, "中止"),
        ({"stay_of_execution": True}, "停止执行"),
        ({"force_majeure": True}, "不可抗力"),
        ({"review_revoked": True}, "已撤销"),
        ({"review_outcome": None}, "尚无复查结论"),
        ({"review_outcome": "passed"}, "复查合格"),
        ({"review_outcome": "partial"}, "部分完成"),
        ({"reviewed_on": None}, "没有登记复查日期"),
        ({"reviewed_on": date(2026, 11, 21)}, "晚于统计日"),
        ({"reviewed_on": date(2026, 4, 2)}, "复查时改正期限尚未届满"),
        ({"reviewed_on": date(2027, 1, 8)}, "晚于统计日"),
    ],
)
def test_what_is_missing_is_said(change: dict[str, Any], why: str) -> None:
    result = count_refusals([replace(ORDER, **change)], rule=RULE, unit=UNIT, on=ON)
    assert result.count == 0
    assert why in result.excluded[0][1]


def test_whoever_obstructs_the_review_refuses_without_one() -> None:
    assert counted(replace(ORDER, review_outcome=None, obstructed=True)) == 1


def test_one_order_reviewed_twice_counts_once() -> None:
    again = replace(ORDER, reviewed_on=date(2026, 5, 8))
    result = count_refusals([again, ORDER], rule=RULE, unit=UNIT, on=ON)
    assert [order.reviewed_on for order in result.counted] == [date(2026, 4, 8)]
    assert result.excluded == ((again, "同一责令改正通知书已计一次"),)
    assert counted(again, ORDER, rule=replace(RULE, distinct_orders=False)) == 2


def test_the_year_of_the_failed_review_decides() -> None:
    last_year = replace(
        ORDER, order_number="A", served_on=date(2025, 11, 1), due_on=date(2025, 11, 20), reviewed_on=date(2025, 12, 30)
    )
    over_new_year = replace(last_year, order_number="B", reviewed_on=date(2026, 1, 4))
    result = count_refusals([last_year, over_new_year], rule=RULE, unit=UNIT, on=ON)
    assert [order.order_number for order in result.counted] == ["B"]
    assert "不在2026-01-01至2026-12-31之内" in result.excluded[0][1]


def test_twelve_rolling_months_begin_the_day_after_the_same_day_a_year_before() -> None:
    rolling = replace(RULE, window=Window.ROLLING_12_MONTHS)
    assert window_of(rolling, on=date(2026, 11, 20)) == (date(2025, 11, 21), date(2026, 11, 20))
    assert window_of(rolling, on=date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 29))
    old = replace(ORDER, served_on=date(2025, 10, 1), due_on=date(2025, 10, 20), reviewed_on=date(2025, 11, 21))
    assert counted(old, rule=rolling) == 1
    assert counted(replace(old, reviewed_on=date(2025, 11, 20)), rule=rolling) == 0


def test_the_threshold_makes_a_candidate_at_the_number_itself() -> None:
    orders = [replace(ORDER, order_number=str(number)) for number in range(3)]
    assert count_refusals(orders, rule=RULE, unit=UNIT, on=ON).reached
    assert not count_refusals(orders[:2], rule=RULE, unit=UNIT, on=ON).reached


def test_other_units_do_not_count() -> None:
    result = count_refusals([replace(ORDER, unit_uscc="X")], rule=RULE, unit=UNIT, on=ON)
    assert result.count == 0 and result.excluded == ()


def test_what_comes_later_was_not_known_then() -> None:
    assert counted(ORDER, on=date(2026, 4, 7)) == 0
    assert counted(ORDER, on=date(2026, 4, 8)) == 1


def test_a_threshold_of_none_is_refused() -> None:
    with pytest.raises(RefusalRuleError) as refused:
        RefusalRule(0)
    assert refused.value.code == "threshold_too_low"
