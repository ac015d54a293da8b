"""Re-derivation of running clocks under a new calendar (期限复算): clocks per second, all of them moved, then none.

`python -m benchmarks.reprojection [--quick]`. Beside it: what deriving the same due dates costs without a database, so that
the price of the ledger, the journal and the notices is seen.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from datetime import date
from typing import Any

from benchmarks.crowd import Crowd, engines, fill, instant, memory_megabytes, shipped_book
from yisong.domain.deadlines import Ledger, Unit, due
from yisong.domain.workdays import CalendarYear, Holiday
from yisong.services import calendars
from yisong.store import database

TODAY = date(2026, 3, 9)


def run(clocks: int) -> dict[str, Any]:
    """Move every clock once, then run again."""
    book = shipped_book()
    year = book.calendar.years[2026]
    added = CalendarYear(
        2026,
        year.source + "；调整",
        (*year.holidays, Holiday("临时放假", date(2026, 3, 16), date(2026, 3, 16))),
        year.makeup_workdays,
    )
    changed = book.with_calendar(book.calendar.with_year(added))
    found: dict[str, Any] = {"clocks": clocks}
    begin = time.perf_counter()
    for _ in range(clocks):
        due(Ledger("R-VERIFY", Unit.WORKING_DAYS, 15, TODAY), calendar=changed.calendar)
    found["dates alone, seconds"] = round(time.perf_counter() - begin, 2)
    with engines() as opened:
        for name, engine in opened.items():
            fill(engine, Crowd(clocks=clocks, late=0, start=TODAY, late_start=TODAY), book=book)

            @contextmanager
            def transaction(engine: Any = engine) -> Any:
                with database.writing(engine) as session:
                    yield session

            with transaction() as session:
                calendars.activate(session, book=book, on=TODAY, at=instant(TODAY))
                calendars.activate(session, book=changed, on=TODAY, at=instant(TODAY))
            times = []
            for expected in (clocks, 0):
                begin = time.perf_counter()
                done = calendars.reproject(transaction, book=changed, on=TODAY, at=instant(TODAY))
                times.append(time.perf_counter() - begin)
                if done.moved != expected or done.skipped:
                    raise AssertionError(f"{name}: {done.moved} moved, not {expected}; {done.skipped[:3]}")
            found[name] = {
                "seconds": round(times[0], 1), "clocks per second": round(clocks / times[0]), "again, seconds": round(times[1], 3),
                "peak MB of the process": round(memory_megabytes()),
            }  # fmt: skip
    return found


if __name__ == "__main__":
    print(json.dumps(run(5_000 if "--quick" in sys.argv else 100_000), ensure_ascii=False, indent=2))
