"""Split what an office packed into one cell (一格多项拆分): lists of names, several findings with numbers."""

from __future__ import annotations

import re

_OPEN = {"（": "）", "(": ")", "【": "】", "[": "]", "〔": "〕", "“": "”", "《": "》", "「": "」"}
_SEPARATORS = frozenset("、，,；;\n\r\t|｜")
_SEPARATOR = re.compile("[、，,；;\n\r\t|｜]")
_OPENING = re.compile("[（(【\\[〔“《「]")
_SOFT = re.compile(r"\s*[/／\\]\s*|\s+|(?<=[^\x00-\x7f])[和及与](?=[^\x00-\x7f])")
_CIRCLED = {
    chr(start + i): i + 1
    for start, many in ((0x2460, 20), (0x2474, 20), (0x2488, 20), (0x3220, 10), (0x2776, 10))
    for i in range(many)
}
_HAN = {c: i + 1 for i, c in enumerate("一二三四五六七八九十")} | {
    "十一": 11,
    "十二": 12,
    "十三": 13,
    "十四": 14,
    "十五": 15,
}
_MARK = re.compile(
    r"(?P<plain>(?<![\d.])\d{1,2})\s*(?:[.．](?!\d)|[、)）:：])"
    r"|[(（](?P<bracket>\d{1,2})[)）]"
    r"|(?P<circled>[①-⑳])\s*[、.．]?"
    r"|(?P<packed>[⑴-⒇])|(?P<dotted>[⒈-⒛])|(?P<hanpacked>[㈠-㈩])|(?P<dark>[❶-❿])"
    r"|(?:问题|隐患)[ \t]*(?P<named>\d{1,2}|十?[一二三四五六七八九十])\s*[：:、.．]"
    r"|第(?P<ordinal>十?[一二三四五六七八九十])[，,：:]"
    r"|[(（](?P<hanbracket>十?[一二三四五六七八九十])[)）]\s*[、.．]?"
    r"|(?P<han>十?[一二三四五六七八九十])、"
    r"|(?:第)?(?P<said>十?[一二三四五六七八九十])是[：:，,]?"
)
_STANDS_ALONE = (
    "circled",
    "said",
    "bracket",
    "hanbracket",
    "packed",
    "dotted",
    "hanpacked",
    "dark",
    "named",
    "ordinal",
)  # marks that need no break before them
_BREAKS_BEFORE = frozenset(" \t\n\r。；;，,、：:！!）)")
# Without a second mark there is nothing to split; most facts are told by this alone.
_SECOND_MARK = re.compile(r"[2２]\s*[.．、)）:：]|②|⑵|⒉|㈡|❷|二、|[(（]二[)）]|二是|(?:问题|隐患)\s*二|第二[，,：:]")
SHORTEST = 2  # a part of a single character is no finding


def split_list(text: str) -> tuple[str, ...]:
    """Split an enumeration at 、，；; and line breaks, but not inside brackets (列举拆分).

    Slashes and blanks stay: whether they separate depends on the names; see `split_soft`.
    """
    if _OPENING.search(text) is None:
        return tuple([part for piece in _SEPARATOR.split(text) if (part := piece.strip())])
    parts: list[str] = []
    current: list[str] = []
    closing: list[str] = []
    for char in text:
        if closing and char == closing[-1]:
            closing.pop()
        elif char in _OPEN and _OPEN[char] in text:
            closing.append(_OPEN[char])
        elif char in _SEPARATORS and (not closing or char in "\n\r"):
            closing.clear()
            parts.append("".join(current).strip())
            current = []
            continue
        current.append(char)
    parts.append("".join(current).strip())
    return tuple(part for part in parts if part)


def split_soft(text: str) -> tuple[str, ...]:
    """Split further at slashes, blanks and 和/及/与 (宽松拆分), for names that were not recognised whole."""
    return tuple(part for part in _SOFT.split(text) if part)


def may_be_numbered(text: str) -> bool:
    """Tell whether there is a second mark at all (是否可能有编号); most facts have none, and one look says so."""
    return _SECOND_MARK.search(text) is not None


def split_numbered(text: str) -> tuple[str, ...]:
    """Split several numbered findings in one cell (一格多个问题): 1. 2. / 1、 / ① / （一） / 一是.

    Answers the parts in order, or the whole text as the only part. It splits only where one kind of mark counts
    1, 2, 3 … without a gap, where every part has words, and where nothing but a lead-in ending in a colon stands
    before the first mark; so “3号、4号加油枪” and “1.5米” stay whole.
    """
    text = text.strip()
    if _SECOND_MARK.search(text) is None:
        return (text,) if text else ()
    series: dict[str, list[tuple[int, int]]] = {}
    for match in _MARK.finditer(text):
        kind = match.lastgroup or ""
        label = match.group(kind)
        number = int(label) if label.isdigit() and label not in _CIRCLED else _CIRCLED.get(label) or _HAN.get(label, 0)
        if match.start() and text[match.start() - 1] not in _BREAKS_BEFORE and kind not in _STANDS_ALONE:
            continue
        marks = series.setdefault(kind, [])
        if number == len(marks) + 1:
            marks.append((match.start(), match.end()))
    for marks in sorted(series.values(), key=lambda found: found[0] if found else (len(text), 0)):
        parts = _cut(text, marks)
        if len(parts) > 1:
            return parts
    return (text,) if text else ()


def _cut(text: str, marks: list[tuple[int, int]]) -> tuple[str, ...]:
    if len(marks) < 2:
        return ()
    lead = text[: marks[0][0]].strip()
    if lead and lead[-1] not in "：:":
        return ()
    ends = [start for start, _ in marks[1:]] + [len(text)]
    parts = [text[end:stop].strip().strip("；;，,、").strip() for (_, end), stop in zip(marks, ends, strict=True)]
    if any(len(part) < SHORTEST for part in parts):
        return ()
    return tuple(parts)
