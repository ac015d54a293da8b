"""Killed at any moment and run again, the work ends as if nothing had happened (强杀后重跑).

SIGKILL at many breaths of an import, a sweep and the outbox (`tests.journeys.doomed` counts them); then the same work again, at a
later hour. The whole database, row by row, and the text of every letter must be those of an undisturbed run.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import upgrade
from tests.journeys.dumps import Dump, difference, dump, letter_text
from tests.journeys.replays import PLAYED_UNTIL, copy_of, play_until_autumn
from tests.support.counties import ROOT
from tests.support.postgres import PostgresServer
from yisong.clock import SHANGHAI
from yisong.store import database

SWEPT_AT = datetime(2026, 11, 9, 8, 30, tzinfo=SHANGHAI)
TALLIES = frozenset({"sweep_day.looked", "sweep_day.lapsed", "sweep_day.climbed"})
"""How much the run did that finished the day: of what a killed run had done before, the rungs and events themselves tell."""
LATER = timedelta(minutes=20)
"""Longer than the outbox keeps a row for who claimed it."""
LETTERS, NOTICES = 4, 40
GROWS = {"intake": "inspection", "sweep": "rung", "notices": "notice", "letters": "outbox_attempt"}
"""The table in which one sees how far the work has come."""
WORKS: dict[str, dict[str, Any]] = {
    "intake": {
        "work": "intake",
        "ledger": str(ROOT / "samples" / "ledger.xlsx"),
        "until": "2026-11-20",
        "at": "2026-11-20T18:00:00+08:00",
    },
    "sweep": {"work": "sweep", "until": SWEPT_AT.date().isoformat(), "at": SWEPT_AT.isoformat()},
    "notices": {"work": "outbox", "only": "notice", "at": PLAYED_UNTIL.isoformat()},
    "letters": {"work": "outbox", "only": "letter", "at": PLAYED_UNTIL.isoformat()},
}
POINTS = {"intake": 20, "sweep": 20, "notices": 16, "letters": 12}
ON_POSTGRESQL = {"intake": 4, "sweep": 4, "notices": 3, "letters": 1}


class Doomed:
    """The process that does the work and dies of it (赴死进程)."""

    def __init__(self, *modules: str) -> None:
        command = [sys.executable, "-m", "tests.journeys.doomed", *modules]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def work(self, **order: Any) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks has ended itself"
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def doomed() -> Iterator[Doomed]:
    served = Doomed(
        "yisong.services.imports",
        "yisong.services.outbox",
        "yisong.services.deadlines",
        "yisong.documents.docx",
        "yisong.documents.pdf",
    )
    yield served
    served.close()


@dataclass
class Ground:
    """Databases that all begin with the same content (起点): `fresh` makes one, and its home."""

    engine: str
    fresh: Callable[[str], str]
    homes: Path
    count: int = 0
    undisturbed: dict[str, tuple[int, Dump, frozenset[str]]] = field(default_factory=dict)

    def begin(self, work: str) -> dict[str, Any]:
        self.count += 1
        home = self.homes / f"{work}-{self.count}"
        home.mkdir(parents=True)
        order = WORKS[work]
        return {**order, "url": self.fresh("empty" if work == "intake" else order["work"]), "home": str(home), "die": 0}


def _little(url: str) -> None:
    """Only a few letters of different types, and a few notices, are left to be let out."""
    engine = database.open_engine(url)
    with engine.begin() as connection:
        letters = connection.exec_driver_sql(
            "SELECT max(o.id) FROM outbox o JOIN matter m ON o.key = 'letter:' || m.code JOIN document d ON d.matter_id = m.id "
            f"GROUP BY d.type_code ORDER BY d.type_code LIMIT {LETTERS}"
        )
        notices = connection.exec_driver_sql(
            f"SELECT id FROM outbox WHERE kind = 'notice' ORDER BY id DESC LIMIT {NOTICES}"
        )
        kept = [*letters.scalars(), *notices.scalars()]
        assert len(kept) == LETTERS + NOTICES
        connection.exec_driver_sql(f"DELETE FROM outbox WHERE id NOT IN ({', '.join(map(str, kept))})")
    engine.dispose()


@pytest.fixture(scope="module")
def sqlite_ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    place = tmp_path_factory.mktemp("killed-sqlite")
    seeds = {name: place / f"{name}.db" for name in ("empty", "sweep", "outbox")}
    upgrade(f"sqlite:///{seeds['empty']}")
    play_until_autumn(f"sqlite:///{seeds['sweep']}", place / "county")
    shutil.copy(seeds["sweep"], seeds["outbox"])
    _little(f"sqlite:///{seeds['outbox']}")
    made: list[Path] = []

    def fresh(name: str) -> str:
        made.append(place / f"run-{len(made)}.db")
        shutil.copy(seeds[name], made[-1])
        return f"sqlite:///{made[-1]}"

    return Ground("sqlite", fresh, place / "homes")


@pytest.fixture(scope="module")
def postgresql_ground(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    place = tmp_path_factory.mktemp("killed-postgresql")
    seeds = {
        "empty": postgres_server.fresh_database(prepare=upgrade),
        "sweep": postgres_server.fresh_database(prepare=upgrade),
    }
    play_until_autumn(seeds["sweep"], place / "county")
    made = 0

    def fresh(name: str) -> str:
        nonlocal made
        made += 1
        return copy_of(postgres_server, seeds[name], f"killed_{made}")

    seeds["outbox"] = fresh("sweep")
    _little(seeds["outbox"])
    return Ground("postgresql", fresh, place / "homes")


def result_of(order: dict[str, Any]) -> tuple[Dump, frozenset[str]]:
    """The database as text, with the letters' own, and the files that lie in the folder of letters."""
    folder = Path(order["home"]) / "var" / "letters"
    engine = database.open_engine(order["url"])
    told = dump(engine, text_of=letter_text(folder), leave_out=TALLIES)
    engine.dispose()
    return told, frozenset(file.name for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))


def undisturbed(ground: Ground, doomed: Doomed, work: str) -> tuple[int, Dump, frozenset[str]]:
    """How many breaths the work takes if nobody disturbs it, and what comes of it."""
    if work not in ground.undisturbed:
        order = ground.begin(work)
        ended = doomed.work(**order)
        assert ended["code"] == 0, ended
        ground.undisturbed[work] = (ended["breaths"], *result_of(order))
    return ground.undisturbed[work]


def spread(breaths: int, points: int) -> list[int]:
    """So many breaths from the first to the last."""
    return (
        sorted({1, *(1 + round(number * (breaths - 1) / (points - 1)) for number in range(points))})
        if points > 1
        else [breaths // 2]
    )


def come_so_far(order: dict[str, Any], work: str) -> int:
    """How much of the work is kept."""
    engine = database.open_engine(order["url"])
    with engine.connect() as connection:
        found = int(connection.exec_driver_sql(f"SELECT count(*) FROM {GROWS[work]}").scalar_one())
    engine.dispose()
    return found


def killed_and_run_again(ground: Ground, doomed: Doomed, work: str, breath: int, *, twice: bool) -> int:
    """Kill, once or twice, and run again to the end; returns how far the work had come when it was first killed."""
    total, wanted, files = undisturbed(ground, doomed, work)
    order = ground.begin(work)
    ended = doomed.work(**order | {"die": breath})
    assert ended["signal"] == signal.SIGKILL, f"not killed at breath {breath} of {total}: {ended}"
    kept = come_so_far(order, work)
    instants = [datetime.fromisoformat(order["at"]) + LATER * number for number in (1, 2)]
    if twice:
        doomed.work(**order | {"at": instants[0].isoformat(), "die": max(breath // 2, 2)})
    assert doomed.work(**order | {"at": instants[twice].isoformat()})["code"] == 0
    found, left = result_of(order)
    assert not difference(wanted, found), f"killed at breath {breath} of {total}"
    assert left == files, f"killed at breath {breath} of {total}"
    return kept


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS)
def test_killed_at_any_breath_and_run_again_the_result_is_the_same(
    work: str, sqlite_ground: Ground, doomed: Doomed
) -> None:
    breaths, _, files = undisturbed(sqlite_ground, doomed, work)
    points = spread(breaths, POINTS[work])
    kept = [
        killed_and_run_again(sqlite_ground, doomed, work, breath, twice=place % 3 == 1)
        for place, breath in enumerate(points)
    ]
    assert len(points) == POINTS[work]
    assert kept == sorted(kept) and len(set(kept)) >= 4, "killed in the middle of nothing"
    assert len(files) == (2 * LETTERS if work == "letters" else 0)


@pytest.mark.slow
@pytest.mark.parametrize("work", WORKS)
def test_the_same_on_postgresql(work: str, postgresql_ground: Ground, doomed: Doomed) -> None:
    breaths, _, _ = undisturbed(postgresql_ground, doomed, work)
    for place, breath in enumerate(spread(breaths, ON_POSTGRESQL[work])):
        killed_and_run_again(postgresql_ground, doomed, work, breath, twice=place % 2 == 1)
