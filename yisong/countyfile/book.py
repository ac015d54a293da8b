"""The rule book out of a county file (由县文件得规则库): no county is named here, every sentence is read from the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from yisong.countyfile import rules
from yisong.countyfile.node import Node, unique
from yisong.domain.entries import CheckItem, ItemList, ItemVersion, RectifyMode, Severity, Source, Theme
from yisong.domain.numbering import DocumentNumbering
from yisong.domain.organs import DatedName, Organ, OrganLevel, OrganRole, dated_names
from yisong.domain.papertypes import DEFAULTS
from yisong.domain.routing import RoutingRow, RoutingStep, RoutingWay
from yisong.domain.rulebook import CountyNames, RuleBook
from yisong.domain.wording import parse_routing_step
from yisong.domain.workdays import WorkCalendar

DEFAULT_NUMBERINGS = (DEFAULTS["LIAN"],)
"""Types that the life cycles issue and a county may leave out of its list (系统默认文书)."""


def read_book(root: Node, calendar: WorkCalendar | None) -> RuleBook:
    """Every rule of the file (规则库). Raises CountyFileError naming the place."""
    names = _county(root)
    organs = _organs(root)
    known = frozenset(organ.code for organ in organs)
    lists = _lists(root, known)
    themes = _themes(root, known)
    items = _items(root, known, lists, themes)
    steps = _steps(root, lists)
    stated = tuple(row.made(_numbering, row) for row in unique(root.need("document_types").rows(), "文书代码"))
    numberings = (*stated, *(entry for entry in DEFAULT_NUMBERINGS if all(entry.code != own.code for own in stated)))
    return RuleBook(
        county=names,
        organs=organs,
        lists=lists,
        themes=themes,
        items=items,
        routing_steps=steps,
        routing_rows=tuple(_routing_rows(items, lists, steps)),
        deadline_rules=rules.deadlines(root, organs),
        ladders=rules.ladders(root, organs, numberings),
        risk_rules=tuple(row.made(rules.risk, row) for row in unique(root.list_of("risk_rules"), "风险规则代码")),
        refusal_rule=rules.refusal(root),
        measures=rules.measures(root),
        numberings=numberings,
        calendar=rules.read_calendar(root, calendar),
    )


def _county(root: Node) -> CountyNames:
    county = root.need("county")
    meta = root.get("meta")
    return CountyNames(
        name=county.need("name").filled,
        full_name=county.text_of("full_name") or county.need("name").filled,
        division_code=county.need("division_code").filled,
        platform_name=county.text_of("platform_name") or f"{county.need('name').filled}案件移送协同平台",
        government_code=county.need("government").need("code").filled,
        timezone=(meta.text_of("timezone") if meta else "") or "Asia/Shanghai",
    )


def _organs(root: Node) -> tuple[Organ, ...]:
    rows = unique(root.need("departments").rows(), "部门代码")
    organs = [_organ(row, OrganLevel.COUNTY) for row in rows]
    government = root.need("county").need("government")
    if all(organ.code != government.need("code").filled for organ in organs):
        organs.append(_organ(government, OrganLevel.GOVERNMENT))
    return tuple(organs)


def _organ(row: Node, level: OrganLevel) -> Organ:
    stated = row.get("level")
    history = tuple(
        DatedName(
            entry.need("name").filled,
            entry.need("doc_prefix").filled,
            entry.day_of("valid_from"),
            entry.need("valid_to").day,
        )
        for entry in row.list_of("history")
    )
    name = row.need("name").filled
    return Organ(
        code=row.need("code").filled,
        name=name,
        short=row.text_of("short") or name,
        uscc=row.need("uscc").filled,
        names=dated_names(name, row.need("doc_prefix").filled, history),
        roles=frozenset(role.word(OrganRole) for role in row.list_of("roles")),
        level=stated.word(OrganLevel) if stated else level,
        phone=row.text_of("phone"),
        address=row.text_of("address"),
        aka=row.texts_of("aka"),
        note=row.text_of("note"),
    )


def _lists(root: Node, organs: frozenset[str]) -> tuple[ItemList, ...]:
    found = []
    for row in root.need("item_lists").rows():
        owner = row.get("owner")
        found.append(
            ItemList(
                code=row.need("code").filled,
                name=row.need("name").filled,
                version=row.need("version").filled,
                valid_from=row.day_of("effective_from"),
                valid_to=row.day_of("effective_to"),
                owner=owner.one_of(organs, "部门") if owner else "",
                towns=tuple(town.one_of(organs, "镇街") for town in row.list_of("towns")),
                basis=row.text_of("basis") or f"本县公布的{row.need('name').filled}（{row.need('version').filled}版）",
            )
        )
    return tuple(replace(entry, valid_to=entry.valid_to or _ended(entry, found)) for entry in found)


def _ended(entry: ItemList, entries: list[ItemList]) -> date | None:
    """A version ends the day before the next one of its list begins (新版施行，旧版止)."""
    begins = [other.valid_from for other in entries if other.code == entry.code and other.valid_from]
    later = [begin for begin in begins if begin > (entry.valid_from or date.min)]
    return min(later) - timedelta(days=1) if later else None


def _themes(root: Node, organs: frozenset[str]) -> tuple[Theme, ...]:
    return tuple(
        Theme(
            code=row.need("code").filled,
            name=row.need("name").filled,
            initiator=row.need("initiator").one_of(organs, "部门"),
            participants=tuple(organ.one_of(organs, "部门") for organ in row.list_of("participants")),
            annual_cap=row.whole_of("frequency_cap_per_year"),
            mode=row.text_of("mode"),
            minutes=row.whole_of("duration_min"),
            basis=row.text_of("basis") or "本县“综合查一次”主题清单与年度检查频次上限",
        )
        for row in unique(root.list_of("themes"), "主题代码")
    )


def _items(
    root: Node, organs: frozenset[str], lists: tuple[ItemList, ...], themes: tuple[Theme, ...]
) -> tuple[CheckItem, ...]:
    list_codes = frozenset(entry.code for entry in lists)
    theme_codes = frozenset(theme.code for theme in themes)
    found = []
    for row in unique(root.need("check_items").rows(), "事项代码"):
        rectify = row.need("rectify")
        severity = row.get("severity")
        found.append(
            CheckItem(
                code=row.need("code").filled,
                name=row.need("name").filled,
                list_code=row.need("list").one_of(list_codes, "清单"),
                department=row.need("dept").one_of(organs, "部门"),
                versions=_versions(row),
                claimants=tuple(organ.one_of(organs, "部门") for organ in row.list_of("claimants")),
                themes=tuple(theme.one_of(theme_codes, "主题") for theme in row.list_of("themes")),
                severity=severity.word(Severity) if severity else Severity.GENERAL,
                rectify_mode=rectify.need("mode").word(RectifyMode),
                rectify_days=rectify.need("days").whole,
                exempt_candidate=row.yes_of("exempt_candidate", False),
                evidence=row.texts_of("evidence"),
                finding=row.text_of("finding"),
                demand=row.text_of("demand"),
                note=row.text_of("note"),
                criminal_hint=row.text_of("criminal_hint"),
            )
        )
    return tuple(found)


def _versions(row: Node) -> tuple[ItemVersion, ...]:
    rows = row.list_of("versions") or [row]
    versions = []
    for entry in rows:
        versions.append(
            ItemVersion(
                duty=entry.text_of("duty") or row.need("duty").filled,
                penalty=entry.text_of("penalty") or row.need("penalty").filled,
                refuse_clause=entry.text_of("refuse_clause") or row.text_of("refuse_clause"),
                basis_src=entry.text_of("basis_src") or row.need("basis_src").filled,
                valid_from=entry.day_of("valid_from"),
                valid_to=entry.day_of("valid_to"),
            )
        )
    return tuple(versions)


def _steps(root: Node, lists: tuple[ItemList, ...]) -> tuple[RoutingStep, ...]:
    codes = [entry.code for entry in lists]
    owned = frozenset(entry.code for entry in lists if entry.owner)
    by_town = frozenset(entry.code for entry in lists if entry.towns)
    steps = []
    for row in root.need("routing_order").rows():
        sentence = row.need("rule")
        code, way = sentence.made(parse_routing_step, sentence.filled, lists=codes, owned=owned, by_town=by_town)
        steps.append(RoutingStep(row.need("step").whole, code, way, sentence.filled))
    return tuple(sorted(steps, key=lambda step: step.step))


def _routing_rows(
    items: tuple[CheckItem, ...], lists: tuple[ItemList, ...], steps: tuple[RoutingStep, ...]
) -> Iterable[RoutingRow]:
    """The rows that the items' own entries amount to (由事项登记得清单行).

    An item of a township list stays with its registered department where no empowered township is: on the last list
    that goes by registration, the master list.
    """
    ways = {step.list_code: step.way for step in steps}
    master = next((step.list_code for step in reversed(steps) if step.way is RoutingWay.REGISTERED), "")
    for item in items:
        departments = tuple(dict.fromkeys(item.claimants or (item.department,)))
        by_place = ways.get(item.list_code) is RoutingWay.PLACE
        for entry in (entry for entry in lists if entry.code == item.list_code):
            if by_place:
                yield from (_row(item, entry, lists, town, town) for town in entry.towns)
            else:
                yield from (_row(item, entry, lists, department) for department in departments)
        for entry in (entry for entry in lists if by_place and entry.code == master):
            yield from (_row(item, entry, lists, department) for department in departments)


def _row(item: CheckItem, entry: ItemList, lists: tuple[ItemList, ...], department: str, town: str = "") -> RoutingRow:
    """A row of one version of a list; dated only where the list has several (清单行)."""
    alone = sum(other.code == entry.code for other in lists) == 1
    first, last = (None, None) if alone else (entry.valid_from, entry.valid_to)
    return RoutingRow(item.code, entry.code, department, town, first, last, f"{entry.name}（{entry.version}版）")


def _numbering(row: Node) -> DocumentNumbering:
    pattern = row.get("number")
    return DocumentNumbering(
        code=row.need("code").filled,
        name=row.need("name").filled,
        layout=row.need("layout").filled,
        pattern=pattern.filled if pattern else None,
        basis=row.text_of("basis") or "本县文书类型与文号规则；文号要素依 GB/T 9704-2012",
        source=Source.LOCAL,
    )
