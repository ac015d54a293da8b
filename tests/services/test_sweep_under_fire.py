"""The sweep under fire (巡查强杀与并行): killed at two hundred points at five thousand due clocks, or run by two at once.

Children are forks, so that nothing is read in twice; a child dies by SIGKILL before or after the N-th statement or commit that it
makes. What is compared are all clocks, rungs, events, papers and outbox rows, by what they say and not by their ids.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlmodel import Session, col

from benchmarks.crowd import Crowd, fill, instant
from models import Clock, Document, Event, Matter, OutboxRow, Rung, SweepDay
from tests.services.world import shipped_book
from tests.support.postgres import PostgresServer
from yisong.services import audit, deadlines
from yisong.store import database

DUE, POINTS = 5_000, 200
START = date(2026, 3, 2)
DUE_ON = date(2026, 3, 5)
DAY = date(2026, 3, 6)
"""The first working day after the three that the clocks have: each gets a reminder letter."""
PAGE = 250


@contextmanager
def transactions(url: str) -> Iterator[Callable[[], Any]]:
    engine = database.open_engine(url)

    @contextmanager
    def transaction() -> Iterator[Session]:
        with database.writing(engine) as session:
            yield session

    yield transaction
    engine.dispose()


def sweep(url: str) -> None:
    with transactions(url) as transaction:
        for _ in deadlines.sweep(transaction, book=shipped_book(), until=DAY, at=instant(DAY)):
            pass


def in_a_child(work: Callable[[], None]) -> int:
    """Start a fork that does the work; returns its number."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return child


def ended(child: int) -> int:
    """Wait for a child; returns 0 where its work was done, or minus the signal it died of."""
    _, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def dying_at(url: str, breath: int) -> Callable[[], None]:
    """The sweep, until it has made so many statements and commits."""

    def work() -> None:
        left = [breath]

        def breathe(*_: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, moment, breathe)
        sweep(url)

    return work


def told(url: str, *, numbers: bool = True) -> dict[str, Any]:
    """All that a database says, by codes instead of ids; without the numbers where two have given them in turn."""
    with transactions(url) as transaction, transaction() as session:
        codes = {number: code for number, code in session.execute(select(col(Matter.id), col(Matter.code)))}  # noqa: C416
        papers = list(session.scalars(select(Document)))
        said: dict[str, Any] = {
            "clocks": sorted((clock.id, clock.status, clock.due_on, clock.look_on) for clock in session.scalars(select(Clock))),
            "rungs": sorted((rung.clock_id, rung.key, rung.on, rung.status, codes.get(rung.document_id or 0)) for rung in session.scalars(select(Rung))),
            "matters": sorted((matter.code, matter.seq, matter.state) for matter in session.scalars(select(Matter))),
            "outbox": sorted((row.key, row.kind, row.state) for row in session.scalars(select(OutboxRow))),
            "events": sorted((codes[line.matter_id], line.seq, line.action, line.on, line.given.get("rung", "")) for line in session.scalars(select(Event))),
            "papers": sorted((codes[paper.matter_id], paper.type_code, paper.issuer, paper.number if numbers else "") for paper in papers),
            "sequences": sorted((paper.issuer, paper.series, paper.sequence) for paper in papers),
            "days": sorted((kept.day, kept.climbed) for kept in session.scalars(select(SweepDay))) if numbers else [],
        }  # fmt: skip
    return said


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Fresh copies of a database with five thousand clocks that are due."""
    folder = tmp_path_factory.mktemp("crowd")
    if request.param == "sqlite":
        file = folder / "crowd.db"
        prepare(f"sqlite:///{file}")

        def copied() -> str:
            copy = Path(folder / f"{random.getrandbits(64):x}.db")
            shutil.copy(file, copy)
            return f"sqlite:///{copy}"

        return copied
    server: PostgresServer = request.getfixturevalue("crowded_server")
    return lambda: server.fresh_database(prepare=prepare)


def prepare(url: str) -> None:
    """Five thousand clocks that were due on a day that has been swept already."""
    database.upgrade(url)
    engine = database.open_engine(url)
    fill(engine, Crowd(clocks=DUE, late=DUE, start=START, late_start=START, amount=3), book=shipped_book())
    with database.writing(engine) as session:
        session.add(SweepDay(day=DUE_ON, at=instant(DUE_ON)))
    engine.dispose()  # the last to leave empties the write-ahead log into the file


@pytest.fixture(scope="module")
def crowded_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "PAGE", PAGE)


@pytest.fixture(scope="module")
def undisturbed(crowd: Callable[[], str]) -> dict[str, Any]:
    url = crowd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deadlines, "PAGE", PAGE)
        assert ended(in_a_child(lambda: sweep(url))) == 0
    said = told(url)
    assert len(said["rungs"]) == DUE and len(said["papers"]) == DUE
    return said


@pytest.mark.slow
def test_killed_at_two_hundred_points_it_ends_as_if_nothing_had_happened(
    crowd: Callable[[], str], undisturbed: dict[str, Any]
) -> None:
    url, chance, killed = crowd(), random.Random(20261121), 0
    for _ in range(10 * POINTS):
        outcome = ended(in_a_child(dying_at(url, chance.randrange(1, 45))))
        assert outcome in (0, -signal.SIGKILL)
        killed += outcome != 0
        if outcome == 0 or killed == POINTS:
            break
    assert killed == POINTS, f"only {killed} children died before the work was done"
    sweep(url)
    assert told(url) == undisturbed
    with transactions(url) as transaction:
        assert audit.verify_all(transaction).faults == []
    sweep(url)
    assert told(url) == undisturbed, "a second run has effects"


@pytest.mark.slow
@pytest.mark.parametrize("one_dies", (False, True), ids=("both live", "one is killed"))
def test_two_sweeping_at_once_double_nothing_and_lose_nothing(
    crowd: Callable[[], str], undisturbed: dict[str, Any], one_dies: bool
) -> None:
    url = crowd()
    first = in_a_child(dying_at(url, 300) if one_dies else lambda: sweep(url))
    second = in_a_child(lambda: sweep(url))
    assert [ended(first), ended(second)] == [-signal.SIGKILL if one_dies else 0, 0]
    said, expected = told(url, numbers=False), {**undisturbed, "days": []}
    expected["papers"] = sorted((code, kind, issuer, "") for code, kind, issuer, _ in undisturbed["papers"])
    assert said == expected
    with transactions(url) as transaction:
        assert audit.verify_all(transaction).faults == []
