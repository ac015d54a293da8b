"""Reading a county's own sentences (规则用语解析): triggers of the ladder, conditions of risk rules, the routing order.

What a county writes in Chinese becomes parameters once, when the book is made. A sentence that is not understood is a
named error that quotes it, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from yisong.domain.escalation import Special
from yisong.domain.risk import REQUIRED, RiskKind
from yisong.domain.routing import RoutingWay


class WordingError(ValueError):
    """A sentence that is not understood (用语无法识别): a stable `code` and a Chinese message quoting it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_COUNTED = "个|工作日|自然日|日|天|次|件|起|家|%|小时"
_NUMERAL = re.compile(rf"[零〇一二两三四五六七八九十百]+(?=(?:{_COUNTED}))")


def chinese_number(text: str) -> int:
    """A number up to 999 in Chinese numerals (中文数字): 三 → 3, 十五 → 15, 一百二十 → 120."""
    total, current = 0, 0
    for character in text:
        if character == "百":
            total, current = total + (current or 1) * 100, 0
        elif character == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = current * 10 + _DIGITS[character] if "百" not in text and "十" not in text else _DIGITS[character]
    return total + current


def normalise(text: str) -> str:
    """Half-width, without spaces and quotation marks, counted numerals as digits (规整)."""
    folded = re.sub(r"[\s“”\"'‘’《》]", "", unicodedata.normalize("NFKC", text))
    return _NUMERAL.sub(lambda found: str(chinese_number(found[0])), folded)


# ---- the ladder -------------------------------------------------------------------------------------------------------

_DAYS = r"(?:个)?(?:工作日|日|天)?"
_NUMBER_LIST = rf"第?\d+{_DAYS}(?:(?:、|和|及|与|/|,)第?\d+{_DAYS})*"
_DUE = r"(?:办理)?(?:期限)?(?:到期|届满|期满|截止)(?:日)?"
_OPEN = r"(?:(?:仍|尚)?(?:未办结|未完成|未办理|未反馈|未办))?"
_BEFORE = re.compile(rf"(?:距)?{_DUE}(?:之)?前的?(?P<numbers>{_NUMBER_LIST}){_OPEN}(?:提醒)?")
_ON = re.compile(rf"(?:{_DUE}(?:当日|当天|之日)|到期日|届满日){_OPEN}(?:提醒)?")
_AFTER = re.compile(
    rf"(?:逾期|超期|超时|{_DUE}后)(?P<over>第|满|达到?|超过)?(?P<numbers>{_NUMBER_LIST})(?:及?以上|起)?(?:的)?{_OPEN}"
)
_TEE = re.compile(r"T(?P<sign>[-+−])(?P<number>\d+)(?:个?工作日)?")
_HAZARD = re.compile(r"(?:存在|属于?|涉及)?重大(?:事故|火灾|安全)?隐患(?:的)?")
_QUARTER = re.compile(
    r"(?:同一?|该)?部门?(?:当季度?|本季度?|季度内|1个季度内|每季度?)(?:内)?(?:累计)?(?:被)?督办(?:累计)?"
    r"(?P<over>≥|>=|>|达到?|满|超过)?(?P<count>\d+)(?:件|次|起)(?:及?以上)?(?:的)?"
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger taken apart (触发条件): working days from the due day, and reasons to propose the rung to a person."""

    offsets: tuple[int, ...]
    special: tuple[Special, ...]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def parse_trigger(text: str) -> Trigger:
    """Read the trigger of a rung (解析升级触发条件).

    Days are working days, as 逾期日数 are for escalation; 以上 includes the number and 超过 does not (民法典1259条).

    Raises:
        WordingError: `trigger_unknown` or `trigger_twice`, quoting the sentence.
    """
    offsets: list[int] = []
    special: list[Special] = []
    folded = re.sub(r"\([^()]*\)", "", normalise(text)).rstrip("。;,")
    for part in re.split(r"或者|或|;", folded):
        clause = part.strip(",")
        if not _read_clause(clause, offsets, special):
            pieces = re.split(r"[、,]", clause)
            if len(pieces) == 1 or not all(_read_clause(piece, offsets, special) for piece in pieces):
                raise WordingError("trigger_unknown", f"看不懂触发条件“{text}”中的“{clause}”；{_TRIGGER_ADVICE}")
    if len(set(offsets)) != len(offsets):
        raise WordingError("trigger_twice", f"触发条件“{text}”把同一天写了两次，请删去重复的。")
    return Trigger(tuple(sorted(offsets)), tuple(special))


_TRIGGER_ADVICE = (
    "请写成“到期前3个和1个工作日”“到期当日未办结”“逾期第7个工作日或重大隐患”"
    "“逾期第10个工作日或同部门当季督办≥3件”这样的话，天数一律为不小于1的工作日。"
)


def _read_clause(clause: str, offsets: list[int], special: list[Special]) -> bool:
    """Read one clause into the lists (解析一个分句); False if it is not understood."""
    if found := _BEFORE.fullmatch(clause):
        numbers = [-number for number in _numbers(found["numbers"])]
    elif _ON.fullmatch(clause):
        offsets.append(0)
        return True
    elif found := _AFTER.fullmatch(clause):
        numbers = [number + (found["over"] == "超过") for number in _numbers(found["numbers"])]
    elif found := _TEE.fullmatch(clause):
        numbers = [int(found["sign"].replace("−", "-") + found["number"])]
    elif _HAZARD.fullmatch(clause):
        special.append(Special("critical_hazard"))
        return True
    elif found := _QUARTER.fullmatch(clause):
        special.append(Special("quarter_count", int(found["count"]) + (found["over"] in (">", "超过"))))
        return True
    else:
        return False
    offsets += numbers
    return 0 not in numbers


# ---- risk rules ---------------------------------------------------------------------------------------------------------

_KINDS: tuple[tuple[RiskKind, re.Pattern[str]], ...] = (
    (RiskKind.RETURN_RATE, re.compile(r"(?:退回|退件|退案)率")),
    (RiskKind.SUPPLEMENTS, re.compile(r"补充材料|补正|补充证据")),
    (RiskKind.OFFLINE_TRANSFER, re.compile(r"补录|线下移送")),
    (RiskKind.INACTIVE_UNIT, re.compile(r"登记状态|非存续|注销|吊销")),
    (RiskKind.UNSCANNED, re.compile(r"scanned_in|未?扫码|亮码")),
    (RiskKind.PLAN_CONFLICT, re.compile(r"(?:独立|检查|各自|分别)?(?:的)?计划")),
    (RiskKind.CROWDING, re.compile(r"\d+个?(?:自然日|日|天)(?:之)?内.*检查")),
    (RiskKind.ANNUAL_CAP, re.compile(r"上限")),
    (RiskKind.UNREGISTERED, re.compile(r"(?:无|未|没有).*(?:审批|备案|行为码|赋码)")),
)
_OP = r"(?P<op>≥|>=|>|大于等于|不少于|不低于|达到?|超过|超出|大于|多于|满)?"
_PATTERNS: dict[str, tuple[re.Pattern[str], ...]] = {
    "days": (re.compile(rf"(?:{_OP}滚动|近|最近)?{_OP.replace('op', 'op2')}(?P<n>\d+)个?(?:自然日|日|天)"),),
    "departments": (re.compile(rf"{_OP}(?P<n>\d+)个(?:及?以上)?(?:不同)?(?:的)?(?:部门|主体|单位|机关|执法)"),),
    "inspections": (re.compile(rf"检查(?:累计)?{_OP}(?P<n>\d+)次"),),
    "times": (
        re.compile(rf"累计(?:发生|被要求)?{_OP}(?P<n>\d+)(?:次|件|起|家次)?"),
        re.compile(rf"{_OP}(?P<n>\d+)(?:次|件|起)"),
    ),
    "late_workdays": (re.compile(rf"{_OP}(?P<n>\d+)个?工作日"),),
    "percent": (re.compile(rf"{_OP}(?P<n>\d+)%"),),
}
_STRICT = (">", "超过", "超出", "大于", "多于")
_EXEMPT = ("complaint", "review")


def risk_kind(text: str) -> RiskKind | None:
    """What a sentence counts (识别风险类型), or None."""
    folded = normalise(text)
    return next((kind for kind, pattern in _KINDS if pattern.search(folded)), None)


def parse_risk(text: str, *, name: str = "") -> dict[str, object]:
    """Read the condition of a risk rule into the parameters of `RiskRule` (解析风险规则条件).

    Counts are brought to “at least”; for a cap, a delay in working days or a percentage `inclusive` keeps ≥ apart from >.
    有因检查不计 exempts complaints and reviews; so does the Hainan model where it is cited (其预警模型注明有因检查不计).

    Raises:
        WordingError: `risk_unknown` or `risk_number_missing`, quoting the sentence.
    """
    kind = risk_kind(text) or risk_kind(name)
    if kind is None:
        raise WordingError(
            "risk_unknown", f"看不懂风险规则“{name}”的条件“{text}”，请参照规则说明改写，并写明数字和单位。"
        )
    folded = normalise(text)
    found: dict[str, object] = {"kind": kind}
    rest = folded
    if kind is RiskKind.ANNUAL_CAP:
        found["per_organ"] = re.search(r"同一(?:执法)?(?:主体|部门|机关)", folded) is not None
        found["inclusive"] = re.search(r"(?:≥|>=|达到|不少于)\S*上限", folded) is not None
    for parameter in REQUIRED[kind]:
        number = next((hit for pattern in _PATTERNS[parameter] if (hit := pattern.search(rest))), None)
        if number is None:
            raise WordingError(
                "risk_number_missing", f"风险规则“{name}”的条件“{text}”没有写明{_wanted(parameter)}，请补写。"
            )
        value, op = int(number["n"]), number["op"]
        if parameter in ("late_workdays", "percent"):
            if parameter == REQUIRED[kind][0]:
                found["inclusive"] = op not in _STRICT
        elif parameter != "days" and op in _STRICT:
            value += 1
        found[parameter] = value
        if parameter in ("inspections", "late_workdays"):
            rest = rest[: number.start()] + rest[number.end() :]
    if re.search(r"有因|海南", folded):
        found["exempt"] = _EXEMPT
    return found


def _wanted(parameter: str) -> str:
    return {
        "days": "时间窗口（如“60个自然日内”）",
        "departments": "部门数（如“2个以上部门”）",
        "inspections": "检查次数（如“检查≥2次”）",
        "times": "累计次数（如“累计≥3次”）",
        "late_workdays": "迟录工作日数（如“>3工作日”）",
        "percent": "百分比（如“>30%”）",
    }[parameter]


# ---- the routing order --------------------------------------------------------------------------------------------------


def parse_routing_step(
    text: str, *, lists: Iterable[str], owned: frozenset[str], by_town: frozenset[str]
) -> tuple[str, RoutingWay]:
    """Read one sentence of the routing order: which list, and how it names the organ (解析路由次序).

    Args:
        text: the sentence.
        lists: the codes of the lists; the one named first in the sentence is meant.
        owned: lists that one organ exercises as a whole.
        by_town: lists of empowered townships.

    Raises:
        WordingError: `routing_step_unknown`, quoting the sentence.
    """
    folded = unicodedata.normalize("NFKC", text)
    named = [
        (found.start(), code)
        for code in lists
        if (found := re.search(rf"(?<!\w){re.escape(code)}(?!\w)", folded, re.A))
    ]
    if named:
        code = min(named)[1]
        way = RoutingWay.PLACE if code in by_town else RoutingWay.OWNER if code in owned else RoutingWay.REGISTERED
        return code, way
    if re.search(r"犯罪|追诉|公安", folded):
        return "", RoutingWay.CRIMINAL
    if re.search(r"多部门|多个部门|均未登记|均登记|待协调|无法确定", folded):
        return "", RoutingWay.UNDECIDED
    raise WordingError(
        "routing_step_unknown", f"看不懂路由次序“{text}”：请写明清单代码，或写明“多部门均登记或均未登记”“疑似犯罪”。"
    )
