"""What a wording may cost (工作量): passes of loops, characters, and seconds where counting alone does not tell.

Every pass of a loop and every text that is made is charged, and what would be too long is refused before it is made, so that no wording hangs
or eats the memory. What Jinja calls a filter is charged here as well; how the charge gets into a wording is `sandbox.py`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from jinja2.utils import _PassArg

from yisong.documents.errors import DocumentError
from yisong.documents.filters import FILTERS

LONGEST_WORDING = 400_000
"""Characters of one letter, some 600 pages (系统默认)."""
MOST_PASSES = 100_000
"""Passes through all loops of one letter together (系统默认)."""
LONGEST_WORK = 10.0
"""Seconds of CPU, where counting alone does not tell the cost of a pass (系统默认); an ordinary letter takes a thousandth."""
_WIDEST_BATCH = 1_000
_BUDGET = "\ue003"  # a name that no wording can spell


class Budget:
    """What one run of a wording may still use (工作量)."""

    __slots__ = ("_characters", "_ends", "_passes")

    def __init__(self) -> None:
        self._passes = MOST_PASSES
        self._characters = LONGEST_WORDING
        self._ends = time.thread_time() + LONGEST_WORK

    def passes(self, count: int = 1) -> None:
        """Charge passes of a loop, or as many items."""
        self._passes -= count
        if self._passes < 0:
            raise DocumentError(
                "too-much-work", f"措辞中的循环合计超过{MOST_PASSES}次。请检查循环是否套了循环，或者列表是否用错。"
            )
        if time.thread_time() > self._ends:
            raise DocumentError("too-much-work", f"措辞算了{LONGEST_WORK:.0f}秒还没有算完。请检查循环是否套了循环。")

    def characters(self, count: int) -> None:
        """Charge characters, before they are made."""
        self._characters -= count
        if self._characters < 0:
            raise DocumentError(
                "too-long", f"措辞生成的文字超过{LONGEST_WORDING}字，不能成文。请检查循环和重复的文字。"
            )


def budget_of(context: Context) -> Budget:
    """The budget of the run that is under way."""
    found: Budget = context.parent[_BUDGET]
    return found


def budgeted(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of one run, with a fresh budget beside them."""
    return {**facts, _BUDGET: Budget()}


class _Passes:
    """What a loop runs over, counted."""

    def __init__(self, budget: Budget, over: Iterable[Any]) -> None:
        self._budget, self._over = budget, over

    def __iter__(self) -> Iterator[Any]:
        for item in self._over:
            self._budget.passes()
            yield item

    def __len__(self) -> int:
        return len(self._over)  # type: ignore[arg-type]  # Jinja expects a TypeError where there is no length


@pass_context
def counted(context: Context, over: Any) -> Iterable[Any]:
    """What a `for` runs over, with every pass charged (循环计数)."""
    if isinstance(over, Undefined):
        return iter(over)  # raises, naming the fact; an empty one has no items
    if isinstance(over, str) or not isinstance(over, Iterable):
        raise DocumentError("bad-template", "循环（for … in …）只能用于列表，这里给的是一个值。")
    return _Passes(budget_of(context), over)


@pass_context
def listed(_: Context, items: Any) -> Any:
    """A list that is written out: of words and numbers only, so that lists cannot grow into each other (列表)."""
    if any(isinstance(item, tuple | list | dict) for item in items):
        raise DocumentError("bad-template", "措辞中写的列表（方括号）里只能是文字和数字。")
    return items


def _word(value: Any) -> str:
    if isinstance(value, str | int | float | Undefined):
        return str(value)
    raise DocumentError("bad-template", "“~”只能连接文字和数字。列表请用“|顿号”。")


@pass_context
def joined(context: Context, pieces: Any) -> str:
    """What `~` makes (连接)."""
    words = [_word(piece) for piece in pieces]
    budget_of(context).characters(sum(map(len, words)))
    return "".join(words)


def _as_written(value: Any, name: str) -> str:
    """The text that a filter is about to work on."""
    if isinstance(value, tuple | list | dict):
        raise DocumentError("bad-template", f"“|{name}”只能用于文字。列表请先用“|顿号”。")
    return str(value)


def _foresee(budget: Budget, name: str, value: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Refuse what a built-in filter would make too large; returns the value to work on."""
    if name == "replace":
        text = _as_written(value, name)
        old, new = (str(each) for each in (*arguments, *named.values(), "", "")[:2])
        budget.characters(len(text) + text.count(old) * len(new))
        return text
    if name in ("trim", "string", "int"):
        budget.characters(len(text := _as_written(value, name)))
        return value if name == "int" else text
    if name == "batch":
        width, *filling = (*arguments, *named.values())
        if (
            not isinstance(width, int)
            or not 0 < width <= _WIDEST_BATCH
            or any(isinstance(each, list | tuple | dict) for each in filling)
        ):
            raise DocumentError("bad-template", f"“|batch(n)”中的 n 应为 1 至 {_WIDEST_BATCH}，补位只能用文字。")
    if name == "sum" and not all(
        isinstance(each, int | float) for each in (*arguments[1:], *([named["start"]] if "start" in named else []))
    ):
        raise DocumentError("bad-template", "“|sum”只能用于数字。")
    if isinstance(value, Iterable) and not isinstance(value, str | Undefined):
        value = value if isinstance(value, tuple | list | dict) else list(_Passes(budget, value))
        budget.passes(len(value) // 10)
        if name == "join":
            words = [_as_written(item, name) for item in value] if not (arguments[1:] or "attribute" in named) else []
            between = str((*arguments, "")[0]) if "d" not in named else str(named["d"])
            budget.characters(sum(map(len, words)) + len(between) * len(value))
    return value


def charged(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """A filter whose work is charged; never run while the wording is compiled."""
    passes = _PassArg.from_obj(work)
    ours = name in FILTERS

    @pass_context
    @wraps(work)
    def run(context: Context, value: Any, *arguments: Any, **named: Any) -> Any:
        budget = budget_of(context)
        if not ours:
            value = _foresee(budget, name, value, arguments, named)
        leading: tuple[Any, ...] = ()
        if passes is not None:
            leading = (
                {_PassArg.context: context, _PassArg.eval_context: context.eval_ctx}.get(passes, context.environment),
            )
        made = work(*leading, value, *arguments, **named)
        if ours or name == "join":
            budget.characters(len(made))
        return made

    run.jinja_pass_arg = _PassArg.context  # type: ignore[attr-defined]  # not that of the work, which wraps() copies
    return run
