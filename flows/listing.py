"""Count refusals (拒不整改计数), every day at 17:30: warnings and candidates; people decide on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report, names_of
from yisong.services import listing
from yisong.store import listing as stored
from yisong.store import matters


@task(task_run_name="拒不整改计数 {on}：{units}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def count_refusals(on: date, at: datetime, units: str) -> dict[str, Any]:
    """Open warnings, raise candidates, end listings whose term is over (预警、候选、期满)."""
    skipped: list[tuple[int, str]] = []
    with desk_at(at) as desk, desk.transaction() as session:
        watched = listing.watch(session, book=desk.book, on=on, at=at, skipped=skipped)
        moved = [(matter.code, action) for matter, action in watched]
        ended = [matter.code for matter in listing.expire(session, book=desk.book, on=on, at=at)]
        unjudged = [
            (unit.name if (unit := matters.unit(session, number)) else str(number), why) for number, why in skipped
        ]
    return {"moved": moved, "expired": ended, "skipped": unjudged}


@flow(name="watch-refusals")
def watch_refusals(on: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Count each unit's refusals and open what the count opens (重点监管对象预警)."""
    with desk_at(at) as desk:
        at, on = desk.now, on or desk.today
        with desk.reading() as session:
            units = names_of(stored.names_with_failed_orders(session))
    done = count_refusals(on, at, units)
    rows = [("预警与候选", len(done["moved"])), ("期满移出", len(done["expired"])), ("无法判定", len(done["skipped"]))]
    notes = [
        *(f"{code}：{action}" for code, action in done["moved"]), *(f"未判定 {unit}：{why}" for unit, why in done["skipped"])
    ]  # fmt: skip
    leave_report("listing", title=f"拒不整改计数 {on}", rows=rows, notes=notes)
    return done
