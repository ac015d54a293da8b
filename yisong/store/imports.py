"""Reads for imports (导入读取)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models import ImportedInspection, ImportRun, Inspection, Matter, Unit


def units(session: Session) -> list[Unit]:
    return list(session.scalars(select(Unit).order_by(col(Unit.id))))


def inspection_codes(session: Session) -> list[str]:
    return list(session.scalars(select(col(Inspection.code)).order_by(col(Inspection.id))))


def finding_codes(session: Session) -> list[str]:
    return list(session.scalars(select(col(Matter.code)).where(col(Matter.kind) == "finding").order_by(col(Matter.id))))


def fingerprints(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """With what content inspections and findings were imported (导入时的指纹)."""
    visits: dict[str, str] = {}
    found: dict[str, str] = {}
    for rows in session.scalars(select(col(ImportedInspection.rows)).order_by(col(ImportedInspection.run_id))):
        for row in rows:
            visits[row["inspection"]] = row["fingerprint"]
            found.update(row["findings"])
    return visits, found


def run_of(session: Session, digest: str) -> ImportRun | None:
    """The run of a ledger's content that has not been undone (导入批次)."""
    return session.scalars(select(ImportRun).where(col(ImportRun.sha256) == digest, col(ImportRun.state) != "undone")).first()


def imported(session: Session, *, run_id: int, code: str) -> bool:
    """Whether a run has brought in an inspection already (是否已导入)."""
    query = (
        select(col(ImportedInspection.run_id))
        .join(Inspection, col(Inspection.id) == col(ImportedInspection.inspection_id))
        .where(col(ImportedInspection.run_id) == run_id, col(Inspection.code) == code)
    )
    return session.scalars(query).first() is not None


def close_run(session: Session, *, run_id: int, summary: dict[str, Any]) -> None:
    """Keep what a run did (记入批次)."""
    run = session.get(ImportRun, run_id)
    if run is not None:
        run.state, run.summary = "confirmed", summary
        session.add(run)
