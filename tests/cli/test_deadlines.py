"""A rehearsed sweep writes nothing and says what a real one then does (巡查命令)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from models import Event, Rung, SweepDay
from tests.cli.conftest import LEDGER, Run
from yisong.desk import Desk
from yisong.settings import load_settings

CASE = "YX-2026-0001"


@pytest.fixture
def late(home: Path, run: Run, at_noon: Callable[[str], None]) -> Path:
    """A transfer that nobody has accepted: it was due on 20 September, and it is the 24th."""
    run("import", LEDGER, "--confirm")
    at_noon("2026-09-16T09:00+08:00")
    run("step", "F28", "assign", "--as", "U07", "--set", "department=HBJ")
    run("step", CASE, "submit", "--as", "U07")
    run("step", CASE, "approve", "--as", "U08")
    at_noon("2026-09-24T09:00+08:00")
    return home


def state(home: Path) -> tuple[list[Any], int, int]:
    desk = Desk.open(load_settings({}, home=home))
    with desk.reading() as session:
        rungs = sorted((rung.key, rung.on.isoformat()) for rung in session.scalars(select(Rung)))
        found = rungs, len(list(session.scalars(select(Event)))), len(list(session.scalars(select(SweepDay))))
    desk.close()
    return found


def test_a_rehearsal_writes_nothing_and_foretells_the_sweep(late: Path, run: Run, run_json: Callable[..., Any]) -> None:
    before = state(late)
    foretold = run_json("sweep", "--dry-run")
    assert state(late) == before
    assert foretold["climbed"] >= 2 and foretold["effects"]
    assert all(row["matter"] == CASE and "R-ACCEPT" in row["why"] for row in foretold["effects"])
    text = run("sweep", "--dry-run").stdout
    assert "未写入" in text and foretold["effects"][-1]["what"] in text

    done = run_json("sweep")
    assert {name: done[name] for name in ("days", "looked", "lapsed", "climbed")} == {
        name: foretold[name] for name in ("days", "looked", "lapsed", "climbed")
    }
    rungs, _, days = state(late)
    assert [on for _, on in rungs] == sorted(row["on"] for row in foretold["effects"]) and days >= done["days"] > 1


def test_a_rehearsal_waits_for_nobody_and_nobody_waits_for_it(late: Path, run_json: Callable[..., Any]) -> None:
    desk = Desk.open(load_settings({}, home=late))
    with desk.transaction() as session:
        session.add(SweepDay(day=desk.today.replace(year=2020), at=desk.now))
        session.flush()  # from now on nobody else can write
        assert run_json("sweep", "--dry-run")["effects"]
    desk.close()


def test_a_second_sweep_finds_nothing(late: Path, run: Run, run_json: Callable[..., Any]) -> None:
    run("sweep")
    after = state(late)
    again = run_json("sweep")
    assert (again["lapsed"], again["climbed"]) == (0, 0)
    assert state(late) == after
    assert run_json("sweep", "--dry-run")["effects"] == []


def test_missed_days_are_made_up_as_if_none_had_been_missed(late: Path, run: Run, tmp_path: Path) -> None:
    shutil.copytree(late / "var", tmp_path / "kept")
    run("sweep")
    at_once, _, days = state(late)
    assert len(at_once) >= 2
    shutil.rmtree(late / "var")
    shutil.copytree(tmp_path / "kept", late / "var")
    for number in range(16, 25):
        run("sweep", "--until", f"2026-09-{number}")
    daily, _, swept = state(late)
    assert daily == at_once and swept >= days


def test_a_day_to_come_is_only_rehearsed(late: Path, run: Run, run_json: Callable[..., Any]) -> None:
    assert "晚于今天" in run("sweep", "--until", "2026-10-30", code=2).stderr
    foretold = run_json("sweep", "--dry-run", "--until", "2026-10-30")
    assert foretold["climbed"] > run_json("sweep", "--dry-run")["climbed"]
    assert "2026-09-31" in run("sweep", "--until", "2026-09-31", code=2).stderr


def test_health_tells_a_sweep_that_is_late(
    late: Path, run: Run, run_json: Callable[..., Any], at_noon: Callable[[str], None]
) -> None:
    run("sweep")
    run("outbox", "run", "--only", "notice")
    found = {check["code"]: check["good"] for check in run_json("health", code=1)["checks"]}
    assert found.pop("outbox") is False and all(found.values()), "letters have been waiting since the 16th"
    run("outbox", "run")
    assert run_json("health")["healthy"] is True
    at_noon("2026-09-28T09:00+08:00")
    found = {check["code"]: check for check in run_json("health", code=1)["checks"]}
    assert found["sweep"]["good"] is False and "落后 4 天" in found["sweep"]["message"]
    assert "须处理" in run("health", code=1).stdout
    at_noon("2026-12-20T09:00+08:00")
    found = {check["code"]: check for check in run_json("health", code=1)["checks"]}
    assert found["calendar"]["good"] is False and "2027" in found["calendar"]["message"]
