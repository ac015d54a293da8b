"""The command line in Chinese (命令行用语): help pages, usage errors and refusals, each with an exit code.

Exit codes: 0 done · 1 refused (the state of things does not allow it) · 2 bad input or usage. A known error is one
sentence on standard error; only an unknown one shows a traceback, because then the programme itself is at fault.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

REFUSED = 1
BAD_INPUT = 2
_REFUSALS = frozenset({"NearDoubles", "Refusal", "DatabaseUnavailable", "AccountError", "NotReady"})
_QUOTED = re.compile(r"'([^']*)'")


class BadInput(ValueError):
    """What was typed or piped in cannot be read (输入有误): a stable `code` and a Chinese message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def exit_code_of(error: Exception) -> int | None:
    """The exit code of an error that has a name (退出码); None for one nobody foresaw."""
    kind = type(error)
    if not kind.__module__.startswith("yisong.") or not isinstance(getattr(error, "code", None), str):
        return None
    return REFUSED if kind.__name__ in _REFUSALS else BAD_INPUT


def complain(message: str) -> None:
    """Say what is wrong (报错), on standard error."""
    sys.stderr.write(message.rstrip("\n") + "\n")
    sys.stderr.flush()


def _usage_in_chinese(error: Any) -> str:
    """A usage error of the option parser, for a clerk (用法错误)."""
    text = error.format_message()
    param = getattr(error, "param", None)
    name = param.get_error_hint().strip("'") if param is not None else "、".join(_QUOTED.findall(text))
    kind = type(error).__name__
    if kind == "NoSuchOption":
        near = getattr(error, "possibilities", None)
        hint = f"是不是想写 {'、'.join(sorted(near))}？" if near else ""
        return f"没有“{error.option_name}”这个选项。{hint}"
    if kind == "MissingParameter":
        return f"缺少{'参数' if param is not None and param.param_type_name == 'argument' else '选项'} {name}。{_choices(param)}"
    if text.startswith("No such command"):
        wrong, *near = _QUOTED.findall(text)
        return f"没有“{wrong}”这个命令。" + (f"是不是想写 {'、'.join(near)}？" if near else "")
    if text.startswith("Missing command"):
        return "请写明要执行的命令。"
    if text.startswith("Got unexpected extra argument"):
        return f"多出了参数 {text[text.rfind('(') + 1 : text.rfind(')')]}。"
    if "requires an argument" in text or "requires" in text:
        return f"选项 {name} 后面要写一个值。"
    if "does not take a value" in text:
        return f"选项 {name} 后面不要写值。"
    if kind == "BadParameter":
        return f"{name} 的值不对：{_choices(param) or _wanted(error.message)}"
    return str(text)


def _wanted(message: str) -> str:
    """What a value should have been (应填内容)."""
    if bound := re.search(r"greater than or equal to (-?\d+)", message):
        return f"不能小于 {bound[1]}。"
    if bound := re.search(r"less than or equal to (-?\d+)", message):
        return f"不能大于 {bound[1]}。"
    return "应为整数。" if "integer" in message else message


def _choices(param: Any) -> str:
    descriptor = getattr(param, "type_descriptor", None)
    chosen = descriptor.choices if descriptor is not None and descriptor.is_choice else None
    return f"可选：{'、'.join(str(getattr(choice, 'value', choice)) for choice in chosen)}。" if chosen else ""


def _complain_of_usage(error: Any) -> None:
    context = getattr(error, "ctx", None)
    hint = f"用 {context.command_path if context is not None else 'yisong'} --help 查看用法。"
    complain(f"{_usage_in_chinese(error)}{hint}")


def _translate_help() -> None:
    """Chinese titles for the help pages; done when a page is shown, because it costs the import of rich."""
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.DEFAULT_STRING = "［默认 {}］"
    rich_utils.REQUIRED_LONG_STRING = "［必填］"


def _in_chinese(text: str) -> str:
    return (
        text.replace("Usage:", "用法：").replace("COMMAND [ARGS]...", "命令 [参数]...").replace("[OPTIONS]", "[选项]")
    )


class Command(TyperCommand):
    """One command, its help page in Chinese (命令)."""

    def get_usage(self, ctx: Any) -> str:
        return _in_chinese(super().get_usage(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [_in_chinese(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本页用法后退出。"
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _translate_help()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """Commands of one noun (命令组); the topmost one turns every error with a name into a sentence and an exit code."""

    def get_usage(self, ctx: Any) -> str:
        return _in_chinese(super().get_usage(ctx))

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本页用法后退出。"
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _translate_help()
        super().format_help(ctx, formatter)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        try:
            code = super().main(
                args, prog_name, complete_var, standalone_mode=False, windows_expand_args=windows_expand_args, **extra
            )
        except typer.Abort:
            complain("已取消，没有改动。")
            code = REFUSED
        except Exception as error:
            if type(error).__name__ == "NoArgsIsHelpError":
                code = BAD_INPUT
            elif hasattr(error, "format_message"):
                _complain_of_usage(error)
                code = BAD_INPUT
            elif (known := exit_code_of(error)) is not None:
                complain(str(error))
                code = known
            else:
                raise
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


class Noun(typer.Typer):
    """A group of commands about one noun (命令组)."""

    def __init__(self, help: str, **options: Any) -> None:
        super().__init__(
            help=help, cls=Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
            rich_markup_mode="rich", **options,
        )  # fmt: skip

    def command(self, name: str | None = None, **options: Any) -> Callable[[Any], Any]:
        """Register a command whose help page is in Chinese (登记命令)."""
        return super().command(name, cls=Command, **options)
