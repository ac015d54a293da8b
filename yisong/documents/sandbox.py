"""Where a wording runs (沙箱): Jinja without files, modules or attributes of objects, and with a budget of work.

A wording is written by a clerk, and may be wrong in every way: loops within loops, texts that double. So what a wording may be made of is
a list (no macros, no includes), and what it does is charged (`budget.py`). Work beyond the budget is a named refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from jinja2 import TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace
from jinja2.visitor import NodeTransformer

from yisong.documents.budget import LONGEST_WORDING, budget_of, charged, counted, joined, listed
from yisong.documents.errors import DocumentError
from yisong.documents.facts import Record, Unknown, missing_fact
from yisong.documents.filters import BUILT_IN_FILTERS, BUILT_IN_TESTS, FILTERS, FUNCTIONS, Numeral

OPEN, CLOSE = "\ue000", "\ue001"
LONGEST_SOURCE = 200_000
_PASSES, _JOINED, _LISTED = "\ue004", "\ue005", "\ue006"  # names that no wording can spell
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.For, nodes.If, nodes.Assign, nodes.AssignBlock, nodes.With, nodes.Name,
    nodes.NSRef, nodes.Const, nodes.List, nodes.Tuple, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getitem,
    nodes.Getattr, nodes.Concat, nodes.Compare, nodes.Operand, nodes.BinExpr, nodes.UnaryExpr, nodes.Keyword,
)  # fmt: skip


@pass_context
def as_data(context: Context, value: Any) -> Any:
    """What is printed, bracketed as data and charged (数据标记)."""
    if isinstance(value, Undefined):
        return str(value)  # raises, naming the fact
    if isinstance(value, Numeral) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    if isinstance(value, str | float):
        text = str(value)
        budget_of(context).characters(len(text))
        return f"{OPEN}{text.replace(OPEN, '').replace(CLOSE, '')}{CLOSE}"
    raise DocumentError("bad-template", "措辞中直接输出了列表、记录或真假值。列表请用“|顿号”或循环，真假请用“勾(…)”。")


class Sandbox(ImmutableSandboxedEnvironment):
    """The one environment in which wordings are compiled and run (沙箱)."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "-", "/", "//"})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _refuse_other_nodes(tree)
        charged: nodes.Template = _Charging().visit(tree)
        return charged

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """All output together, never longer than a letter may be."""
        kept, length = [], 0
        for piece in pieces:
            kept.append(piece)
            length += len(piece)
            if length > 2 * LONGEST_WORDING:  # with the marks of data
                raise DocumentError(
                    "too-long", f"措辞生成的文字超过{LONGEST_WORDING}字，不能成文。请检查循环和重复的文字。"
                )
        return "".join(kept)

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

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """One of our functions, or a loop's own; a name nobody knows is told as what it was meant for."""
        if isinstance(__obj, Undefined):
            raise DocumentError(
                "bad-template", f"措辞中没有“{__obj._undefined_name}(…)”这个写法，可用：{'、'.join(FUNCTIONS)}。"
            )
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on small numbers only; a text cannot be multiplied into a flood."""
        numbers = (
            isinstance(left, int | float) and isinstance(right, int | float) and abs(left) < 1e9 and abs(right) < 1e9
        )
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            budget_of(context).characters(len(left) + len(right))
            return left + right
        if not numbers or operator == "**":
            raise DocumentError("bad-template", f"措辞中的“{operator}”运算只能用于两个不大的数字。")
        return super().call_binop(context, operator, left, right)


class NotAllowed(TemplateSyntaxError):
    """A construction of Jinja's that a wording may not use (不许用的写法); its message is Chinese."""


def _refuse_other_nodes(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        recursive = isinstance(node, nodes.For) and node.recursive
        if recursive or not isinstance(node, _ALLOWED):
            name = "recursive" if recursive else type(node).__name__.lower()
            raise NotAllowed(f"措辞中不能用“{name}”这种写法，可以用 if、for、set 和 {{{{ }}}}", node.lineno)


class _Charging(NodeTransformer):
    """Puts the budget into a wording: around what loops run over, joins, and lists that are written out."""

    @staticmethod
    def _through(node: nodes.Expr, name: str) -> nodes.Filter:
        return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.iter = self._through(cast(nodes.Expr, node.iter), _PASSES)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:
        self.generic_visit(node)
        return self._through(nodes.List(node.nodes, lineno=node.lineno), _JOINED)

    def visit_List(self, node: nodes.List) -> nodes.Filter:
        self.generic_visit(node)
        return self._through(node, _LISTED)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        self.generic_visit(node)
        return self._through(node, _LISTED) if node.ctx == "load" else node


def sandbox() -> Sandbox:
    """The one environment in which wordings are compiled."""
    environment = Sandbox(undefined=Unknown, autoescape=False, finalize=as_data, keep_trailing_newline=False)
    own = {name: environment.filters[name] for name in BUILT_IN_FILTERS} | FILTERS
    environment.filters = {name: charged(name, work) for name, work in own.items()}
    environment.filters |= {_PASSES: counted, _JOINED: joined, _LISTED: listed}
    environment.tests = {name: environment.tests[name] for name in BUILT_IN_TESTS}
    environment.globals = {**FUNCTIONS, "namespace": Namespace}
    return environment
