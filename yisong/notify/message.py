"""Word a notice from its template (通知措辞).

A notice lies in ``templates/notices/<code>.j2`` as plain text: the first line is the subject, the rest after a blank line the
body. Clerks edit it, so it runs in Jinja's sandbox, with few filters and no functions, and a fact that was not given is an error, never
an empty space.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from yisong.notify.errors import NotifyError

LONGEST_SUBJECT = 120
LONGEST_BODY = 20_000
BUILT_IN_FILTERS = (
    "default",
    "first",
    "last",
    "length",
    "join",
    "map",
    "list",
    "int",
    "sum",
    "unique",
    "sort",
    "trim",
    "replace",
)
_CODE = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Message:
    """One notice, worded and ready to go (通知). `key` stays the same on every attempt: the outbox row's own id."""

    key: str
    subject: str
    body: str


def render(code: str, *, folder: Path, key: str, facts: Mapping[str, Any]) -> Message:
    """Word the notice ``code`` with these facts (生成通知).

    ``folder`` is templates/notices. Raises ``NotifyError``: ``notice.unknown``, ``notice.template`` (with file and line),
    ``notice.fact`` (with the fact's name), ``notice.empty``, ``notice.too_long``.
    """
    file = folder / f"{code}.j2"
    if not _CODE.fullmatch(code) or not file.is_file():
        raise NotifyError("notice.unknown", f"没有名为“{code}”的通知模板，请在 {folder} 中建立 {code}.j2。")
    first, _, rest = file.read_text(encoding="utf-8").partition("\n")
    environment = _environment()
    try:
        # Worded apart, a line break inside a fact of the subject cannot spill into the body.
        subject = " ".join(_compile(environment, first, name=file.name).render(facts).split())
        body = _compile(environment, "\n" + rest, name=file.name).render(facts).strip()
    except TemplateSyntaxError as error:
        place = f"模板 {file.name} 第 {error.lineno} 行"
        raise NotifyError("notice.template", f"{place}写法有误：{error.message}。请改正后重试。") from error
    except TemplateError as error:
        raise NotifyError(
            "notice.fact", f"模板 {file.name} 无法生成：{error.message}。请补齐该项或改正模板。"
        ) from error
    except (TypeError, ValueError, ArithmeticError, OverflowError, RecursionError) as error:
        raise NotifyError("notice.fact", f"模板 {file.name} 无法生成：{error}。请核对模板中的计算和格式。") from error
    if not subject or not body:
        raise NotifyError("notice.empty", f"模板 {file.name} 的{'正文' if subject else '首行标题'}为空，请补写后重试。")
    if len(subject) > LONGEST_SUBJECT or len(body) > LONGEST_BODY:
        limit = f"标题 {LONGEST_SUBJECT} 字、正文 {LONGEST_BODY} 字"
        raise NotifyError("notice.too_long", f"模板 {file.name} 生成的通知过长（上限：{limit}），请精简。")
    return Message(key=key, subject=subject, body=body)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox without the operators that make a gigabyte of one letter."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"通知模板中不能使用运算符 {operator}")


def _environment() -> _Sandbox:
    environment = _Sandbox(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    environment.filters = {name: environment.filters[name] for name in BUILT_IN_FILTERS} | {"日期": _chinese_date}
    environment.globals = {}
    return environment


def _compile(environment: _Sandbox, source: str, *, name: str) -> Template:
    code = environment.compile(source, name=name, filename=name)
    return Template.from_code(environment, code, environment.make_globals(None))


def _chinese_date(value: date | datetime | str) -> str:
    """2026-01-05 → 2026年1月5日 (日期); of an instant, the day of the offset it carries."""
    day = value if isinstance(value, date) else datetime.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日"
