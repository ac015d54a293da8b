"""A county's year is replayed by one command, apart from whatever is set up here (重演命令)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import COUNTY, Run


def test_any_county_is_replayed_in_a_place_of_its_own(
    empty_home: Path, run: Run, run_json: Callable[..., Any], tmp_path: Path
) -> None:
    found = run_json("replay", COUNTY, "--as-of", "2026-04-10T18:00+08:00", "--direct")
    assert found["as_of"] == "2026-04-10T18:00:00+08:00"
    begun = [case for case in found["cases"] if case["state"] is not None]
    assert begun and all(case["clocks"] for case in begun)
    assert list(empty_home.iterdir()) == []


def test_what_cannot_be_replayed(empty_home: Path, run: Run) -> None:
    assert "nowhere.yaml" in run("replay", "nowhere.yaml", "--as-of", "2026-04-10T18:00+08:00", code=2).stderr
    assert "--as-of 的“yesterday”" in run("replay", COUNTY, "--as-of", "yesterday", code=2).stderr
    assert "--as-of" in run("replay", COUNTY, code=2).stderr
