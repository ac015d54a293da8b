"""The facts of a letter, cleaned and checked (事实快照).

Facts are plain JSON-able values frozen at the act. Here they lose every character that could act on the page instead of
standing on it, they learn their own path (so that a refusal can name it), and they are compared with what the type declares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from jinja2 import StrictUndefined, Undefined

from yisong.documents.errors import DocumentError

FACT_TYPES = ("text", "date", "instant", "number", "flag", "list", "record")
_HARMFUL_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_PATH = re.compile(r"[A-Za-z_]\w*(\[\])?(\.[A-Za-z_]\w*(\[\])?)*")


class Absent(Undefined):
    """A declared fact that is empty (空缺): false in a condition, a named refusal when printed."""

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise missing_fact(str(self._undefined_name))

    __str__ = __iter__ = __getattr__ = __getitem__ = __call__ = _refuse
    __add__ = __radd__ = __sub__ = __mod__ = __lt__ = __gt__ = __le__ = __ge__ = __int__ = __float__ = _refuse

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return other is None or other == "" or isinstance(other, Absent)

    def __hash__(self) -> int:
        return hash("")


class Unknown(StrictUndefined):
    """A name that was neither given nor declared (未声明的名称): any use is a refusal that names it."""

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise missing_fact(str(self._undefined_name))

    _fail_with_undefined_error = _refuse
    __str__ = __iter__ = __len__ = __bool__ = __eq__ = __ne__ = __hash__ = __contains__ = _refuse
    __getattr__ = __getitem__ = __call__ = _refuse


class Record(dict[str, Any]):
    """A mapping of facts that knows where it stands, e.g. `findings[0]` (记录)."""

    path: str = ""


def missing_fact(path: str) -> DocumentError:
    """The refusal for a fact that is not there."""
    return DocumentError(
        "missing-fact", f"缺少事实“{path}”，文书不能生成。请先补录该项内容；确可留空的，模板中应写明留空时的措辞。"
    )


def clean(text: str) -> str:
    """Take out control, format, private-use, surrogate and unassigned characters; keep line ends as a single newline.

    Variation selectors and joiners go as well: no font of a letter uses them.
    """
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character
        for character in text.replace("\t", " ")
        if character == "\n" or unicodedata.category(character) not in _HARMFUL_CATEGORIES
    )


def prepare(value: Any, path: str = "") -> Any:
    """Copy a fact deeply: strings cleaned, mappings as `Record`, lists as tuples, empty text as `Absent`."""
    if value is None:
        return Absent(name=path)
    if isinstance(value, str):
        cleaned = clean(value)
        return cleaned if cleaned.strip() else Absent(name=path)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise DocumentError("bad-fact", f"事实“{path}”不是有效的数字。")
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        record = Record()
        record.path = path
        for key, item in value.items():
            record[str(key)] = prepare(item, f"{path}.{key}" if path else str(key))
        return record
    if isinstance(value, list | tuple):
        return tuple(prepare(item, f"{path}[{index}]") for index, item in enumerate(value))
    raise DocumentError(
        "bad-fact", f"事实“{path}”的类型（{type(value).__name__}）不能用于文书，只接受文字、数字、真假、列表和记录。"
    )


def check_declaration(declared: Mapping[str, object], *, where: str) -> None:
    """Check the `[facts]` table of a type: known types, well-formed paths."""
    for path, kind in declared.items():
        if not _PATH.fullmatch(path):
            raise DocumentError("bad-template", f"{where}：[facts] 中的“{path}”写法不对，应为 a、a.b 或 a[].b。")
        if not isinstance(kind, str) or kind.removesuffix("?") not in FACT_TYPES:
            raise DocumentError(
                "bad-template", f"{where}：事实“{path}”的类型“{kind}”无效，可用：{'、'.join(FACT_TYPES)}，可加“?”。"
            )


def check_facts(facts: Record, declared: Mapping[str, str]) -> None:
    """Compare prepared facts with the declaration; fill declared optional facts that are missing with `Absent`."""
    for path, kind in declared.items():
        _check(facts, path.split("."), kind.removesuffix("?"), optional=kind.endswith("?"), at="")


def _check(holder: Record, steps: list[str], kind: str, *, optional: bool, at: str) -> None:
    step, rest = steps[0], steps[1:]
    key = step.removesuffix("[]")
    path = f"{at}.{key}" if at else key
    value = holder.get(key)
    if value is None:
        value = holder[key] = Absent(name=path)
    if not rest:
        if isinstance(value, Absent):
            if not optional:
                raise missing_fact(path)
            if kind == "list":
                holder[key] = ()
            return
        _check_type(value, kind, path, optional=optional)
        return
    if isinstance(value, Absent):
        if optional:
            return
        raise missing_fact(".".join([path, *rest]))
    if step.endswith("[]"):
        if not isinstance(value, tuple):
            raise DocumentError("bad-fact", f"事实“{path}”应为列表。")
        for index, item in enumerate(value):
            if not isinstance(item, Record):
                raise DocumentError("bad-fact", f"事实“{path}[{index}]”应为记录。")
            _check(item, rest, kind, optional=optional, at=f"{path}[{index}]")
        return
    if not isinstance(value, Record):
        raise DocumentError("bad-fact", f"事实“{path}”应为记录。")
    _check(value, rest, kind, optional=optional, at=path)


def _check_type(value: Any, kind: str, path: str, *, optional: bool) -> None:
    match kind:
        case "text":
            right = isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
        case "date":
            right = isinstance(value, str) and parses(value, whole_day=True)
        case "instant":
            right = isinstance(value, str) and parses(value, whole_day=False)
        case "number":
            right = isinstance(value, int | float) and not isinstance(value, bool)
        case "flag":
            right = isinstance(value, bool)
        case "list":
            if isinstance(value, tuple) and not value and not optional:
                raise missing_fact(path)
            right = isinstance(value, tuple)
        case _:
            right = isinstance(value, Record)
    if not right:
        words = {
            "text": "文字",
            "date": "日期（YYYY-MM-DD）",
            "instant": "带时区的时刻",
            "number": "数字",
            "flag": "真或假",
            "list": "列表",
        }
        raise DocumentError("bad-fact", f"事实“{path}”应为{words.get(kind, '记录')}，现为“{str(value)[:40]}”。")


def parses(text: str, *, whole_day: bool) -> bool:
    """Is this an ISO date, or an ISO instant with offset?"""
    try:
        if whole_day:
            date.fromisoformat(text)
            return True
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
