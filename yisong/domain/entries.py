"""The entries of the rule book (规则条目): terms, items, lists, themes — each dated, each with its basis.

Dates of validity are inclusive at both ends; None means open. Nothing here reads a clock: the day comes in as a parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yisong.domain.deadlines import Unit


class RuleBookError(ValueError):
    """The rule book cannot answer (规则库错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Source(StrEnum):
    """Where an entry gets its authority from (来源). A local default is never presented as statutory."""

    LAW = "law"
    LOCAL = "local"
    DEFAULT = "default"
    ORDER = "order"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"law": "法定", "local": "地方规定", "default": "系统默认", "order": "文书载明"}[self.value]


class Confidence(StrEnum):
    """How surely the basis was read (置信度)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"high": "高", "medium": "中", "low": "低"}[self.value]


class Severity(StrEnum):
    """How grave a breach of an item is (严重程度)."""

    GENERAL = "general"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"general": "一般", "major": "较重", "critical": "重大"}[self.value]


class RectifyMode(StrEnum):
    """At once, or within a term (改正方式)."""

    IMMEDIATE = "immediate"
    TERM = "term"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"immediate": "立即改正", "term": "限期改正"}[self.value]


def in_force(valid_from: date | None, valid_to: date | None, *, on: date) -> bool:
    """Whether a dated entry holds on a day, both ends included (是否有效)."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A term (期限规则).

    `amount` is counted in `unit`; None: the paper states it. `departments` narrows a rule to those organs; a rule that is
    `variant_of` another and names no organ applies only when it is asked for by its own code.
    """

    code: str
    name: str
    unit: Unit
    amount: int | None
    start: str
    source: Source
    basis: str
    confidence: Confidence
    extend: int | None = None
    pause_on: tuple[str, ...] = ()
    on_silence: str = ""
    max_times: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    departments: tuple[str, ...] = ()
    variant_of: str | None = None


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """The law of an item for a span of days (事项依据版本): judged by the day of the act (从旧兼从轻，人工把关)."""

    duty: str
    penalty: str
    refuse_clause: str = ""
    basis_src: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CheckItem:
    """What is looked at in an inspection (检查事项). `rectify_days` are natural days (默认改正天数)."""

    code: str
    name: str
    list_code: str
    department: str
    versions: tuple[ItemVersion, ...]
    claimants: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    severity: Severity = Severity.GENERAL
    rectify_mode: RectifyMode = RectifyMode.TERM
    rectify_days: int = 0
    exempt_candidate: bool = False
    evidence: tuple[str, ...] = ()
    finding: str = ""
    demand: str = ""
    note: str = ""
    criminal_hint: str = ""

    def version_on(self, day: date) -> ItemVersion:
        """The law in force on the day of the act (行为时的依据).

        Raises:
            RuleBookError: `item_version_missing` if no version covers the day.
        """
        for version in self.versions:
            if in_force(version.valid_from, version.valid_to, on=day):
                return version
        raise RuleBookError(
            "item_version_missing",
            f"事项 {self.code}（{self.name}）在 {day} 没有有效的法律依据，请补写该日的依据版本。",
        )


@dataclass(frozen=True, slots=True)
class ItemList:
    """One of the “1+3” lists (事项清单). `owner` exercises the whole list; `towns` are the townships empowered by it."""

    code: str
    name: str
    version: str
    valid_from: date | None = None
    valid_to: date | None = None
    owner: str = ""
    towns: tuple[str, ...] = ()
    basis: str = ""
    source: Source = Source.LOCAL
    confidence: Confidence = Confidence.MEDIUM


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of joint inspection (“综合查一次”主题). `annual_cap`: on-site inspections of one unit a year by one organ."""

    code: str
    name: str
    initiator: str
    participants: tuple[str, ...]
    annual_cap: int | None
    mode: str = ""
    minutes: int | None = None
    basis: str = ""
    source: Source = Source.LOCAL
    confidence: Confidence = Confidence.MEDIUM


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure against a listed unit, with the provision that allows it (管理措施): none without a basis.

    `kind`: regulatory 监管措施 / conditional 附条件 / sanction 失信惩戒.
    """

    measure: str
    basis: str
    kind: str
    source: Source = Source.LOCAL
    confidence: Confidence = Confidence.MEDIUM
