"""The rule book (规则库): everything that a clerk may change, as one frozen value with a digest.

Two books with the same content are equal and have the same `digest`, wherever they were read from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from yisong.domain.chain import canonical, plain
from yisong.domain.entries import (
    CheckItem,
    Confidence,
    DeadlineRule,
    ItemList,
    ItemVersion,
    Measure,
    RectifyMode,
    RuleBookError,
    Severity,
    Source,
    Theme,
    in_force,
)
from yisong.domain.escalation import Ladder, Rung
from yisong.domain.materials import DEFAULT_POINTS, MaterialPoint
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.organs import DatedName, Organ, OrganLevel, OrganRole
from yisong.domain.papertypes import DEFAULTS
from yisong.domain.refusal import RefusalRule
from yisong.domain.risk import RiskRule
from yisong.domain.routing import RoutingRow, RoutingStep, RoutingTable, RoutingWay
from yisong.domain.workdays import WorkCalendar

__all__ = [
    "CheckItem",
    "Confidence",
    "CountyNames",
    "DatedName",
    "DeadlineRule",
    "DocumentNumbering",
    "ItemList",
    "ItemVersion",
    "Ladder",
    "MaterialPoint",
    "Measure",
    "Organ",
    "OrganLevel",
    "OrganRole",
    "RectifyMode",
    "RefusalRule",
    "RiskRule",
    "RoutingRow",
    "RoutingStep",
    "RoutingWay",
    "RuleBook",
    "RuleBookError",
    "Rung",
    "Severity",
    "Source",
    "Theme",
    "in_force",
]


@dataclass(frozen=True, slots=True)
class CountyNames:
    """What the county calls itself (县名与平台名)."""

    name: str
    full_name: str
    division_code: str
    platform_name: str
    government_code: str
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True)
class RuleBook:
    """All rules of a county, dated and cited (规则库)."""

    county: CountyNames
    organs: tuple[Organ, ...]
    lists: tuple[ItemList, ...]
    themes: tuple[Theme, ...]
    items: tuple[CheckItem, ...]
    routing_steps: tuple[RoutingStep, ...]
    routing_rows: tuple[RoutingRow, ...]
    deadline_rules: tuple[DeadlineRule, ...]
    ladders: tuple[Ladder, ...]
    risk_rules: tuple[RiskRule, ...]
    refusal_rule: RefusalRule
    measures: tuple[Measure, ...]
    numberings: tuple[DocumentNumbering, ...]
    calendar: WorkCalendar = field(compare=False)
    calendar_version: str = field(init=False)
    materials: tuple[MaterialPoint, ...] = DEFAULT_POINTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "calendar_version", self.calendar.version)

    # ---- look-ups -------------------------------------------------------------------------------------------------

    def organ(self, code: str) -> Organ:
        """The organ of a code (机关). Raises RuleBookError `organ_unknown`."""
        try:
            return self._organs[code]
        except KeyError:
            raise RuleBookError(
                "organ_unknown", f"规则库中没有部门“{code}”，请核对部门代码或先在部门表中登记。"
            ) from None

    def item(self, code: str) -> CheckItem:
        """The check item of a code (检查事项). Raises RuleBookError `item_unknown`."""
        try:
            return self._items[code]
        except KeyError:
            raise RuleBookError("item_unknown", f"规则库中没有事项“{code}”，请核对事项代码或先登记该事项。") from None

    def theme(self, code: str) -> Theme:
        """The theme of a code (检查主题). Raises RuleBookError `theme_unknown`."""
        for theme in self.themes:
            if theme.code == code:
                return theme
        raise RuleBookError("theme_unknown", f"规则库中没有主题“{code}”，请核对主题代码。")

    def item_list(self, code: str, *, on: date | None = None) -> ItemList:
        """The list of a code, in its version of a day (事项清单). Raises RuleBookError `list_unknown`."""
        found = [entry for entry in self.lists if entry.code == code]
        for entry in found:
            if on is not None and in_force(entry.valid_from, entry.valid_to, on=on):
                return entry
        if found:
            return found[-1]
        raise RuleBookError("list_unknown", f"规则库中没有清单“{code}”，请核对清单代码。")

    def numbering(self, code: str) -> DocumentNumbering:
        """How a document type is numbered (文书类型与文号): the county's own way, else the system's default.

        Raises RuleBookError `document_unknown` for a code that neither knows.
        """
        try:
            return self._numberings.get(code) or DEFAULTS[code]
        except KeyError:
            raise RuleBookError("document_unknown", f"规则库中没有文书类型“{code}”，请核对文书代码。") from None

    def deadline_rule(self, code: str, on: date, department: str | None = None) -> DeadlineRule:
        """The term that applies on a day to an organ (适用的期限规则).

        A variant written for the organ goes before the rule it varies; asking for a variant by its own code gives it.

        Raises:
            RuleBookError: `rule_unknown`, or `rule_not_in_force` on that day.
        """
        versions = self._deadlines.get(code)
        if not versions:
            raise RuleBookError("rule_unknown", f"规则库中没有期限规则“{code}”，请在期限规则表中补充。")
        if department is not None:
            for rule in self._variants.get(code, ()):
                if department in rule.departments and in_force(rule.valid_from, rule.valid_to, on=on):
                    return rule
        for rule in versions:
            if in_force(rule.valid_from, rule.valid_to, on=on):
                return rule
        raise RuleBookError("rule_not_in_force", f"期限规则“{code}”在 {on} 没有有效版本，请补写该日的版本。")

    # ---- the three that chase, supervise and decide -----------------------------------------------------------------

    @cached_property
    def guidance_code(self) -> str:
        """The guidance office's organ (综合执法指导机构): coordinates and does not supervise."""
        coordinating = [organ for organ in self.organs if OrganRole.COORDINATE in organ.roles]
        for organ in coordinating:
            if OrganRole.SUPERVISE not in organ.roles:
                return organ.code
        if coordinating:
            return coordinating[0].code
        raise RuleBookError(
            "guidance_missing", "部门表中没有承担协调职能（coordinate）的部门，请指定综合执法指导机构。"
        )

    @cached_property
    def supervisor_code(self) -> str:
        """The organ that supervises enforcement (行政执法监督机关，司法行政部门)."""
        for organ in self.organs:
            if OrganRole.SUPERVISE in organ.roles:
                return organ.code
        raise RuleBookError(
            "supervisor_missing", "部门表中没有承担执法监督职能（supervise）的部门，请指定司法行政部门。"
        )

    @property
    def government_code(self) -> str:
        """The county government's code (县级人民政府)."""
        return self.county.government_code

    @cached_property
    def police_code(self) -> str:
        """The organ that takes criminal referrals (接受涉罪移送的公安机关)."""
        for organ in self.organs:
            if OrganRole.CRIMINAL in organ.roles:
                return organ.code
        raise RuleBookError("police_missing", "部门表中没有接受涉罪移送（criminal）的部门，请指定公安机关。")

    def prefixes(self) -> Mapping[str, str]:
        """Every number prefix that any organ ever bore → the organ's code (代字表)."""
        return {entry.prefix: organ.code for organ in self.organs for entry in organ.names if entry.prefix}

    # ---- versions -----------------------------------------------------------------------------------------------------

    def with_routing_rows(self, rows: tuple[RoutingRow, ...]) -> RuleBook:
        """The same book with another routing table (更换路由清单)."""
        return replace(self, routing_rows=rows)

    def with_calendar(self, calendar: WorkCalendar) -> RuleBook:
        """The same book with another calendar (更换日历)."""
        return replace(self, calendar=calendar)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical content (规则库摘要): which book a decision was taken by."""
        return hashlib.sha256(canonical(plain(self))).hexdigest()

    @cached_property
    def routing(self) -> RoutingTable:
        """The routing table, compiled once per book (路由表)."""
        return RoutingTable(
            steps=self.routing_steps, rows=self.routing_rows, lists=self.lists, items=self.items, organs=self.organs
        )

    # ---- indexes ------------------------------------------------------------------------------------------------------

    @cached_property
    def _organs(self) -> dict[str, Organ]:
        return {organ.code: organ for organ in self.organs}

    @cached_property
    def _items(self) -> dict[str, CheckItem]:
        return {item.code: item for item in self.items}

    @cached_property
    def _numberings(self) -> dict[str, DocumentNumbering]:
        return {entry.code: entry for entry in self.numberings}

    @cached_property
    def _deadlines(self) -> dict[str, list[DeadlineRule]]:
        found: dict[str, list[DeadlineRule]] = {}
        for rule in self.deadline_rules:
            found.setdefault(rule.code, []).append(rule)
        return found

    @cached_property
    def _variants(self) -> dict[str, list[DeadlineRule]]:
        found: dict[str, list[DeadlineRule]] = {}
        for rule in self.deadline_rules:
            if rule.variant_of is not None and rule.departments:
                found.setdefault(rule.variant_of, []).append(rule)
        return found
