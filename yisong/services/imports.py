"""Bring a checked ledger in (台账导入), inspection by inspection, and take a run back again.

Killed and run again, doubled, or fed with the same ledger once more: the result is the same. What was brought in before
and reads otherwise now is told as a proposed correction; it is never overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from models import ImportRun, Matter
from yisong.domain.lifecycle import Act, Refusal
from yisong.domain.roles import SYSTEM, Actor
from yisong.domain.rulebook import RuleBook
from yisong.intake.rows import LedgerInspection
from yisong.services import ledger_check
from yisong.services.evidence import void_all
from yisong.services.ledger_batches import write_batch
from yisong.services.ledger_check import Reading, code_of
from yisong.services.ledger_entries import Import, Imported, write_inspection
from yisong.services.steps import take_step
from yisong.store import imports as stored
from yisong.store import inspections, matters

__all__ = ["Import", "Imported", "bring_in", "confirm", "inspection_codes", "undo"]

Transaction = Callable[[], AbstractContextManager[Session]]
BATCH = 500
"""Inspections that share a transaction (每批检查数): memory and the writer's lock are held for so many at most."""
DRAFTS = ("draft", "pending_approval")
"""A case in these states has not left its department yet."""


def confirm(
    transaction: Transaction,
    bringing: Import,
    *,
    until: date | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Imported:
    """Bring in every inspection of a ledger that stands without an error (确认导入).

    An inspection comes in whole or not at all, and one that is refused takes no other with it: `BATCH` of them share a transaction, and
    what does not go smoothly is brought in alone, in a transaction of its own.

    Args:
        transaction: opens a writing transaction.
        bringing: the ledger, checked just now; who brings it in, and when.
        until: leave inspections of later days for another time.
        progress: is told how many inspections have been seen.
    """
    result = Imported()
    seen = 0
    for batch in _batches(bringing.checked.verification.inspections):
        due = []
        for inspection in batch:
            if inspection.blocked:
                result.blocked += 1
            elif until is not None and inspection.inspected_on is not None and inspection.inspected_on > until:
                result.waiting += 1
            else:
                due.append(inspection)
        for inspection in _together(transaction, due, bringing=bringing, result=result):
            _alone(transaction, inspection, bringing=bringing, result=result)
        seen += len(batch)
        progress(seen)
    if not (result.blocked or result.waiting or result.refused):
        _close(transaction, bringing, result)
    return result


def _batches(inspections: Sequence[LedgerInspection]) -> Iterator[Sequence[LedgerInspection]]:
    for start in range(0, len(inspections), BATCH):
        yield inspections[start : start + BATCH]


def _together(
    transaction: Transaction, batch: Sequence[LedgerInspection], *, bringing: Import, result: Imported
) -> Sequence[LedgerInspection]:
    """Bring in a batch in one transaction, and answer with what has to be brought in alone (分批导入)."""
    if not batch:
        return ()
    try:
        with transaction() as session:
            done, alone = write_batch(session, batch, bringing=bringing)
    except (IntegrityError, DataError, Refusal, ValueError):  # nothing of it was kept: find out which it was
        return batch
    result.add(done)
    return alone


def _alone(transaction: Transaction, inspection: LedgerInspection, *, bringing: Import, result: Imported) -> None:
    """Bring in one inspection in a transaction of its own (单次导入); a refusal is told with its place in the ledger."""
    try:
        result.add(_write(transaction, inspection, bringing))
    except (Refusal, ValueError, DataError) as refusal:
        why = (
            "内容无法存入数据库，请检查该行有无特殊字符或过长的文字" if isinstance(refusal, DataError) else str(refusal)
        )
        sheet, row = inspection.rows[0]
        place = f"“{bringing.checked.workbook.name}”工作表“{sheet}”第 {row} 行"
        result.refused.append((code_of(inspection), f"{place}：{why}"))


def _write(transaction: Transaction, inspection: LedgerInspection, bringing: Import) -> Imported:
    try:
        with transaction() as session:
            return write_inspection(session, inspection, bringing=bringing)
    except IntegrityError:  # somebody else has brought in the same this very moment: look again
        with transaction() as session:
            return write_inspection(session, inspection, bringing=bringing)


def _close(transaction: Transaction, bringing: Import, result: Imported) -> None:
    with transaction() as session:
        run = stored.run_of_file(session, bringing.checked.sha256)
        if run is not None:
            stored.mark(run, "confirmed")
            session.add(run)
            result.run_id = run.id


def bring_in(
    transaction: Transaction, reading: Reading, *, book: RuleBook, path: Path, until: date, at: datetime
) -> dict[str, int]:
    """Bring in the inspections of a ledger up to a day (自动导入): nothing at all of a ledger with an error.

    Returns how many inspections and findings are new, and how many rows or numbers stand in the way.
    """
    checked = ledger_check.check(reading, book=book, path=path, today=None)
    errors = ledger_check.errors_of(reading, checked=checked)
    if errors:
        return {"inspections": 0, "findings": 0, "errors": len(errors)}
    done = confirm(transaction, Import(book=book, checked=checked, on=until, at=at), until=until)
    return {"inspections": done.inspections, "findings": done.findings, "errors": len(done.refused)}


def inspection_codes(reading: Reading, *, book: RuleBook, path: Path, until: date) -> list[str]:
    """The inspections of a ledger up to a day that are not registered yet (待导入检查), for naming a run."""
    checked = ledger_check.check(reading, book=book, path=path, today=None)
    due = [
        found
        for found in checked.verification.inspections
        if found.inspected_on is not None and found.inspected_on <= until
    ]
    with reading() as session:
        codes = [code_of(inspection) for inspection in due]
        return [code for code in codes if inspections.inspection_by_code(session, code) is None]


def undo(session: Session, run_id: int, *, book: RuleBook, by: Actor, on: date, at: datetime, reason: str) -> ImportRun:
    """Take back everything that a run has brought in (撤销导入), in the caller's transaction: all of it, or nothing.

    The journal keeps what was registered and that it was taken back; the registers forget the findings and those
    inspections that have none left, so that a corrected ledger can be brought in under the same numbers. Units stay.

    Raises:
        Refusal: unknown_run, already_undone, or already_delivered, which names the cases that have gone out.
    """
    run = stored.run(session, run_id, lock=True)
    if run is None:
        raise Refusal("unknown_run", f"没有第 {run_id} 号导入批次，请用 yisong import list 查看。")
    if run.state == "undone":
        raise Refusal("already_undone", f"第 {run_id} 号导入批次已经撤销，无需重复撤销。")
    entries = stored.imported(session, run_id=run_id)
    found = stored.findings_of(session, [matter_id for entry in entries for matter_id in entry.findings])
    cases = _cases_of(session, [matter for matter, _ in found], run_id=run_id)
    given = {"reason": reason, "run": run_id, "requested_by": by.id}
    void_all(session, [*cases, *(matter for matter, _ in found)], by=by, on=on, at=at, reason=reason)
    for case in cases:
        take_step(session, book=book, matter_id=case.id or 0, act=Act("void", by, on, at, given=given))
    for matter, finding in found:
        take_step(
            session,
            book=book,
            matter_id=matter.id or 0,
            act=Act("retract", SYSTEM, on, at, given={**given, "code": matter.code}),
        )
        stored.release_code(session, matter)
        session.delete(finding)
    session.flush()
    undone: list[dict[str, Any]] = []
    for entry in entries:
        undone.append({"inspection": entry.inspection_id, "findings": list(entry.findings), "rows": list(entry.rows)})
        stored.forget(session, entry, inspection=bool(entry.rows[0]["new"]))
    run.summary = {**run.summary, "undone": undone, "undone_by": by.id, "undone_at": at.isoformat(), "reason": reason}
    stored.mark(run, "undone")
    session.add(run)
    session.flush()
    return run


def _cases_of(session: Session, findings: list[Matter], *, run_id: int) -> list[Matter]:
    """The drafts made of these findings (尚未送出的案件). Raises Refusal `already_delivered` where one has gone out."""
    ids = sorted({matter.case_id for matter in findings if matter.case_id is not None})
    cases = [matters.matter(session, case_id, lock=True) for case_id in ids]
    out = [case.code for case in cases if case.state not in (*DRAFTS, "voided")]
    if out:
        named = "、".join(out[:5]) + (f" 等 {len(out)} 件" if len(out) > 5 else "")
        raise Refusal(
            "already_delivered",
            f"第 {run_id} 号导入批次的问题已经立案办理（{named}），不能整批撤销；请对个别登记错误的，由部门负责人办理作废。",
        )
    return [case for case in cases if case.state in DRAFTS]
