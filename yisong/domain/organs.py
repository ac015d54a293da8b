"""The organs of a county (机关): what they are called when, what they do, to whom they answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from yisong.domain.entries import RuleBookError, in_force


class OrganLevel(StrEnum):
    """To whom an organ answers (机关层级): a city's branch office cannot be designated by the county."""

    COUNTY = "county"
    CITY_BRANCH = "city_branch"
    TOWNSHIP = "township"
    GOVERNMENT = "government"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {
            "county": "县级部门",
            "city_branch": "市派出（垂直管理）机构",
            "township": "镇街",
            "government": "县级人民政府",
        }[self.value]


class OrganRole(StrEnum):
    """What an organ does in the chain (机关职能)."""

    LEAD = "lead"
    ENFORCE = "enforce"
    COORDINATE = "coordinate"
    SUPERVISE = "supervise"
    CRIMINAL = "criminal"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {
            "lead": "发起联合检查",
            "enforce": "行政处罚",
            "coordinate": "协调",
            "supervise": "执法监督",
            "criminal": "接受涉罪移送",
        }[self.value]


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name and number prefix that an organ bore for a time (机关名称与代字沿革)."""

    name: str
    prefix: str
    valid_from: date | None = None
    valid_to: date | None = None


def dated_names(
    name: str,
    prefix: str,
    history: tuple[DatedName, ...],
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> tuple[DatedName, ...]:
    """Earlier names and the present one, each from the day after the one before unless it says otherwise (名称沿革)."""
    ordered = sorted(history, key=lambda entry: entry.valid_to or date.max)
    names: list[DatedName] = []
    for entry in [*ordered, DatedName(name, prefix, valid_from, valid_to)]:
        ended = names[-1].valid_to if names else None
        if entry.valid_from is None and ended is not None:
            entry = replace(entry, valid_from=ended + timedelta(days=1))
        names.append(entry)
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ that inspects, handles, coordinates or supervises (机关).

    `names` is its history, oldest first: a paper bears the name and prefix of its own day, old papers keep theirs.
    """

    code: str
    name: str
    short: str
    uscc: str
    names: tuple[DatedName, ...]
    roles: frozenset[OrganRole]
    level: OrganLevel
    phone: str = ""
    address: str = ""
    aka: tuple[str, ...] = ()
    note: str = ""

    def named_on(self, day: date) -> DatedName:
        """The name and prefix of a day (当日名称与代字).

        Raises:
            RuleBookError: `organ_unnamed` if no name covers the day.
        """
        for entry in self.names:
            if in_force(entry.valid_from, entry.valid_to, on=day):
                return entry
        raise RuleBookError(
            "organ_unnamed", f"机关 {self.code}（{self.name}）在 {day} 没有登记的名称，请补写名称沿革。"
        )

    def name_on(self, day: date) -> str:
        """The full name of a day (当日全称)."""
        return self.named_on(day).name

    def prefix_on(self, day: date) -> str:
        """The document number prefix of a day (当日发文机关代字)."""
        return self.named_on(day).prefix
