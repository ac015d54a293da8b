"""Bring in ledgers that lie in the inbox folder (台账导入), every hour: verified, confirmed inspection by inspection, never twice."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report, names_of
from yisong.services import evidence_packages, imports


@task(task_run_name="导入台账 {name}：{cases}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def confirm_ledger(path: Path, name: str, until: date, at: datetime, cases: str) -> dict[str, Any]:
    """Confirm the inspections of one ledger up to a day (确认导入)."""
    with desk_at(at) as desk:
        return imports.bring_in(desk.transaction, desk.reading, book=desk.book, path=path, until=until, at=at)


@task(task_run_name="证据包入卷 {name}", retries=2, retry_delay_seconds=30, cache_policy=NO_CACHE)
def bring_evidence(path: Path, package: Path, name: str, at: datetime) -> dict[str, Any]:
    """Bring the package in that lies beside a ledger (证据包入卷); one that must not be opened is named and left where it lies."""
    with desk_at(at) as desk:
        return evidence_packages.bring_unattended(
            desk.transaction,
            desk.reading,
            book=desk.book,
            vault=desk.vault,
            ledger=path,
            package=package,
            on=desk.today,
            at=at,
        )


@flow(name="intake-ledgers")
def intake_ledgers(folder: Path | None = None, until: date | None = None, at: datetime | None = None) -> dict[str, Any]:
    """Bring in every ledger of a folder (台账导入). A ledger with faults is left where it lies, and named."""
    with desk_at(at) as desk:
        at, until = desk.now, until or desk.today
        place = folder or desk.settings.var / "intake"
        found = (
            sorted(path for path in place.glob("*") if path.suffix.lower() in (".xlsx", ".xls", ".csv", ".et"))
            if place.is_dir()
            else []
        )
        named = {
            path: names_of(imports.inspection_codes(desk.reading, book=desk.book, path=path, until=until))
            for path in found
        }
    results = {path.name: confirm_ledger(path, path.name, until, at, cases) for path, cases in named.items()}
    rows = [
        (name, f"新增检查{done['inspections']}次、发现{done['findings']}项，未过校验{done['errors']}行")
        for name, done in results.items()
    ]
    notes = []
    for path in named:
        package = evidence_packages.beside(path)
        if package is not None:
            brought = bring_evidence(path, package, package.name, at)
            results[path.name] = {**results[path.name], "evidence": brought}
            rows.append(
                (
                    package.name,
                    f"证据入卷{brought['added']}件，已在卷{brought['already']}件，须处理{len(brought['problems'])}处",
                )
            )
            notes += [f"{package.name}：{problem}" for problem in brought["problems"]]
    leave_report("intake", title="台账导入", rows=rows or [("台账", "无")], notes=notes)
    return results
