"""Queue one digest a day per person (每日汇总), at 08:50; the outbox sends it. Days of rest are the calendar's to know."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import digests


@task(task_run_name="每日汇总 {on}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def queue_all(on: date, at: datetime) -> dict[str, int]:
    """Queue today's digests (生成汇总)."""
    with desk_at(at) as desk:
        done = digests.queue_digests(desk.transaction, book=desk.book, settings=desk.settings, on=on, at=at)
    return {"people": done.people, "rows": done.rows}


@flow(name="send-digests")
def send_digests(on: date | None = None, at: datetime | None = None) -> dict[str, int]:
    """Queue the digests of a day, once (每日汇总)."""
    with desk_at(at) as desk:
        at, on = desk.now, on or desk.today
    done = queue_all(on, at)
    leave_report("digest", title=f"每日汇总 {on}", rows=[("人数", done["people"]), ("待发", done["rows"])])
    return done
