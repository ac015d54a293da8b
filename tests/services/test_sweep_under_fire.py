"""The sweep under fire (巡查强杀与并行): killed at two hundred points at five thousand due clocks, or run by two at once.

Children are forks, so that nothing is read in twice; a child dies by SIGKILL at its N-th effect: a row that goes into a statement
of many or into COPY, the beginning or the end of a statement, a commit. So it dies in the middle of statements, too. What is compared
are all clocks, rungs, events, papers and outbox rows, by what they say and not by their ids.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from benchmarks.crowd import Crowd, fill, instant
from models import Clock, Document, Event, Matter, OutboxRow, Rung, SweepDay
from tests.journeys.replays import copy_of
from tests.services.world import shipped_book
from tests.support.postgres import PostgresServer
from yisong.services import audit, deadlines
from yisong.store import database

DUE, POINTS = 5_000, 200
START = date(2026, 3, 2)
DUE_ON = date(2026, 3, 5)
DAY = date(2026, 3, 6)
"""The first working day after the three that the clocks have: each gets a reminder letter."""
PAGE, SMALL_PAGE = 250, 20


@dataclass
class Ground:
    """A database with five thousand clocks that are due, which can be laid anew (场地).

    One engine serves the tests and their children: what it has learned of the statements is handed down with the fork, its
    connections are not.
    """

    engine: Engine
    lay: Callable[[], None]

    def fresh(self) -> None:
        self.engine.dispose()
        self.lay()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with database.writing(self.engine) as session:
            yield session

    def sweep(self) -> None:
        for _ in deadlines.sweep(self.transaction, book=shipped_book(), until=DAY, at=instant(DAY)):
            pass

    def in_a_child(self, work: Callable[[], None]) -> int:
        """Start a fork that does the work; returns its number."""
        self.engine.dispose()
        child = os.fork()
        if child == 0:
            gc.disable()  # else it looks through all that it has inherited, and has to copy it for that
            try:
                work()
                os._exit(0)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
        return child


def ended(child: int) -> int:
    """Wait for a child; returns 0 where its work was done, or minus the signal it died of."""
    _, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


class Effects:
    """Counts what a process does to the database, and ends it at the last one that it is allowed (计数与终止); 0 lets it live."""

    def __init__(self, last: int = 0, *, half: Callable[[], None] = lambda: None) -> None:
        self.last = last
        self.count = 0
        self.half = half

    def __call__(self, *_: Any) -> None:
        self.count += 1
        if self.count == self.last // 2:
            self.half()
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def each(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self()
            yield row

    def watch(self) -> None:
        """Count from now on: every statement's beginning and end, every row of a statement of many, every commit."""
        for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, moment, self)

        def row_by_row(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
            cursor.executemany(statement, self.each(parameters))
            return True

        event.listen(Engine, "do_executemany", row_by_row)
        write_row = psycopg.Copy.write_row

        def written(copy: psycopg.Copy, row: Any) -> None:
            self()
            write_row(copy, row)

        psycopg.Copy.write_row = written  # type: ignore[method-assign, assignment]


def dying_at(ground: Ground, effect: int, *, half: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """The sweep, until it has had so many effects; `half`: is called when it has had half of them."""

    def work() -> None:
        Effects(effect, half=half).watch()
        ground.sweep()

    return work


def effects_of(ground: Ground) -> int:
    """How many effects a sweep has that nobody disturbs; it is done in a child, whose answer comes through a pipe."""
    listening, speaking = os.pipe()

    def work() -> None:
        effects = Effects()
        effects.watch()
        ground.sweep()
        os.write(speaking, str(effects.count).encode())

    assert ended(ground.in_a_child(work)) == 0
    os.close(speaking)
    with os.fdopen(listening, "rb") as answer:
        return int(answer.read())


def told(ground: Ground, *, numbers: bool = True) -> dict[str, list[Any]]:
    """All that a database says, by codes instead of ids; without the numbers where two have given them in turn."""
    paper_of = aliased(Matter)
    questions: dict[str, Any] = {
        "clocks": select(*columns(Clock, "id", "status", "due_on", "look_on")),
        "rungs": select(*columns(Rung, "clock_id", "key", "on", "status"), col(paper_of.code)).outerjoin(paper_of, col(paper_of.id) == col(Rung.document_id)),
        "matters": select(*columns(Matter, "code", "seq", "state")),
        "outbox": select(*columns(OutboxRow, "key", "kind", "state")),
        "events": select(col(Matter.code), *columns(Event, "seq", "action", "on")).join(Matter, col(Matter.id) == col(Event.matter_id)),
        "papers": select(col(Matter.code), *columns(Document, "type_code", "issuer", *(["number"] if numbers else []))).join(Matter, col(Matter.id) == col(Document.matter_id)),
        "days": select(col(SweepDay.day)),
        "sequences": select(*columns(Document, "issuer", "series", "sequence")),
    }  # fmt: skip
    with ground.transaction() as session:
        return {what: sorted(map(tuple, session.execute(question))) for what, question in questions.items()}


def columns(table: Any, *names: str) -> list[Any]:
    return [col(getattr(table, name)) for name in names]


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Five thousand clocks that are due: a file that is copied, or a database that is a template."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("crowd")
        prepare(f"sqlite:///{folder / 'seed.db'}")

        def lay() -> None:
            for old in folder.glob("crowd.db*"):
                old.unlink()
            shutil.copy(folder / "seed.db", folder / "crowd.db")

        lay()
        url = f"sqlite:///{folder / 'crowd.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("crowded_server")
        url = server.fresh_database(prepare=prepare)

        def lay() -> None:
            server.drop(url)
            copy_of(server, server.address("template_prepared"), url.rpartition("/")[2])

    engine = database.open_engine(url)
    yield Ground(engine, lay)
    engine.dispose()


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


@dataclass(frozen=True)
class Undisturbed:
    """What a sweep says that nobody disturbed, without and with the numbers, and how many effects it had."""

    said: dict[str, list[Any]]
    unnumbered: dict[str, list[Any]]
    effects: int


@pytest.fixture(scope="module")
def undisturbed(crowd: Ground) -> Undisturbed:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deadlines, "PAGE", PAGE)
        crowd.sweep()
        said = told(crowd)
        crowd.fresh()
        effects = effects_of(crowd)
    assert told(crowd) == said and len(said["rungs"]) == DUE and len(said["papers"]) == DUE
    assert effects > 6 * DUE, "each clock has a rung, an event, a paper with its matter, and two rows to send"
    return Undisturbed(said, told(crowd, numbers=False), effects)


@pytest.mark.slow
def test_killed_at_two_hundred_points_it_ends_as_if_nothing_had_happened(
    crowd: Ground, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two in five live long enough to keep a page, so that the dead leave the work at every stage."""
    monkeypatch.setattr(deadlines, "PAGE", SMALL_PAGE)
    crowd.fresh()
    chance, stages = random.Random(20261121), set()
    a_page = undisturbed.effects * SMALL_PAGE // DUE
    for _ in range(POINTS):
        child = crowd.in_a_child(dying_at(crowd, chance.randrange(1, a_page * 5 // 3)))
        assert ended(child) == -signal.SIGKILL
        stages.add(kept(crowd))
    assert len(stages) > POINTS // 5 and max(stages) < DUE, "killed in the middle of nothing"
    monkeypatch.setattr(deadlines, "PAGE", PAGE)
    crowd.sweep()
    assert told(crowd) == undisturbed.said
    assert audit.verify_all(crowd.transaction).faults == []
    crowd.sweep()
    assert told(crowd) == undisturbed.said, "a second run has effects"


def kept(ground: Ground) -> int:
    """How many rungs are kept so far."""
    with ground.transaction() as session:
        return int(session.scalar(select(func.count()).select_from(Rung)) or 0)


@pytest.mark.slow
@pytest.mark.parametrize("one_dies", (False, True), ids=("both live", "one is killed"))
def test_two_sweeping_at_once_double_nothing_and_lose_nothing(
    crowd: Ground, undisturbed: Undisturbed, one_dies: bool
) -> None:
    """The doomed one dies in the middle of writing a page, while the other waits for it or writes beside it."""
    crowd.fresh()
    listening, speaking = os.pipe()
    in_its_first_page = undisturbed.effects * PAGE * 3 // (4 * DUE)
    doomed = dying_at(crowd, in_its_first_page, half=lambda: os.close(speaking))
    first = crowd.in_a_child(doomed if one_dies else crowd.sweep)
    os.close(speaking)
    if one_dies:
        os.read(listening, 1)  # ends when the doomed one is amid its page, or is no more
    os.close(listening)
    second = crowd.in_a_child(crowd.sweep)
    assert [ended(first), ended(second)] == [-signal.SIGKILL if one_dies else 0, 0]
    assert told(crowd, numbers=False) == undisturbed.unnumbered
    assert audit.verify_all(crowd.transaction).faults == []
