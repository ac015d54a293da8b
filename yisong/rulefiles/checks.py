"""What the entries must be to each other (规则库核对): references that resolve, dates without gap or overlap, no doubles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from yisong.domain.escalation import PARTIES
from yisong.domain.organs import OrganRole
from yisong.domain.routing import RoutingWay
from yisong.rulefiles.reading import Loaded, Placed
from yisong.rulefiles.toml import Problem

Span = tuple[date | None, date | None]


def cross_checks(loaded: Loaded, *, broken: frozenset[str] = frozenset()) -> list[Problem]:
    """Every contradiction between entries (条目间核对), in the order of the files.

    What refers to an entry of a `broken` file, one with entries that could not be read, is not held against it.
    """
    problems: list[Problem] = []
    organs = {placed.entry.code for placed in loaded.of("organs.toml:organ")}
    lists = {placed.entry.code for placed in loaded.of("lists.toml:list")}
    themes = {placed.entry.code for placed in loaded.of("themes.toml:theme")}
    items = {placed.entry.code for placed in loaded.of("items.toml:item")}
    papers = {placed.entry.code for placed in loaded.of("documents.toml:document")}
    terms = {placed.entry.code for placed in loaded.of("deadlines.toml:rule")}

    def known(placed: Placed, key: str, codes: Iterable[str], among: set[str], what: str, where: str) -> None:
        for code in codes:
            if code and code not in among and where not in broken:
                problems.append(placed.problem(key, f"{what}“{code}”没有登记，请核对代码或先在 {where} 中登记。"))

    for placed in loaded.of("lists.toml:list"):
        known(placed, "owner", [placed.entry.owner], organs, "部门", "organs.toml")
        known(placed, "towns", placed.entry.towns, organs, "镇街", "organs.toml")
    for placed in loaded.of("lists.toml:step"):
        known(placed, "list", [placed.entry.list_code], lists, "清单", "lists.toml")
    for placed in loaded.of("themes.toml:theme"):
        known(placed, "initiator", [placed.entry.initiator], organs, "部门", "organs.toml")
        known(placed, "participants", placed.entry.participants, organs, "部门", "organs.toml")
    for placed in loaded.of("items.toml:item"):
        entry = placed.entry
        known(placed, "list", [entry.list_code], lists, "清单", "lists.toml")
        known(placed, "department", [entry.department], organs, "部门", "organs.toml")
        known(placed, "claimants", entry.claimants, organs, "部门", "organs.toml")
        known(placed, "themes", entry.themes, themes, "主题", "themes.toml")
        problems += _spans(
            placed, [(v.valid_from, v.valid_to) for v in entry.versions], f"事项“{entry.code}”的法律依据"
        )
    for placed in loaded.of("organs.toml:organ"):
        spans = [(name.valid_from, name.valid_to) for name in placed.entry.names]
        problems += _spans(placed, spans, f"部门“{placed.entry.code}”的名称")
    for placed in loaded.of("deadlines.toml:rule"):
        known(placed, "departments", placed.entry.departments, organs, "部门", "organs.toml")
        known(placed, "variant_of", [placed.entry.variant_of or ""], terms, "期限规则", "deadlines.toml")
    for placed in loaded.of("escalation.toml:ladder"):
        known(placed, "rules", placed.entry.rules, terms, "期限规则", "deadlines.toml")
        for rung in placed.entry.rungs:
            known(placed, "papers", rung.papers, papers, "文书", "documents.toml")
            known(placed, "copies", set(rung.copies) - PARTIES.keys(), organs, "部门", "organs.toml")
            if rung.offset_workdays is None and not rung.special:
                problems.append(
                    placed.problem(
                        "workdays",
                        f"层级“{rung.name}”没有写明触发：请写 workdays，或写 critical_hazard、quarter_count。",
                    )
                )
    for placed in loaded.of("routing.csv:row"):
        known(placed, "item_code", [placed.entry.item], items, "事项", "items.toml")
        known(placed, "list", [placed.entry.list_code], lists, "清单", "lists.toml")
        known(placed, "department", [placed.entry.department], organs, "部门", "organs.toml")
        known(placed, "town", [placed.entry.town], organs, "镇街", "organs.toml")
    problems += _doubles(loaded)
    problems += _routing(loaded)
    problems += _offices(loaded, organs, broken)
    return problems


_VERSIONED: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("lists.toml:list", "清单", lambda entry: entry.code),
    ("deadlines.toml:rule", "期限规则", lambda entry: entry.code),
    ("risk.toml:rule", "风险规则", lambda entry: entry.code),
    ("escalation.toml:ladder", "升级规则", lambda entry: entry.code),
    ("materials.toml:material", "移送材料项", lambda entry: entry.code),
)
_UNIQUE: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
    ("organs.toml:organ", "code", "部门代码", lambda entry: entry.code),
    ("organs.toml:organ", "uscc", "统一社会信用代码", lambda entry: entry.uscc),
    ("themes.toml:theme", "code", "主题代码", lambda entry: entry.code),
    ("items.toml:item", "code", "事项代码", lambda entry: entry.code),
    ("documents.toml:document", "code", "文书代码", lambda entry: entry.code),
    ("lists.toml:step", "step", "路由次序", lambda entry: entry.step),
)


def _doubles(loaded: Loaded) -> list[Problem]:
    problems: list[Problem] = []
    for kind, key, what, code_of in _UNIQUE:
        seen: dict[Any, Placed] = {}
        for placed in loaded.of(kind):
            code = code_of(placed.entry)
            if code in seen:
                problems.append(
                    placed.problem(key, f"{what}“{code}”已在第{seen[code].line}行用过，请改用别的代码或合并。")
                )
            seen.setdefault(code, placed)
    for kind, what, code_of in _VERSIONED:
        groups: dict[str, list[Placed]] = defaultdict(list)
        for placed in loaded.of(kind):
            groups[code_of(placed.entry)].append(placed)
        for code, group in groups.items():
            ordered = sorted(group, key=lambda placed: placed.entry.valid_from or date.min)
            for before, after in pairwise(ordered):
                spans = [(placed.entry.valid_from, placed.entry.valid_to) for placed in (before, after)]
                problems += _spans(after, spans, f"{what}“{code}”")
            if len(group) == 1:
                problems += _spans(group[0], [(group[0].entry.valid_from, group[0].entry.valid_to)], f"{what}“{code}”")
    return problems


def _spans(placed: Placed, spans: list[Span], what: str) -> list[Problem]:
    """Gaps, overlaps and reversed dates between versions (版本衔接)."""
    problems: list[Problem] = []
    for first, last in spans:
        if first is not None and last is not None and last < first:
            problems.append(placed.problem("valid_to", f"{what}的止日 {last} 早于起日 {first}，请核对。"))
            return problems
    ordered = sorted(spans, key=lambda span: span[0] or date.min)
    for (_, ended), (begins, _) in pairwise(ordered):
        if ended is None or begins is None or begins <= ended:
            at = begins or ended
            problems.append(
                placed.problem(
                    "valid_from",
                    f"{what}有两个版本在{f' {at} ' if at else '同一时间'}重叠：请给前一版写止日 valid_to，后一版从次日起。",
                )
            )
        elif begins > ended + timedelta(days=1):
            missing = ended + timedelta(days=1)
            problems.append(
                placed.problem(
                    "valid_from",
                    f"{what}自 {missing} 至 {begins - timedelta(days=1)} 没有版本：请补写，或把后一版的 valid_from 改为 {missing}。",
                )
            )
    return problems


def _routing(loaded: Loaded) -> list[Problem]:
    """Rows that say the same thing twice, and towns on lists that are not by place (路由清单核对)."""
    problems: list[Problem] = []
    by_place = {p.entry.list_code for p in loaded.of("lists.toml:step") if p.entry.way is RoutingWay.PLACE}
    groups: dict[tuple[str, str, str, str], list[Placed]] = defaultdict(list)
    for placed in loaded.of("routing.csv:row"):
        row = placed.entry
        groups[row.item, row.list_code, row.department, row.town].append(placed)
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            problems.append(placed.problem("valid_to", f"止日 {row.valid_to} 早于起日 {row.valid_from}，请核对。"))
        if (row.list_code in by_place) != bool(row.town):
            wanted = "须填镇街 town" if row.list_code in by_place else "不填镇街 town"
            problems.append(placed.problem("town", f"清单“{row.list_code}”的行{wanted}，请改正。"))
    towns: dict[tuple[str, str, str], list[Placed]] = defaultdict(list)
    for (item, list_code, _, town), group in groups.items():
        ordered = sorted(group, key=lambda placed: placed.entry.valid_from or date.min)
        for before, after in pairwise(ordered):
            if before.entry.valid_to is None or (after.entry.valid_from or date.min) <= before.entry.valid_to:
                problems.append(
                    after.problem("item_code", f"与第{before.line}行重复，有效期重叠，请删去一行或改有效期。")
                )
        if town:
            towns[item, list_code, town].extend(group)
    for (item, _, town), group in towns.items():
        ordered = sorted(group, key=lambda placed: placed.entry.valid_from or date.min)
        for before, after in pairwise(ordered):
            overlaps = before.entry.valid_to is None or (after.entry.valid_from or date.min) <= before.entry.valid_to
            if overlaps and before.entry.department != after.entry.department:
                problems.append(
                    after.problem(
                        "department", f"事项“{item}”在镇街“{town}”与第{before.line}行归属不同部门，请只留一个。"
                    )
                )
    return problems


def _offices(loaded: Loaded, organs: set[str], broken: frozenset[str]) -> list[Problem]:
    """The offices without which nobody can be chased (必设机关)."""
    problems: list[Problem] = []
    if "organs.toml" in broken:
        return problems
    if loaded.county is not None and loaded.county.government_code not in organs:
        code = loaded.county.government_code
        problems.append(
            Problem("county.toml", 0, "government", f"县人民政府“{code}”没有在 organs.toml 中登记，请补登。")
        )
    roles = {role for placed in loaded.of("organs.toml:organ") for role in placed.entry.roles}
    for role, what in (
        (OrganRole.COORDINATE, "综合执法指导机构"),
        (OrganRole.SUPERVISE, "执法监督机关（司法行政部门）"),
    ):
        if role not in roles:
            problems.append(
                Problem("organs.toml", 0, "roles", f"没有任何部门担任{what}，请给它的 roles 加上“{role.value}”。")
            )
    for kind, file, what in (
        ("lists.toml:step", "lists.toml", "路由次序 [[step]]"),
        ("escalation.toml:ladder", "escalation.toml", "升级规则 [[ladder]]"),
        ("deadlines.toml:rule", "deadlines.toml", "期限规则 [[rule]]"),
    ):
        if file not in broken and not loaded.of(kind):
            problems.append(Problem(file, 0, "", f"没有可用的{what}，请补写。"))
    return problems
