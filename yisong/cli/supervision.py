"""`yisong supervision`: what waits for a person about rungs, and what they do about it (督办办理)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import Noun

app = Noun("督办：待批准的升级、提请事项、签收回复、挂牌督办销号。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
As = Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理。")]
Clock = Annotated[int, typer.Argument(metavar="时钟", help="时钟编号，见 yisong supervision list。")]
Key = Annotated[str, typer.Argument(metavar="层级", help="层级键，如 5@+10，见 yisong supervision list。")]


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """列出待批准的升级、提请决定的事项、尚未签收的催督文书。"""
    from yisong.cli.desks import opened
    from yisong.store import matters
    from yisong.store import supervision as stored

    with opened() as desk, desk.reading() as session:
        rows: list[dict[str, Any]] = [
            {"what": "待批准", "clock": rung.clock_id, "key": rung.key, "name": rung.name, "matter": matter.code, "department": rung.department, "on": rung.on,
             "why": "期限逾期，阶梯须经批准"}
            for rung, matter in stored.awaiting_approval(session)
        ]  # fmt: skip
        rows += [
            {"what": "提请", "clock": asked.clock_id, "key": asked.key, "name": asked.name, "matter": matters.matter(session, asked.matter_id).code,
             "department": asked.department, "on": asked.on, "why": asked.reason}
            for asked in stored.proposals(session)
        ]  # fmt: skip
        rows += [
            {"what": "未签收", "clock": rung.clock_id, "key": rung.key, "name": rung.name, "matter": matters.matter(session, rung.matter_id).code,
             "department": rung.department, "on": rung.on, "why": document.number}
            for rung, document in stored.unreceived(session, before=desk.today)
        ]  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "督办",
        ("事由", "时钟", "层级", "名称", "事项", "部门", "日期", "说明"),
        [tuple(row.values()) for row in rows],
        empty="没有待办的督办事项",
    )


@app.command("acknowledge")
def acknowledge_command(
    clock: Clock,
    key: Key,
    actor: As,
    reply: Annotated[str, typer.Option("--reply", metavar="回复", help="办理情况；不写为只签收。")] = "",
) -> None:
    """签收催督文书，可一并回复。"""
    from yisong.cli.desks import opened, person
    from yisong.services import supervision

    with opened() as desk, desk.transaction() as session:
        supervision.acknowledge(
            session, clock_id=clock, key=key, actor=person(session, actor), on=desk.today, at=desk.now, reply=reply
        )
    terminal.say("已签收并回复。" if reply else "已签收。")


@app.command("approve")
def approve_command(clock: Clock, key: Key, actor: As) -> None:
    """批准升级，出具通报、约谈等文书。"""
    from yisong.cli.desks import opened, person
    from yisong.services import supervision

    with opened() as desk, desk.transaction() as session:
        who = person(session, actor)
        issued = supervision.approve_rung(
            session, desk.book, clock_id=clock, key=key, actor=who, on=desk.today, at=desk.now
        )
        numbers = "、".join(paper.number or paper.type_code for paper in issued)
    terminal.say(f"已批准，出具文书：{numbers or '无'}。")


@app.command("drop")
def drop_command(
    clock: Clock,
    key: Key,
    actor: As,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么不予升级。")] = "",
) -> None:
    """不予升级。"""
    from yisong.cli.desks import opened, person
    from yisong.services import supervision

    with opened() as desk, desk.transaction() as session:
        who = person(session, actor)
        supervision.drop_rung(
            session, desk.book, clock_id=clock, key=key, actor=who, reason=reason, on=desk.today, at=desk.now
        )
    terminal.say("已记为不予升级。")


@app.command("close")
def close_command(
    clock: Clock,
    key: Key,
    actor: As,
    conclusion: Annotated[
        str, typer.Option("--conclusion", metavar="结论", help="验收情况；有复查意见的可以不写。")
    ] = "",
) -> None:
    """挂牌督办销号，出具销号通知书。"""
    from yisong.cli.desks import opened, person
    from yisong.services import supervision

    with opened() as desk, desk.transaction() as session:
        who = person(session, actor)
        paper = supervision.close_rung(
            session, desk.book, clock_id=clock, key=key, actor=who, on=desk.today, at=desk.now, conclusion=conclusion
        )
        number = paper.number
    terminal.say(f"已销号，文号：{number}。")
