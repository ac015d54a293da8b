"""`yisong documents dossier`, `demo-seals` and `seals`: what is done with papers as files (案卷、印章)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.documents import Json, app


@app.command("dossier")
def dossier_command(
    code: Annotated[str, typer.Argument(metavar="案件编号", help="如 YX-2026-0001。")],
    out: Annotated[Path, typer.Option("--out", metavar="目录", help="写到哪个目录；没有就新建。")],
    keeper: Annotated[str, typer.Option("--keeper", metavar="姓名", help="立卷人；不写为责任部门联系人。")] = "",
    walks: Annotated[bool, typer.Option("--walks", help="附期限推算说明：每项期限逐日为什么计入或不计入。")] = False,
    as_json: Json = False,
) -> None:
    """把一个案件的全部文书订成案卷：封面、目录、逐份文书和送达回证，出一个 PDF 和一个 ZIP。"""
    from yisong.cli.desks import opened
    from yisong.cli.speech import BadInput
    from yisong.services.dossier import make_dossier

    with opened() as desk, desk.reading() as session:
        made = make_dossier(
            session, book=desk.book, settings=desk.settings, catalogue=desk.catalogue, code=code, keeper=keeper, on=desk.today, walks=walks,
        )  # fmt: skip
    files = {out / f"案卷 {made.code}.pdf": made.bound, out / f"案卷 {made.code}.zip": made.package}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for place, content in files.items():
            place.write_bytes(content)
    except OSError as error:
        raise BadInput("folder_unwritable", f"目录“{out}”不能写入（{error.strerror}），请换一个目录。") from None
    pages = made.places[-1].last
    if as_json:
        rows = [item.row() for item in made.places]
        found = {"case": made.code, "files": [str(place) for place in files], "pages": pages, "papers": rows}
        terminal.print_json(found | {"not_enclosed": list(made.missing)})
        return
    terminal.say(f"案卷 {made.code}：文书 {len(made.places)} 份，{pages} 页。")
    for place in files:
        terminal.say(f"  {place}")
    if made.missing:
        terminal.say(f"没有电子文件、未入卷的 {len(made.missing)} 份：{'；'.join(made.missing)}。")


@app.command("demo-seals")
def demo_seals_command(as_json: Json = False) -> None:
    """为所有机关制作样章证书，此后出具的文书盖“样章”；样章没有法律效力，已有证书的不覆盖。"""
    from yisong.cli.desks import opened
    from yisong.services.seals import make_demonstration_seals

    with opened() as desk:
        folder = desk.settings.seals
        made = make_demonstration_seals(folder, book=desk.book, valid_from=desk.today)
    if as_json:
        terminal.print_json({"folder": str(folder), "organs": sorted(made)})
    else:
        terminal.say(f"已为 {len(made)} 个机关制作样章证书：{folder}")


@app.command("seals")
def seals_command(as_json: Json = False) -> None:
    """各机关怎样盖章：证书文件、令牌还是没有，证书到哪天，逐个试开；有不能用的退出码为 2。"""
    from yisong.cli.desks import opened
    from yisong.cli.speech import BAD_INPUT
    from yisong.services.seals import survey

    with opened() as desk:
        found = survey(desk.settings.seals, book=desk.book, on=desk.today)
        now, zone, folder = desk.now, desk.settings.timezone, desk.settings.seals
    rows: list[dict[str, Any]] = []
    troubled = False
    for each in found:
        facts, problem = each.facts, each.problem.message if each.problem else ""
        if facts and not facts.valid_from <= now <= facts.valid_to:
            problem = "证书不在有效期内，请换用有效的证书。"
        troubled = troubled or bool(problem)
        until = facts.valid_to.astimezone(zone).date().isoformat() if facts else ""
        rows.append(
            {
                "code": each.code, "organ": each.name, "kind": each.kind, "holder": facts.organ if facts else "", "until": until,
                "demonstration": bool(facts and facts.demonstration), "problem": problem,
            }
        )  # fmt: skip
    if as_json:
        terminal.print_json({"folder": str(folder), "organs": rows})
    else:
        ways = {"file": "证书文件", "token": "令牌", "none": "不盖章"}
        for row in rows:
            words = [ways[row["kind"]]]
            if row["until"]:
                words.append(f"至 {row['until']}")
            if row["demonstration"]:
                words.append("样章")
            if row["holder"] and row["holder"] != row["organ"]:
                words.append(f"证书上的名称是“{row['holder']}”")
            terminal.say(
                f"{row['code']}　{row['organ']}：{'，'.join(words)}{'。' + row['problem'] if row['problem'] else ''}"
            )
        terminal.say(f"目录：{folder}")
    if troubled:
        raise typer.Exit(BAD_INPUT)
