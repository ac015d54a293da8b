"""Turn a notice of the State Council into a calendar year (放假通知): whole notices, and later ones that change them.

The reading of the sentences is in `notice_sentences`; files in other shapes are read by `calendar_feeds`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from yisong.domain.calendar_feeds import (
    DayChange,
    calendar_year_from_ical,
    calendar_year_from_json,
    calendar_year_from_toml,
    difference,
    holidays_from_days,
)
from yisong.domain.notice_sentences import NoticeError, normalised, read_items, without_closing
from yisong.domain.workdays import CalendarError, CalendarYear

__all__ = [
    "DayChange",
    "NoticeError",
    "amend",
    "calendar_year_from_ical",
    "calendar_year_from_json",
    "calendar_year_from_toml",
    "difference",
    "fitting_years",
    "missing_festivals",
    "parse_notice",
    "parse_with",
]

STATUTORY_FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")


def parse_notice(text: str, *, year: int | None = None, source: str = "") -> CalendarYear:
    """Read a notice, or only some of its sentences (解析放假通知).

    `year` and `source` are read from the title, the number and the signature where they are left out. Whether all
    seven festivals are there is asked with `missing_festivals`. Raises NoticeError, or CalendarError for the whole.
    """
    text = normalised(text)
    year = _year_of(text, asked=year)
    items = list(read_items(text, year=year))
    for item in items:
        if item.extended_to is not None:
            raise NoticeError("amendment_alone", "这是对已公布安排的延长，请先导入该年度的通知", sentence=item.text)
        if not item.name:
            raise NoticeError("holiday_unnamed", "没有写明是哪个节日，请写成“一、元旦：1月1日……”", sentence=item.text)
    off: dict[date, str] = {}
    for item in items:
        for day in item.off:
            if off.setdefault(day, item.name) != item.name:
                problem = f"{day} 已列入“{off[day]}”，又列入“{item.name}”，请核对"
                raise NoticeError("day_twice", problem, sentence=item.text)
    for item in items:
        for day in item.worked:
            if day in off:
                raise NoticeError("off_and_worked", f"{day} 是“{off[day]}”假期，又要上班，请核对", sentence=item.text)
    worked = sorted({day for item in items for day in item.worked})
    source = source or _source(text) or f"国务院办公厅关于{year}年部分节假日安排的通知（文号未注明）"
    return CalendarYear(year, source, holidays_from_days(off), tuple(worked))


def _year_of(text: str, *, asked: int | None) -> int:
    """The year that a normalised text arranges (年度): as asked for, in its title, or in its dates."""
    titled = re.search(r"(?:关于|现将)(?:调整|延长)?(\d{4})年", text)
    if asked is not None and titled is not None and int(titled[1]) != asked:
        raise NoticeError("year_mismatch", f"这是{titled[1]}年的通知，不是{asked}年的，请核对", sentence=titled[0])
    if asked is not None:
        return asked
    said = without_closing(text)
    written = [titled[1]] if titled else re.findall(r"(\d{4})年\d{1,2}月", said) or re.findall(r"(\d{4})年", said)
    if not written:
        raise NoticeError("year_unknown", "通知里没有写明年度，请补写标题或指定年度", sentence=text[:40])
    return max(map(int, written))


def parse_with(
    known: Mapping[int, CalendarYear], text: str, *, year: int | None = None, source: str = "", unsourced: str = ""
) -> tuple[CalendarYear, bool]:
    """Read a notice, or apply one that only changes an announced year (解析或调整). True: `known` was changed by it.

    `unsourced` stands for the source of a change that names none; left out, such a change is refused.
    Raises NoticeError: what `parse_notice` refuses, and what `amend` refuses where the text changes a year that is known.
    """
    try:
        return parse_notice(text, year=year, source=source), False
    except NoticeError as error:
        if error.code not in ("amendment_alone", "holiday_unnamed"):
            raise
        base = known.get(_year_of(normalised(text), asked=year))
        if base is None:
            raise
        return amend(base, text, source=source or _source(normalised(text)) or unsourced), True


def fitting_years(text: str, *, years: Iterable[int], known: Mapping[int, CalendarYear]) -> tuple[int, ...]:
    """The years in which the weekdays and counts of a text without a year hold (相符的年度), the likeliest first.

    First those whose announced arrangement says the same, then those not announced yet, then those that are announced otherwise;
    among equals in the order given.
    """
    found: list[tuple[int, int]] = []
    for year in years:
        try:
            read = parse_notice(text, year=year)
        except CalendarError as error:
            if error.code in ("amendment_alone", "holiday_unnamed"):
                found.append((1, year))
            continue
        held = known.get(year)
        said = {(day, kind) for day, kind, _ in read.entries()}
        agrees = held is not None and said <= {(day, kind) for day, kind, _ in held.entries()}
        found.append((0 if agrees else 1 if held is None else 2, year))
    return tuple(year for _, year in sorted(found, key=lambda pair: pair[0]))


def amend(base: CalendarYear, text: str, *, name: str = "", source: str = "") -> CalendarYear:
    """Apply a later notice to a year (调整放假安排): a changed festival, a longer one, or an extra day.

    The festival is the one named in the text, or `name`. Its days are replaced (or prolonged); a make-up workday of
    the old arrangement stays unless it is now a day off. The source of the year names both notices.
    """
    text = normalised(text)
    source = source or _source(text)
    if not source:
        raise NoticeError("source_missing", "调整通知没有标题和文号，请注明来源", sentence=text[:40])
    repeated = source.rstrip("）") in base.source
    off = {day: holiday.name for holiday in base.holidays for day in holiday.days()}
    worked = set(base.makeup_workdays)
    for item in read_items(text, year=base.year):
        subject = item.name or name or _occasion(base, text)
        if not subject:
            raise NoticeError("holiday_unnamed", "没有写明调整的是哪个节日，请指定节日名称", sentence=item.text)
        changed = {day for day, festival in off.items() if festival in subject or subject in festival}
        if item.extended_to is not None:
            if not changed or item.extended_to < max(changed) or (item.extended_to == max(changed) and not repeated):
                raise NoticeError("extension_unknown", f"“{subject}”没有可以延长的假期，请核对", sentence=item.text)
            last = max(changed)
            off |= {last + timedelta(days=n): off[last] for n in range(1, (item.extended_to - last).days + 1)}
        else:
            off = {day: festival for day, festival in off.items() if day not in changed}
            off |= dict.fromkeys(item.off, subject)
            worked |= set(item.worked)
    makeup = tuple(sorted(worked - off.keys()))
    sources = base.source if repeated else f"{base.source}；{source}"
    return CalendarYear(base.year, sources, holidays_from_days(off), makeup)


def missing_festivals(calendar_year: CalendarYear) -> tuple[str, ...]:
    """The statutory festivals that a year does not mention (缺少的法定节日); empty for a complete notice.

    全国年节及纪念日放假办法（1999年，2007、2013、2024年修订）第二条，置信度高；2008年起施行七个节日。
    """
    names = (
        "、".join(holiday.name for holiday in calendar_year.holidays).replace("五一", "劳动").replace("十一", "国庆")
    )
    return tuple(festival for festival in STATUTORY_FESTIVALS if festival not in names)


def _source(text: str) -> str:
    title = re.search(r"国务院(?:办公厅)?关于[^，。：]{2,60}?的通知", text)
    number = re.search(r"国(?:办)?发明电[〔\[（【](\d{4})[〕\]）】](\d+)号", text)
    signed = re.search(r"国务院(?:办公厅)?\n*(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    if title is None or number is None:
        return ""
    name = title[0].replace("\n", "")
    kind = number[0].split("明电")[0]
    when = f"，{date(*map(int, signed.groups()))}" if signed else ""
    return f"{name}（{kind}明电〔{number[1]}〕{number[2]}号{when}）"


def _occasion(base: CalendarYear, text: str) -> str:
    """The festival a later notice speaks of (调整对象): one of the year's, or the day the title names."""
    mentioned = {holiday.name for holiday in base.holidays if holiday.name in text}
    if mentioned:
        return mentioned.pop() if len(mentioned) == 1 else ""
    found = re.search(r"关于([^，。：]{2,40}?)(?:调休)?放假的通知", text)
    return found[1].replace("\n", "") if found else ""
