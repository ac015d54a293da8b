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


def test_a_row_that_cannot_be_reckoned_has_no_answer_and_says_why(run: Run) -> None:
    text = "start,amount,unit\n2026-09-05,15,nd\n2026-02-30,3,wd\n2026-09-05,三,wd\n2026-09-05,3,weeks\n2026-09-05,-3,wd\n2026-09-05,9999999999999,cd\n"
    result = run("clock", "due", "--csv", "-", stdin=text, code=2)
    good, *bad = csv.DictReader(io.StringIO(result.stdout))
    assert good["due"] == "2026-09-20" and good["error"] == ""
    assert [row["due"] + row["provisional"] + row["calendar"] for row in bad] == [""] * 5 and all(
        row["error"] for row in bad
    )
    assert [line[:5] for line in result.stderr.splitlines()[1:]] == [f"第 {line} 行" for line in range(3, 8)]
    assert "2026-02-30" in result.stderr and "weeks" in result.stderr


def test_a_table_of_another_program_is_read_as_it_is_written(run: Run) -> None:
    rows = {
        "2026-09-05,15,natural-days,": "2026-09-20", "2026/9/5,15,自然日,": "2026-09-20", "20260905,15.0,Natural Days,": "2026-09-20",
        "2026年9月5日,１５,natural_days,": "2026-09-20", "2026-09-05 00:00:00,15,nd,": "2026-09-20", "2008-09-28,3,working-days,": "2008-10-08",
        "2026-10-16,3,日历日,": "2026-10-19", "2026-10-16 14:00,24,小时,": "2026-10-17T14:00:00+08:00",
        "2026-10-16T06:00Z,24,hours,": "2026-10-17T14:00:00+08:00", "2027-12-30,0,working-days,": "2027-12-30",
        "2026-10-16T14:00+08:00,24,hours,2026-10-16T20:00+08:00/2026-10-17T02:00+08:00": "2026-10-17T20:00:00+08:00",
    }  # fmt: skip
    text = "\ufeffSTART,Amount,unit,Pauses\r\n" + "".join(f"{row}\r\n\r\n,,,\r\n" for row in rows)
    answers = list(csv.DictReader(io.StringIO(run("clock", "due", "--csv", "-", stdin=text).stdout)))
    assert [answer["due"] for answer in answers] == list(rows.values())
    chinese = "起算日\t期限\t单位\n2026-09-05\t15\t工作日\n"
    (one,) = csv.DictReader(io.StringIO(run("clock", "due", "--csv", "-", stdin=chinese).stdout))
    assert one["due"] == "2026-09-24", "the 20th is a Sunday that is worked, the 25th the festival"


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-05:2026-11-12", "2026-11-05/2026-11-12", "2026-11-05..2026-11-12", "2026-11-05~2026-11-12", "2026-11-05 - 2026-11-12",
        "2026-11-05至2026-11-12", "2026/11/5—2026/11/12", "20261105-20261112", "[[2026-11-05, 2026-11-12]]", '[["2026-11-05","2026-11-12"]]',
        '[{"from": "2026-11-05", "to": "2026-11-12"}]', "2026-11-05:2026-11-09;2026-11-09:2026-11-12", "2026-11-05:2026-11-09 2026-11-09:2026-11-12",
        "2026-11-05→2026-11-09|2026-11-09→2026-11-12", "[[2026-11-05, 2026-11-09], [2026-11-09, 2026-11-12]]", "2026年11月5日至2026年11月12日；",
    ],
)  # fmt: skip
def test_a_suspension_is_read_in_whatever_way_it_is_written(run_json: Callable[..., Any], written: str) -> None:
    asked = ("clock", "due", "--start", "2026-11-02", "--amount", "15", "--unit", "working-days", "--pause", written)
    assert run_json(*asked)["due"] == "2026-11-30"


@pytest.mark.parametrize(
    "written",
    ["2026-11-05:", "2026-11-05/", "[[2026-11-05, null]]", "2026-11-05至今", "2026-11-03:2026-11-04;2026-11-05:"],
)
def test_a_suspension_that_has_not_ended_leaves_the_day_open(run_json: Callable[..., Any], written: str) -> None:
    asked = ("clock", "due", "--start", "2026-11-02", "--amount", "15", "--unit", "working-days", "--pause", written)
    assert run_json(*asked)["due"] is None


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-05",
        "x",
        "2026-11-05:x",
        "2026-11-05,2026-11-12",
        "2026-11-05:2026-11-12,x",
        "x2026-11-05:2026-11-12",
        "2026-11-05:2026-11-122026-11-13:2026-11-14",
    ],
)
def test_what_is_no_suspension_is_refused(run: Run, written: str) -> None:
    asked = ("clock", "due", "--start", "2026-11-02", "--amount", "15", "--unit", "working-days", "--pause", written)
    assert "--pause" in run(*asked, code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--start", "2026-13-05", "--amount", "1", "--unit", "wd"], "--start 的“2026-13-05”"),
        (["--start", "2026-09-05", "--amount", "x", "--unit", "wd"], "--amount 的“x”"),
        (["--start", "2026-09-05", "--amount", "1", "--unit", "weeks"], "weeks"),
        (["--start", "2026-09-05", "--amount", "1", "--unit", "hours"], "起算时刻"),
        (["--start", "2026-09-05T10:00+08:00", "--amount", "999999999999999", "--unit", "hours"], "一百年"),
        (["--start", "9990-01-01", "--amount", "30000", "--unit", "cd"], "1900—2200"),
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
