"""Verify evidence (证据核验): the files against their digests, the rows against the lines of the journal that brought them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from models import Event, Evidence
from yisong.domain.chain import BreakKind
from yisong.intake.vault import CHANGED, LOST, SOUND, EvidenceVault
from yisong.services.evidence import ADDED, VOIDED
from yisong.store import evidence as stored

PAGE = 500
WORDS = {
    LOST: "文件不在证据库里，请检查存储或从备份恢复",
    CHANGED: "文件与入卷时的摘要不符，已被改动或损坏，请从备份恢复并查明原因",
}


@dataclass(frozen=True, slots=True)
class FileFault:
    """One piece of evidence whose file is not what it was (证据文件异常)."""

    evidence: int
    matter: str
    title: str
    sha256: str
    state: str

    @property
    def message(self) -> str:
        """What is wrong and what to do (说明)."""
        return f"{self.matter} 证据“{self.title}”（{self.sha256[:16]}…）：{WORDS[self.state]}。"


@dataclass(slots=True)
class Verified:
    """What a verification of the files found (证据核验结果). `files` counts contents, `pieces` rows, voided ones too."""

    pieces: int = 0
    files: int = 0
    size: int = 0
    faults: list[FileFault] = field(default_factory=list)


def verify_files(
    reading: Callable[[], AbstractContextManager[Session]], *, vault: EvidenceVault, progress: Callable[[int], None] = lambda done: None
) -> Verified:  # fmt: skip
    """Compare every kept file with its digest (证据文件核验); a content that several pieces share is read once."""
    found, seen, after = Verified(), {}, 0
    while True:
        with reading() as session:
            page = [
                (row.id or 0, code, row.title, row.sha256, row.size)
                for row, code in stored.page(session, after=after, most=PAGE)
            ]
        if not page:
            return found
        for number, code, title, sha256, size in page:
            if sha256 not in seen:
                seen[sha256] = vault.check(sha256)
                found.files += 1
                found.size += size
            if seen[sha256] != SOUND:
                found.faults.append(FileFault(number, code, title, sha256, seen[sha256]))
            found.pieces += 1
            progress(found.pieces)
        after = page[-1][0]


def row_faults(events: Sequence[Event], rows: Sequence[Evidence]) -> Iterator[tuple[int, str, str]]:
    """Where the evidence of one journal is not what its lines say (证据登记核验): (position, kind of break, message).

    What was brought is there, unchanged; what is there was brought; what is voided was voided by a line, and the reverse.
    """
    brought = _told(events, ADDED)
    voided = _told(events, VOIDED)
    for row in rows:
        position, effect = brought.pop(row.id or 0, (0, None))
        name = f"证据“{row.title}”"
        if effect is None:
            yield position, BreakKind.FORGED.value, f"{name}没有任何流转记录登记过。"
            continue
        if (row.sha256, row.size, row.kind, row.title) != tuple(
            effect.get(key) for key in ("sha256", "size", "kind", "title")
        ):
            yield position, BreakKind.EDITED.value, f"{name}的摘要、种类或名称与入卷时不符。"
        if (row.voided_at is not None) != (row.id in voided):
            yield voided.get(row.id or 0, (position, {}))[0], BreakKind.EDITED.value, f"{name}是否作废与流转记录不符。"
    for position, effect in brought.values():
        yield position, BreakKind.DROPPED.value, f"证据“{effect.get('title')}”已从登记中删除。"


def _told(events: Sequence[Event], action: str) -> dict[int, tuple[int, dict[str, Any]]]:
    return {
        int(effect["evidence"]): (event.seq, effect)
        for event in events
        if event.action == action
        for effect in event.effects
        if isinstance(effect, dict) and "evidence" in effect
    }
