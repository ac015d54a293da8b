"""What a ledger is checked against (核对依据): departments, items, themes, towns, units, what is already known.

The caller fills a `Reference` from wherever it keeps these; this room reads no database.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from yisong.intake.identity import core_name, core_similarity, name_key
from yisong.intake.names import (
    Found,
    Names,
    loose_key,
    short_organ,
    short_theme,
    shortens,
    without_county,
    without_place,
)

MOST_COMPARED = 400  # registered units that a new name is compared with
_CODE_FIRST = re.compile(
    r"\s*[（(\[【]?\s*([A-Za-z]{1,6}\s*[-—–－_]?\s*\d{1,6}(?:[-.]\d{1,4})*)\s*[)）\]】:：、.\s]*(.*)$", re.S
)


@dataclass(frozen=True, slots=True)
class Department:
    """A department (部门)."""

    code: str
    name: str
    short: str = ""
    aka: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A check item of the lists (检查事项). `standard_facts` is the list's wording of the finding, if it has one."""

    code: str
    name: str
    themes: tuple[str, ...] = ()
    standard_facts: str = ""
    severity: str = ""
    criminal_hint: str = ""
    exempt_candidate: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of joint inspection (综合查一次主题); `initiator` is the code of the department that calls it."""

    code: str
    name: str
    initiator: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """A town or subdistrict (镇街)."""

    code: str
    name: str
    aka: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A registered unit (已登记单位). `status` other than "active" means that it no longer stands."""

    uscc: str
    name: str
    status: str = "active"
    deregistered_on: dt.date | None = None
    successor: str = ""
    town: str = ""
    aka: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """Everything a ledger is checked against (核对依据).

    `known_inspections` and `known_findings` map keys already stored to the fingerprint they were stored with
    (`LedgerInspection.fingerprint`, `LedgerFinding.fingerprint`), or to "" where none was kept.
    """

    departments: tuple[Department, ...] = ()
    items: tuple[Item, ...] = ()
    themes: tuple[Theme, ...] = ()
    towns: tuple[Town, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    known_inspections: Mapping[str, str] = field(default_factory=dict)
    known_findings: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def item_by_code(self) -> dict[str, Item]:
        """Items by code (事项表)."""
        return {item.code: item for item in self.items}

    @cached_property
    def department_labels(self) -> dict[str, str]:
        """Short names by code (部门简称)."""
        return {department.code: department.short or department.name for department in self.departments}

    @cached_property
    def _department_names(self) -> Names:
        return Names(((d.code, (d.short or d.name, d.name, *d.aka)) for d in self.departments), short_organ)

    @cached_property
    def _theme_names(self) -> Names:
        return Names(((theme.code, (theme.name,)) for theme in self.themes), short_theme)

    @cached_property
    def _town_names(self) -> Names:
        return Names(((town.code, (town.name, *town.aka)) for town in self.towns), short_organ)

    @cached_property
    def _item_names(self) -> Names:
        return Names(((item.code, (item.name,)) for item in self.items), lambda _: ())

    @cached_property
    def _unit_names(self) -> dict[str, list[Unit]]:
        names: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            for text in (unit.name, *unit.aka):
                names.setdefault(name_key(text), []).append(unit)
        return names

    @cached_property
    def _unit_cores(self) -> dict[str, str]:
        return {unit.uscc: core_name(unit.name) for unit in self.units.values()}

    @cached_property
    def _unit_grams(self) -> dict[str, list[str]]:
        """Pairs of characters → units whose names have them; () for pairs, like the county's, that tell nothing apart."""
        grams: dict[str, list[str]] = {}
        for uscc, core in self._unit_cores.items():
            for gram in _grams(core):
                grams.setdefault(gram, []).append(uscc)
        common = max(20, len(self.units) // 20)
        return {gram: bearers if len(bearers) <= common else [] for gram, bearers in grams.items()}

    def find_department(self, text: str) -> Found:
        """Find a department by code, name, short or former name (查部门)."""
        found = self._department_names.find(text)
        if found.code or found.ambiguous:
            return found
        bare = without_place(loose_key(text))
        keys = {bare, without_county(bare)}
        full = {d.code: (d.name, without_place(loose_key(d.name))) for d in self.departments}
        longer = {code: name for code, (name, key) in full.items() if any(shortens(short, key) for short in keys)}
        if len(longer) == 1:
            code, name = longer.popitem()
            return Found(code, read_as=name)
        return Found("", found.suggestions, tuple(longer.values()))

    def find_theme(self, text: str) -> Found:
        """Find a theme by code or name, with or without “综合查一次” (查主题)."""
        return self._theme_names.find(text)

    def find_town(self, text: str) -> Found:
        """Find a town by code or name (查镇街)."""
        return self._town_names.find(text)

    def find_item(self, text: str) -> Found:
        """Find a check item by code, by name, or by code and name in one cell (查事项)."""
        begins = _CODE_FIRST.match(text)
        by_code = self._item_names.find(begins.group(1)) if begins else Found("")
        if begins is None or not by_code.code:
            return self._item_names.find(text)
        rest = begins.group(2).strip()
        named = self._item_names.find(rest) if rest else by_code
        if named.code in ("", by_code.code) and not named.ambiguous:
            return by_code
        both = (by_code.code, named.code) if named.code else (by_code.code,)
        return Found("", ambiguous=tuple(f"{code} {self.item_by_code[code].name}" for code in both))

    def town_in(self, place: str) -> str:
        """Find the one town whose name stands in an address (由地址认定镇街); "" when there is none or several."""
        words = self._town_words
        hits = set()
        for start in range(len(place) - 2):
            for name, code in words.get(place[start : start + 2], ()):
                if place.startswith(name, start):
                    hits.add(code)
        return hits.pop() if len(hits) == 1 else ""

    @cached_property
    def _town_words(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Names of towns by the two characters they begin with (镇街名称索引)."""
        words: dict[str, dict[tuple[str, str], None]] = {}
        for town in self.towns:
            for text in (town.name, *town.aka):
                for name in (loose_key(text), *short_organ(loose_key(text))):
                    if len(name) >= 3:
                        words.setdefault(name[:2], {})[name, town.code] = None
        return {beginning: tuple(named) for beginning, named in words.items()}

    def units_named(self, name: str) -> list[Unit]:
        """Units registered under exactly this name, brackets and blanks apart (同名单位)."""
        return self._unit_names.get(name_key(name), [])

    def near_duplicates(self, name: str, *, threshold: float = 0.8) -> tuple[Unit, ...]:
        """Units whose names are so alike that a person should look before a second one is made (疑似重复单位)."""
        core = core_name(name)
        bearers = {gram: self._unit_grams.get(gram) for gram in _grams(core)}
        telling = [gram for gram, units in bearers.items() if units is None or units]
        enough = (len(telling) + 1) // 2
        known = sorted(filter(None, bearers.values()), key=len)
        first = max(0, len(known) - enough + 1)
        possible: set[str] = set()
        if enough > 1 and first < len(known) and len(known[first]) <= MOST_COMPARED:
            seen: set[str] = set()
            for units in known[: first + 1]:  # who shares enough pairs has two of these
                possible.update(seen.intersection(units))
                seen.update(units)
        else:
            possible.update(*(units[:MOST_COMPARED] for units in known[:first]))  # … and one of these
        if not possible:
            return ()
        cores = ((uscc, self._unit_cores[uscc]) for uscc in possible)
        likely = sorted(uscc for uscc, other in cores if sum([gram in other for gram in telling]) >= enough)
        scored = [(core_similarity(core, self._unit_cores[uscc]), uscc) for uscc in likely[:MOST_COMPARED]]
        return tuple(self.units[uscc] for score, uscc in sorted(scored, reverse=True)[:3] if score >= threshold)


def _grams(core: str) -> set[str]:
    return {core[start : start + 2] for start in range(len(core) - 1)} or {core}
