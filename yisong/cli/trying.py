"""`yisong rules try`: what other rules would have led to (规则试算). Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.rules import Json, app

if TYPE_CHECKING:
    from yisong.domain.whatif import Outcome


@app.command("try")
def try_command(
    new: Annotated[Path, typer.Argument(metavar="新规则目录", help="改过的规则文件，含期限、阶梯、日历。")],
    first: Annotated[str, typer.Option("--from", metavar="日期", help="从哪天起；不写为今年1月1日。")] = "",
    last: Annotated[str, typer.Option("--to", metavar="日期", help="到哪天止；不写为今天。")] = "",
    rules_on: Annotated[
        str, typer.Option("--rules-on", metavar="日期", help="一律按新规则在这一天的版本；不写为各期限起算日的版本。")
    ] = "",
    most: Annotated[
        int, typer.Option("--most", metavar="数", min=0, help="最多列出几个有变化的期限；0 为全部。JSON 总是全部。")
    ] = 50,
    as_json: Json = False,
) -> None:
    """把新规则用在已经发生的案件上：谁会逾期，会发哪些函，各部门负担多少；不写入任何东西。"""
    from yisong import rulefiles
    from yisong.cli import trialwords
    from yisong.cli.desks import opened
    from yisong.cli.routing import tell, told
    from yisong.cli.speech import BadInput
    from yisong.services import routing_trial, whatif

    book = rulefiles.read(new)
    with opened() as desk, desk.reading() as session:
        begin = terminal.day(first, name="--from") if first else desk.today.replace(month=1, day=1)
        end = terminal.day(last, name="--to") if last else desk.today
        if begin > end:
            raise BadInput("span_reversed", f"--from {begin} 晚于 --to {end}，请核对。")
        day = terminal.day(rules_on, name="--rules-on") if rules_on else None
        with terminal.progress("试算") as tick:
            trial = whatif.try_rules(
                session, old=desk.book, new=book, first=begin, last=end, rules_on=day, progress=tick
            )
            lists = routing_trial.try_lists(session, new=book, first=begin, last=end, lists_on=day)
        names = {organ.code: organ.short or organ.name for organ in (*desk.book.organs, *book.organs)}
    if as_json:
        terminal.print_json(
            {
                "from": begin, "to": end, "old": _json(trial.old), "new": _json(trial.new), "skipped": trial.skipped,
                "differences": [
                    {name: getattr(entry, name) for name in ("matter", "rule", "department", "old_due", "new_due", "old_late", "new_late", "old_rungs", "new_rungs")}
                    for entry in trial.differences
                ],
                "routing": told(lists),
            }
        )  # fmt: skip
        return
    old, tried, terms = trial.old, trial.new, trialwords.rule_names(desk.book, book)
    papers = {entry.code: entry.name for entry in (*desk.book.numberings, *book.numberings)}
    terminal.say(
        f"试算 {begin} 至 {end}：把新规则用在这段时间里实际在计的 {old.clocks} 个期限上，办理行为不变。只试算，未写入任何内容。",
        f"逾期：现行 {old.late} 个，新规则 {tried.late} 个（{trialwords.signed(old.late, tried.late)}）。"
        f"文书：现行 {sum(old.letters.values())} 件，新规则 {sum(tried.letters.values())} 件（{trialwords.signed(sum(old.letters.values()), sum(tried.letters.values()))}）。",
    )
    terminal.table(
        "新规则改了什么",
        ("类别", "项目", "现行", "新规则"),
        trialwords.changes(desk.book, book),
        empty="与现行规则相同",
    )
    terminal.table("文书", ("文书", "出具", "现行", "新规则", "增减"), [
        (papers.get(paper, paper), names.get(issuer, issuer), old.letters[paper, issuer], tried.letters[paper, issuer],
         trialwords.signed(old.letters[paper, issuer], tried.letters[paper, issuer])) for paper, issuer in sorted({*old.letters, *tried.letters})
    ])  # fmt: skip
    terminal.table("催督层级", ("级", "名称", "出具", "现行", "新规则", "增减"), [
        (level, name, names.get(issuer, issuer) or "（消息提醒）", old.rungs[level, name, issuer], tried.rungs[level, name, issuer],
         trialwords.signed(old.rungs[level, name, issuer], tried.rungs[level, name, issuer])) for level, name, issuer in sorted({*old.rungs, *tried.rungs})
    ])  # fmt: skip
    departments = sorted({*old.late_of, *tried.late_of, *old.letters_to, *tried.letters_to})
    terminal.table("各部门负担", ("部门", "逾期 现行", "逾期 新规则", "增减", "收函 现行", "收函 新规则", "增减"), [
        (names.get(code, code) or "当事人", old.late_of[code], tried.late_of[code], trialwords.signed(old.late_of[code], tried.late_of[code]),
         old.letters_to[code], tried.letters_to[code], trialwords.signed(old.letters_to[code], tried.letters_to[code])) for code in departments
    ])  # fmt: skip
    shown = sorted(trial.differences, key=trialwords.weight)[: most or None]
    terminal.table(f"有变化的期限（{len(trial.differences)} 个，列出 {len(shown)} 个）", ("事项", "期限", "部门", "到期 现行", "到期 新规则", "逾期", "催督变化"), [
        (entry.matter, terms.get(entry.rule, entry.rule), names.get(entry.department, entry.department), entry.old_due or "—",
         "不变" if entry.old_due == entry.new_due else entry.new_due or "—", _change(entry.old_late, entry.new_late), trialwords.rungs_changed(entry)) for entry in shown
    ], empty="没有变化")  # fmt: skip
    for clock, why in trial.skipped:
        terminal.note(f"时钟 {clock} 未能试算：{why}")
    if lists.moved or lists.skipped:
        tell(lists, names=names, span=f"{begin} 至 {end}", most=most)


def _change(before: bool, after: bool) -> str:
    return "不变" if before == after else "按期→逾期" if after else "逾期→按期"


def _json(outcome: Outcome) -> dict[str, Any]:
    return {
        "clocks": outcome.clocks, "late": outcome.late,
        "rungs": [{"level": level, "name": name, "issuer": issuer, "count": number} for (level, name, issuer), number in sorted(outcome.rungs.items())],
        "letters": [{"paper": paper, "issuer": issuer, "count": number} for (paper, issuer), number in sorted(outcome.letters.items())],
        "departments": {
            code: {"late": outcome.late_of[code], "letters": outcome.letters_to[code]} for code in sorted({*outcome.late_of, *outcome.letters_to})
        },
    }  # fmt: skip
