"""Look for over-inspection (涉企检查风险扫描), every day at 17:00."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import risk


@task(task_run_name="涉企检查风险扫描 {on}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def scan(on: date, at: datetime) -> dict[str, Any]:
    """Write the letters of new hits (风险提示); a hit that nobody can be written to about is named, and looked at again tomorrow."""
    skipped: list[tuple[str, str]] = []
    with desk_at(at) as desk, desk.transaction() as session:
        written = [matter.code for matter in risk.scan(session, book=desk.book, on=on, at=at, skipped=skipped)]
    return {"written": written, "skipped": skipped}


@flow(name="scan-risk")
def scan_risk(on: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Scan inspections and plans by the county's rules (风险扫描): a hit writes one letter, once."""
    with desk_at(at) as desk:
        at, on = desk.now, on or desk.today
    done = scan(on, at)
    rows = [("新发风险提示函", len(done["written"])), ("无法发函", len(done["skipped"]))]
    notes = [*done["written"], *(f"未处理 {key}：{why}" for key, why in done["skipped"])]
    leave_report("risk", title=f"涉企检查风险扫描 {on}", rows=rows, notes=notes)
    return done
