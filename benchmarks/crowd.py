"""A crowd of running clocks for measurements (测量用时钟): as many cases as wanted, written in bulk past the services.

Every case is a transfer with a clock that runs. Cases that are to climb have what their letters name: a title, a unit, a
finding. Nothing here is measured; the journal of such a case begins with its first rung.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from models import Clock, Event, Finding, Inspection, Matter, Transfer, Unit
from yisong import rulefiles
from yisong.clock import SHANGHAI
from yisong.domain.chain import GENESIS, event_hash
from yisong.domain.deadlines import due_on
from yisong.domain.rulebook import RuleBook
from yisong.services.journal import body_of
from yisong.settings import SOURCE_ROOT
from yisong.store import database, rows

ITEM, DEPARTMENTS = "GS-06", ("YJJ", "XFJ", "SJJ", "HBJ", "ZJJ")
CHUNK, UNITS = 20_000, 997


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many clocks of `amount` working days from `start`; the first `late` of them are due on `due_on` of a later day."""

    clocks: int
    late: int
    start: date
    late_start: date
    amount: int = 15


def shipped_book() -> RuleBook:
    return rulefiles.read(SOURCE_ROOT / "rules")


def instant(day: date, hour: int = 8, minute: int = 30) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@contextmanager
def engines(names: tuple[str, ...] = ("sqlite", "postgresql")) -> Iterator[dict[str, Engine]]:
    """Empty, migrated databases of both kinds, thrown away afterwards."""
    from tests.support.postgres import PostgresServer

    opened: dict[str, Engine] = {}
    server = PostgresServer() if "postgresql" in names else None
    with tempfile.TemporaryDirectory(prefix="yisong-bench-") as folder:
        try:
            if "sqlite" in names:
                url = f"sqlite:///{Path(folder) / 'bench.db'}"
                database.upgrade(url)
                opened["sqlite"] = database.open_engine(url)
            if server is not None:
                server.start()
                opened["postgresql"] = database.open_engine(server.fresh_database(prepare=database.upgrade))
            yield opened
        finally:
            for engine in opened.values():
                engine.dispose()
            if server is not None:
                server.stop()


def fill(engine: Engine, crowd: Crowd, *, book: RuleBook) -> None:
    """Write the crowd (写入)."""
    due = due_on(crowd.start, unit=_measure(book), amount=crowd.amount, calendar=book.calendar)
    late = due_on(crowd.late_start, unit=_measure(book), amount=crowd.amount, calendar=book.calendar)
    with database.writing(engine) as session:
        _many(session, Unit, [_unit(number) for number in range(1, UNITS + 1)])
        visit = {"id": 1, "code": "JC-1", "unit_id": 1, "inspected_on": crowd.late_start, "initiator": "ZFJ"}
        _many(session, Inspection, [visit])
    for first in range(1, crowd.clocks + 1, CHUNK):
        ids = range(first, min(first + CHUNK, crowd.clocks + 1))
        with database.writing(engine) as session:
            _chunk(session, crowd, ids, due=due, late=late, version=book.calendar.version)
    if engine.dialect.name == "postgresql":
        with database.writing(engine) as session:
            for table, column in (("matter", "id"), ("clock", "id")):
                session.connection().exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}','{column}'), (SELECT max({column}) FROM {table}))"
                )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _measure(book: RuleBook) -> Any:
    return book.deadline_rule("R-VERIFY", date(2026, 3, 2)).unit


def _unit(number: int) -> dict[str, Any]:
    return {
        "id": number, "code": f"U{number}", "name": f"示例化工{number}号有限公司", "uscc": f"91339927MA{number:08d}", "address": f"测量路{number}号", "legal_rep": "测量人",
    }  # fmt: skip


def _chunk(session: Session, crowd: Crowd, ids: range, *, due: date, late: date, version: str) -> None:
    at = instant(crowd.start)
    cases: list[dict[str, Any]] = [
        {
            "id": number, "kind": "transfer", "code": f"YX-2026-{number:07d}", "variant": "lead", "state": "accepted", "case_id": number, "subject_id": None,
            "unit_id": 1 + number % UNITS, "origin": "ZFJ", "responsible": DEPARTMENTS[number % len(DEPARTMENTS)], "opened_on": crowd.start, "changed_at": at, "seq": 0,
            "head": GENESIS, "tallies": {}, "actors": {}, "details": {},
        }
        for number in ids
    ]  # fmt: skip
    _many(session, Matter, cases)
    climbing = [number for number in ids if number <= crowd.late]
    offset = crowd.clocks
    found = [_finding(cases[number - ids[0]], offset, at) for number in climbing]
    _many(session, Matter, [finding for finding, _ in found])
    _many(session, Event, [brought for _, brought in found])
    _many(
        session,
        Transfer,
        [{"matter_id": number, "title": "危险化学品储存", "found_on": crowd.late_start} for number in climbing],
    )
    _many(
        session, Finding,
        [{"matter_id": offset + number, "inspection_id": 1, "item_code": ITEM, "facts": "现场检查发现", "disposal": "transfer", "found_on": crowd.late_start} for number in climbing],
    )  # fmt: skip
    _many(
        session, Clock,
        [
            {
                "id": case["id"], "matter_id": case["id"], "case_id": case["id"], "rule": "R-VERIFY", "unit": "wd", "amount": crowd.amount,
                "start_on": crowd.late_start if case["id"] <= crowd.late else crowd.start, "due_on": late if case["id"] <= crowd.late else due,
                "calendar_version": version, "status": "running", "department": case["responsible"], "look_on": late if case["id"] <= crowd.late else due,
            }
            for case in cases
        ],
    )  # fmt: skip


def _finding(case: dict[str, Any], offset: int, at: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The finding of a case, and the one line that brought it about: the audit lets no matter stand without (问题及其来历)."""
    brought = Event(
        matter_id=offset + case["id"], seq=1, action="measure", source="", target="to_transfer", actor_id="system", actor_name="系统", department="",
        on=case["opened_on"], at=at, previous=GENESIS, hash="",
    )  # fmt: skip
    brought.hash = event_hash(GENESIS, body_of(brought))
    finding = case | {
        "id": brought.matter_id, "kind": "finding", "code": f"FX-{case['id']}", "variant": "", "state": "to_transfer", "seq": 1, "head": brought.hash
    }  # fmt: skip
    return finding, brought.model_dump()


def _many(session: Session, table: Any, given: list[dict[str, Any]]) -> None:
    """Rows with the defaults of their table, past the services and the mapper (成批写入)."""
    if given:
        defaults = {
            name: field.get_default(call_default_factory=True)
            for name, field in table.model_fields.items()
            if not field.is_required() and name != "id"
        }
        rows.insert(session, table, rows=[defaults | row for row in given])


def memory_megabytes(*, peak: bool = False) -> float:
    """How much memory this process has, or the most that it has had since `forget_peak` (内存)."""
    with open(f"/proc/{os.getpid()}/status", encoding="ascii") as status:
        found = next(line for line in status if line.startswith("VmHWM" if peak else "VmRSS"))
    return int(found.split()[1]) / 1024


def forget_peak() -> None:
    """Let the peak of the memory begin anew (重计峰值)."""
    with open(f"/proc/{os.getpid()}/clear_refs", "w", encoding="ascii") as resets:
        resets.write("5")
