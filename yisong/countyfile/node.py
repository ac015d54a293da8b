"""YAML that knows where it stands (县文件节点): every value has a path such as `cases[3].events[2].date` and a line.

Scalars are taken as written, so an unquoted code keeps its zeros and `on` stays a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, tzinfo
from enum import StrEnum
from typing import Any, ParamSpec, TypeVar

import yaml

_Word = TypeVar("_Word", bound=StrEnum)
_Made = TypeVar("_Made")
_Given = ParamSpec("_Given")
_YES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class CountyFileError(ValueError):
    """A county file that cannot be used (县文件有误): the path in the YAML, its line, and what to write."""

    def __init__(self, path: str, message: str, *, line: int = 0, file: str = "") -> None:
        where = f"{file}：" if file else ""
        super().__init__(f"{where}{path or '文件'}{f'（第{line}行）' if line else ''}：{message}")
        self.code = "county_file"
        self.path = path
        self.line = line
        self.message = message


class Node:
    """One value of the file with its path (节点)."""

    def __init__(self, node: yaml.Node, path: str = "") -> None:
        self.node = node
        self.path = path
        self.line = node.start_mark.line + 1
        self._children: dict[str, Node] | None = None

    def error(self, message: str) -> CountyFileError:
        """An error that names this place (此处有误)."""
        return CountyFileError(self.path, message, line=self.line)

    @property
    def empty(self) -> bool:
        """Whether nothing is written here (空值)."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:null"

    def children(self) -> dict[str, Node]:
        """The values of a mapping by key (各键). Raises CountyFileError."""
        if self._children is None:
            if not isinstance(self.node, yaml.MappingNode):
                raise self.error("应为“键: 值”的形式，请核对缩进。")
            found: dict[str, Node] = {}
            for key, value in self.node.value:
                name = str(key.value)
                child = Node(value, f"{self.path}.{name}" if self.path else name)
                if name in found:
                    raise child.error(f"键“{name}”写了两次，请删去一个。")
                found[name] = child
            self._children = found
        return self._children

    def get(self, key: str) -> Node | None:
        """The value of a key; None if it is missing or empty (可缺)."""
        child = self.children().get(key)
        return None if child is None or child.empty else child

    def need(self, key: str) -> Node:
        """The value of a key that must be there (必填). Raises CountyFileError."""
        child = self.get(key)
        if child is None:
            path = f"{self.path}.{key}" if self.path else key
            raise CountyFileError(path, f"缺少“{key}”，请补写。", line=self.line)
        return child

    def rows(self) -> Iterator[Node]:
        """The values of a list (各项). Raises CountyFileError."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("应为列表，每项以“- ”开头或写作 [甲, 乙]。")
        for index, value in enumerate(self.node.value):
            yield Node(value, f"{self.path}[{index}]")

    def rows_or_self(self) -> list[Node]:
        """The values of a list, or the one value that stands in its place (一项或多项)."""
        return list(self.rows()) if isinstance(self.node, yaml.SequenceNode) else [self]

    def list_of(self, key: str) -> list[Node]:
        """The list of a key; empty if it is missing (可缺列表)."""
        child = self.get(key)
        return [] if child is None else list(child.rows())

    # ---- values -----------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """A text as written (文字). Raises CountyFileError."""
        if not isinstance(self.node, yaml.ScalarNode) or self.empty:
            raise self.error("应为文字。")
        if re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+", self.node.value):
            raise self.error(f"“{self.node.value}”是被改成科学计数的编号，请恢复原编号并加引号。")
        return str(self.node.value)

    @property
    def filled(self) -> str:
        """A text that is not blank (非空文字)."""
        if not self.text.strip():
            raise self.error("不能为空，请补写。")
        return self.text.strip()

    @property
    def whole(self) -> int:
        """A whole number, not below zero (非负整数)."""
        if not re.fullmatch(r"\d+", self.text):
            raise self.error(f"“{self.text}”不是非负整数，请写如 3。")
        return int(self.text)

    @property
    def yes(self) -> bool:
        """Yes or no (是否)."""
        try:
            return _YES[self.text.lower()]
        except KeyError:
            raise self.error(f"“{self.text}”不是 true 或 false。") from None

    @property
    def day(self) -> date:
        """A date (日期)."""
        text = self.text
        try:
            return date.fromisoformat(text[:10]) if len(text) > 10 and text[10] in "T " else date.fromisoformat(text)
        except ValueError:
            raise self.error(f"“{text}”不是日期，请写作 2026-01-01。") from None

    def instant(self, zone: tzinfo) -> datetime:
        """An instant; without an offset it is the county's local time (时刻)."""
        try:
            found = datetime.fromisoformat(self.text)
        except ValueError:
            raise self.error(f"“{self.text}”不是时刻，请写作 2026-01-01T09:30:00+08:00。") from None
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)

    def word(self, kind: type[_Word]) -> _Word:
        """One of fixed words (限定取值)."""
        try:
            return kind(self.filled)
        except ValueError:
            raise self.error(f"“{self.text}”不在允许的取值内，可用：{'、'.join(kind)}。") from None

    def one_of(self, known: frozenset[str] | dict[str, Any], what: str) -> str:
        """A code that must be registered (引用)."""
        if self.filled not in known:
            raise self.error(f"{what}“{self.text}”没有登记，请核对代码或先登记。")
        return self.filled

    @property
    def texts(self) -> tuple[str, ...]:
        """A list of texts (文字列表)."""
        return tuple(row.filled for row in self.rows())

    def plain(self) -> Any:
        """The value as ordinary data (普通数据)."""
        if isinstance(self.node, yaml.MappingNode):
            return {key: child.plain() for key, child in self.children().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [child.plain() for child in self.rows()]
        return yaml.SafeLoader("").construct_object(self.node, deep=True) if self.node.tag != _TEXT else self.node.value

    # ---- optional values --------------------------------------------------------------------------------------------

    def text_of(self, key: str, default: str = "") -> str:
        """The text of a key (可缺文字)."""
        child = self.get(key)
        return default if child is None else child.text.strip()

    def texts_of(self, key: str) -> tuple[str, ...]:
        """The texts of a key (可缺文字列表)."""
        child = self.get(key)
        return () if child is None else child.texts

    def whole_of(self, key: str) -> int | None:
        """The number of a key (可缺整数)."""
        child = self.get(key)
        return None if child is None else child.whole

    def day_of(self, key: str) -> date | None:
        """The date of a key (可缺日期)."""
        child = self.get(key)
        return None if child is None else child.day

    def yes_of(self, key: str, default: bool) -> bool:
        """The yes or no of a key (可缺是否)."""
        child = self.get(key)
        return default if child is None else child.yes

    def made(self, make: Callable[_Given, _Made], *args: _Given.args, **named: _Given.kwargs) -> _Made:
        """Build something from this place (由此处构造); what the domain refuses is told with the path."""
        try:
            return make(*args, **named)
        except CountyFileError:
            raise
        except ValueError as error:
            raise self.error(str(error)) from error


_TEXT = "tag:yaml.org,2002:str"


def unique(rows: Iterable[Node], what: str) -> list[Node]:
    """The rows of a list, whose codes must differ (代码不得重复). Raises CountyFileError."""
    seen: set[str] = set()
    found = []
    for row in rows:
        code = row.need("code").filled
        if code in seen:
            raise row.need("code").error(f"{what}“{code}”重复，请改用别的代码或合并。")
        seen.add(code)
        found.append(row)
    return found


def compose(text: str) -> Node:
    """Parse a county file (解析县文件). Raises CountyFileError naming the line."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise CountyFileError("", f"YAML 写法有误（{error.problem}），请核对缩进、冒号和引号。", line=line) from error
    except yaml.YAMLError as error:
        raise CountyFileError("", f"YAML 写法有误（{error}）。") from error
    if root is None:
        raise CountyFileError("", "文件是空的。")
    return Node(root)
