"""`yisong calendar reproject|waiting|confirm|decline|versions`: put a calendar in force and see what it moves (期限复算)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.calendars import Json, app

if TYPE_CHECKING:
    from yisong.desk import Desk
    from yisong.domain.roles import Actor

As = Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理。")]
Clock = Annotated[int, typer.Argument(metavar="时钟", help="时钟编号，见 yisong calendar waiting。")]


def put_in_force(desk: Desk, *, source: str, actor: Actor | None = None) -> dict[str, Any]:
    """Activate the desk's calendar and re-derive every running clock (启用并复算)."""
    from yisong.domain.roles import SYSTEM
    from yisong.services import calendars
    from yisong.store import calendars as stored

    with desk.transaction() as session:
        activation = calendars.activate(
            session, book=desk.book, actor=actor or SYSTEM, on=desk.today, at=desk.now, source=source
        )
        behind = sum(stored.versions_behind(session, desk.book.calendar.version).values())
    with terminal.progress("复算期限", total=behind) as tick:
        done = calendars.reproject(
            desk.transaction, book=desk.book, on=desk.today, at=desk.now, zone=desk.settings.timezone, progress=tick
        )
    return {
        "calendar": activation.version, "calendar_before": activation.previous, "moved": done.moved, "unchanged": done.unchanged,
        "waiting": done.waiting, "skipped": done.skipped,
    }  # fmt: skip


def say_counts(found: dict[str, Any]) -> None:
    """Print what became of the running clocks (复算结果)."""
    terminal.say(
        f"在计期限复算：调整 {found['moved']} 个，不变 {found['unchanged']} 个，待确认 {found['waiting']} 个。"
    )
    if found["waiting"]:
        terminal.say("到期日提前、对当事人不利的，未自动生效：用 yisong calendar waiting 查看，由责任部门负责人确认。")
    for clock, why in found["skipped"]:
        terminal.note(f"时钟 {clock} 未能复算：{why}")


@app.command("reproject")
def reproject_command(as_json: Json = False) -> None:
    """启用规则库里现有的日历，按它复算全部在计期限；中断后再运行一次即接着算。"""
    from yisong.cli.desks import opened

    with opened() as desk:
        found = put_in_force(desk, source="规则文件")
    if as_json:
        terminal.print_json(found)
    else:
        say_counts(found)


@app.command("versions")
def versions_command(as_json: Json = False) -> None:
    """启用过的日历版本：何时、由谁、依据什么，各调整了多少期限。"""
    from yisong.cli.desks import opened
    from yisong.store import calendars as stored

    with opened() as desk, desk.reading() as session:
        rows = [
            {
                "version": row.version, "previous": row.previous, "on": row.on, "by": row.actor_name, "source": row.source, "moved": row.moved,
                "unchanged": row.unchanged, "waiting": row.waiting, "finished": row.finished_at is not None,
            }
            for row in stored.activations(session)
        ]  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    columns = ("版本", "前一版本", "启用日", "启用人", "来源", "调整", "不变", "待确认", "复算完成")
    cells = [
        tuple("是" if value is True else "否" if value is False else value for value in row.values()) for row in rows
    ]
    terminal.table("工作日历版本", columns, cells, empty="尚未启用过")


@app.command("waiting")
def waiting_command(
    department: Annotated[str, typer.Option("--department", metavar="部门", help="只看这一部门。")] = "",
    as_json: Json = False,
) -> None:
    """待确认的期限提前：新日历会使当事人的到期日提前，须责任部门负责人确认。"""
    from yisong.cli.desks import opened
    from yisong.store import calendars as stored
    from yisong.store import matters

    with opened() as desk, desk.reading() as session:
        rows = [
            {
                "clock": row.clock_id, "matter": matters.matter(session, row.matter_id).code, "department": row.department, "due": row.old_due,
                "proposed": row.new_due, "why": row.reason,
            }
            for row in stored.waiting(session, department=department)
        ]  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "待确认的期限提前",
        ("时钟", "事项", "部门", "现到期日", "拟提前至", "理由"),
        [tuple(row.values()) for row in rows],
    )


@app.command("confirm")
def confirm_command(clock: Clock, actor: As) -> None:
    """确认一个期限提前，并重新告知当事人。"""
    from yisong.cli.desks import opened, person
    from yisong.services import reprojections

    with opened() as desk, desk.transaction() as session:
        zone = desk.settings.timezone
        who = person(session, actor)
        asked = reprojections.confirm(
            session, book=desk.book, clock_id=clock, actor=who, on=desk.today, at=desk.now, zone=zone
        )
    terminal.say(f"已确认：到期日由{asked.old_due}提前至{asked.new_due}，已通知当事人。")


@app.command("decline")
def decline_command(
    clock: Clock,
    actor: As,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么保留原期限。")] = "",
) -> None:
    """保留原期限，不提前。"""
    from yisong.cli.desks import opened, person
    from yisong.services import reprojections

    with opened() as desk, desk.transaction() as session:
        asked = reprojections.decline(
            session, clock_id=clock, actor=person(session, actor), reason=reason, on=desk.today, at=desk.now
        )
    terminal.say(f"已保留原期限{asked.old_due}。")
