"""The hash chain over what happened (事件链): any row edited, dropped, swapped or forged is found, and where.

Each event's hash covers the hash before it and the canonical JSON of its body. The canonical form has sorted keys,
no spaces, UTF-8, instants in UTC; two bodies with the same content give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any

GENESIS = "0" * 64
"""What stands before the first event (链首)."""


class ChainError(ValueError):
    """A body that cannot be hashed (事件链错误): a stable `code` and a Chinese message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def json_word(value: object) -> Any:
    """What JSON has for a value that it does not know by itself (JSON 写法): an instant in UTC, a day, a set in order. Raises `ChainError`."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ChainError("instant_without_zone", f"时刻 {value.isoformat()} 没有时区，不能写入事件链。")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise ChainError("body_not_plain", f"事件内容含有不能写入事件链的类型：{type(value).__name__}。")


_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=json_word
).encode


def canonical_text(body: object) -> str:
    """The one way to write a value as JSON (规范化 JSON), as text.

    Raises:
        ChainError: for an instant without a zone, a number that is none, or a type that JSON has no word for.
    """
    try:
        return _encode(body)
    except ChainError:
        raise
    except (TypeError, ValueError) as error:
        raise ChainError("body_not_plain", f"事件内容不能写入事件链：{error}。") from error


def canonical(body: object) -> bytes:
    """The one way to write a value as JSON bytes (规范化 JSON). Raises `ChainError` as `canonical_text`, and for half a character."""
    try:
        return canonical_text(body).encode()
    except UnicodeEncodeError as error:
        raise ChainError("body_not_plain", f"事件内容不能写入事件链：{error}。") from error


def plain(value: object) -> Any:
    """A value made of dataclasses, tuples and sets as plain JSON-able data (展开为普通数据)."""
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in fields(value) if entry.compare}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, set | frozenset):
        return sorted(plain(inner) for inner in value)
    if isinstance(value, Enum):
        return value.value
    return value


def json_value(value: object) -> Any:
    """The value as JSON keeps it (JSON 值): dates and instants as text. What is stored is what was hashed."""
    return json.loads(canonical(plain(value)))


def event_hash(previous: str, body: Mapping[str, Any]) -> str:
    """The hash of an event after the one before it, as 64 hex digits (事件摘要)."""
    return written_hash(previous, canonical(body))


def written_hash(previous: str, body: bytes) -> str:
    """The hash of an event whose body is written as canonical JSON already (已成文事件的摘要)."""
    return hashlib.sha256(b"%s\n%s" % (previous.encode(), body)).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One event as stored (链节): positions count from 1 without gaps."""

    position: int
    previous: str
    hash: str
    body: Mapping[str, Any]


class BreakKind(StrEnum):
    """What was done to the chain (断链类型)."""

    EDITED = "edited"
    DROPPED = "dropped"
    SWAPPED = "swapped"
    FORGED = "forged"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return {"edited": "内容被改动", "dropped": "记录缺失", "swapped": "次序被调换", "forged": "记录被伪造"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how (断链)."""

    position: int
    kind: BreakKind
    message: str


def verify(links: Iterable[Link], *, genesis: str = GENESIS, head: str | None = None, start: int = 1) -> list[Break]:
    """Every break of one chain, by position (核验事件链).

    Args:
        links: the events in the order of their positions; read once, so a stream will do.
        head: the hash that the last event is known to have; without it a cut tail cannot be seen.
        start: the position of the first event.
    """
    found: dict[tuple[int, BreakKind], Break] = {}

    def report(position: int, kind: BreakKind, why: str) -> None:
        found.setdefault((position, kind), Break(position, kind, f"第 {position} 条：{kind.label}，{why}。"))

    position_of: dict[str, int] = {}
    runs: list[tuple[int, str]] = []
    edited: list[Link] = []
    expected, last = start, genesis
    for link in links:
        if link.position > expected:
            gap = f"第 {expected} 至 {link.position - 1} 条" if link.position - 1 > expected else f"第 {expected} 条"
            report(expected, BreakKind.DROPPED, f"{gap}不在链上")
            runs.append((link.position, ""))
        elif link.position < expected:
            report(link.position, BreakKind.SWAPPED, "序号重复或次序颠倒")
            runs.append((link.position, ""))
        elif link.previous != last or link.position == start:
            runs.append((link.position, link.previous))
        if event_hash(link.previous, link.body) != link.hash:
            edited.append(link)
        position_of[link.hash] = link.position
        expected, last = link.position + 1, link.hash
    exchanged = _exchanged(edited)
    for link in edited:
        if link.position in exchanged:
            report(link.position, BreakKind.SWAPPED, f"内容与第 {exchanged[link.position]} 条互换")
        else:
            report(link.position, BreakKind.EDITED, "内容与其摘要不符")
    for position, true_position in _misplaced(runs, position_of, genesis=genesis, start=start):
        if true_position is None:
            report(max(position - 1, start), BreakKind.FORGED, f"其后第 {position} 条所记的前一摘要不在链上")
        else:
            report(position, BreakKind.SWAPPED, f"按摘要应在第 {true_position} 条")
    if head is not None and last != head:
        report(expected, BreakKind.DROPPED, "链尾与登记的末条摘要不符")
    return sorted(found.values(), key=lambda entry: (entry.position, entry.kind))


def _exchanged(edited: list[Link]) -> dict[int, int]:
    """Pairs of rows whose bodies were exchanged (内容互换): position → the other's position."""
    pairs: dict[int, int] = {}
    span = 200
    for index, one in enumerate(edited):
        for other in edited[index + 1 : index + span]:
            if one.position in pairs or other.position in pairs:
                continue
            if event_hash(one.previous, other.body) == one.hash and event_hash(other.previous, one.body) == other.hash:
                pairs[one.position], pairs[other.position] = other.position, one.position
    return pairs


def _misplaced(
    runs: list[tuple[int, str]], position_of: Mapping[str, int], *, genesis: str, start: int
) -> Iterable[tuple[int, int | None]]:
    """The first rows of runs that do not stand where their hashes put them (错位).

    Within a run each row follows its predecessor, so only first rows need to be traced. Yields (position, the position
    by the hashes), or (position, None) when the predecessor is nowhere in the chain.
    """
    starts = [position for position, _ in runs]
    offsets: dict[int, int | None] = {}
    for first in range(len(runs)):
        path: list[int] = []
        index = first
        while index not in offsets:
            position, previous = runs[index]
            if index in path or previous == "":
                offsets[index] = 0
            elif previous == genesis:
                offsets[index] = start - position
            elif previous not in position_of:
                offsets[index] = None
            else:
                path.append(index)
                index = bisect_right(starts, position_of[previous]) - 1
        while path:
            index = path.pop()
            before = position_of[runs[index][1]]
            parent = offsets[bisect_right(starts, before) - 1]
            offsets[index] = before + (parent or 0) + 1 - runs[index][0]
    for index, (position, _) in enumerate(runs):
        away = offsets[index]
        if away is None:
            yield position, None
        elif away:
            yield position, position + away
