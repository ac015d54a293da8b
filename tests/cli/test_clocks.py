"""Due dates and days on the command line: for one, for many, without any database (期限命令)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

VECTORS = Path(__file__).parents[1] / "data" / "county_due_dates.csv"


@pytest.fixture(autouse=True)
def _nowhere(empty_home: Path) -> None:
    """Every one of these works in an empty folder, and leaves it empty."""
    yield  # type: ignore[misc]
    assert list(empty_home.iterdir()) == []


def test_one_due_date(run_json: Callable[..., Any]) -> None:
    found = run_json("clock", "due", "--start", "2026-09-05", "--amount", "15", "--unit", "natural-days")
    assert (found["due"], found["provisional"]) == ("2026-09-20", False)  # a make-up Sunday is no rest day
    assert found["calendar"]


@pytest.mark.parametrize(
    ("unit", "due"),
    [("wd", "2026-10-15"), ("工作日", "2026-10-15"), ("natural_days", "2026-10-08"), ("calendar-days", "2026-10-06")],
)
def test_every_unit_counts_in_its_own_way(run_json: Callable[..., Any], unit: str, due: str) -> None:
    assert run_json("clock", "due", "--start", "2026-09-26", "--amount", "10", "--unit", unit)["due"] == due


def test_hours_run_through_the_night(run_json: Callable[..., Any]) -> None:
    found = run_json("clock", "due", "--start", "2026-10-01T20:30+08:00", "--amount", "24", "--unit", "hours")
    assert found["due"] == "2026-10-02T20:30:00+08:00"


def test_pauses_stop_the_clock_and_one_without_end_has_no_due_date(run: Run, run_json: Callable[..., Any]) -> None:
    asked = ("clock", "due", "--start", "2026-03-02", "--amount", "10", "--unit", "wd")
    assert run_json(*asked)["due"] == "2026-03-16"
    assert (
        run_json(*asked, "--pause", "2026-03-04:2026-03-09", "--pause", "2026-03-11:2026-03-12")["due"] == "2026-03-20"
    )
    assert run_json(*asked, "--pause", "2026-03-04:")["due"] is None
    assert "待定" in run(*asked, "--pause", "2026-03-04:").stdout


def test_a_year_not_announced_gives_a_provisional_date(run: Run, run_json: Callable[..., Any]) -> None:
    asked = ("clock", "due", "--start", "2026-12-30", "--amount", "5", "--unit", "wd")
    assert run_json(*asked)["provisional"] is True
    assert "暂估" in run(*asked).stdout


def test_the_county_s_own_dates_come_out_of_one_table(run: Run) -> None:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["nr", "start", "amount", "unit", "pauses"])
    asked = [row for row in rows if row["unit"] != "h"]
    assert len(asked) > 50
    for number, row in enumerate(asked):
        writer.writerow([number, row["start"], row["amount"], row["unit"], row.get("pauses") or ""])
    answers = list(csv.DictReader(io.StringIO(run("clock", "due", "--csv", "-", stdin=text.getvalue()).stdout)))
    assert [answer["nr"] for answer in answers] == [str(number) for number in range(len(asked))]
    assert [answer["due"] for answer in answers] == [row["due"] for row in asked]


def test_a_table_keeps_its_columns_and_takes_any_encoding(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "期限.csv"
    file.write_bytes("案号,start,amount,unit\n云一,2026-10-01,3,工作日\n".encode("gb18030"))
    head, line = run("clock", "due", "--csv", file).stdout.splitlines()
    assert head == "案号,start,amount,unit,due,provisional,calendar"
    assert line.startswith("云一,2026-10-01,3,工作日,2026-10-10,false,")


def test_a_table_with_one_bad_row_gives_nothing_but_says_which(run: Run) -> None:
    text = (
        "start,amount,unit\n2026-09-05,15,wd\n2026-02-30,3,wd\n2026-09-05,三,wd\n2026-09-05,3,weeks\n2026-09-05,-3,wd\n"
    )
    result = run("clock", "due", "--csv", "-", stdin=text, code=2)
    assert result.stdout == ""
    assert [line[:5] for line in result.stderr.splitlines()[1:]] == ["第 3 行", "第 4 行", "第 5 行", "第 6 行"]
    assert "2026-02-30" in result.stderr and "weeks" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "2026-13-05", "--amount", "1", "--unit", "wd"], "--start 的“2026-13-05”"),
        (["--start", "2026-09-05", "--amount", "x", "--unit", "wd"], "--amount 的“x”"),
        (["--start", "2026-09-05", "--amount", "1", "--unit", "weeks"], "weeks"),
        (["--start", "2026-09-05", "--amount", "1", "--unit", "hours"], "起算时刻"),
        (["--start", "2026-09-05T10:00", "--amount", "1", "--unit", "hours"], "带时区的时刻"),
        (["--start", "2026-09-05", "--amount", "1"], "--unit"),
        (["--start", "2026-09-05", "--amount", "9", "--unit", "wd", "--pause", "2026-09-10"], "中止日:恢复日"),
        (["--start", "2026-09-05", "--amount", "9", "--unit", "wd", "--pause", "2026-09-10:2026-09-08"], "早于中止日"),
        (["--csv", "nowhere.csv"], "nowhere.csv"),
        (["--csv", "-", "--unit", "wd"], "--csv 不能与"),
    ],
)
def test_what_cannot_be_reckoned_is_refused_in_chinese(run: Run, arguments: list[str], said: str) -> None:
    result = run("clock", "due", *arguments, code=2)
    assert said in result.stderr
    assert result.stdout == ""


def test_a_table_without_a_needed_column_is_refused(run: Run) -> None:
    assert "缺少列 unit" in run("clock", "due", "--csv", "-", stdin="start,amount\n", code=2).stderr
