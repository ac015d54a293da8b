"""What a risk rule is, what it looks at and what it finds (风险规则). The rules themselves are counted in `riskscan`.

Thresholds are data. All counts that reach their threshold are hits; the same facts give the same hit with the same key,
so that a letter is written once, however often one looks.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from yisong.domain.chain import canonical
from yisong.domain.entries import Confidence, Source

if TYPE_CHECKING:
    from yisong.domain.rulebook import RuleBook


class RiskError(ValueError):
    """A risk rule that cannot be applied (风险规则错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class RiskKind(StrEnum):
    """What a risk rule counts (风险类型)."""

    ANNUAL_CAP = "annual_cap"
    CROWDING = "crowding"
    PLAN_CONFLICT = "plan_conflict"
    UNSCANNED = "unscanned"
    UNREGISTERED = "unregistered"
    INACTIVE_UNIT = "inactive_unit"
    OFFLINE_TRANSFER = "offline_transfer"
    SUPPLEMENTS = "supplements"
    RETURN_RATE = "return_rate"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return _LABELS[self]


_LABELS = {
    RiskKind.ANNUAL_CAP: "年度检查频次超限",
    RiskKind.CROWDING: "短期重复检查",
    RiskKind.PLAN_CONFLICT: "检查计划冲突",
    RiskKind.UNSCANNED: "未扫码入企",
    RiskKind.UNREGISTERED: "检查未审批备案",
    RiskKind.INACTIVE_UNIT: "对象已非存续状态",
    RiskKind.OFFLINE_TRANSFER: "线下移送事后补录",
    RiskKind.SUPPLEMENTS: "移送材料反复补正",
    RiskKind.RETURN_RATE: "退件率异常",
}

REQUIRED: dict[RiskKind, tuple[str, ...]] = {
    RiskKind.ANNUAL_CAP: (),
    RiskKind.CROWDING: ("days", "departments", "inspections", "times"),
    RiskKind.PLAN_CONFLICT: ("days", "departments"),
    RiskKind.UNSCANNED: ("times",),
    RiskKind.UNREGISTERED: (),
    RiskKind.INACTIVE_UNIT: (),
    RiskKind.OFFLINE_TRANSFER: ("late_workdays", "times"),
    RiskKind.SUPPLEMENTS: ("times",),
    RiskKind.RETURN_RATE: ("percent", "days"),
}
"""Which thresholds a kind cannot do without (必填参数)."""

PARAMETER_LABELS: dict[str, str] = {
    "days": "时间窗口（自然日）",
    "departments": "部门数下限",
    "inspections": "检查次数下限",
    "times": "累计次数下限",
    "late_workdays": "迟录工作日数",
    "percent": "百分比",
}


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One risk rule with its thresholds (风险规则).

    `days` are natural days; `departments`, `inspections` and `times` are reached at the number itself (≥);
    `late_workdays` and `percent` are exceeded (>) unless `inclusive`, which also makes a cap reached count as exceeded.
    `per_organ`: counted for each inspecting organ apart. `exempt`: kinds of inspection that do not count (有因检查等).
    """

    code: str
    name: str
    kind: RiskKind
    action: str
    days: int | None = None
    departments: int | None = None
    inspections: int | None = None
    times: int | None = None
    late_workdays: int | None = None
    percent: int | None = None
    inclusive: bool = False
    per_organ: bool = False
    exempt: tuple[str, ...] = ()
    expr: str = ""
    basis: str = ""
    source: Source = Source.DEFAULT
    confidence: Confidence = Confidence.MEDIUM
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        for name in REQUIRED[self.kind]:
            value = getattr(self, name)
            if value is None or value < 0:
                raise RiskError(
                    "risk_parameter",
                    f"风险规则 {self.code}（{self.kind.label}）缺少{PARAMETER_LABELS[name]}（{name}），请补写。",
                )

    def number(self, name: str) -> int:
        """A threshold that the kind requires (取参数)."""
        value = getattr(self, name)
        if not isinstance(value, int):
            raise RiskError("risk_parameter", f"风险规则 {self.code} 缺少{PARAMETER_LABELS[name]}（{name}），请补写。")
        return value


@dataclass(frozen=True, slots=True)
class InspectionRecord:
    """One on-site inspection (现场检查): a joint one is one visit, made in the name of its initiator."""

    code: str
    unit: str
    on: date
    initiator: str
    organs: tuple[str, ...]
    kind: str
    theme: str | None = None
    scanned_in: bool = True
    behaviour_code: str = ""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """One planned inspection (检查计划)."""

    code: str
    unit: str
    organ: str
    on: date
    kind: str = "routine"
    theme: str | None = None


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """What the rules need of a unit (检查对象). `caps`: for each of its themes the annual cap and the organs in it."""

    code: str
    caps: tuple[tuple[int, frozenset[str]], ...] = ()
    active: bool = True
    inactive_since: date | None = None

    def cap(self, organ: str | None) -> int | None:
        """How often a year an organ may come (年度上限): the sum over the themes in which it takes part.

        An organ that is in none of the unit's themes, or no organ, has the largest cap. None: the unit has no cap.
        """
        own = [cap for cap, organs in self.caps if organ in organs]
        if own:
            return sum(own)
        return max((cap for cap, _ in self.caps), default=None)


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """What the quality rules need of a transfer (移送质量). All days."""

    code: str
    origin: str
    department: str
    delivered_on: date
    entered_on: date | None = None
    supplements: int = 0
    returned_on: date | None = None


@dataclass(frozen=True, slots=True)
class RiskHit:
    """One finding of a risk rule (风险命中). `unit` is empty where an organ's habit is meant.

    `items`: codes of the inspections, plans or transfers involved, in order; `key` names the same facts for ever.
    """

    rule: str
    kind: RiskKind
    unit: str
    window_from: date
    window_to: date
    count: int
    limit: int
    items: tuple[str, ...]
    departments: tuple[str, ...]
    key: str = field(default="")

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", hit_key(self.rule, self.unit, self.departments, self.items))


def hit_key(rule: str, unit: str, departments: tuple[str, ...], items: tuple[str, ...]) -> str:
    """The idempotency key of a hit (幂等键)."""
    facts = canonical([unit, sorted(departments), sorted(items)])
    return f"{rule}:{hashlib.sha256(facts).hexdigest()[:32]}"


def issuer_of_hit(hit: RiskHit, *, book: RuleBook) -> str:
    """Who writes the risk letter (出具机关): the guidance office unless it is among the recipients, then the justice bureau.

    Raises:
        RiskError: `self_warning` if both are among them.
    """
    for code in (book.guidance_code, book.supervisor_code, book.government_code):
        if code not in hit.departments:
            return code
    raise RiskError("self_warning", f"风险规则 {hit.rule} 的收函部门包括全部出具机关，请报请上级机关处理。")
