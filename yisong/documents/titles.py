"""Break a long title into lines that keep words whole (标题回行): trapezoid or lozenge, GB/T 9704-2012, 7.3.1."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from yisong.documents.measures import text_width

_NEVER_BEFORE = frozenset("的了着过、，。；：）》〉」』”’)")
_NEVER_AFTER = frozenset("（《〈「『“‘(第")
_GOOD_BEFORE = ("涉嫌", "有关", "相关", "案件", "问题", "移送", "通知", "情况", "列入", "整改", "办理")
_GOOD_AFTER = frozenset("、，：》）")
_MOST_LINES = 5


def break_title(title: str, edges: tuple[int, ...], *, widest: float) -> tuple[str, ...]:
    """Lines of at most `widest` full-width characters; `edges` are positions where data begins or ends (good places)."""
    if text_width(title) <= widest:
        return (title,)
    good = frozenset(edges)
    for count in range(2, _MOST_LINES + 1):
        lines = _best(title, good, count, widest)
        if lines:
            return lines
    return (title,)  # the page breaks it


def _penalty(title: str, at: int, good: frozenset[int]) -> float | None:
    before, after = title[at - 1], title[at]
    if after in _NEVER_BEFORE or before in _NEVER_AFTER:
        return None
    if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
        return None
    if at in good or before in _GOOD_AFTER:
        return 0.0
    if title.startswith(_GOOD_BEFORE, at):
        return 2.0
    return 9.0


def _best(title: str, good: frozenset[int], count: int, widest: float) -> tuple[str, ...]:
    ideal = text_width(title) / count

    @cache
    def tail(start: int, left: int) -> tuple[float, tuple[int, ...]] | None:
        if left == 1:
            width = text_width(title[start:])
            return (abs(width - ideal), ()) if 3 <= width <= widest else None
        best: tuple[float, tuple[int, ...]] | None = None
        for at in range(start + 3, len(title)):
            width = text_width(title[start:at])
            if width > widest:
                break
            penalty = _penalty(title, at, good)
            rest = tail(at, left - 1) if penalty is not None else None
            if penalty is not None and rest is not None:
                cost = penalty + abs(width - ideal) + rest[0]
                if best is None or cost < best[0]:
                    best = (cost, (at, *rest[1]))
        return best

    found = tail(0, count)
    if found is None:
        return ()
    cuts = [0, *found[1], len(title)]
    return tuple(title[start:stop] for start, stop in pairwise(cuts))
