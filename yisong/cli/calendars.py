"""`yisong calendar`: which days are worked, and by which notice (工作日历)."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yisong.domain.calendar_feeds import DayChange
    from yisong.domain.workdays import CalendarYear, WorkCalendar

app = Noun("工作日历：放假、调休上班，出自哪一份通知。")
WEEKDAYS = "一二三四五六日"
FIRST_NOTICE = 2008
UNNAMED = "调整通知（文号未注明）"
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
Year = Annotated[int | None, typer.Option("--year", metavar="年", help="年度；通知写明了的可以不写。")]


def _weekday(day: date) -> str:
    return f"星期{WEEKDAYS[day.weekday()]}"


@app.command("day")
def day_command(
    day: Annotated[str, typer.Argument(metavar="日期", help="如 2026-02-14。")], as_json: Json = False
) -> None:
    """一天是工作日、周末、放假还是调休上班。"""
    from yisong.cli.house_calendar import house_calendar

    asked = terminal.day(day, name="日期")
    calendar = house_calendar()
    found = calendar.day(asked)
    if as_json:
        terminal.print_json(
            {
                "day": asked, "kind": found.kind.value, "label": found.kind.label, "name": found.name, "worked": found.kind.worked,
                "provisional": found.provisional, "source": found.source, "calendar": calendar.version,
            }
        )  # fmt: skip
        return
    name = f"（{found.name}）" if found.name else ""
    terminal.say(f"{asked} {_weekday(asked)}：{found.kind.label}{name}", f"依据：{found.source}")


def _year_json(year: CalendarYear) -> dict[str, Any]:
    from yisong.domain.holiday_notice import missing_festivals

    return {
        "year": year.year, "source": year.source, "announced": year.announced,
        "holidays": [{"name": entry.name, "first": entry.first, "last": entry.last} for entry in year.holidays],
        "makeup_workdays": list(year.makeup_workdays),
        "days": [{"day": day, "kind": kind.value, "name": name} for day, kind, name in sorted(year.entries())],
        "missing": list(missing_festivals(year)) if year.announced else [],
    }  # fmt: skip


def _print_year(year: CalendarYear) -> None:
    rows: list[tuple[object, ...]] = [
        (
            entry.name,
            "放假",
            f"{entry.first}（{_weekday(entry.first)}）",
            f"{entry.last}（{_weekday(entry.last)}）",
            (entry.last - entry.first).days + 1,
        )
        for entry in year.holidays
    ]
    rows += [("", "调休上班", f"{day}（{_weekday(day)}）", "", 1) for day in year.makeup_workdays]
    terminal.table(f"{year.year} 年放假安排", ("节日", "安排", "起", "止", "天数"), rows)
    terminal.say(f"来源：{year.source}")


@app.command("show")
def show_command(year: Annotated[int, typer.Argument(metavar="年", help="如 2026。")], as_json: Json = False) -> None:
    """一个年度的放假和调休安排。"""
    from yisong.cli.house_calendar import house_calendar
    from yisong.domain.workdays import UNANNOUNCED_SOURCE, CalendarYear

    calendar = house_calendar()
    found = (
        calendar.years.get(year)
        if calendar.announced(year)
        else CalendarYear(year, UNANNOUNCED_SOURCE, (), (), announced=False)
    )
    assert found is not None
    workdays = calendar.count_workdays(date(year - 1, 12, 31), date(year, 12, 31)) if 1991 <= year <= 2100 else None
    if as_json:
        terminal.print_json({**_year_json(found), "workdays": workdays, "calendar": calendar.version})
        return
    _print_year(found)
    terminal.say(f"全年工作日：{workdays} 天" + ("" if found.announced else "（暂估）"))


@app.command("parse-notice")
def parse_notice_command(
    file: Annotated[str, typer.Argument(metavar="文件", help="通知全文或其中几句；- 为标准输入。")],
    year: Year = None,
    source: Annotated[str, typer.Option("--source", metavar="来源", help="通知名称和文号；正文里有的可以不写。")] = "",
    as_json: Json = False,
) -> None:
    """读懂放假通知的原文句子，列出放假和上班的日子；不写入任何文件。"""
    from yisong.cli.house_calendar import house_calendar
    from yisong.domain.holiday_notice import missing_festivals, parse_with

    text = terminal.text_of(file)
    known = house_calendar().years
    year, inferred = (year, False) if year is not None else _inferred(text, known=known)
    found, changed = parse_with(known, text, year=year, source=source, unsourced=UNNAMED)
    if as_json:
        terminal.print_json({**_year_json(found), "year_inferred": inferred, "amends": changed})
        return
    _print_year(found)
    if changed:
        terminal.note(f"这份通知只调整个别节日：以上为在已公布的 {found.year} 年安排上调整后的全年结果。")
    if lacking := missing_festivals(found):
        terminal.note(f"注意：没有提到{'、'.join(lacking)}；全年通知应有七个节日，请核对原文是否完整。")


def _inferred(text: str, *, known: Mapping[int, CalendarYear]) -> tuple[int | None, bool]:
    """The year of sentences that name none (推定年度): one in which their weekdays hold, announced years that say the same first, then the next to be announced; says so.

    Only where nothing is put in force: an import has to be told the year.
    """
    from yisong.domain.holiday_notice import NoticeError, fitting_years, parse_notice

    try:
        parse_notice(text)
    except NoticeError as error:
        if error.code != "year_unknown":
            return None, False
    else:
        return None, False
    last = max((year for year, held in known.items() if held.announced), default=FIRST_NOTICE)
    found = fitting_years(text, years=range(last + 1, FIRST_NOTICE - 1, -1), known=known)
    if not found:
        return None, False
    others = "、".join(str(year) for year in found[1:4])
    terminal.note(
        f"原文没有写明年度，按所写的日期和星期推定为 {found[0]} 年"
        + (f"（{others} 等年也相符）" if others else "")
        + "；不对的请加 --year。"
    )
    return found[0], True


@app.command("import")
def import_command(
    file: Annotated[
        str,
        typer.Argument(
            metavar="文件", help="通知原文（.txt）、公开日历（.json、.ics）或本系统的 .toml；- 为标准输入的原文。"
        ),
    ],
    year: Year = None,
    source: Annotated[str, typer.Option("--source", metavar="来源", help="通知名称和文号；文件里有的可以不写。")] = "",
    activate: Annotated[
        bool, typer.Option("--activate", help="核对变动无误后启用：写入规则库 calendar/年度.toml。")
    ] = False,
    as_json: Json = False,
) -> None:
    """导入一个年度的放假安排：先列出与现行日历的变动，加 --activate 才启用。"""
    from yisong.cli.house_calendar import house_calendar
    from yisong.domain.holiday_notice import difference, missing_festivals
    from yisong.settings import load_settings

    rules = load_settings().rules
    old = house_calendar(rules)
    read = _read_year(file, year=year, source=source, old=old)
    if lacking := missing_festivals(read):
        raise BadInput(
            "festivals_missing",
            f"{read.year} 年的安排没有提到{'、'.join(lacking)}，不是完整的年度安排，未启用。请补全原文。",
        )
    new = old.with_year(read)
    changes = difference(old, new)
    target = rules / "calendar" / f"{read.year}.toml"
    if activate:
        _write_year(target, read)
    moved = _put_in_force(read.source) if activate else None
    if as_json:
        rows = [{"day": change.day, "old": change.old.kind.value, "new": change.new.kind.value} for change in changes]
        terminal.print_json(
            {
                **_year_json(read),
                "activated": activate,
                "calendar_before": old.version,
                "calendar": new.version,
                "changes": rows,
                "clocks": moved,
            }
        )
        return
    terminal.table(
        f"{read.year} 年与现行日历的变动",
        ("日期", "", "现行", "新", "节日"),
        map(_change_cells, changes),
        empty="没有日子的性质发生变化",
    )
    terminal.say(f"来源：{read.source}", f"日历版本：{old.version} → {new.version}")
    terminal.say(f"已启用，写入 {target}。" if activate else "尚未启用；核对无误后加 --activate 再运行一次。")
    if moved is not None:
        from yisong.cli.reprojecting import say_counts

        say_counts(moved)


def _change_cells(change: DayChange) -> tuple[object, ...]:
    unsure = "（暂估）" if change.old.provisional else ""
    return change.day, _weekday(change.day), f"{change.old.kind.label}{unsure}", change.new.kind.label, change.new.name


def _put_in_force(source: str) -> dict[str, Any] | None:
    """Let the running clocks follow the calendar (复算在计期限); None where there is no database yet, hence no clock."""
    from yisong.cli.desks import NotReady, opened
    from yisong.cli.reprojecting import put_in_force

    try:
        with opened() as desk:
            return put_in_force(desk, source=source)
    except NotReady:
        return None


def _read_year(file: str, *, year: int | None, source: str, old: WorkCalendar) -> CalendarYear:
    """One year out of a file of any known shape (读入年度)."""
    import json
    import tomllib

    from yisong.domain import holiday_notice as notices

    text, suffix = terminal.text_of(file), Path(file).suffix.lower()
    if suffix == ".toml":
        try:
            return notices.calendar_year_from_toml(tomllib.loads(text), where=file)
        except tomllib.TOMLDecodeError as error:
            raise BadInput("toml_unreadable", f"{file} 不是有效的 TOML：{error}。") from None
    if suffix in (".json", ".ics"):
        if year is None:
            raise BadInput("year_missing", "公开日历文件须用 --year 指明年度，并用 --source 写明所依据的通知。")
        if suffix == ".ics":
            return notices.calendar_year_from_ical(text, year=year, source=source)
        try:
            return notices.calendar_year_from_json(json.loads(text), year=year, source=source)
        except json.JSONDecodeError as error:
            raise BadInput(
                "json_unreadable", f"{file} 不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列）。"
            ) from None
    return notices.parse_with(old.years, text, year=year, source=source)[0]


def _write_year(target: Path, read: CalendarYear) -> None:
    """Put a year's file in place, whole or not at all (写入年度日历)."""
    import tempfile

    from yisong.rulefiles.calendar import year_text

    target.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".calendar-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(year_text(read))
        os.chmod(draft, 0o644)
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
