"""Propose to people what no ladder climbs by itself (提请督办、销号), every day at 08:40, after the sweep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import proposals


@task(task_run_name="提请督办 {on}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def propose_rungs(on: date, at: datetime) -> dict[str, Any]:
    """Ask about critical hazards, organs supervised too often, and listed supervision that is done (提请)."""
    with desk_at(at) as desk, desk.transaction() as session:
        done = proposals.propose(session, book=desk.book, on=on, at=at)
    return {"hazards": done.hazards, "quarters": done.quarters, "closings": done.closings}


@flow(name="propose-supervision")
def propose_supervision(on: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Put before people what they have to decide about supervision (提请督办). A second run asks nothing new."""
    with desk_at(at) as desk:
        at, on = desk.now, on or desk.today
    done = propose_rungs(on, at)
    rows = [("重大隐患", done["hazards"]), ("当季多次督办", done["quarters"]), ("待销号", done["closings"])]
    leave_report("supervision", title=f"提请督办 {on}", rows=rows)
    return done
