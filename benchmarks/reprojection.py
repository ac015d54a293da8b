"""Re-derivation of running clocks under a new calendar (期限复算): clocks per second, all of them moved, then none.

`python -m benchmarks.reprojection [--quick] [--clocks N] [--engine sqlite|postgresql]`. Every clock gets a new day, a line in its
ledger and in its matter's chain, and a notice. Beside it: what deriving the same due dates costs without a database, and the same
rows taken away and put back by the bare driver, in as many transactions.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.by_hand import Made, put_back, take_away
from benchmarks.crowd import Crowd, engines, fill, forget_peak, instant, memory_megabytes, shipped_book
from yisong.domain.deadlines import Ledger, Unit, due
from yisong.domain.rulebook import RuleBook
from yisong.domain.workdays import CalendarYear, Holiday
from yisong.services import calendars
from yisong.store import database

TODAY = date(2026, 3, 9)
BOTH = ("sqlite", "postgresql")


def changed_book(book: RuleBook) -> RuleBook:
    """The same rules under a calendar with one more day off, which every clock runs into (改动后的日历)."""
    year, day = book.calendar.years[2026], date(2026, 3, 16)
    holidays = (*year.holidays, Holiday("临时放假", day, day))
    added = CalendarYear(2026, year.source + "；调整", holidays, year.makeup_workdays)
    return book.with_calendar(book.calendar.with_year(added))


def run(clocks: int, names: tuple[str, ...] = BOTH) -> dict[str, Any]:
    """Move every clock once, then run again (测量)."""
    book = shipped_book()
    changed = changed_book(book)
    found: dict[str, Any] = {"clocks": clocks}
    begin = time.perf_counter()
    for _ in range(clocks):
        due(Ledger("R-VERIFY", Unit.WORKING_DAYS, 15, TODAY), calendar=changed.calendar)
    found["dates alone, seconds"] = round(time.perf_counter() - begin, 2)
    for name in names:
        with engines((name,)) as opened:
            fill(opened[name], Crowd(clocks=clocks, late=0, start=TODAY, late_start=TODAY), book=book)
            found[name] = _measure(opened[name], book, changed, clocks=clocks)
    return found


def _measure(engine: Engine, book: RuleBook, changed: RuleBook, *, clocks: int) -> dict[str, Any]:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with database.writing(engine) as session:
            yield session

    with transaction() as session:
        calendars.activate(session, book=book, on=TODAY, at=instant(TODAY))
        calendars.activate(session, book=changed, on=TODAY, at=instant(TODAY))
    resting, times, processors = memory_megabytes(), [], []
    forget_peak()
    for expected in (clocks, 0):
        begin, processor = time.perf_counter(), time.process_time()
        done = calendars.reproject(transaction, book=changed, on=TODAY, at=instant(TODAY))
        times.append(time.perf_counter() - begin)
        processors.append(time.process_time() - processor)
        if done.moved != expected or done.skipped:
            raise AssertionError(f"{done.moved} moved, not {expected}; {done.skipped[:3]}")
    peak = memory_megabytes(peak=True)
    pages = -(-clocks // calendars.PAGE)
    hand, hands = put_back(engine, _taken_from(engine), pages=pages)
    found: dict[str, Any] = {
        "clocks per second": round(clocks / times[0]), "seconds": round(times[0], 1), "times as long as the same rows by hand": round(times[0] / hand, 1),
        "by hand, seconds": round(hand, 1), "the same in seconds of this process": round(processors[0] / hands, 1),
    }  # fmt: skip
    if engine.dialect.name == "postgresql":
        copied, _ = put_back(engine, _taken_from(engine), pages=pages, copying=True)
        found["times as long as the same rows by COPY"] = round(times[0] / copied, 1)
    return found | {
        "again, seconds": round(times[1], 3), "memory before, MB": round(resting), "peak of the re-derivation, MB": round(peak),
    }  # fmt: skip


def _taken_from(engine: Engine) -> Made:
    names = ("due_on", "provisional", "calendar_version", "look_on", "entries")
    return take_away(
        engine,
        wheres={"clock_entry": "kind = 'reproject'", "event": "action = 'reproject'", "outbox": "kind = 'notice'"},
        changed={"matter": (("seq", "head", "changed_at"), "kind = 'transfer'"), "clock": (names, "entries > 0")},
        undone=("UPDATE matter SET seq = 0, head = ''", "UPDATE clock SET entries = 0, calendar_version = ''"),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reprojection", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 clocks")
    parser.add_argument("--clocks", type=int, default=0)
    parser.add_argument("--engine", choices=BOTH, action="append")
    asked = parser.parse_args()
    figures = run(asked.clocks or (5_000 if asked.quick else 100_000), tuple(asked.engine or BOTH))
    print(json.dumps(figures, ensure_ascii=False, indent=2))
