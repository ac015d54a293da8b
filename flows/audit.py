"""Verify the journal (流转记录核验), every night at 02:00. A break is a finding about ourselves."""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import audit


@task(task_run_name="流转记录核验", retries=1, cache_policy=NO_CACHE)
def verify() -> dict[str, Any]:
    """Verify every chain (全部核验)."""
    with desk_at(None) as desk:
        found = audit.verify_all(desk.reading)
    faults = [f"{fault.matter} 第{fault.position}条：{fault.message}" for fault in found.faults]
    return {"matters": found.matters, "events": found.events, "faults": faults}


@flow(name="audit-journal")
def audit_journal() -> dict[str, Any]:
    """Verify the journal and fail the run where it does not hold (核验)."""
    done = verify()
    leave_report(
        "audit",
        title="流转记录核验",
        rows=[("事项", done["matters"]), ("记录", done["events"]), ("断链", len(done["faults"]))],
        notes=done["faults"],
    )
    if done["faults"]:
        raise RuntimeError(f"流转记录有 {len(done['faults'])} 处断链，请查看运行报告并核对数据库备份。")
    return done
