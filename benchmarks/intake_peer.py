"""The whole way of a ledger into a database (台账入库全程): ours, and as a script does it, on the same database with the same settings."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Field, Session, SQLModel

from benchmarks.crowd import instant, shipped_book
from benchmarks.usage import spent
from yisong.services import imports, ledger_check
from yisong.store import database

TODAY = dt.date(2026, 11, 20)
WRITTEN = ("unit", "inspection", "matter", "finding", "event", "outbox", "imported_inspection", "import_run")


class PeerRow(SQLModel, table=True):
    """One row of the ledger in one table: what a script makes of it."""

    __tablename__ = "peer_row"

    id: int | None = Field(default=None, primary_key=True)
    serial: str
    inspection_code: str = Field(index=True)
    behaviour_code: str
    theme: str
    unit_name: str
    uscc: str = Field(index=True)
    inspected_on: dt.date
    initiator: str
    participants: str
    kind: str
    scanned_in: bool
    place: str
    finding_code: str = Field(index=True)
    item: str
    facts: str
    disposal: str
    department: str
    evidence: str


def whole_way(path: str, rows: int, url: str) -> dict[str, float]:
    """Read, verify and confirm (读取、核对、导入)."""
    book = shipped_book()
    engine = database.open_engine(url)

    @contextmanager
    def transaction() -> Iterator[Session]:
        with database.writing(engine) as session:
            yield session

    before, _ = spent()
    begin = time.perf_counter()
    checked = ledger_check.check(lambda: database.reading(engine), book=book, path=Path(path), today=TODAY)
    verified, _ = spent()
    halfway = time.perf_counter()
    done = imports.confirm(transaction, imports.Import(book=book, checked=checked, on=TODAY, at=instant(TODAY)))
    finished, peak = spent()
    end = time.perf_counter()
    if done.findings != rows or done.refused:
        raise AssertionError(f"{rows} rows gave {done.findings} findings, refused: {done.refused[:3]}")
    with database.reading(engine) as session:
        tables = SQLModel.metadata.tables
        written = sum(session.execute(select(func.count()).select_from(tables[name])).scalar_one() for name in WRITTEN)
    engine.dispose()
    return {
        "read and verify": verified - before,
        "confirm": finished - verified,
        "total": finished - before,
        "confirm, by the clock": end - halfway,
        "total, by the clock": end - begin,
        "rows written": written,
        "megabytes": peak,
    }


def one_by_one(path: str, rows: int, url: str) -> dict[str, float]:
    """openpyxl as most scripts call it, one object a row, one commit a row (逐行提交)."""
    return _script(path, rows, url=url, streaming=False, commit_each=True)


def kinder(path: str, rows: int, url: str) -> dict[str, float]:
    """openpyxl in its streaming mode, one object a row, one commit at the end (一次提交)."""
    return _script(path, rows, url=url, streaming=True, commit_each=False)


def _script(path: str, rows: int, *, url: str, streaming: bool, commit_each: bool) -> dict[str, float]:
    import openpyxl

    engine = database.open_engine(url)
    table = SQLModel.metadata.tables["peer_row"]
    table.drop(engine, checkfirst=True)
    table.create(engine)
    names = [name for name in PeerRow.model_fields if name != "id"]
    before, _ = spent()
    begin = time.perf_counter()
    sheet = openpyxl.load_workbook(path, read_only=streaming).worksheets[0]
    amount = 0
    with Session(engine) as session:
        for cells in sheet.iter_rows(min_row=2, values_only=True):
            texts = ("" if cell is None else str(cell).strip() for cell in cells)
            values: dict[str, Any] = dict(zip(names, texts, strict=True))
            day = cells[6]
            if not isinstance(day, dt.datetime) or len(values["uscc"]) != 18:
                continue
            values |= {"inspected_on": day.date(), "scanned_in": values["scanned_in"] == "是"}
            session.add(PeerRow(**values))
            amount += 1
            if commit_each:
                session.commit()
        session.commit()
    done, peak = spent()
    end = time.perf_counter()
    table.drop(engine)
    engine.dispose()
    if amount != rows:
        raise AssertionError(f"{rows} rows gave {amount}")
    return {"total": done - before, "total, by the clock": end - begin, "megabytes": peak}
