"""Say in Chinese what Jinja says in English of a wording (模板错误说明)."""

from __future__ import annotations

import re
from collections.abc import Callable

from jinja2 import TemplateSyntaxError

from yisong.documents.filters import BUILT_IN_FILTERS, FILTERS
from yisong.documents.sandbox import NotAllowed

_TAGS = {"if": "endif", "for": "endfor", "set": "endset", "with": "endwith"}
_SYNTAX: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"innermost block that needs to be closed is '(\w+)'", lambda m: _unclosed(m[1])),
    (r"Encountered unknown tag '(end\w+|else|elif)'", lambda m: f"多了一个“{{% {m[1]} %}}”，前面没有与它成对的开头"),
    (r"Encountered unknown tag '(\w+)'", lambda m: f"不认识“{{% {m[1]} %}}”，可以用 if、elif、else、for、set"),
    (r"unexpected char '(.)'", lambda m: f"花括号里有“{m[1]}”，花括号里只能用英文（半角）标点"),
    (r"No filter named '(.+?)'", lambda m: f"没有“|{m[1]}”这个写法，可用：{'、'.join((*FILTERS, *BUILT_IN_FILTERS))}"),
    (r"No test named '(.+?)'", lambda m: f"“is {m[1]}”不能用，判断请写 == 或 in"),
    (r"Missing end of (comment|raw)", lambda m: "注释“{#”没有用“#}”结束"),
    (r"expected token '.*?', got '(.+?)'", lambda m: f"花括号里的“{m[1]}”处写法不对，可能少了引号、括号或者“|”"),
    (r"unexpected '(.+?)'", lambda m: f"花括号里多了“{m[1]}”，括号或者花括号没有成对"),
    (r"Unexpected end of template", lambda m: "文件没有写完，{{ 或者 {% 没有结束"),
)


def _unclosed(tag: str) -> str:
    return f"“{{% {tag} … %}}”没有用“{{% {_TAGS.get(tag, 'end' + tag)} %}}”结束"


def syntax_fault(error: TemplateSyntaxError) -> str:
    """What is written wrongly, and how to write it (语法错误)."""
    message = error.message or ""
    if isinstance(error, NotAllowed):
        return message
    for pattern, words in _SYNTAX:
        if found := re.search(pattern, message):
            return words(found)
    return f"模板写法有误（{message}），请检查 {{{{ }}}} 与 {{% %}} 是否成对"


def run_fault(error: Exception) -> str:
    """Why a wording that is well written cannot be run (执行错误)."""
    match error:
        case ZeroDivisionError():
            return "除数为零"
        case RecursionError():
            return "层次太深"
        case TypeError():
            return "把文字当数字，或者把列表当文字用了"
        case ValueError():
            return "值的写法不对"
        case _:
            return f"{type(error).__name__}：{error}"
