"""Write every organ's ledger (台账导出), every Monday at 07:40, and tell its people."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import ledger


@task(task_run_name="台账导出 {department}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def leave_ledger(department: str, on: date, at: datetime) -> int:
    """Write one organ's ledger and tell its people once a week (导出一个部门的台账)."""
    with desk_at(at) as desk:
        folder = desk.settings.var / "ledger"
        _, rows = ledger.leave_ledger(
            desk.transaction, desk.reading, book=desk.book, folder=folder, department=department, on=on, at=at
        )
    return rows


@flow(name="write-ledgers")
def write_ledgers(on: date | None = None, at: datetime | None = None) -> dict[str, int]:
    """Write the ledgers of a week (每周导出台账); run again, they are written anew and nobody is told twice."""
    with desk_at(at) as desk:
        at, on = desk.now, on or desk.today
        with desk.reading() as session:
            departments = ledger.departments(session, book=desk.book)
    rows = {department: leave_ledger(department, on, at) for department in departments}
    leave_report("ledger", title=f"台账导出 {on}", rows=list(rows.items()) or [("台账", "无")])
    return rows
