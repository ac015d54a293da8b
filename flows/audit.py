"""Verify the journal and the evidence (流转记录与证据核验), every night at 02:00. A break is a finding about ourselves."""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report
from yisong.services import audit, evidence_audit


@task(task_run_name="流转记录核验", retries=1, cache_policy=NO_CACHE)
def verify() -> dict[str, Any]:
    """Verify every chain (全部核验)."""
    with desk_at(None) as desk:
        found = audit.verify_all(desk.reading)
    faults = [f"{fault.matter} 第{fault.position}条：{fault.message}" for fault in found.faults]
    return {"matters": found.matters, "events": found.events, "faults": faults}


@task(task_run_name="证据文件核验", retries=1, cache_policy=NO_CACHE)
def verify_evidence() -> dict[str, Any]:
    """Compare every kept file with its digest (证据文件核验)."""
    with desk_at(None) as desk:
        found = evidence_audit.verify_files(desk.reading, vault=desk.vault)
    return {"files": found.files, "faults": [fault.message for fault in found.faults]}


@flow(name="audit-journal")
def audit_journal() -> dict[str, Any]:
    """Verify the journal and the evidence, and fail the run where they do not hold (核验)."""
    done = verify()
    kept = verify_evidence()
    leave_report(
        "audit",
        title="流转记录核验",
        rows=[
            ("事项", done["matters"]),
            ("记录", done["events"]),
            ("断链", len(done["faults"])),
            ("证据文件", kept["files"]),
            ("证据异常", len(kept["faults"])),
        ],
        notes=[*done["faults"], *kept["faults"]],
    )
    if done["faults"]:
        raise RuntimeError(f"流转记录有 {len(done['faults'])} 处断链，请查看运行报告并核对数据库备份。")
    if kept["faults"]:
        raise RuntimeError(f"证据库有 {len(kept['faults'])} 件证据缺失或被改动，请查看运行报告，从备份恢复并查明原因。")
    return {**done, "evidence": kept}
