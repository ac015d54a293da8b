"""Which organ a finding belongs to (管辖路由): 谁主管、谁负责, by the lists in force on the day of the finding.

The county's order is asked step by step and the first list that has the item decides: the township's list by place, the
comprehensive list by its owner, the specialised and the master list by who is registered. Several registered or none
is never guessed at: the answer is then undecided, with candidates (待协调).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from yisong.domain.entries import CheckItem, ItemList, RuleBookError, in_force
from yisong.domain.organs import Organ

if TYPE_CHECKING:
    from yisong.domain.rulebook import RuleBook


class RoutingWay(StrEnum):
    """How a step of the order names the organ (路由方式)."""

    PLACE = "place"
    OWNER = "owner"
    REGISTERED = "registered"
    UNDECIDED = "undecided"
    CRIMINAL = "criminal"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {
            "place": "按发现地点归镇街",
            "owner": "归清单行使机关",
            "registered": "归登记部门",
            "undecided": "待协调",
            "criminal": "涉罪另行移送",
        }[self.value]


@dataclass(frozen=True, slots=True)
class RoutingStep:
    """One step of the order in which the lists are asked (路由次序); `rule` is the county's own sentence."""

    step: int
    list_code: str
    way: RoutingWay
    rule: str


@dataclass(frozen=True, slots=True)
class RoutingRow:
    """One row of the routing table (路由清单行): on this list, from day to day, this organ has the item.

    `town` is the township whose place it takes (赋权), empty elsewhere.
    """

    item: str
    list_code: str
    department: str
    town: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a finding goes, and why (路由结果). `department` None: undecided, one of `candidates` must be named by a person."""

    department: str | None
    list_code: str
    step: int
    reason: str
    basis: str
    version: str
    candidates: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether an organ was found (是否确定)."""
        return self.department is not None


@dataclass(frozen=True, slots=True)
class _Span:
    """The answers of one item between two changes of its lists (有效区间)."""

    places: dict[str, Routed]
    elsewhere: Routed


class RoutingTable:
    """The lists of a county, compiled item by item on first use (路由表): an answer is two look-ups and a bisection."""

    def __init__(
        self,
        *,
        steps: Iterable[RoutingStep],
        rows: Iterable[RoutingRow],
        lists: Iterable[ItemList],
        items: Iterable[CheckItem],
        organs: Iterable[Organ],
    ) -> None:
        ordered = sorted(steps, key=lambda step: step.step)
        self._steps = tuple(step for step in ordered if step.list_code)
        self._open_step = next((step for step in ordered if step.way is RoutingWay.UNDECIDED), None)
        self._items = {item.code: item for item in items}
        self._shorts = {organ.code: organ.short for organ in organs}
        self._names = {organ.code: organ.name for organ in organs}
        self._lists: dict[str, list[ItemList]] = {}
        for entry in lists:
            self._lists.setdefault(entry.code, []).append(entry)
        self._rows: dict[str, list[RoutingRow]] = {}
        for row in rows:
            self._rows.setdefault(row.item, []).append(row)
        self._compiled: dict[str, tuple[list[date], list[_Span]]] = {}

    def decide(self, item: str, place_town: str | None, found_on: date) -> Routed:
        """The organ for an item found at a place on a day (判定). Raises RuleBookError `item_unknown`."""
        compiled = self._compiled.get(item)
        if compiled is None:
            compiled = self._compiled[item] = self._compile(item)
        starts, spans = compiled
        span = spans[bisect_right(starts, found_on) - 1]
        return span.places.get(place_town, span.elsewhere) if place_town else span.elsewhere

    def _compile(self, item: str) -> tuple[list[date], list[_Span]]:
        if item not in self._items:
            raise RuleBookError("item_unknown", f"规则库中没有事项“{item}”，请核对事项代码或先登记该事项。")
        rows = self._rows.get(item, [])
        changes = {date.min}
        dated: list[RoutingRow | ItemList] = [*rows]
        for versions in self._lists.values():
            dated += versions
        for entry in dated:
            if entry.valid_from is not None:
                changes.add(entry.valid_from)
            if entry.valid_to is not None and entry.valid_to < date.max:
                changes.add(entry.valid_to + timedelta(days=1))
        starts = sorted(changes)
        towns = {row.town for row in rows if row.town}
        spans = []
        for first in starts:
            elsewhere = self._ask(item, rows, town="", on=first)
            places = {town: self._ask(item, rows, town=town, on=first) for town in towns}
            spans.append(_Span(places, elsewhere))
        return starts, spans

    def _ask(self, item: str, rows: list[RoutingRow], *, town: str, on: date) -> Routed:
        """Ask the lists in their order on one day at one place (依次匹配，命中即止)."""
        asked = False
        for step in self._steps:
            version = next(
                (
                    entry
                    for entry in self._lists.get(step.list_code, ())
                    if in_force(entry.valid_from, entry.valid_to, on=on)
                ),
                None,
            )
            if version is None:
                continue
            asked = True
            found = [
                row
                for row in rows
                if row.list_code == step.list_code
                and in_force(row.valid_from, row.valid_to, on=on)
                and ((row.town == town and town != "") if step.way is RoutingWay.PLACE else row.town == "")
            ]
            if found:
                return self._answer(step, version, found)
        return self._nowhere(item, rows, asked=asked)

    def _answer(self, step: RoutingStep, version: ItemList, found: list[RoutingRow]) -> Routed:
        title = f"{version.name}（{version.version}版）" if version.version else version.name
        basis = "；".join(dict.fromkeys([title, *(row.basis for row in found if row.basis)]))
        registered = tuple(dict.fromkeys(row.department for row in found))
        if step.way is RoutingWay.OWNER and version.owner:
            others = [code for code in registered if code != version.owner]
            reason = f"事项在{title}，由{self._names.get(version.owner, version.owner)}行使"
            if others:
                reason += f"；抄送{self._listed(others)}，仍负日常监管责任"
            return Routed(version.owner, step.list_code, step.step, reason, basis, version.version)
        if len(registered) > 1:
            number = self._open_step.step if self._open_step else step.step
            reason = f"{title}中有{len(registered)}个部门登记该事项（{self._listed(registered)}），须协调确定"
            return Routed(None, step.list_code, number, reason, basis, version.version, registered)
        name = self._names.get(registered[0], registered[0])
        if step.way is RoutingWay.PLACE:
            reason = f"事项在{title}，发现地点属赋权镇街，由{name}行使"
        else:
            reason = f"事项在{title}，登记部门为{name}"
        return Routed(registered[0], step.list_code, step.step, reason, basis, version.version)

    def _nowhere(self, item: str, rows: list[RoutingRow], *, asked: bool) -> Routed:
        entry = self._items[item]
        known = dict.fromkeys([entry.department, *entry.claimants, *(row.department for row in rows if not row.town)])
        candidates = tuple(code for code in known if code)
        number = self._open_step.step if self._open_step else 0
        reason = "发现日有效的清单均未登记该事项" if asked else "发现日没有任何有效的清单版本"
        reason += "，须协调确定"
        if candidates:
            reason += f"（可考虑：{self._listed(candidates)}）"
        return Routed(None, "", number, reason, self._open_step.rule if self._open_step else "", "", candidates)

    def _listed(self, codes: Iterable[str]) -> str:
        return "、".join(self._shorts.get(code, code) for code in codes)


def route(item: CheckItem | str, *, place_town: str | None, found_on: date, book: RuleBook) -> Routed:
    """Which organ is answerable for a finding (管辖路由).

    Args:
        item: the check item, or its code.
        place_town: the code of the township where it was found (处罚法22条：违法行为发生地), if known.
        found_on: the day of the finding; lists of that day decide (按发现日有效清单).
        book: the rule book.

    Raises:
        RuleBookError: `item_unknown`.
    """
    return book.routing.decide(item if isinstance(item, str) else item.code, place_town, found_on)


def settled_rows(
    rows: Iterable[RoutingRow], *, item: str, list_code: str, department: str, on: date, basis: str
) -> tuple[RoutingRow, ...]:
    """The routing table after a dispute over an item was settled (争议写回清单): a proposal for a person to confirm.

    Rows of the item on that list end the day before `on`; a new one names the organ. Township rows stay.
    """
    kept: list[RoutingRow] = []
    for row in rows:
        closes = row.item == item and row.list_code == list_code and not row.town
        if closes and (row.valid_to is None or row.valid_to >= on):
            if row.valid_from is not None and row.valid_from >= on:
                continue
            row = replace(row, valid_to=on - timedelta(days=1))
        kept.append(row)
    return (*kept, RoutingRow(item, list_code, department, "", on, None, basis))
