"""What the commands print (命令行输出): tables for people, JSON for programs, progress on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from rich.console import Console

PIPED_WIDTH = 200
"""Columns of a table that nobody looks at in a terminal: wide enough that a program cutting lines finds whole ones."""


def console(*, errors: bool = False) -> Console:
    """Where text is printed (输出); not a terminal: no colours, wide lines."""
    from rich.console import Console

    stream = sys.stderr if errors else sys.stdout
    terminal = stream.isatty()
    width = None if terminal or os.environ.get("COLUMNS") else PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=not terminal)


def say(*lines: str) -> None:
    """Print lines as they are (输出文字)."""
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def note(*lines: str) -> None:
    """Print lines that are not the result, such as advice (提示), on standard error."""
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "（无）") -> None:
    """Print a table (列表); cells are printed as they are, never read as markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(title=Text(title) if title else None, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        made.add_column(Text(column), overflow="fold")
    filled = False
    for row in rows:
        made.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        filled = True
    out = console()
    if filled:
        out.print(made, soft_wrap=False)
    else:
        out.print(Text(f"{title}：{empty}" if title else empty))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"not plain data: {type(value).__name__}")


def print_json(value: Any) -> None:
    """Print one JSON document and nothing else (输出 JSON)."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


class Ticking(Protocol):
    """What a long work reports its progress to (进度)."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


@contextmanager
def progress(what: str, *, total: int | None = None) -> Iterator[Ticking]:
    """A progress bar on standard error (进度条); yields a function that is told how much is done.

    Shown only where somebody looks: a log that is piped away stays empty.
    """
    if not sys.stderr.isatty():
        yield lambda done, total=None: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(errors=True), transient=True) as bars:
        bar = bars.add_task(what, total=total)

        def tick(done: int, total: int | None = None) -> None:
            if total is not None:
                bars.update(bar, total=total)
            bars.update(bar, completed=done)

        yield tick


def day(text: str, *, name: str) -> date:
    """A day as a person types it (日期). Raises BadInput, naming the option."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("not_a_date", f"{name} 的“{text}”不是有效日期，请按 2026-11-20 的样式填写。") from None


def day_or_instant(text: str, *, name: str) -> date | datetime:
    """A day, or an instant with its zone (日期或时刻). Raises BadInput."""
    if "T" not in text and " " not in text.strip():
        return day(text, name=name)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BadInput("not_an_instant", f"{name} 的“{text}”不是带时区的时刻，请按 2026-11-20T18:00+08:00 的样式填写。")
    return found


def when(value: date | datetime | None) -> str:
    """A day or an instant as a person reads it (日期或时刻); an instant in the zone that it comes in."""
    if isinstance(value, datetime):
        zone = value.utcoffset()
        beijing = zone is not None and zone.total_seconds() == 8 * 3600
        return value.strftime("%Y-%m-%d %H:%M") + ("" if beijing else value.strftime("%z"))
    return value.isoformat() if value else ""


def text_of(place: str) -> str:
    """The text of a file, or of standard input for `-` (读取文本). Raises BadInput."""
    try:
        data = sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except FileNotFoundError:
        raise BadInput("file_missing", f"找不到文件“{place}”，请检查路径和文件名。") from None
    except OSError as error:
        raise BadInput("file_unreadable", f"文件“{place}”无法读取（{error.strerror}），请检查文件权限。") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        raise BadInput("encoding_unknown", f"“{place}”既不是 UTF-8 也不是 GB18030 编码，请另存为 UTF-8。") from None
