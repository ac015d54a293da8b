"""`yisong rules`: is the rule book sound, and what does it say (规则库)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import BAD_INPUT, Noun, complain

app = Noun("规则库：核对、查看本县的规则文件。")
Folder = Annotated[Path | None, typer.Argument(metavar="[目录]", help="规则文件所在目录；不写为本机的规则库。")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("check")
def check_command(folder: Folder = None, as_json: Json = False) -> None:
    """核对规则文件：缺口、重叠、不认识的键、缺依据，一次全部列出；有错的退出码为 2。"""
    from yisong import rulefiles
    from yisong.settings import load_settings

    place = folder or load_settings().rules
    problems = rulefiles.check(place)
    if as_json:
        rows = [
            {"file": found.file, "line": found.line, "key": found.key, "message": found.message} for found in problems
        ]
        terminal.print_json({"directory": place, "sound": not problems, "problems": rows})
    elif problems:
        complain("\n".join([f"规则库 {place} 有 {len(problems)} 处须改正：", *(f"  {found}" for found in problems)]))
    else:
        book = rulefiles.read(place)
        terminal.say(
            f"规则库 {place} 可以使用：部门 {len(book.organs)} 个，事项 {len(book.items)} 项，期限 {len(book.deadline_rules)} 条，"
            f"阶梯 {len(book.ladders)} 个，文书 {len(book.numberings)} 种；版本 {book.digest[:12]}。"
        )
    if problems:
        raise typer.Exit(BAD_INPUT)


@app.command("show")
def show_command(folder: Folder = None, as_json: Json = False) -> None:
    """列出期限规则和催督阶梯，连同依据、来源和置信度。"""
    from yisong import rulefiles
    from yisong.settings import load_settings

    book = rulefiles.read(folder or load_settings().rules)
    if as_json:
        from yisong.domain.chain import json_value, plain

        terminal.print_json({"digest": book.digest, "calendar": book.calendar_version, **json_value(plain(book))})
        return
    terminal.table(
        f"{book.county.full_name}期限规则（版本 {book.digest[:12]}）", ("规则", "名称", "期限", "起算", "依据", "来源", "置信度"),
        [
            (rule.code, rule.name, f"{rule.amount} {rule.unit.label}" if rule.amount is not None else f"文书载明，{rule.unit.label}", rule.start, rule.basis,
             rule.source.label, rule.confidence.label)
            for rule in book.deadline_rules
        ],
    )  # fmt: skip
    terminal.table(
        "催督阶梯", ("阶梯", "级", "名称", "距到期工作日", "出具", "文书", "须批准"),
        [
            (ladder.code, rung.level, rung.name, f"{rung.offset_workdays:+d}" if rung.offset_workdays is not None else "只提请", rung.issuer.value,
             "、".join(rung.papers), rung.approve_by)
            for ladder in book.ladders for rung in ladder.rungs
        ],
    )  # fmt: skip
