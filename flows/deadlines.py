"""Sweep the clocks (期限巡查), every day at 08:30; the calendar, not the schedule, knows the working days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report, names_of
from yisong.services import deadlines
from yisong.store import deadlines as stored


@task(task_run_name="期限巡查至 {until}：{cases}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def sweep_until(until: date, at: datetime, cases: str) -> dict[str, Any]:
    """Sweep the days that were missed, in order (补齐巡查)."""
    total = deadlines.Swept()
    with desk_at(at) as desk:
        for _, swept in deadlines.sweep(desk.transaction, book=desk.book, until=until, at=at):
            total.add(swept)
    return {
        "days": total.days,
        "looked": total.looked,
        "lapsed": total.lapsed,
        "climbed": total.climbed,
        "skipped": total.skipped,
    }


@flow(name="sweep-deadlines")
def sweep_deadlines(until: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Sweep every day up to today that has not been swept yet (期限巡查). Killed, doubled or late, the result is the same."""
    with desk_at(at) as desk:
        at, until = desk.now, until or desk.today
        with desk.reading() as session:
            cases = names_of(stored.codes_to_look_at(session, day=until))
    done = sweep_until(until, at, cases)
    rows = [
        ("巡查天数", done["days"]),
        ("查看时钟", done["looked"]),
        ("届满登记", done["lapsed"]),
        ("升级层级", done["climbed"]),
        ("跳过", len(done["skipped"])),
    ]
    leave_report(
        "deadlines",
        title=f"期限巡查 {until}",
        rows=rows,
        notes=[f"时钟 {clock}：{why}" for clock, why in done["skipped"]],
    )
    return done
