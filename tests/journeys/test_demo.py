"""The demonstration's own road (演示): findings come from the Excel ledger, and everything else is as in the replay."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from yisong.replay import demo
from yisong.replay import run as running
from yisong.replay.county import first_instant, instant_of, read_county, sample_county
from yisong.replay.report import report
from yisong.replay.stage import Stage
from yisong.services import imports
from yisong.settings import load_settings


class Porter:
    """Brings the ledger in without Prefect."""

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.seen: list[dict[str, Any]] = []

    def intake(self, *, folder: Path, until: date, at: datetime) -> None:
        assert self.stage is not None
        desk = self.stage.desk
        for path in sorted(folder.glob("*.xlsx")):
            self.seen.append(
                imports.bring_in(desk.transaction, desk.reading, book=desk.book, path=path, until=until, at=at)
            )


def played(home: Path, *, ledger: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    county, as_of = read_county(sample_county()), instant_of(demo.AS_OF)
    stage = running.prepare(
        county, home=home, settings=load_settings({}, home=home), at=first_instant(county, as_of=as_of)
    )
    porter = Porter()
    porter.stage = stage
    folder = home / "var" / "intake"
    folder.mkdir(parents=True)
    shutil.copyfile(demo.LEDGER, folder / demo.LEDGER.name)
    more = {"visits": demo.FromLedger(porter, folder)} if ledger else {}  # type: ignore[arg-type]
    for _ in running.run(stage, as_of=as_of, machinery=running.Directly(), **more):
        pass
    found = report(stage, as_of=as_of)
    stage.desk.close()
    return found, porter.seen


def test_a_county_whose_findings_come_from_its_excel_ledger_ends_as_the_one_of_its_data_file(tmp_path: Path) -> None:
    from_ledger, runs = played(tmp_path / "ledger", ledger=True)
    from_file, _ = played(tmp_path / "file", ledger=False)
    assert not from_ledger["refused"]
    assert sum(run["inspections"] for run in runs) == 16
    assert sum(run["findings"] for run in runs) == 28
    assert from_ledger == from_file


def test_the_demonstration_empties_only_a_folder_that_it_made(tmp_path: Path) -> None:
    somebody = tmp_path / "somebody"
    somebody.mkdir()
    (somebody / "thesis.txt").write_text("three years of work")
    with pytest.raises(FileExistsError, match="不是演示目录"):
        demo.empty_home(somebody)
    assert (somebody / "thesis.txt").read_text() == "three years of work"

    own = tmp_path / "own"
    demo.empty_home(own)
    (own / "leftover").write_text("of the last run")
    demo.empty_home(own)
    assert [entry.name for entry in own.iterdir()] == [".yisong-demo"]
