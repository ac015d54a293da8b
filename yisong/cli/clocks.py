"""`yisong clock`: when something is due, and why (期限)."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

if TYPE_CHECKING:
    from yisong.domain.deadlines import Ledger, Pause
    from yisong.domain.workdays import WorkCalendar

app = Noun("期限：推算到期日，逐日说明为什么。")
NEEDED = ("start", "amount", "unit")


def _pause(text: str, *, name: str) -> Pause:
    """A suspension `from:to` or, with instants, `from/to`; nothing after the mark: still suspended (中止)."""
    from yisong.domain.deadlines import Pause

    first, found, last = text.strip().partition("/" if "/" in text or "T" in text else ":")
    if not found or not first.strip():
        raise BadInput(
            "pause_unclear",
            f"{name} 的“{text}”应写成 中止日:恢复日，例如 2026-09-10:2026-09-20；尚未恢复的写 2026-09-10:。",
        )
    ends = [terminal.day_or_instant(part, name=name) if part.strip() else None for part in (first, last)]
    days = [_day_of(end) if end is not None else None for end in ends]
    instants = [end if isinstance(end, datetime) else None for end in ends]
    assert days[0] is not None
    return Pause(start=days[0], end=days[1], start_at=instants[0], end_at=instants[1])


def _day_of(when: date | datetime) -> date:
    from yisong.clock import local_date

    return local_date(when) if isinstance(when, datetime) else when


def _ledger(*, start: str, amount: str, unit: str, pauses: Sequence[str], names: Mapping[str, str]) -> Ledger:
    from yisong.domain.deadlines import Ledger, Unit

    begun = terminal.day_or_instant(start, name=names["start"])
    try:
        number = int(amount.strip())
    except ValueError:
        raise BadInput("amount_not_a_number", f"{names['amount']} 的“{amount}”不是整数，请填写天数或小时数。") from None
    return Ledger(
        rule="期限", unit=Unit.parse(unit), amount=number, start=_day_of(begun), start_at=begun if isinstance(begun, datetime) else None,
        pauses=tuple(_pause(text, name=names["pauses"]) for text in pauses),
    )  # fmt: skip


def _answer(ledger: Ledger, calendar: WorkCalendar) -> dict[str, Any]:
    from yisong.domain.deadlines import due

    found = due(ledger, calendar=calendar)
    return {"due": found.at or found.on, "provisional": found.provisional, "calendar": found.calendar_version}


def _split(text: str | None) -> list[str]:
    return [part for part in (text or "").replace("；", ";").split(";") if part.strip()]


def _due_of_rows(place: str) -> None:
    import csv
    import io

    from yisong.cli.house_calendar import house_calendar

    text = terminal.text_of(place)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = list(reader.fieldnames or ())
    lacking = [name for name in NEEDED if name not in columns]
    if lacking:
        raise BadInput(
            "column_missing",
            f"缺少列 {'、'.join(lacking)}：首行应为 start,amount,unit（可加 pauses），现为“{','.join(columns)}”。",
        )
    calendar = house_calendar()
    names = {name: f"{name} 列" for name in (*NEEDED, "pauses")}
    added = ("due", "provisional", "calendar")
    out = io.StringIO(newline="")
    writer = csv.DictWriter(
        out, [*(name for name in columns if name not in added), *added], extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    wrong: list[str] = []
    for row in reader:
        try:
            if None in row:
                raise BadInput("too_many_cells", "格数多于表头，请核对逗号和引号。")
            ledger = _ledger(
                start=row["start"] or "",
                amount=row["amount"] or "",
                unit=row["unit"] or "",
                pauses=_split(row.get("pauses")),
                names=names,
            )
            answer = _answer(ledger, calendar)
        except ValueError as error:
            wrong.append(f"第 {reader.line_num} 行：{error}")
            continue
        due, provisional = answer["due"], answer["provisional"]
        writer.writerow(
            {
                **row,
                "due": due.isoformat() if due else "",
                "provisional": str(provisional).lower(),
                "calendar": answer["calendar"],
            }
        )
    if wrong:
        raise BadInput("rows_wrong", "\n".join([f"有 {len(wrong)} 行不能推算，未输出结果：", *wrong]))
    sys.stdout.write(out.getvalue())


@app.command("due")
def due_command(
    start: Annotated[
        str,
        typer.Option(
            "--start", metavar="日期", help="起算日（当日不计入）；以小时计的写时刻，如 2026-09-05T09:00+08:00。"
        ),
    ] = "",
    amount: Annotated[str, typer.Option("--amount", metavar="数", help="期限的天数或小时数。")] = "",
    unit: Annotated[
        str,
        typer.Option(
            "--unit",
            metavar="单位",
            help="working-days 工作日 / natural-days 自然日，末日顺延 / calendar-days 自然日，不顺延 / hours 小时。",
        ),
    ] = "",
    pause: Annotated[
        list[str] | None, typer.Option("--pause", metavar="起:止", help="中止期间，可写多次；尚未恢复的写“起:”。")
    ] = None,
    table: Annotated[
        str, typer.Option("--csv", metavar="文件", help="成批推算：列 start,amount,unit[,pauses]；- 为标准输入。")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """推算到期日；不打开数据库。"""
    if table:
        if start or amount or unit or pause:
            raise BadInput("csv_and_options", "--csv 不能与 --start、--amount、--unit、--pause 同用，请二者取一。")
        _due_of_rows(table)
        return
    lacking = [name for name, value in (("--start", start), ("--amount", amount), ("--unit", unit)) if not value]
    if lacking:
        raise BadInput(
            "option_missing",
            f"缺少选项 {'、'.join(lacking)}，例如：--start 2026-09-05 --amount 15 --unit natural-days。",
        )
    from yisong.cli.house_calendar import house_calendar

    names = {"start": "--start", "amount": "--amount", "pauses": "--pause"}
    ledger = _ledger(start=start, amount=amount, unit=unit, pauses=pause or [], names=names)
    answer = _answer(ledger, house_calendar())
    if as_json:
        terminal.print_json(
            {"start": ledger.start_at or ledger.start, "amount": ledger.amount, "unit": ledger.unit.value, **answer}
        )
        return
    when = (
        answer["due"].isoformat(sep=" ", timespec="minutes") if isinstance(answer["due"], datetime) else answer["due"]
    )
    terminal.say(
        f"到期：{when or '待定（中止尚未恢复）'}"
        + ("（暂估：有年度放假安排尚未公布）" if answer["provisional"] else "")
    )


@app.command("explain")
def explain_command(
    case: Annotated[str, typer.Argument(metavar="案号", help="案号，或任一事项的编号。")],
    rule: Annotated[str, typer.Option("--rule", metavar="规则", help="只看这一期限规则，如 R-RECTIFY。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """逐日说明一案各个期限：哪天计入、哪天跳过、哪天中止，依据是什么。"""
    from yisong.cli.desks import opened
    from yisong.cli.explaining import explained

    with opened() as desk, desk.reading() as session:
        found = explained(session, book=desk.book, code=case, rule=rule, today=desk.today)
    if as_json:
        terminal.print_json(found)
        return
    if not found:
        terminal.say(f"{case} 没有{'这样的' if rule else ''}期限。")
    for clock in found:
        late = f"，已逾期 {clock['workdays_late']} 个工作日" if clock["workdays_late"] else ""
        unsure = "（暂估）" if clock["provisional"] else ""
        terminal.say(
            f"{clock['matter']}　{clock['rule']} {clock['name']}：{clock['amount']} {clock['unit_label']}，自 {clock['start']} 起，"
            f"到期 {clock['due'] or '待定'}{unsure}，{clock['status_label']}{late}",
            f"依据：{clock['basis']}（{clock['source']}，置信度{clock['confidence']}）",
        )
        terminal.table(
            "",
            ("日期", "计数", "说明", "依据"),
            [(line["day"], line["number"] or "", line["why"], line["source"]) for line in clock["days"]],
        )
