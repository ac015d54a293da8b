"""`yisong clock`: when something is due, and why (期限)."""

from __future__ import annotations

from typing import Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

app = Noun("期限：推算到期日，逐日说明为什么。")


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
    from yisong.cli import notations
    from yisong.cli.duetable import answer as answer_of
    from yisong.cli.duetable import due_of_rows
    from yisong.cli.house_calendar import house_calendar
    from yisong.settings import load_settings

    if table:
        if start or amount or unit or pause:
            raise BadInput("csv_and_options", "--csv 不能与 --start、--amount、--unit、--pause 同用，请二者取一。")
        due_of_rows(terminal.text_of(table), calendar=house_calendar(), zone=load_settings().timezone)
        return
    lacking = [name for name, value in (("--start", start), ("--amount", amount), ("--unit", unit)) if not value]
    if lacking:
        raise BadInput(
            "option_missing",
            f"缺少选项 {'、'.join(lacking)}，例如：--start 2026-09-05 --amount 15 --unit natural-days。",
        )
    names, zone = {"start": "--start", "amount": "--amount", "pauses": "--pause"}, load_settings().timezone
    ledger = notations.ledger(start=start, amount=amount, unit=unit, paused=pause or [], names=names, zone=zone)
    answer = answer_of(ledger, house_calendar(), zone=zone)
    if as_json:
        terminal.print_json(
            {"start": ledger.start_at or ledger.start, "amount": ledger.amount, "unit": ledger.unit.value, **answer}
        )
        return
    terminal.say(
        f"到期：{terminal.when(answer['due']) or '待定（中止尚未恢复）'}"
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
    from yisong.services.explaining import explained

    with opened() as desk, desk.reading() as session:
        found = explained(session, book=desk.book, code=case, rule=rule, today=desk.today, zone=desk.settings.timezone)
    if as_json:
        terminal.print_json(found)
        return
    if not found:
        terminal.say(f"{case} 没有{'这样的' if rule else ''}期限。")
    for clock in found:
        late = f"，已逾期 {clock['workdays_late']} 个工作日" if clock["workdays_late"] else ""
        unsure = "（暂估）" if clock["provisional"] else ""
        terminal.say(
            f"{clock['matter']}　{clock['rule']} {clock['name']}：{clock['amount']} {clock['unit_label']}，自 {terminal.when(clock['start'])} 起，"
            f"到期 {terminal.when(clock['due']) or '待定'}{unsure}，{clock['status_label']}{late}",
            f"依据：{clock['basis']}（{clock['source']}，置信度{clock['confidence']}）",
        )
        terminal.table(
            "",
            ("日期", "计数", "说明", "依据"),
            [(terminal.when(line["day"]), line["number"] or "", line["why"], line["source"]) for line in clock["days"]],
        )
