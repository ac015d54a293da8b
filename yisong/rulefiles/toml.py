"""TOML as a clerk writes it (规则文件读写): values with the line they stand on, and a tidy way to write them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+|\"[^\"]*\")\s*=")
_BAD_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a rule file, and what to write instead (规则文件问题). `line` 0: the file as a whole."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file} 第{self.line}行" if self.line else self.file
        return f"{where}{f'（{self.key}）' if self.key else ''}：{self.message}"


@dataclass
class TomlFile:
    """A parsed rule file that knows its lines (规则文件)."""

    name: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[tuple[tuple[str, int], ...], int] = field(default_factory=dict)

    def line(self, path: tuple[tuple[str, int], ...], key: str = "") -> int:
        """The line of a key in the n-th table of a path, or of the table itself (行号)."""
        if key and (*path, (key, -1)) in self.lines:
            return self.lines[(*path, (key, -1))]
        return self.lines.get(path, 0)


def read_toml(path: Path, problems: list[Problem]) -> TomlFile:
    """Read one file (读入规则文件); what cannot be read becomes a problem and an empty file."""
    result = TomlFile(path.name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, "", "缺少这个规则文件，请从规则库备份中取回或重新生成。"))
        return result
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 0, "", "文件不是 UTF-8 编码，请另存为 UTF-8。"))
        return result
    try:
        result.data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _BAD_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        shown = text.splitlines()[line - 1].strip() if line <= text.count("\n") + 1 and text.splitlines() else ""
        problems.append(
            Problem(
                path.name,
                line,
                "",
                f"写法有误：“{shown}”。文字要加英文双引号，日期写作 2026-01-01，每行一个“键 = 值”。",
            )
        )
        return result
    result.lines = _line_numbers(text)
    return result


def _line_numbers(text: str) -> dict[tuple[tuple[str, int], ...], int]:
    """Where each table and key begins: a path of (name, index in its parent) → line."""
    found: dict[tuple[tuple[str, int], ...], int] = {}
    counts: dict[tuple[tuple[tuple[str, int], ...], str], int] = {}
    path: tuple[tuple[str, int], ...] = ()
    quoted = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted:
            if line.count(quoted) % 2:
                quoted = ""
            continue
        header = _HEADER.match(line)
        if header and not _KEY.match(line):
            names = [name.strip().strip('"') for name in header[2].split(".")]
            path = ()
            for position, name in enumerate(names):
                if position == len(names) - 1 and header[1] == "[[":
                    counts[(path, name)] = counts.get((path, name), -1) + 1
                path = (*path, (name, max(counts.get((path, name), 0), 0)))
            found.setdefault(path, number)
        elif key := _KEY.match(line):
            found.setdefault((*path, (key[1].strip('"'), -1)), number)
        for mark in ('"""', "'''"):
            if line.count(mark) % 2:
                quoted = mark
    return found


def value_text(value: object) -> str:
    """A value as TOML (值的写法)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, Sequence):
        return f"[{', '.join(value_text(inner) for inner in value)}]"
    raise TypeError(f"no TOML for {type(value).__name__}")


def table_text(header: str, values: Mapping[str, object], *, array: bool = True) -> str:
    """One table with its keys, in their order; None and empty values are left out (写出一个表)."""
    lines = [f"[[{header}]]" if array else f"[{header}]"]
    lines += [f"{key} = {value_text(value)}" for key, value in values.items() if value is not None and value != ()]
    return "\n".join(lines) + "\n"
