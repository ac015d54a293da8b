"""The daily sweep (期限巡查): a million running clocks, of which fifty thousand climb a rung, each with event, paper and notices.

`python -m benchmarks.sweep [--quick] [--clocks N] [--rungs N] [--engine sqlite|postgresql]`. Beside it, on the same database:

- the same rows written by hand: those that the sweep made, taken away and put back by prepared SQL of the bare driver, in as many
  transactions. Nothing is decided, numbered, worded or hashed there, so this is a floor and not a programme; on PostgreSQL twice,
  by INSERT as one would write it first, and by COPY as quick as it goes;
- the same effects by one transaction of the object mapper per clock, as a worker does that takes one job at a time;
- our own page with one clock on it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from benchmarks.by_hand import put_back
from benchmarks.crowd import Crowd, engines, fill, forget_peak, instant, memory_megabytes, shipped_book
from benchmarks.sweep_peers import MADE, climb_by_mapper, taken_from
from models import SweepDay
from yisong.domain.deadlines import due_on
from yisong.domain.rulebook import RuleBook
from yisong.services import deadlines
from yisong.store import database, running

LATE_START, START, AMOUNT = date(2026, 3, 2), date(2026, 3, 23), 15
SINGLES = 200
BOTH = ("sqlite", "postgresql")


def run(clocks: int, late: int, names: tuple[str, ...] = BOTH) -> dict[str, Any]:
    """Measure on these engines (测量)."""
    book = shipped_book()
    rule = book.deadline_rule("R-VERIFY", START)
    due = due_on(LATE_START, unit=rule.unit, amount=AMOUNT, calendar=book.calendar)
    day = book.calendar.add_workdays(due, 1)
    found: dict[str, Any] = {"clocks": clocks, "rungs": late}
    crowd = Crowd(clocks=clocks, late=late + 2 * SINGLES, start=START, late_start=LATE_START, amount=AMOUNT)
    for name in names:
        with engines((name,)) as opened:
            begin = time.perf_counter()
            fill(opened[name], crowd, book=book)
            seeded = time.perf_counter() - begin
            with database.writing(opened[name]) as session:
                session.add(SweepDay(day=due, at=instant(due)))
            found[name] = {"seeding, seconds": round(seeded, 1)} | _measure(opened[name], book, day=day, late=late)
    return found


def _each(work: Callable[[int], None], first: int) -> float:
    """Seconds that each of some clocks takes, one after the other."""
    work(first)  # warm
    begin = time.perf_counter()
    for clock in range(first + 1, first + SINGLES):
        work(clock)
    return (time.perf_counter() - begin) / (SINGLES - 1)


def _measure(engine: Engine, book: RuleBook, *, day: date, late: int) -> dict[str, Any]:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with database.writing(engine) as session:
            yield session

    def by_mapper(clock: int) -> None:
        with transaction() as session:
            climb_by_mapper(session, book=book, clock_id=clock, day=day, at=instant(day))

    def by_page(clock: int) -> None:
        with transaction() as session:
            deadlines.sweep_page(session, book=book, day=day, at=instant(day), only=clock)

    mapper = _each(by_mapper, 1)
    single = _each(by_page, 1 + SINGLES)
    _same_effects(engine)
    begin, resting = time.perf_counter(), memory_megabytes()
    with transaction() as session:
        looked = len(running.due(session, day=day, after=0, most=deadlines.AHEAD))
    look = time.perf_counter() - begin
    forget_peak()
    begin, processor = time.perf_counter(), time.process_time()
    done = sum(swept.climbed for _, swept in deadlines.sweep(transaction, book=book, until=day, at=instant(day)))
    ours, processor = time.perf_counter() - begin, time.process_time() - processor
    peak = memory_megabytes(peak=True)
    if done != late:
        raise AssertionError(f"{done} rungs climbed, not {late}")
    begin = time.perf_counter()
    again = sum(swept.climbed for _, swept in deadlines.sweep(transaction, book=book, until=day, at=instant(day)))
    nothing = time.perf_counter() - begin
    if again:
        raise AssertionError(f"a second sweep climbed {again} rungs")
    made = taken_from(engine, first=1 + 2 * SINGLES, late=late)
    hand, hands = put_back(engine, made, pages=-(-late // deadlines.PAGE))
    found: dict[str, Any] = {
        "rungs per second": round(late / ours), "seconds": round(ours, 1), "of these, processor of this process": round(processor, 1),
        "times as long as the same rows by hand": round(ours / hand, 1), "by hand, seconds": round(hand, 1),
        "the same in seconds of this process": round(processor / hands, 1),
        "times as fast as one mapper transaction per clock": round(mapper * late / ours, 1), "one mapper transaction, milliseconds": round(mapper * 1000, 1),
        "times as fast as a page of one clock": round(single * late / ours, 1),
    }  # fmt: skip
    if engine.dialect.name == "postgresql":
        made = taken_from(engine, first=1 + 2 * SINGLES, late=late)
        copied, _ = put_back(engine, made, pages=-(-late // deadlines.PAGE), copying=True)
        found |= {"times as long as the same rows by COPY": round(ours / copied, 1)}
    return found | {
        f"the look for {looked} clocks that are due, seconds": round(look, 3), "a second sweep, seconds": round(nothing, 3),
        "memory before, MB": round(resting), "peak of the sweep, MB": round(peak),
    }  # fmt: skip


def _same_effects(engine: Engine) -> None:
    """The mapper's clocks and the pages' must have brought about as many rows of every kind (效果相同)."""
    counts = []
    with database.reading(engine) as session:
        for first in (1, 1 + SINGLES):
            ours = range(first, first + SINGLES)
            columns = [
                getattr(table, "subject_id" if table.__tablename__ == "document" else "matter_id") for table in MADE
            ]
            counts.append([session.scalar(select(func.count()).where(column.in_(ours))) for column in columns])
    if counts[0] != counts[1]:
        raise AssertionError(f"not the same effects: {counts}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 clocks and 2,000 rungs")
    parser.add_argument("--clocks", type=int, default=0)
    parser.add_argument("--rungs", type=int, default=0)
    parser.add_argument("--engine", choices=BOTH, action="append")
    asked = parser.parse_args()
    many, few = (20_000, 2_000) if asked.quick else (1_000_000, 50_000)
    figures = run(asked.clocks or many, asked.rungs or few, tuple(asked.engine or BOTH))
    print(json.dumps(figures, ensure_ascii=False, indent=2))
