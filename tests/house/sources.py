"""Read the project's own sources, for the rules that no linter knows (源码检查)."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("yisong", "models", "flows")
MIGRATIONS = "yisong/store/migrations/"


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the project; `path` is relative to the root, with slashes."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _parse(self.text, self.path)

    @property
    def module(self) -> str:
        """Its dotted name."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def _parse(text: str, path: str) -> ast.Module:
    return ast.parse(text, filename=path)


def python_files(*folders: str) -> list[Source]:
    """All Python files below these folders of the project."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return [Source(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in files]


def tracked_files() -> list[Path]:
    """Every file that git keeps or would keep; outside a clone, every file that is no rubbish."""
    if (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
        return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    rubbish = {"var", "build", "dist", "__pycache__"}
    inside = (file for file in ROOT.rglob("*") if file.is_file())
    return [
        file
        for file in inside
        if not any(part in rubbish or (part.startswith(".") and part != ".ci") for part in file.relative_to(ROOT).parts)
    ]


def text_of(file: Path) -> str | None:
    """The text of a file, or None where it is no text (a font, a picture)."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def imports_of(source: Source) -> Iterator[tuple[int, str]]:
    """Every dotted name that a file imports, with its line; relative imports made absolute."""
    package = source.module if source.path.endswith("__init__.py") else source.module.rpartition(".")[0]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                start = ".".join([*above, start] if start else above)
            for alias in node.names:
                yield node.lineno, f"{start}.{alias.name}"


def last_name(node: ast.expr) -> str:
    """The last name of `a.b.c` (c), of a call the last name of what is called, or nothing."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
