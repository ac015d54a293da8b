"""The daily sweep (期限巡查): a million running clocks, of which fifty thousand climb a rung, each with event, paper and notices.

`python -m benchmarks.sweep [--quick]`. Two peers beside it, on the same database:

- the same rows written by hand: the rows that the sweep made, taken away and put back by prepared SQL of the bare driver, in
  transactions of the same size. Nothing is decided, numbered, worded or hashed there, so this is a floor and not a programme;
- the same effects in one transaction per clock, as a worker does that takes one job at a time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Engine, delete, select, text, update
from sqlmodel import Session

from benchmarks.crowd import Crowd, engines, fill, instant, peak_megabytes, shipped_book
from models import Clock, Document, Event, Matter, OutboxRow, Rung, SweepDay
from yisong.domain.deadlines import due_on
from yisong.domain.rulebook import RuleBook
from yisong.services import deadlines
from yisong.store import database

LATE_START, START, AMOUNT = date(2026, 3, 2), date(2026, 3, 23), 15
SINGLES = 300
MADE = (Rung, Event, OutboxRow, Document)


def run(clocks: int, late: int) -> dict[str, Any]:
    """Measure on both engines."""
    book = shipped_book()
    rule = book.deadline_rule("R-VERIFY", START)
    due = due_on(LATE_START, unit=rule.unit, amount=AMOUNT, calendar=book.calendar)
    day = book.calendar.add_workdays(due, 1)
    found: dict[str, Any] = {"clocks": clocks, "rungs": late}
    with engines() as opened:
        for name, engine in opened.items():
            fill(
                engine,
                Crowd(clocks=clocks, late=late + SINGLES, start=START, late_start=LATE_START, amount=AMOUNT),
                book=book,
            )
            with database.writing(engine) as session:
                session.add(SweepDay(day=due, at=instant(due)))
            found[name] = _measure(engine, book, day=day, late=late)
    return found


def _measure(engine: Engine, book: RuleBook, *, day: date, late: int) -> dict[str, Any]:
    @contextmanager
    def transaction() -> Iterator[Session]:
        with database.writing(engine) as session:
            yield session

    with transaction() as session:
        session.connection()  # opened and warm
    begin = time.perf_counter()
    for clock in range(1, SINGLES + 1):
        with transaction() as session:
            deadlines.sweep_page(session, book=book, day=day, at=instant(day), only=clock)
    single = (time.perf_counter() - begin) / SINGLES
    begin, processor = time.perf_counter(), time.process_time()
    done = sum(swept.climbed for _, swept in deadlines.sweep(transaction, book=book, until=day, at=instant(day)))
    ours, processor = time.perf_counter() - begin, time.process_time() - processor
    if done != late:
        raise AssertionError(f"{done} rungs climbed, not {late}")
    begin = time.perf_counter()
    again = sum(swept.climbed for _, swept in deadlines.sweep(transaction, book=book, until=day, at=instant(day)))
    nothing = time.perf_counter() - begin
    if again:
        raise AssertionError(f"a second sweep climbed {again} rungs")
    hand = _by_hand(engine, late=late)
    return {
        "seconds": round(ours, 1), "of these, processor of this process": round(processor, 1), "rungs per second": round(late / ours),
        "a second sweep, seconds": round(nothing, 3), "peak MB of the process": round(peak_megabytes()),
        "times as long as the same rows by hand": round(ours / hand, 1), "by hand, seconds": round(hand, 1),
        "times as fast as one transaction per clock": round(single * late / ours, 1), "one transaction per clock, milliseconds": round(single * 1000, 1),
    }  # fmt: skip


def _by_hand(engine: Engine, *, late: int) -> float:
    """Take the rows of the sweep away, and put them back with the bare driver (手写 SQL)."""
    first = SINGLES + 1
    with database.writing(engine) as session:
        papers = list(
            session.connection()
            .execute(select(Document.__table__).where(Document.__table__.c.subject_id >= first))
            .mappings()
        )
        ids = [row["matter_id"] for row in papers]
        lowest = min(ids)
        rows = {
            Matter: _raw(session, Matter, f"id >= {lowest}"), Document: _raw(session, Document, f"matter_id >= {lowest}"),
            Rung: _raw(session, Rung, f"matter_id >= {first} AND matter_id <= {first + late - 1}"), Event: _raw(session, Event, f"matter_id >= {first}"),
            OutboxRow: _raw(session, OutboxRow, f"matter_id >= {first}"),
        }  # fmt: skip
        heads = _raw(session, Matter, f"id >= {first} AND id < {first + late}", "id, seq, head, changed_at")
        looks = _raw(session, Clock, f"id >= {first} AND id < {first + late}", "id, look_on")
    with database.writing(engine) as session:
        connection = session.connection()
        for table in (Rung, OutboxRow, Event, Document):
            column = table.__table__.c.matter_id
            connection.execute(delete(table.__table__).where(column >= (lowest if table is Document else first)))
        connection.execute(delete(Matter.__table__).where(Matter.__table__.c.id >= lowest))
        connection.execute(update(Matter.__table__).where(Matter.__table__.c.id >= first).values(seq=0, head=""))
        connection.execute(
            update(Clock.__table__).where(Clock.__table__.c.id >= first).values(look_on=date(2026, 3, 23))
        )
    begin = time.perf_counter()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    most = max(len(found) for _, found in rows.values())
    for place in range(0, most, deadlines.PAGE):
        with database.writing(engine) as session:
            cursor = session.connection().connection.cursor()
            for table, (names, found) in rows.items():
                share = -(-len(found) * deadlines.PAGE // most)
                part = found[place * share // deadlines.PAGE : (place + deadlines.PAGE) * share // deadlines.PAGE]
                if part:
                    columns = ", ".join(f'"{name}"' for name in names)
                    cursor.executemany(
                        f'INSERT INTO "{table.__tablename__}" ({columns}) VALUES ({", ".join([mark] * len(names))})',
                        part,
                    )
            heads_part, looks_part = (
                heads[1][place // 4 : (place + deadlines.PAGE) // 4],
                looks[1][place // 4 : (place + deadlines.PAGE) // 4],
            )
            if heads_part:
                cursor.executemany(
                    f"UPDATE matter SET seq = {mark}, head = {mark}, changed_at = {mark} WHERE id = {mark}",
                    [(*row[1:], row[0]) for row in heads_part],
                )
                cursor.executemany(
                    f"UPDATE clock SET look_on = {mark} WHERE id = {mark}", [(row[1], row[0]) for row in looks_part]
                )
    return time.perf_counter() - begin


def _raw(session: Session, table: Any, where: str, columns: str = "*") -> tuple[list[str], list[tuple[Any, ...]]]:
    result = session.connection().execute(
        text(f'SELECT {columns} FROM "{table.__tablename__}" WHERE {where} ORDER BY 1')
    )
    return list(result.keys()), [tuple(row) for row in result]


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    print(json.dumps(run(*((20_000, 2_000) if quick else (1_000_000, 50_000))), ensure_ascii=False, indent=2))
