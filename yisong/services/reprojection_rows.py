"""What a due date that moves writes (期限复算所写): the clock, a line of its ledger, and who is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from models import Clock
from yisong.domain import reprojection
from yisong.domain.deadlines import Due
from yisong.domain.rulebook import RuleBook
from yisong.services import clocks, remarks
from yisong.store.rows import quickly_written
from yisong.store.running import LiveClock

MOVED, ASKED = "reproject", "reproject_asked"
Looks = dict[tuple[object, ...], date | None]


def apply(
    book: RuleBook, clock: Clock | LiveClock, *, new: Due, on: date, climbed: frozenset[str], known: Looks | None = None
) -> None:
    """Let a clock be due as derived (写入复算结果); `climbed`: the keys of the rungs that it has climbed.

    `known`: the days on which clocks that are alike are looked at again, for who moves many.
    """
    clock.due_on, clock.provisional, clock.calendar_version = new.on, new.provisional, new.calendar_version
    if new.at is not None:
        clock.due_at = new.at
    alike = (clock.rule, clock.department, clock.severity, clock.start_on, clock.due_on, clock.lapse, clock.chased, clock.status, clock.held, climbed)  # fmt: skip
    known = {} if known is None else known
    if alike not in known:
        known[alike] = clocks.look(book, cast("Clock", clock), after=on - timedelta(days=1), climbed=climbed)
    clock.look_on = known[alike]


def entry_row(
    clock: Clock | LiveClock, *, old: date | None, new: Due, why: str, source: str, on: date, at: datetime
) -> dict[str, Any]:
    """The line of a clock's ledger that says what moved it (台账复算记录)."""
    clock.entries += 1
    moved = {
        "old_due": old, "new_due": new.on, "old_version": clock.calendar_version, "new_version": new.calendar_version,
    }  # fmt: skip
    return {
        "clock_id": clock.id, "seq": clock.entries, "kind": "reproject", "on": on, "at": at, "reason": why, "basis": source, "data": quickly_written(moved),
    }  # fmt: skip


def notices(line: remarks.Line, clock: Clock | LiveClock, *, why: list[str], at: datetime) -> list[dict[str, Any]]:
    """Who is told that a date moved, or is asked whether it may (告知): the department; the unit where it lives by the term."""
    asking = line.action == ASKED
    matter = line.matter
    department = clock.department or matter.responsible
    receivers = [("department", department)] if department else []
    if not asking and matter.unit_id and reprojection.faces_unit(clock.rule, department=clock.department):
        receivers.append(("unit", str(matter.unit_id)))
    return [
        {
            "key": f"{matter.code}:{line.seq}:due_changed:{receiver}", "kind": "notice", "matter_id": matter.id, "case_id": matter.case_id, "state": "pending",
            "attempts": 0, "created_at": at, "next_at": at, "settled_at": None, "last_error": "",
            "payload": quickly_written({"notice": "due_changed", kind: receiver, "urgent": asking, "action": line.action, "on": line.on.isoformat(), "seq": line.seq,
                        "clock": clock.id, "lines": why}),
        }
        for kind, receiver in receivers
    ]  # fmt: skip
