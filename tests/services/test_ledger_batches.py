"""A ledger that comes in by batches leaves the same rows as one that comes in inspection by inspection (台账分批登记)."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col

from models import Event, Finding, ImportedInspection, ImportRun, Inspection, Matter
from tests.journeys.dumps import difference, dump
from tests.services.test_imports import HEAD
from tests.services.world import CREDIT_CODES, NAMES, World, leader
from yisong.domain.chain import GENESIS, event_hash
from yisong.intake.identity import check_character
from yisong.services import audit, imports, ledger_batches, ledger_check, registry
from yisong.services.imports import Import, Imported
from yisong.services.journal import body_of
from yisong.store import rows as bulk

ITEMS = ("GS-06", "GS-04", "CY-07", "GS-01", "JZ-04", "GS-03")
WAYS = ("当场改正", "移送", "自办", "紧急移送", "涉嫌犯罪移送", "移送处理")


def uscc(number: int) -> str:
    body = f"91330000MA{number:07d}"
    return body + check_character(body)


def ledger(folder: Path, *, visits: int = 14, name: str = "多样.csv", unknown: Sequence[int] = ()) -> Path:
    """Visits to known and new units, some of them twice, with one to four findings of all ways of disposal; `unknown`: an item of no list."""
    file = folder / name
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*HEAD, "检查地址"))
        for number in range(visits):
            old = number % 3 == 0
            unit, code = (
                (NAMES[number % 4], CREDIT_CODES[number % 4])
                if old
                else (f"全新{number % 5}号有限公司", uscc(number % 5))
            )
            for part in range(1 + number % 4):
                item = "哪份清单都没有的事项" if number in unknown else ITEMS[(number + part) % len(ITEMS)]
                writer.writerow(
                    [f"J{number}", unit, code, date(2026, 3, 1 + number % 9), "县综合行政执法局", "应急管理局", f"N{number}-{part}", item, f"第{part}处问题",
                     WAYS[(number + part) % len(WAYS)], "应急管理局" if part == 2 else "", "现场照片", f"领导{number}", "张三（33990001）、李四", f"演示路{number}号"]
                )  # fmt: skip
    return file


def bring(world: World, file: Path) -> Imported:
    checked = ledger_check.check(world.desk.reading, book=world.book, path=file, today=world.on)
    return imports.confirm(world.desk.transaction, Import(book=world.book, checked=checked, on=world.on, at=world.at))


def one_by_one(session: object, batch: Sequence[Any], *, bringing: Import) -> tuple[Imported, list[Any]]:
    return Imported(), list(batch)


def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as it is."""
    with world.read() as session:
        return {
            name: sorted((dict(row._mapping) for row in session.execute(table.select())), key=repr)
            for name, table in SQLModel.metadata.tables.items()
        }


@pytest.fixture
def twin(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A second empty world, on SQLite, for the other way of doing the same."""
    for file in sqlite_template.parent.glob("template.db*"):
        shutil.copy(file, tmp_path / file.name.replace("template", "twin"))
    made = World(f"sqlite:///{tmp_path / 'twin.db'}", tmp_path)
    yield made
    made.close()


def test_by_batches_or_one_by_one_the_rows_are_the_same(
    world: World, twin: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row for row with ids and hashes, whichever way, on whichever database."""
    file = ledger(tmp_path)
    monkeypatch.setattr(imports, "BATCH", 5)
    done = bring(world, file)
    with monkeypatch.context() as patched:
        patched.setattr(imports, "write_batch", one_by_one)
        alone = bring(twin, file)
    assert done == alone
    assert (done.inspections, done.findings, done.units, done.refused) == (14, 33, 5, [])
    together, single = everything(world), everything(twin)
    for name in together:
        assert together[name] == single[name], name
    states = {matter.state for matter in world.every(Matter)}
    assert states == {"recorded", "onsite_fixed", "undecided"}
    assert len(together["outbox"]) == sum(matter.state == "undecided" for matter in world.every(Matter)) > 0
    for event in world.every(Event):
        assert event.hash == event_hash(event.previous, body_of(event))
        assert (event.seq > 1) == (event.previous != GENESIS)
    assert audit.verify_all(world.desk.reading).faults == []


def test_what_does_not_go_smoothly_goes_alone_and_takes_nothing_with_it(
    world: World, twin: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An item of no list, a credit code that the register refuses, a finding more for a known inspection, a number used twice."""
    first = ledger(tmp_path, visits=2, name="先.csv")
    file = ledger(tmp_path, unknown=(4, 9), name="后.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines) + "\n" + lines[1].replace("N0-0", "N0-9") + "\n", encoding="utf-8")
    monkeypatch.setattr(registry, "credit_code_holds", lambda code: code != uscc(2))
    results = []
    for one, way in ((world, ledger_batches.write_batch), (twin, one_by_one)):
        with monkeypatch.context() as patched:
            patched.setattr(imports, "write_batch", way)
            bring(one, first)
            results.append(bring(one, file))
    together, single = results
    assert together == single
    assert {code for code, _ in together.refused} >= {"J4", "J9"} and len(together.refused) == 4
    assert together.unchanged == 3 and together.findings > 20
    assert difference(dump(world.desk.engine), dump(twin.desk.engine)) == ""
    assert audit.verify_all(world.desk.reading).faults == []
    assert [run.state for run in world.every(ImportRun, col(ImportRun.id))] == ["confirmed", "verified"]


def test_a_batch_that_the_database_refuses_is_brought_in_one_by_one(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything but the last table is written when it happens; none of it may stay."""
    real, broken = bulk.insert_whole, []

    def refusing(session: Session, table: type[SQLModel], *, rows: Sequence[Any]) -> None:
        if table is ImportedInspection:
            broken.append(len(rows))
            raise IntegrityError("INSERT", None, Exception("somebody has been quicker"))
        real(session, table, rows=rows)

    monkeypatch.setattr(bulk, "insert_whole", refusing)
    done = bring(world, ledger(tmp_path))
    assert broken == [14]
    assert (done.inspections, done.findings, done.units, done.refused) == (14, 33, 5, [])
    assert len(world.every(Matter)) == len(world.every(Finding)) == 33
    assert audit.verify_all(world.desk.reading).faults == []


def test_a_second_time_and_after_taking_back_nothing_is_twice(small_world: World, tmp_path: Path) -> None:
    world = small_world
    file = ledger(tmp_path)
    bring(world, file)
    again = bring(world, file)
    assert (again.inspections, again.findings, again.unchanged, again.run_id) == (0, 0, 33, 1)
    with world.write() as session:
        imports.undo(session, 1, book=world.book, by=leader("ZFJ"), on=world.on, at=world.at, reason="整本有误")
    assert world.every(Inspection) == [] and world.every(Finding) == []
    once_more = bring(world, file)
    assert (once_more.inspections, once_more.findings, once_more.units) == (14, 33, 0)
    assert audit.verify_all(world.desk.reading).faults == []
