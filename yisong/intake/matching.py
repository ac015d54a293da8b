"""Find which finding a file belongs to (证据匹配): by numbers in its path, by names in the ledger, never by a guess."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yisong.intake.identity import name_key
from yisong.intake.rows import LedgerInspection
from yisong.intake.values import Note

SHORT_COUNT = 4  # digits
_FILE_NAME = re.compile(
    r"[\w\-一-鿿]*\.(?:jpe?g|png|bmp|heic|tiff?|gif|webp|pdf|docx?|xlsx?|mp4|mov|avi|mp3|wav|m4a|amr)\b", re.I
)
_CAMERA_NAME = re.compile(
    r"\b(?:IMG|DSC|DSCN|DSCF|MVIMG|PXL|VID|MVI|P|WX|Screenshot|mmexport)[_-]?\d{3,}(?:[_-]\d+)*\b", re.I
)


@dataclass(frozen=True, slots=True)
class Match:
    """Where a file belongs (匹配结果)."""

    inspection: str = ""
    finding: str = ""
    why: str = ""
    inspected_on: dt.date | None = None
    notes: tuple[Note, ...] = ()


def file_names(words: str) -> Iterator[str]:
    """The file names that an entry of the evidence column gives (证据列中的文件名): IMG_0012、现场.jpg."""
    for pattern in (_FILE_NAME, _CAMERA_NAME):
        for found in pattern.finditer(unicodedata.normalize("NFKC", words)):
            if found.group(0) and not found.group(0).startswith("."):
                yield found.group(0)
        words = _FILE_NAME.sub(" ", unicodedata.normalize("NFKC", words))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace("—", "-").replace("–", "-")


class Index:
    """The numbers and names of a ledger, ready to be found in paths (匹配索引)."""

    def __init__(self, inspections: Sequence[LedgerInspection]) -> None:
        self._findings: dict[str, list[tuple[str, str]]] = {}
        self._inspections: dict[str, list[str]] = {}
        self._named: dict[str, list[tuple[str, str]]] = {}
        self._units: dict[str, list[str]] = {}
        self._days: dict[str, dt.date | None] = {}
        for inspection in inspections:
            self._days[inspection.key] = inspection.inspected_on
            for code in (inspection.code, inspection.behaviour_code):
                if code:
                    self._inspections.setdefault(_plain(code), []).append(inspection.key)
            if inspection.unit_name:
                self._units.setdefault(name_key(inspection.unit_name), []).append(inspection.key)
            for finding in inspection.findings:
                if finding.code:
                    self._findings.setdefault(_plain(finding.code), []).append((inspection.key, finding.key))
                for words in finding.evidence:
                    for name in file_names(words):
                        self._named.setdefault(_stem(name), []).append((inspection.key, finding.key))

    def match(self, path: str) -> Match:
        """Say where a file belongs (匹配一个文件)."""
        text = _plain(path)
        numbers = _found(text, self._findings)
        hits = {hit for number in numbers for hit in self._findings[number]}
        inspections = {key for number in _found(text, self._inspections) for key in self._inspections[number]}
        if len(hits) > 1 and inspections:  # the same number in several inspections: the folder says which
            hits = {hit for hit in hits if hit[0] in inspections}
        if len(hits) == 1:
            inspection, finding = hits.pop()
            return Match(inspection, finding, f"路径中的问题编号“{'、'.join(numbers)}”", self._days[inspection])
        if len(hits) > 1:
            return self._unclear(
                inspections, f"路径里有 {len(hits)} 个问题的编号（{'、'.join(numbers)}），无法确定属于哪一个：请改名"
            )
        named = set(self._named.get(_stem(path.rpartition("/")[2]), ()))
        if inspections and len(named) > 1:
            named = {hit for hit in named if hit[0] in inspections}
        if len(named) == 1:
            inspection, finding = named.pop()
            return Match(inspection, finding, "台账“证据材料”列写了这个文件名", self._days[inspection])
        if len(named) > 1:
            return self._unclear(inspections, f"台账里有 {len(named)} 个问题写了这个文件名：请在文件名前加问题编号")
        if len(inspections) == 1:
            return self._of_inspection(inspections.pop(), "路径中的检查编号")
        if len(inspections) > 1:
            return self._unclear(set(), "路径里有几次检查的编号，无法确定属于哪一次：请改名")
        return self._by_unit(path)

    def _of_inspection(self, inspection: str, why: str, *notes: Note) -> Match:
        return Match(inspection, "", why, self._days[inspection], notes)

    def _unclear(self, inspections: set[str], text: str) -> Match:
        note = Note("warning", "UNCLEAR", text)
        if len(inspections) == 1:
            return self._of_inspection(next(iter(inspections)), "路径中的检查编号", note)
        return Match(notes=(note,))

    def _by_unit(self, path: str) -> Match:
        key = name_key(path)
        units = [(name, found) for name, found in self._units.items() if len(name) >= 4 and name in key]
        longest = max((len(name) for name, _ in units), default=0)
        candidates = {inspection for name, found in units if len(name) == longest for inspection in found}
        if len(candidates) == 1:
            return self._of_inspection(
                candidates.pop(), "路径中的单位名称",
                Note("warning", "BY_UNIT_NAME", "只按路径里的单位名称归到这次检查：请核对，最好在文件名里写问题编号"),
            )  # fmt: skip
        text = "路径里没有问题编号或检查编号，无法归到台账的某一行：请把编号写进文件名或文件夹名"
        return Match(notes=(Note("warning", "ORPHAN", text),))


def _found(text: str, numbers: Mapping[str, object]) -> list[str]:
    """The numbers that stand in a path, not inside a longer number, longest first at each place (路径中的编号).

    A short plain count such as 3 counts only as the beginning of a file or folder name: IMG_3.jpg is no finding 3.
    """
    lengths = sorted({len(number) for number in numbers}, reverse=True)
    found: list[str] = []
    start = 0
    while start < len(text):
        if (
            start
            and text[start - 1].isascii()
            and text[start - 1].isalnum()
            and text[start].isascii()
            and text[start].isalnum()
        ):
            start += 1
            continue
        for length in lengths:
            end = start + length
            piece = text[start:end]
            if piece not in numbers or (
                end < len(text) and text[end - 1].isascii() and text[end].isascii() and text[end].isalnum()
            ):
                continue
            if piece.isdigit() and length < SHORT_COUNT and start and text[start - 1] != "/":
                continue
            found.append(piece)
            start = end - 1
            break
        start += 1
    return list(dict.fromkeys(found))


def _stem(name: str) -> str:
    return re.sub(r"\.\w{2,4}$", "", unicodedata.normalize("NFKC", name)).casefold()
