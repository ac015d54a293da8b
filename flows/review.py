"""Open what has fallen due (期限届满与待复查), every day at 00:10: a term ends at 24:00 of its last day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.deadlines import sweep_until
from flows.opening import desk_at, leave_report, names_of
from yisong.services import deadlines
from yisong.store import deadlines as stored


@task(task_run_name="期限届满登记 {day}：{cases}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def lapse_terms(day: date, at: datetime, cases: str) -> dict[str, Any]:
    """Let the terms lapse that ended before a day (期限届满)."""
    with desk_at(at) as desk:
        lapsed = deadlines.lapse_all(desk.transaction, book=desk.book, day=day, at=at)
    return {"lapsed": lapsed.lapsed, "skipped": lapsed.skipped}


@flow(name="open-reviews")
def open_reviews(day: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Sweep what was missed before today, then let yesterday's terms lapse: orders without a report come up for review (开启复查)."""
    with desk_at(at) as desk:
        at, day = desk.now, day or desk.today
        before = day - timedelta(days=1)
        with desk.reading() as session:
            last = stored.last_swept(session)
            missed = names_of(stored.codes_to_look_at(session, day=before))
            ended = names_of(stored.codes_to_lapse(session, before=day))
    if last is None or last < before:
        sweep_until(before, at, missed)
    done = lapse_terms(day, at, ended)
    with desk_at(at) as desk, desk.reading() as session:
        waiting = stored.reviews_due(session, until=day + timedelta(days=7))
    rows = [("届满登记", done["lapsed"]), ("跳过", len(done["skipped"])), ("七日内应复查", len(waiting))]
    leave_report(
        "reviews", title=f"期限届满与待复查 {day}", rows=rows, notes=[f"{code}：{due}前复查" for code, due in waiting]
    )
    return done
