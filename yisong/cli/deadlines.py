"""`yisong sweep` and `yisong health`: let what has run out run out, and say how things stand (巡查与自检)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from sqlmodel import Session

    from yisong.desk import Desk
    from yisong.services.deadlines import Swept

Transaction = Callable[[], AbstractContextManager["Session"]]


def sweep_command(
    until: Annotated[str, typer.Option("--until", metavar="日期", help="巡查到哪一天（含当日）；不写为今天。")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出会做什么、为什么；不写入。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """巡查全部在计期限：届满的登记，逾期的按阶梯催办督办；漏掉的日子按顺序补上。"""
    from yisong.cli.desks import opened

    with opened() as desk:
        last = terminal.day(until, name="--until") if until else desk.today
        if last > desk.today and not dry_run:
            raise BadInput("date_in_future", f"--until {last} 晚于今天 {desk.today}；预演将来请加 --dry-run。")
        found = _rehearse(desk, last) if dry_run else _sweep(desk.transaction, desk=desk, until=last, at=desk.now)
    if as_json:
        terminal.print_json(found)
        return
    verb = "预演（未写入）" if dry_run else "巡查"
    terminal.say(
        f"{verb} {found['days']} 天，至 {last}：查看期限 {found['looked']} 个，届满登记 {found['lapsed']} 个，升级 {found['climbed']} 级，跳过 {len(found['skipped'])} 个。"
    )
    for clock, why in found["skipped"]:
        terminal.note(f"时钟 {clock} 未能处理：{why}")
    if dry_run:
        terminal.table(
            "将要发生", ("日期", "事项", "做什么", "对谁", "为什么"),
            [(row["on"], row["matter"], row["what"], row["department"], row["why"]) for row in found["effects"]], empty="没有要做的事",
        )  # fmt: skip


def _sweep(transaction: Transaction, *, desk: Desk, until: date, at: datetime) -> dict[str, Any]:
    from yisong.services import deadlines

    with transaction() as session:
        days = len(deadlines.days_to_sweep(session, until=until)) or 1
    total: Swept = deadlines.Swept()
    with terminal.progress("巡查", total=days) as tick:
        for _, swept in deadlines.sweep(transaction, book=desk.book, until=until, at=at):
            total.add(swept)
            tick(total.days)
    return {
        "until": until,
        "days": total.days,
        "looked": total.looked,
        "lapsed": total.lapsed,
        "climbed": total.climbed,
        "skipped": total.skipped,
    }


def _rehearse(desk: Desk, until: date) -> dict[str, Any]:
    """Sweep for real on a copy of the database, and look at what came of it (预演): nobody has to wait for it."""
    from yisong.services import deadlines
    from yisong.store import database, rehearsal

    at = desk.now
    with database.copied(desk.engine) as copy:

        @contextmanager
        def transaction() -> Iterator[Session]:
            with database.writing(copy) as session:
                yield session

        with transaction() as session:
            first = min(deadlines.days_to_sweep(session, until=until), default=until)
            before = {(rung.clock_id, rung.key) for rung, _, _ in rehearsal.rungs(session, since=first)}
        found = _sweep(transaction, desk=desk, until=until, at=at)
        with transaction() as session:
            found["effects"] = _effects(session, desk, at=at, since=first, before=before)
    return found


def _effects(
    session: Session, desk: Desk, *, at: datetime, since: date, before: set[tuple[int, str]]
) -> list[dict[str, Any]]:
    """What has been recorded at an instant, and which rungs are new, each with its reason (所生效果)."""
    from yisong.domain import lifecycles
    from yisong.store import rehearsal

    short = {organ.code: organ.short or organ.name for organ in desk.book.organs}
    found = []
    for event, matter in rehearsal.recorded_at(session, at=at):
        label = lifecycles.ALL[matter.kind].actions().get(event.action, event.action)
        why = next(
            (f"{row.basis}" for row in lifecycles.ALL[matter.kind].transitions if row.action == event.action), ""
        )
        found.append(
            {
                "on": event.on,
                "matter": matter.code,
                "what": label,
                "department": short.get(matter.responsible, matter.responsible),
                "why": why,
            }
        )
    for rung, clock, code in rehearsal.rungs(session, since=since):
        if (rung.clock_id, rung.key) in before:
            continue
        why = f"{clock.rule} 到期 {clock.due_on}"
        found.append(
            {
                "on": rung.on,
                "matter": code,
                "what": rung.name,
                "department": short.get(rung.department, rung.department),
                "why": why,
            }
        )
    return sorted(found, key=lambda row: (row["on"], row["matter"]))


def health_command(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False) -> None:
    """自检：数据库、规则库、日历、字体、巡查是否及时、待发箱有无积压。有问题时退出码为 1。"""
    from yisong.cli.desks import opened
    from yisong.cli.selfcheck import checks

    with opened() as desk:
        found = checks(desk)
    if as_json:
        terminal.print_json(
            {"healthy": all(check.good for check in found), "checks": [check.to_json() for check in found]}
        )
    else:
        terminal.table(
            "自检",
            ("项目", "情况", "说明"),
            [(check.name, "正常" if check.good else "须处理", check.message) for check in found],
        )
    if not all(check.good for check in found):
        raise typer.Exit(1)
