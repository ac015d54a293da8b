"""A county's own sentences: understood, or refused with the sentence."""

from typing import Any

import pytest

from yisong.domain.escalation import Special
from yisong.domain.risk import RiskKind
from yisong.domain.routing import RoutingWay
from yisong.domain.wording import WordingError, chinese_number, parse_risk, parse_routing_step, parse_trigger

HAZARD = Special("critical_hazard")


@pytest.mark.parametrize(
    ("text", "offsets", "special"),
    [
        ("到期前3个和1个工作日", (-3, -1), ()),
        ("到期前5、3、1个工作日", (-5, -3, -1), ()),
        ("到期前３个工作日、１个工作日", (-3, -1), ()),
        ("期限届满前一个工作日提醒", (-1,), ()),
        ("到期当日未办结", (0,), ()),
        ("到期当日", (0,), ()),
        ("到期日当天仍未完成", (0,), ()),
        ("到期当日或到期前1个工作日", (-1, 0), ()),
        ("逾期第1个工作日", (1,), ()),
        ("逾期1个工作日", (1,), ()),
        ("逾期满三个工作日", (3,), ()),
        ("逾期十五个工作日以上", (15,), ()),
        ("逾期超过5个工作日", (6,), ()),
        ("逾期第2日", (2,), ()),
        ("到期后第2个工作日仍未办结", (2,), ()),
        ("逾期第7个工作日（含）", (7,), ()),
        ("逾期第7个工作日或重大隐患", (7,), (HAZARD,)),
        ("逾期第5个工作日，或者存在重大事故隐患", (5,), (HAZARD,)),
        ("逾期第7个工作日、重大隐患", (7,), (HAZARD,)),
        ("逾期第10个工作日或同部门当季督办≥3件", (10,), (Special("quarter_count", 3),)),
        ("逾期第10个工作日或同一部门本季度督办超过二件", (10,), (Special("quarter_count", 3),)),
        ("重大隐患", (), (HAZARD,)),
        ("T-3、T−1", (-3, -1), ()),
    ],
)
def test_a_trigger_is_read(text: str, offsets: tuple[int, ...], special: tuple[Special, ...]) -> None:
    trigger = parse_trigger(text)
    assert (trigger.offsets, trigger.special) == (offsets, special)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("逾期一周", "trigger_unknown"),
        ("领导认为必要时", "trigger_unknown"),
        ("逾期第1个工作日或领导认为必要时", "trigger_unknown"),
        ("逾期第3个自然日", "trigger_unknown"),
        ("逾期第0个工作日", "trigger_unknown"),
        ("", "trigger_unknown"),
        ("逾期第1个工作日或逾期1个工作日", "trigger_twice"),
    ],
)
def test_a_trigger_that_is_not_understood_is_quoted(text: str, code: str) -> None:
    with pytest.raises(WordingError) as refused:
        parse_trigger(text)
    assert refused.value.code == code
    assert text in refused.value.message


@pytest.mark.parametrize(
    ("text", "number"),
    [("三", 3), ("十", 10), ("十五", 15), ("二十", 20), ("一百二十", 120), ("一百零五", 105), ("九十", 90)],
)
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


EXEMPT = ("complaint", "review")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "同一企业同一主体当年现场检查次数 > 年度上限（有因检查不计）",
            {"kind": RiskKind.ANNUAL_CAP, "per_organ": True, "inclusive": False, "exempt": EXEMPT},
        ),
        ("同一企业年度现场检查次数达到上限", {"kind": RiskKind.ANNUAL_CAP, "per_organ": False, "inclusive": True}),
        (
            "60 个自然日内同一企业被 2 个以上部门分别检查 ≥2 次的情形累计 ≥3 次（海南省平台模型）",
            {"kind": RiskKind.CROWDING, "days": 60, "departments": 2, "inspections": 2, "times": 3, "exempt": EXEMPT},
        ),
        (
            "九十个自然日内同一企业被三个以上部门分别检查超过3次的情形累计2次以上",
            {"kind": RiskKind.CROWDING, "days": 90, "departments": 3, "inspections": 4, "times": 2},
        ),
        ("同一企业 30 日内存在 ≥2 个部门独立计划", {"kind": RiskKind.PLAN_CONFLICT, "days": 30, "departments": 2}),
        ("四十五日内同一企业有三个以上部门的检查计划", {"kind": RiskKind.PLAN_CONFLICT, "days": 45, "departments": 3}),
        ("scanned_in = false 累计 ≥2 次", {"kind": RiskKind.UNSCANNED, "times": 2}),
        ("未扫码检查累计超过2次", {"kind": RiskKind.UNSCANNED, "times": 3}),
        ("无审批/备案号的检查记录", {"kind": RiskKind.UNREGISTERED}),
        ("登记状态非存续", {"kind": RiskKind.INACTIVE_UNIT}),
        (
            "事后补录移送（登记早于录入 >3 工作日）年度累计 ≥3",
            {"kind": RiskKind.OFFLINE_TRANSFER, "late_workdays": 3, "inclusive": False, "times": 3},
        ),
        ("移送被要求补充材料年度累计 ≥5", {"kind": RiskKind.SUPPLEMENTS, "times": 5}),
        (
            "部门退回率 > 30%（滚动 90 日）",
            {"kind": RiskKind.RETURN_RATE, "percent": 30, "inclusive": False, "days": 90},
        ),
        ("部门退件率不低于25%（近60日）", {"kind": RiskKind.RETURN_RATE, "percent": 25, "inclusive": True, "days": 60}),
    ],
)
def test_a_risk_condition_is_read_into_its_numbers(text: str, wanted: dict[str, Any]) -> None:
    assert parse_risk(text) == wanted


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("企业投诉较多", "risk_unknown"),
        ("同一企业短期内有多个部门计划", "risk_number_missing"),
        ("未扫码", "risk_number_missing"),
    ],
)
def test_a_risk_condition_that_is_not_understood_is_quoted(text: str, code: str) -> None:
    with pytest.raises(WordingError) as refused:
        parse_risk(text, name="某规则")
    assert refused.value.code == code
    assert text in refused.value.message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("事项在 TOWN 且发现地点属赋权镇街 → 该镇街", ("TOWN", RoutingWay.PLACE)),
        ("事项在 COMP → 综合执法局", ("COMP", RoutingWay.OWNER)),
        ("事项在SPEC→登记部门", ("SPEC", RoutingWay.REGISTERED)),
        ("多部门均登记或均未登记 → 待协调", ("", RoutingWay.UNDECIDED)),
        ("疑似犯罪 → 先转 criminal 分支", ("", RoutingWay.CRIMINAL)),
    ],
)
def test_a_step_of_the_routing_order_is_read(text: str, wanted: tuple[str, RoutingWay]) -> None:
    lists = ["TOWN", "COMP", "SPEC"]
    assert parse_routing_step(text, lists=lists, owned=frozenset({"COMP"}), by_town=frozenset({"TOWN"})) == wanted


def test_a_step_that_names_no_list_is_quoted() -> None:
    with pytest.raises(WordingError, match="按老办法"):
        parse_routing_step("按老办法", lists=["TOWN"], owned=frozenset(), by_town=frozenset())
