"""Run a wording with facts, safely (措辞渲染): sandboxed Jinja whose every printed value is marked as data.

What comes out is `Marked` text: the words, and beside them a mask of the same length in which data is replaced by one
private-use character. Structure is read from the mask only, so a fact can never become structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, Undefined
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from yisong.documents.errors import DocumentError
from yisong.documents.facts import Record, Unknown, clean, missing_fact
from yisong.documents.filters import BUILT_IN_FILTERS, BUILT_IN_TESTS, FILTERS, FUNCTIONS, Numeral

_OPEN, _CLOSE = "\ue000", "\ue001"
DATA = "\ue002"
_LONGEST_WORDING = 2_000_000


@dataclass(frozen=True, slots=True)
class Marked:
    """Words and their mask, of one length (带标记的文字)."""

    text: str
    mask: str

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, stop: int | None = None) -> Marked:
        """A slice of both."""
        return Marked(self.text[start:stop], self.mask[start:stop])

    def strip(self) -> Marked:
        """Without blanks of the template at both ends; blanks in data and full-width blanks stay."""
        start, stop = 0, len(self.mask)
        while start < stop and self.mask[start] in " \t":
            start += 1
        while stop > start and self.mask[stop - 1] in " \t":
            stop -= 1
        return self.cut(start, stop)

    def split(self, separator: str) -> list[Marked]:
        """Split at a separator of the template's."""
        pieces: list[Marked] = []
        start = 0
        for piece in self.mask.split(separator):
            pieces.append(self.cut(start, start + len(piece)))
            start += len(piece) + len(separator)
        return pieces


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without files, modules, attributes of objects, or long arithmetic (沙箱)."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a record; nothing else has attributes but Jinja's own `loop` and `namespace`."""
        if isinstance(obj, Record):
            if attribute in obj:
                return obj[attribute]
            return Unknown(name=f"{obj.path}.{attribute}" if obj.path else attribute)
        if isinstance(obj, LoopContext | Namespace):
            return super().getattr(obj, attribute)
        if isinstance(obj, Undefined):
            raise missing_fact(f"{obj._undefined_name}.{attribute}")
        raise DocumentError("bad-template", f"措辞中用了“.{attribute}”，但该项不是记录，没有这个字段。")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A field by name, or an item of a list by number."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, tuple | list) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        raise DocumentError("bad-template", f"措辞中取了列表的第{argument}项，但列表没有这一项。")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on small numbers only; a text cannot be multiplied into a flood."""
        numbers = (
            isinstance(left, int | float) and isinstance(right, int | float) and abs(left) < 1e9 and abs(right) < 1e9
        )
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return left + right
        if not numbers or operator == "**":
            raise DocumentError("bad-template", f"措辞中的“{operator}”运算只能用于两个不大的数字。")
        return super().call_binop(context, operator, left, right)


def _as_data(value: Any) -> Any:
    if isinstance(value, Undefined):
        return str(value)  # raises, naming the fact
    if isinstance(value, Numeral) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    if isinstance(value, str | float):
        return f"{_OPEN}{str(value).replace(_OPEN, '').replace(_CLOSE, '')}{_CLOSE}"
    raise DocumentError("bad-template", "措辞中直接输出了列表、记录或真假值。列表请用“|顿号”或循环，真假请用“勾(…)”。")


def sandbox() -> Sandbox:
    """The one environment in which wordings are compiled."""
    environment = Sandbox(undefined=Unknown, autoescape=False, finalize=_as_data, keep_trailing_newline=False)
    environment.filters = {name: environment.filters[name] for name in BUILT_IN_FILTERS} | FILTERS
    environment.tests = {name: environment.tests[name] for name in BUILT_IN_TESTS}
    environment.globals = {**FUNCTIONS, "namespace": Namespace}
    return environment


def compile_wording(environment: Sandbox, source: str, *, where: str) -> Template:
    """Compile a `body.j2`; a syntax error names file, line and what to do."""
    try:
        return environment.from_string(clean(source))
    except TemplateSyntaxError as error:
        raise DocumentError(
            "bad-template",
            f"{where} 第{error.lineno}行：模板写法有误（{error.message}）。请检查 {{{{ }}}} 与 {{% %}} 是否成对。",
        ) from None


def render(template: Template, facts: Record, *, where: str) -> Marked:
    """Run a wording. Raises `DocumentError` for a missing fact or a step outside the sandbox."""
    try:
        output = template.render({**facts})
    except DocumentError:
        raise
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
    ) as error:
        raise DocumentError("bad-template", f"{where}：措辞不能执行（{type(error).__name__}：{error}）。") from None
    if len(output) > _LONGEST_WORDING:
        raise DocumentError("too-long", f"{where}：生成的文字超过{_LONGEST_WORDING}字，不能成文。")
    return mark(output)


def mark(output: str) -> Marked:
    """Take the sentinels out and keep, beside the words, what was data."""
    words: list[str] = []
    mask: list[str] = []
    inside = False
    position = 0
    while position < len(output):
        stop = output.find(_CLOSE if inside else _OPEN, position)
        piece = output[position:] if stop < 0 else output[position:stop]
        words.append(piece)
        mask.append(DATA * len(piece) if inside else piece)
        if stop < 0:
            break
        position = stop + 1
        inside = not inside
    return Marked("".join(words), "".join(mask))
