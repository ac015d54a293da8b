"""Turn what a step needs into a form, and a filled-in form into what is given with the act (表单)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from fastapi.datastructures import FormData

from yisong.domain.entries import RuleBookError
from yisong.domain.lifecycle import Need, NeedKind
from yisong.domain.rulebook import OrganRole, RuleBook
from yisong.web.visit import text, texts

LONGEST = {NeedKind.LINE: 500, NeedKind.TEXT: 10_000, NeedKind.LIST: 10_000}
LARGEST_NUMBER = 9999
UNIT_HINT = "输入单位名称或统一社会信用代码，从提示中选择"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, with what was typed and what is wrong with it (填写项)."""

    name: str
    label: str
    kind: str
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    error: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}"


MANY = "many"
"""A kind of field that the tables do not know: several of a given choice (勾选)."""
PICK = "pick"
"""Another: one of many, from a list that unfolds (下拉选择)."""


class BadForm(Exception):
    """Something in a form cannot be read (填写有误); `fields` say what, each at its place."""

    code = "bad_form"
    message = "有填写项需要更正，请按各项下方的提示修改后再提交。"

    def __init__(self, fields: Sequence[Field]) -> None:
        super().__init__(self.message)
        self.fields = tuple(fields)


def departments(book: RuleBook) -> tuple[tuple[str, str], ...]:
    """The organs that may be answerable for something (可选部门)."""
    return tuple((organ.code, organ.name) for organ in book.organs if OrganRole.ENFORCE in organ.roles)


def fields_of(needs: Iterable[Need], *, book: RuleBook, values: Mapping[str, str] | None = None) -> list[Field]:
    """The fields of a form for these needs (由须填事项生成表单)."""
    found = []
    for need in needs:
        choices = departments(book) if need.kind is NeedKind.DEPARTMENT else need.choices
        hint = need.hint or (UNIT_HINT if need.kind is NeedKind.UNIT else "")
        value = (values or {}).get(need.name, "")
        found.append(Field(need.name, need.label, need.kind.value, need.required, choices, hint, value))
    return found


def typed(fields: Iterable[Field], form: FormData) -> list[Field]:
    """The same fields with what was typed, so that nothing has to be typed twice (回填)."""
    return [replace(field, value=text(form, field.name), values=tuple(texts(form, field.name))) for field in fields]


def read(fields: Sequence[Field], form: FormData, *, find_unit: Callable[[str], int | None]) -> dict[str, Any]:
    """What is given with the act (读取表单). `find_unit` finds a unit by name, code or credit code.

    What is left out is left to the tables to refuse; what cannot be read is refused here, at its field.

    Raises:
        BadForm: with all fields, those that are wrong carrying their Chinese error.
    """
    given: dict[str, Any] = {}
    checked = []
    for field in typed(fields, form):
        value, error = _value(field, find_unit)
        checked.append(replace(field, error=error))
        if not error and value not in (None, "", [], ()):
            given[field.name] = value
    if any(field.error for field in checked):
        raise BadForm(checked)
    return given


def _value(field: Field, find_unit: Callable[[str], int | None]) -> tuple[Any, str]:
    raw = field.value
    if field.kind == MANY:
        unknown = set(field.values) - {value for value, _ in field.choices}
        if field.required and not field.values:
            return None, "请至少选择一项。"
        return list(field.values), "选项已变化，请重新选择。" if unknown else ""
    if field.kind == PICK:
        return raw, "" if raw in {value for value, _ in field.choices} else "请从所列选项中选择。"
    kind = NeedKind(field.kind)
    if not raw:
        return None, ""
    if len(raw) > LONGEST.get(kind, 500):
        return None, f"最多 {LONGEST.get(kind, 500)} 个字，现有 {len(raw)} 个字，请精简。"
    if kind is NeedKind.LIST:
        return [line.strip() for line in raw.splitlines() if line.strip()], ""
    if kind is NeedKind.YES:
        return True, ""
    if kind is NeedKind.NUMBER:
        if not raw.isdecimal() or int(raw) > LARGEST_NUMBER:
            return None, f"请填写 0 至 {LARGEST_NUMBER} 的整数。"
        return int(raw), ""
    if kind is NeedKind.DATE:
        try:
            return date.fromisoformat(raw).isoformat(), ""
        except ValueError:
            return None, "请填写有效日期，例如 2026-11-20。"
    if kind in (NeedKind.CHOICE, NeedKind.DEPARTMENT):
        return raw, "" if raw in {value for value, _ in field.choices} else "请从所列选项中选择。"
    if kind is NeedKind.UNIT:
        unit = find_unit(raw)
        return unit, "" if unit is not None else "没有找到这个单位，请输入完整名称或统一社会信用代码。"
    return raw, ""


def told(
    needs: Iterable[Need], given: Mapping[str, Any], *, book: RuleBook, unit_name: Callable[[int], str]
) -> list[tuple[str, str]]:
    """What was given with an act, as a reader sees it (已填内容)."""
    found = []
    for need in needs:
        value = given.get(need.name)
        if value in (None, "", [], ()):
            continue
        found.append((need.label.partition("（")[0], _told(need, value, book=book, unit_name=unit_name)))
    return found


def short_day(text: str) -> str:
    """A stored day as a reader expects it (日期); what is no day stays as it is."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def _told(need: Need, value: Any, *, book: RuleBook, unit_name: Callable[[int], str]) -> str:
    if need.kind is NeedKind.CHOICE:
        return dict(need.choices).get(str(value), str(value))
    if need.kind is NeedKind.YES:
        return "是" if value else "否"
    if need.kind is NeedKind.DATE:
        return short_day(str(value))
    if need.kind is NeedKind.UNIT:
        return unit_name(int(value))
    if need.kind is NeedKind.DEPARTMENT:
        try:
            return book.organ(str(value)).name
        except RuleBookError:
            return str(value)
    if isinstance(value, list | tuple):
        return "\n".join(str(line) for line in value)
    return str(value)
