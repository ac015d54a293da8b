"""Read the sentences of a holiday notice (放假通知逐句读取): text in, what each item arranges out.

A sentence is a row of groups of dates, each with what is said of it (放假、上班、补休、公休日调至…). Every date that
is said something unknown of is refused, every check that the sentence allows is made: the weekday in parentheses,
“共N天” against the span, “与周末连休” against the weekend, a make-up workday against the weekday. Nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto

from yisong.domain.workdays import CalendarError

_WEEKDAYS = {character: index for index, character in enumerate("一二三四五六日")} | {"天": 6}
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日((?:（[^（）]*）)*(?:(?:星期|周)[一二三四五六日天])?)")
_ITEM = re.compile(
    r"(?:^|(?<=[\n。；：]))(?P<number>[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[、.．]|——|[-*•·])?"
    r"(?:\d{4}年)?(?P<name>[^\d\n，。；：]{0,30}?)(?P<colon>：?)\n*(?=延长|\d)"
)
_FESTIVAL = re.compile("元旦|节|国庆|中秋|端午|清明|五一|十一|纪念日|庆$|年$")
_CLOSING = re.compile(r"节(?:假日)?期间|放假期间|通知(?:要求|指出)|国务院(?:办公厅)?\n|国务院(?:办公厅)?\d{4}年")
_RESUMES = re.compile("起(?:正常|照常|恢复)?上班")
_WORKS = re.compile("(?:正常|照常|调休|补)?上班|补班")
_RESTS = re.compile(r"(?:全国|全体公民)?(?:调休)?放假|调休|(?:为[^，。；\d]{0,12}?)?补休")
_MOVES = re.compile(r"[^，。；]*公休日?[^，。；]*调至$")
_REMARK = re.compile("，?(?:均?为|照常)?[^，。；]*(法定节?假日|公休)")
_COUNT = re.compile(r"(?:共|放假(?:调休|公休)?)(\d+)天")


class NoticeError(CalendarError):
    """A sentence that cannot be relied on (放假通知有误); the message quotes it and says what to do."""

    def __init__(self, code: str, problem: str, *, sentence: str) -> None:
        super().__init__(code, f"{problem}。原文：“{sentence.strip()}”" if sentence else f"{problem}。")
        self.sentence = sentence


class _Said(Enum):
    OFF = auto()
    WORKED = auto()
    RESUMED = auto()
    MOVED_FROM = auto()
    MOVED_TO = auto()
    EXTENDED_TO = auto()
    REMARKED = auto()


@dataclass(slots=True)
class Item:
    """What one item of the notice arranges (一项安排)."""

    name: str
    text: str
    off: list[date] = field(default_factory=list)
    worked: list[date] = field(default_factory=list)
    extended_to: date | None = None
    claims: list[tuple[_Said, list[date], str, str]] = field(default_factory=list)


def normalised(text: str) -> str:
    """The text without blanks, with full-width punctuation and 至 for every dash between dates (文本规整)."""
    lines = (re.sub(r"\s+", "", line) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    text = text.translate(str.maketrans("０１２３４５６７８９():,;", "0123456789（）：，；"))
    return re.sub(r"(?<=[日）])[—–\-－―~～到]+(?=\d)", "至", text)


def without_closing(text: str) -> str:
    """The text up to the closing paragraph and the signature (去除结尾段), whose dates arrange nothing."""
    first = re.search(r"\d{1,2}月\d{1,2}日", text)
    closing = _CLOSING.search(text, first.end()) if first else None
    return text[: closing.start()] if closing else text


def read_items(text: str, *, year: int) -> Iterator[Item]:
    """The items of a normalised text (逐项读取), checked; a text without numbered items is one item without a name."""
    starts = [
        found
        for found in _ITEM.finditer(text)
        if "其中" not in found["name"]
        and (
            (found["number"] and (found["colon"] or not found["name"] or _FESTIVAL.search(found["name"])))
            or (found["colon"] and _FESTIVAL.search(found["name"]))
        )
    ]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    pieces = [(found["name"], text[found.end() : end]) for found, end in zip(starts, ends, strict=False)]
    arranged = 0
    for name, piece in pieces or [("", text)]:
        item = Item(name, without_closing(piece))
        _read(item, year)
        _check(item)
        if item.off or item.worked or item.extended_to:
            arranged += 1
            yield item
        elif name:
            raise NoticeError("nothing_arranged", f"“{name}”一项没有放假日期，请核对", sentence=item.text)
    if not arranged:
        raise NoticeError("notice_empty", "没有读到任何放假安排；请粘贴通知正文", sentence=text[:40])


def _read(item: Item, year: int) -> None:
    """Collect what is said of which days (逐句读取)."""
    last: date | None = None
    for sentence in re.split(r"[。；]|\n(?!\d)", item.text):
        if sentence.startswith("鼓励"):  # employers are encouraged to give leave; it is no arrangement
            continue
        found = list(_DATE.finditer(sentence))
        groups: list[tuple[list[date], int, int]] = []
        for index, match in enumerate(found):
            day = last = _resolved(match, last, item.off[0] if item.off else None, year, sentence)
            joint = sentence[found[index - 1].end() : match.start()] if index else None
            if joint == "至" and groups:
                days, begin, _ = groups.pop()
                first = days[-1] if days[-1] <= day else days[-1].replace(year=days[-1].year - 1)
                if not 0 <= (day - first).days <= 30:
                    raise NoticeError(
                        "span_reversed", f"“{first}至{day}”的起止颠倒或超过31天，请核对", sentence=sentence
                    )
                span = [first + timedelta(days=n) for n in range((day - first).days + 1)]
                groups.append((days[:-1] + span, begin, match.end()))
            elif joint in ("、", "和", "与", "及", "以及") and groups:
                days, begin, _ = groups.pop()
                groups.append(([*days, day], begin, match.end()))
            else:
                groups.append(([day], match.start(), match.end()))
        before = None
        for index, (days, begin, end) in enumerate(groups):
            lead = sentence[groups[index - 1][2] if index else 0 : begin]
            tail = sentence[end : groups[index + 1][1] if index + 1 < len(groups) else len(sentence)]
            before = _said(lead, tail, before, sentence)
            item.claims.append((before, days, tail, sentence))
            if before is _Said.OFF:
                item.off += [day for day in days if day not in item.off]
            elif before is _Said.EXTENDED_TO:
                item.extended_to = days[-1]


def _resolved(match: re.Match[str], last: date | None, anchor: date | None, year: int, sentence: str) -> date:
    written_year, month, day, remarks = match.groups()
    try:
        if written_year:
            resolved = date(int(written_year), int(month), int(day))
        elif month:
            resolved = date(year, int(month), int(day))
            if anchor is not None:  # in the item on New Year, “12月29日” is the one before it
                candidates = [resolved.replace(year=near) for near in (anchor.year - 1, anchor.year, anchor.year + 1)]
                resolved = min(candidates, key=lambda candidate: abs(candidate - anchor))
        elif last is not None:
            resolved = last.replace(day=int(day))
        else:
            raise ValueError("no month")
    except (TypeError, ValueError):
        raise NoticeError("date_impossible", f"“{match[0]}”不是有效日期，请核对", sentence=sentence) from None
    weekday = re.search(r"(?:星期|周)([一二三四五六日天])", remarks or "")
    if weekday and _WEEKDAYS[weekday[1]] != resolved.weekday():
        actual = "一二三四五六日"[resolved.weekday()]
        raise NoticeError("weekday_mismatch", f"{resolved} 是星期{actual}，不是{weekday[0]}，请核对", sentence=sentence)
    return resolved


def _said(lead: str, tail: str, before: _Said | None, sentence: str) -> _Said:
    if "延长" in lead and lead.endswith("至"):
        return _Said.EXTENDED_TO
    if _RESUMES.match(tail):
        return _Said.RESUMED
    if _WORKS.match(tail):
        return _Said.WORKED
    if _MOVES.match(tail):
        return _Said.MOVED_FROM
    if before is _Said.MOVED_FROM:
        return _Said.MOVED_TO
    if _RESTS.match(tail):
        return _Said.OFF
    if _REMARK.match(tail):
        return _Said.REMARKED
    raise NoticeError("sentence_unclear", "读不懂这句话里的日期是放假还是上班，请按通知原文粘贴", sentence=sentence)


def _check(item: Item) -> None:
    """Hold every claim against the days off of the item (逐项核对), then settle the make-up workdays."""
    off = set(item.off)
    for said, days, tail, sentence in item.claims:
        if said is _Said.OFF:
            _check_count(days, off, tail, sentence)
        elif said in (_Said.WORKED, _Said.MOVED_FROM):
            item.worked += [day for day in days if day not in off and day not in item.worked]
        if said is _Said.WORKED and not off.isdisjoint(days):
            raise NoticeError("off_and_worked", f"{_list(off & set(days))} 既放假又上班，请核对", sentence=sentence)
        if said is _Said.MOVED_TO and not off.issuperset(days):
            raise NoticeError("moved_outside", f"公休日调至 {_list(set(days) - off)}，不在放假期间", sentence=sentence)
        if said in (_Said.WORKED, _Said.MOVED_FROM) and any(day.weekday() < 5 for day in days):
            wrong = _list(day for day in days if day.weekday() < 5)
            raise NoticeError("makeup_not_weekend", f"{wrong} 不是星期六或星期日，不能是调休上班日", sentence=sentence)
        if said is _Said.RESUMED and days[0].weekday() > 4:
            raise NoticeError("resumed_on_weekend", f"{days[0]} 是周末，不能是恢复上班日", sentence=sentence)
        if said is _Said.REMARKED and any(day not in off and day.weekday() < 5 for day in days):
            raise NoticeError("rest_outside", f"{_list(days)} 不在放假期间，也不是周末", sentence=sentence)


def _check_count(days: list[date], off: set[date], tail: str, sentence: str) -> None:
    if "连休" in tail and not all(day.weekday() in (0, 4, 5, 6) for day in days):
        raise NoticeError("weekend_not_adjacent", f"{_list(days)} 与周末不相连，请核对", sentence=sentence)
    claimed = _COUNT.search(tail)
    if claimed is None or int(claimed[1]) == len(days):
        return
    if "连休" in sentence or "补休" in sentence:
        run = set(days)
        for step in (timedelta(days=1), timedelta(days=-1)):
            day = days[0] + step
            while day in off or day.weekday() > 4:
                run.add(day)
                day += step
        if int(claimed[1]) == len(run):
            return
    raise NoticeError("count_mismatch", f"所列放假日期为{len(days)}天，不是{claimed[1]}天，请核对", sentence=sentence)


def _list(days: Iterable[date]) -> str:
    return "、".join(str(day) for day in sorted(days))
