"""`yisong audit`: has anybody touched the journal (流转记录核验)."""

from __future__ import annotations

from typing import Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import Noun

app = Noun("核验：流转记录有没有被改动、删除、调换或伪造。")


@app.command("verify")
def verify_command(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False) -> None:
    """核验全部流转记录；有断链的，指出事项和位置，退出码为 1。"""
    from yisong.cli.desks import opened
    from yisong.domain.chain import BreakKind
    from yisong.services import audit
    from yisong.store import cases

    with opened() as desk:
        with desk.reading() as session:
            total = cases.count_of_matters(session)
        with terminal.progress("核验", total=total) as tick:
            found = audit.verify_all(desk.reading, progress=tick)
    faults = [
        {"matter": fault.matter, "position": fault.position, "kind": fault.kind, "message": fault.message}
        for fault in found.faults
    ]
    if as_json:
        terminal.print_json({"intact": not faults, "matters": found.matters, "events": found.events, "faults": faults})
    else:
        terminal.say(
            f"核验事项 {found.matters} 件、流转记录 {found.events} 条："
            + (f"发现 {len(faults)} 处断链。" if faults else "完整，未被改动。")
        )
        if faults:
            terminal.table(
                "断链", ("事项", "第几条", "情形", "说明"),
                [(fault["matter"], fault["position"], BreakKind(str(fault["kind"])).label, fault["message"]) for fault in faults],
            )  # fmt: skip
    if faults:
        raise typer.Exit(1)
