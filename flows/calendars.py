"""Put a changed calendar in force (工作日历启用与期限复算), every day at 00:05, before terms lapse and clocks are swept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import calendars


@task(task_run_name="期限复算：日历 {version}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def reproject_clocks(version: str, at: datetime) -> dict[str, Any]:
    """Activate the calendar of the rule files and re-derive every clock that it has not reached (期限复算)."""
    with desk_at(at) as desk:
        with desk.transaction() as session:
            calendars.activate(session, book=desk.book, on=desk.today, at=at, source="规则文件")
        done = calendars.reproject(desk.transaction, book=desk.book, on=desk.today, at=at, zone=desk.settings.timezone)
    return {"moved": done.moved, "unchanged": done.unchanged, "waiting": done.waiting, "skipped": done.skipped}


@flow(name="refresh-calendar")
def refresh_calendar(at: datetime | None = None) -> dict[str, Any]:
    """Let the calendar of the rule files be the one in force (日历启用). Killed or doubled, the result is the same."""
    with desk_at(at) as desk:
        at, version = desk.now, desk.book.calendar.version
    done = reproject_clocks(version, at)
    rows = [
        ("日历版本", version),
        ("调整", done["moved"]),
        ("不变", done["unchanged"]),
        ("待确认", done["waiting"]),
        ("跳过", len(done["skipped"])),
    ]
    leave_report(
        "calendar",
        title="工作日历启用与期限复算",
        rows=rows,
        notes=[f"时钟 {clock}：{why}" for clock, why in done["skipped"]],
    )
    return done
