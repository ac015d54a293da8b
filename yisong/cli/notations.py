"""Days, instants, numbers and suspensions as people and other programs write them (日期、数量、中止期间的写法)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from yisong.domain.deadlines import Ledger, Pause

_DAY = r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?:\s*日)?|(?<!\d)\d{8}(?!\d))"
_TIME = r"(?:[T\s]*\d{1,2}[:时点]\d{1,2}分?(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)"
_WHEN = re.compile(rf"{_DAY}{_TIME}?")
_PARTS = re.compile(
    r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})[:时点](\d{1,2})分?(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_JOINED = re.compile(r"(?::|/|\.{2,3}|…|~|-+>?|—+|–|→|=>|至|到|to)")
_LISTED = re.compile(r"[,、]")
_PARTED = re.compile(r"[;,|、\s]*")
_NOTHING = re.compile(r"(?:null|None|NULL|今|尚?未恢复|)")
_KEYS = re.compile(r"\b(?:from|to|start|end|begin|until)\b\s*[:=]")


def _folded(text: str) -> str:
    """Full-width signs as plain ones (全角转半角)."""
    return unicodedata.normalize("NFKC", text).strip()


def when(text: str, *, name: str, zone: tzinfo) -> date | datetime:
    """A day, or an instant; one without an offset is the county's time, `zone` (日期或时刻).

    2026-09-05, 2026/9/5, 20260905 and 2026年9月5日 are the same day. Raises BadInput `not_a_date`.
    """
    if len(text) == 10:
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    parts = _PARTS.fullmatch(_folded(text)) if _WHEN.fullmatch(_folded(text)) else None
    try:
        if parts is None:
            raise ValueError("no day")
        year, month, day, hour, minute, second, offset = parts.groups()
        if hour is None:
            return date(int(year), int(month), int(day))
        found = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=zone)
        return found.replace(tzinfo=datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo) if offset else found
    except ValueError:
        raise BadInput(
            "not_a_date",
            f"{name} 的“{text}”不是有效日期，请按 2026-11-20 的样式填写；时刻按 2026-11-20T18:00+08:00 的样式。",
        ) from None


def whole(text: str, *, name: str) -> int:
    """A whole number of days or hours (数量). 15.0 is 15, 15.5 is refused. Raises BadInput `amount_not_a_number`."""
    try:
        return int(text)
    except ValueError:
        found = re.fullmatch(r"([+-]?\d+)(?:\.0*)?", _folded(text))
        if found is None:
            raise BadInput("amount_not_a_number", f"{name} 的“{text}”不是整数，请填写天数或小时数。") from None
        return int(found[1])


def pauses(text: str, *, name: str, zone: tzinfo) -> tuple[Pause, ...]:
    """All suspensions in a text (中止期间). Several are parted by `;`, `|`, blanks or, between brackets, commas.

    2026-09-10:2026-09-20, 2026-09-10/2026-09-20, 2026-09-10至2026-09-20 and [["2026-09-10","2026-09-20"]] are the same; what ends
    with the mark, or with null, has not been resumed. Raises BadInput `pause_unclear`, and DeadlineError for what is reversed.
    """
    folded = _folded(text)
    if folded in ("", "[]", "{}", "-", "无"):
        return ()
    listed = folded.startswith(("[", "(", "{"))
    plain = re.sub(r"[\[\](){}\"'【】]", " ", folded)
    plain = _KEYS.sub(" ", plain) if listed else plain
    found = list(_WHEN.finditer(plain))
    ends = [*(match.start() for match in found[1:]), len(plain)]
    gaps = [plain[match.end() : end] for match, end in zip(found, ends, strict=False)]
    unclear = BadInput(
        "pause_unclear",
        f"{name} 的“{text}”应写成 中止日:恢复日，例如 2026-09-10:2026-09-20；多段以分号隔开，尚未恢复的写 2026-09-10:。",
    )
    if not found or plain[: found[0].start()].strip():
        raise unclear
    spans: list[tuple[str, str | None]] = []
    begun: str | None = None
    for match, gap in zip(found, gaps, strict=True):
        last = match is found[-1]
        if begun is not None:
            if not _PARTED.fullmatch(gap) or not (gap or last):
                raise unclear
            spans.append((begun, match[0]))
            begun = None
            continue
        mark = _JOINED.match(gap.strip()) or (_LISTED.match(gap.strip()) if listed else None)
        rest = gap.strip()[mark.end() :].strip() if mark else ""
        if mark is None:
            raise unclear
        if rest or last:  # something else than a day follows the mark: not resumed
            unended = _NOTHING.match(rest)
            if unended is None or not _PARTED.fullmatch(rest[unended.end() :]):
                raise unclear
            spans.append((match[0], None))
        else:
            begun = match[0]
    return tuple(_pause(first, last, name=name, zone=zone) for first, last in spans)


def _pause(first: str, last: str | None, *, name: str, zone: tzinfo) -> Pause:
    from yisong.domain.deadlines import Pause

    begin = when(first, name=name, zone=zone)
    end = when(last, name=name, zone=zone) if last is not None else None
    instants = isinstance(begin, datetime) and (end is None or isinstance(end, datetime))
    return Pause(
        start=_day_of(begin, zone),
        end=_day_of(end, zone) if end is not None else None,
        start_at=begin if instants and isinstance(begin, datetime) else None,
        end_at=end if instants and isinstance(end, datetime) else None,
    )


def _day_of(when: date | datetime, zone: tzinfo) -> date:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when


@lru_cache(maxsize=64)
def _unit(text: str) -> str:
    from yisong.domain.deadlines import Unit

    return Unit.parse(_folded(text)).value


def ledger(*, start: str, amount: str, unit: str, paused: Sequence[str], names: dict[str, str], zone: tzinfo) -> Ledger:
    """A clock as it was written (期限台账). `names`: what start, amount and pauses are called where the text comes from.

    Raises:
        BadInput, DeadlineError: in Chinese, naming what cannot be read or makes no sense.
    """
    from yisong.domain.deadlines import DeadlineError, Ledger, Unit

    begun = when(start, name=names["start"], zone=zone)
    counted_in, number = Unit(_unit(unit)), whole(amount, name=names["amount"])
    if counted_in is Unit.HOURS and not isinstance(begun, datetime):
        raise DeadlineError(
            "start_at_missing",
            f"{names['start']} 的“{start}”只有日期；以小时计的须写明起算时刻，如 {begun}T09:00+08:00。",
        )
    return Ledger(
        rule=f"“{number}{counted_in.label}”", unit=counted_in, amount=number, start=_day_of(begun, zone), start_at=begun if isinstance(begun, datetime) else None,
        pauses=tuple(pause for text in paused for pause in pauses(text, name=names["pauses"], zone=zone)),
    )  # fmt: skip
