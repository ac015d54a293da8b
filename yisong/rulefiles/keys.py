"""Which keys a rule file has (规则文件的键): one table of keys both reads and writes an entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from yisong.domain.deadlines import DeadlineError, Unit
from yisong.domain.entries import Confidence, RectifyMode, Severity, Source
from yisong.domain.escalation import Issuer
from yisong.domain.materials import Proof
from yisong.domain.organs import OrganLevel, OrganRole
from yisong.domain.refusal import Window
from yisong.domain.risk import RiskKind
from yisong.domain.routing import RoutingWay
from yisong.rulefiles.toml import Problem, TomlFile

Path = tuple[tuple[str, int], ...]


class UnusableValue(ValueError):
    """A value that cannot be taken (值不可用); the text says what to write."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table (键): its name in the file, its attribute, how it is read, and whether it must stand there."""

    name: str
    read: Callable[[Any], Any]
    required: bool = False
    attribute: str = ""
    default: Any = None

    @property
    def target(self) -> str:
        """The attribute of the entry (属性名)."""
        return self.attribute or self.name


def text(value: Any) -> str:
    """A text (文字)."""
    if not isinstance(value, str):
        raise UnusableValue("应写文字，并加英文双引号")
    return value


def filled(value: Any) -> str:
    """A text that may not be blank (非空文字)."""
    if not text(value).strip():
        raise UnusableValue("不能为空，请补写")
    return str(value)


def number(value: Any) -> int:
    """A whole number, not below zero (非负整数)."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UnusableValue("应写不带引号的非负整数，例如 3")
    return value


def offset(value: Any) -> int:
    """Working days before (−) or after (+) the due day (工作日偏移)."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise UnusableValue("应写不带引号的整数：到期前3个工作日写 -3，逾期第1个工作日写 1")
    return value


def yes(value: Any) -> bool:
    """Yes or no (是否)."""
    if not isinstance(value, bool):
        raise UnusableValue("应写 true 或 false，不加引号")
    return value


def day(value: Any) -> date:
    """A date (日期)."""
    if isinstance(value, datetime) or not isinstance(value, date):
        raise UnusableValue("应写不带引号的日期，例如 2026-01-01")
    return value


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts (文字列表)."""
    if not isinstance(value, list) or not all(isinstance(inner, str) for inner in value):
        raise UnusableValue('应写列表，例如 ["甲", "乙"]')
    return tuple(value)


def one_of(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    """One of fixed words (限定取值)."""

    def read(value: Any) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise UnusableValue(f"不能写“{value}”，只能是 {'、'.join(kind)} 之一") from None

    return read


def some_of(kind: type[StrEnum]) -> Callable[[Any], frozenset[StrEnum]]:
    """Several of fixed words (限定取值，可多选)."""
    single = one_of(kind)
    return lambda value: frozenset(single(inner) for inner in texts(value))


def unit(value: Any) -> Unit:
    """A unit of a term (期限单位)."""
    try:
        return Unit.parse(text(value))
    except DeadlineError as error:
        raise UnusableValue(error.message.rstrip("。")) from None


def _dated(*keys: Key) -> tuple[Key, ...]:
    return (*keys, Key("valid_from", day), Key("valid_to", day))


def _cited(source: Source, *keys: Key) -> tuple[Key, ...]:
    return (
        *keys,
        Key("basis", filled, required=True),
        Key("source", one_of(Source), default=source, required=True),
        Key("confidence", one_of(Confidence), required=True),
    )


_CODE = Key("code", filled, required=True)
_NAME = Key("name", filled, required=True)

COUNTY = (
    _NAME,
    Key("full_name", filled, required=True),
    Key("division_code", filled, required=True),
    Key("platform_name", filled, required=True),
    Key("government", filled, required=True, attribute="government_code"),
    Key("timezone", filled, default="Asia/Shanghai"),
)
CALENDAR = (Key("weekend_is_rest", yes, default=True),)
ORGAN = (
    _CODE, _NAME, Key("short", filled, required=True), Key("prefix", filled, required=True),
    Key("uscc", filled, required=True), Key("level", one_of(OrganLevel), required=True),
    Key("roles", some_of(OrganRole), default=frozenset()), Key("phone", text, default=""), Key("address", text, default=""),
    Key("aka", texts, default=()), Key("note", text, default=""), Key("valid_from", day), Key("valid_to", day),
)  # fmt: skip
ORGAN_HISTORY = (
    _NAME,
    Key("prefix", filled, required=True),
    Key("valid_from", day),
    Key("valid_to", day, required=True),
)
LIST = (
    _CODE, _NAME, Key("version", filled, required=True), Key("owner", text, default=""), Key("towns", texts, default=()),
    *_dated(), *_cited(Source.LOCAL),
)  # fmt: skip
STEP = (
    Key("step", number, required=True), Key("list", text, attribute="list_code", default=""),
    Key("way", one_of(RoutingWay), required=True), Key("rule", filled, required=True),
)  # fmt: skip
THEME = _cited(
    Source.LOCAL, _CODE, _NAME, Key("initiator", filled, required=True), Key("participants", texts, required=True),
    Key("annual_cap", number), Key("mode", text, default=""), Key("minutes", number),
)  # fmt: skip
ITEM = (
    _CODE, _NAME, Key("list", filled, required=True, attribute="list_code"), Key("department", filled, required=True),
    Key("claimants", texts, default=()), Key("themes", texts, default=()), Key("severity", one_of(Severity), required=True),
    Key("rectify_mode", one_of(RectifyMode), required=True), Key("rectify_days", number, required=True),
    Key("exempt_candidate", yes, required=True), Key("evidence", texts, default=()), Key("finding", text, default=""),
    Key("demand", text, default=""), Key("note", text, default=""), Key("criminal_hint", text, default=""),
)  # fmt: skip
ITEM_VERSION = (
    Key("valid_from", day), Key("valid_to", day), Key("duty", filled, required=True), Key("penalty", filled, required=True),
    Key("refuse_clause", text, default=""), Key("basis_src", filled, required=True),
)  # fmt: skip
DEADLINE = _dated(
    *_cited(
        Source.DEFAULT, _CODE, _NAME, Key("unit", unit, required=True), Key("amount", number), Key("extend", number),
        Key("start", filled, required=True), Key("pause_on", texts, default=()), Key("on_silence", text, default=""),
        Key("max_times", number), Key("variant_of", filled), Key("departments", texts, default=()),
    )
)  # fmt: skip
LADDER = _dated(
    _CODE, Key("rules", texts, default=()), Key("levels", texts, default=()), Key("severities", texts, default=())
)
RUNG = _cited(
    Source.DEFAULT, Key("level", number, required=True), _NAME, Key("workdays", offset, attribute="offset_workdays"),
    Key("critical_hazard", yes, default=False), Key("quarter_count", number), Key("to", filled, required=True),
    Key("papers", texts, default=()), Key("channel", text, default=""), Key("copies", texts, default=()),
    Key("approve_by", text, default=""), Key("issuer", one_of(Issuer), required=True), Key("trigger", text, default=""),
)  # fmt: skip
RISK = _dated(
    *_cited(
        Source.DEFAULT, _CODE, _NAME, Key("kind", one_of(RiskKind), required=True), Key("action", filled, required=True),
        Key("days", number), Key("departments", number), Key("inspections", number), Key("times", number),
        Key("late_workdays", number), Key("percent", number), Key("inclusive", yes, default=False),
        Key("per_organ", yes, default=False), Key("exempt", texts, default=()), Key("expr", text, default=""),
    )
)  # fmt: skip
REFUSAL = _cited(
    Source.DEFAULT, _CODE, Key("threshold", number, required=True), Key("window", one_of(Window), required=True),
    Key("distinct_orders", yes, required=True), Key("note", text, default=""),
)  # fmt: skip
MEASURE = _cited(Source.LOCAL, Key("measure", filled, required=True), Key("kind", filled, required=True))
MATERIAL = _dated(
    *_cited(
        Source.DEFAULT, _CODE, _NAME, Key("proof", one_of(Proof), required=True), Key("hard", yes, required=True),
        Key("remedy", filled, required=True),
    )
)  # fmt: skip
DOCUMENT = _cited(
    Source.DEFAULT, _CODE, _NAME, Key("layout", filled, required=True), Key("number", filled, attribute="pattern")
)


def read_entry(
    keys: tuple[Key, ...],
    table: Any,
    *,
    file: TomlFile,
    path: Path,
    problems: list[Problem],
    nested: tuple[str, ...] = (),
) -> dict[str, Any] | None:
    """Read one table by its keys (读入一个条目); None, and problems, if something is wrong with it."""
    before = len(problems)
    if not isinstance(table, Mapping):
        problems.append(Problem(file.name, file.line(path), path[-1][0], f"应写成 [[{path[-1][0]}]] 开头的一节。"))
        return None
    known = {key.name: key for key in keys}
    for name in table:
        if name not in known and name not in nested:
            problems.append(
                Problem(
                    file.name,
                    file.line(path, name),
                    name,
                    f"不认识的键“{name}”，请删去或改正；可用的键：{'、'.join([*known, *nested])}。",
                )
            )
    values: dict[str, Any] = {}
    for key in keys:
        if key.name not in table:
            if key.required:
                label = f"“{table['code']}”" if isinstance(table.get("code"), str) else "此条"
                wanted = (
                    "依据（basis），请写明法律条款或地方文件；系统默认的也要写明"
                    if key.name == "basis"
                    else f"“{key.name}”，请补写"
                )
                problems.append(Problem(file.name, file.line(path), key.name, f"{label}缺少{wanted}。"))
            values[key.target] = key.default
            continue
        try:
            values[key.target] = key.read(table[key.name])
        except UnusableValue as error:
            problems.append(Problem(file.name, file.line(path, key.name), key.name, f"“{key.name}”{error}。"))
    return values if len(problems) == before else None


def write_entry(keys: tuple[Key, ...], entry: object) -> dict[str, object]:
    """The keys of an entry with their values, defaults left out (写出一个条目)."""
    written: dict[str, object] = {}
    for key in keys:
        value = entry[key.target] if isinstance(entry, Mapping) else getattr(entry, key.target)
        if value is None or (not key.required and value == key.default):
            continue
        if isinstance(value, frozenset):
            order = [member for kind in (OrganRole,) for member in kind]
            value = tuple(sorted(value, key=order.index))
        if isinstance(value, tuple):
            value = tuple(inner.value if isinstance(inner, Enum) else inner for inner in value)
        written[key.name] = value.value if isinstance(value, Enum) else value
    return written
