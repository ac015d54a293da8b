"""The calendar on the command line: a day, a year, a notice, and a new year put in force (日历命令)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from yisong.settings import SOURCE_ROOT

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月13日（周六）、2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假，共1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
国务院办公厅
2026年11月10日
"""


@pytest.fixture
def own_rules(empty_home: Path) -> Path:
    """A rule book in the home, so that a calendar may be written to it."""
    return Path(shutil.copytree(SOURCE_ROOT / "rules", empty_home / "rules"))


def test_a_make_up_day_is_worked(empty_home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    found = run_json("calendar", "day", "2026-02-14")
    assert (found["kind"], found["worked"], found["provisional"]) == ("makeup", True, False)
    assert "国办发明电〔2025〕7号" in found["source"]
    assert "调休上班" in run("calendar", "day", "2026-02-14").stdout
    assert run_json("calendar", "day", "2027-02-15")["provisional"] is True
    assert list(empty_home.iterdir()) == []


def test_a_day_that_is_none_is_refused(empty_home: Path, run: Run) -> None:
    assert "2026-02-30" in run("calendar", "day", "2026-02-30", code=2).stderr
    assert "1990" in run("calendar", "day", "1985-01-01", code=2).stderr


def test_a_year_shows_its_notice(empty_home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    found = run_json("calendar", "show", "2026")
    assert (len(found["holidays"]), len(found["makeup_workdays"]), found["workdays"]) == (7, 6, 248)
    assert "国庆节" in run("calendar", "show", "2026").stdout
    assert run_json("calendar", "show", "2027")["announced"] is False


def test_a_notice_is_read_sentence_by_sentence(empty_home: Path, run_json: Callable[..., Any]) -> None:
    found = run_json("calendar", "parse-notice", "-", stdin=NOTICE)
    assert (found["year"], found["missing"]) == (2027, [])
    assert "国办发明电〔2026〕9号" in found["source"]
    assert found["makeup_workdays"] == ["2027-02-13", "2027-02-14", "2027-05-08", "2027-09-26", "2027-10-09"]
    assert {"day": "2027-06-09", "kind": "holiday", "name": "端午节"} in found["days"]
    assert sum(day["kind"] == "holiday" for day in found["days"]) == 27


def test_a_single_sentence_is_read_with_the_year_given(
    empty_home: Path, run: Run, run_json: Callable[..., Any]
) -> None:
    sentence = "六、中秋节：9月25日（周五）至27日（周日）放假，共3天。"
    found = run_json("calendar", "parse-notice", "-", "--year", "2026", stdin=sentence)
    assert found["holidays"] == [{"name": "中秋节", "first": "2026-09-25", "last": "2026-09-27"}]
    assert "春节" in run("calendar", "parse-notice", "-", "--year", "2026", stdin=sentence).stderr


def test_a_wrong_sentence_is_quoted(empty_home: Path, run: Run) -> None:
    result = run(
        "calendar", "parse-notice", "-", "--year", "2026", stdin="一、元旦：1月1日（周三）放假，共1天。", code=2
    )
    assert "1月1日（周三）" in result.stderr and "星期四" in result.stderr


def test_a_new_year_is_shown_first_and_counts_only_when_activated(
    own_rules: Path, run: Run, run_json: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE, encoding="utf-8")
    before = run_json("calendar", "day", "2027-02-13")
    shown = run_json("calendar", "import", file)
    assert shown["activated"] is False and shown["calendar"] != shown["calendar_before"] == before["calendar"]
    assert {"day": "2027-02-13", "old": "weekend", "new": "makeup"} in shown["changes"]
    assert not (own_rules / "calendar" / "2027.toml").exists()
    assert run_json("calendar", "day", "2027-02-13") == before

    text = run("calendar", "import", file, "--activate").stdout
    assert "已启用" in text and "2027-02-13" in text
    after = run_json("calendar", "day", "2027-02-13")
    assert (after["kind"], after["provisional"], after["calendar"]) == ("makeup", False, shown["calendar"])
    assert run_json("calendar", "import", file)["changes"] == []


def test_the_json_of_a_public_project_is_taken_too(
    own_rules: Path, run_json: Callable[..., Any], run: Run, tmp_path: Path
) -> None:
    days = [
        ("2027-01-01", "元旦"),
        ("2027-02-05", "春节"),
        ("2027-04-05", "清明节"),
        ("2027-05-01", "劳动节"),
        ("2027-06-09", "端午节"),
        ("2027-09-15", "中秋节"),
        ("2027-10-01", "国庆节"),
    ]
    listed = ",".join(f'{{"name":"{name}","date":"{day}","isOffDay":true}}' for day, name in days)
    file = tmp_path / "2027.json"
    file.write_text(f'{{"year":2027,"papers":["通知"],"days":[{listed}]}}', encoding="utf-8")
    assert len(run_json("calendar", "import", file, "--year", "2027")["holidays"]) == 7
    assert "--year" in run("calendar", "import", file, code=2).stderr
    file.write_text("{", encoding="utf-8")
    assert "第 1 行" in run("calendar", "import", file, "--year", "2027", code=2).stderr


def test_an_incomplete_year_is_not_put_in_force(own_rules: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text("".join(line for line in NOTICE.splitlines(keepends=True) if "端午" not in line), encoding="utf-8")
    assert "端午" in run("calendar", "import", file, "--activate", code=2).stderr
    assert not (own_rules / "calendar" / "2027.toml").exists()


def test_a_broken_calendar_file_is_named(own_rules: Path, run: Run) -> None:
    (own_rules / "calendar" / "2026.toml").write_text("year = 2026\nholidays = []\n", encoding="utf-8")
    assert "2026.toml" in run("calendar", "day", "2026-02-14", code=2).stderr


def test_sentences_without_a_year_are_read_and_the_year_is_said(run: Run, run_json: Callable[..., Any]) -> None:
    text = "劳动节：5月1日至5日放假调休，共5天。4月26日（星期日）、5月9日（星期六）上班。"
    result = run("calendar", "parse-notice", "-", "--json", stdin=text)
    found = json.loads(result.stdout)
    assert (found["year"], found["year_inferred"], found["amends"]) == (2020, True, False)
    assert "推定为 2020 年" in result.stderr and "--year" in result.stderr
    assert found["makeup_workdays"] == ["2020-04-26", "2020-05-09"]
    said = run("calendar", "parse-notice", "-", "--year", "2026", "--json", stdin=text)
    assert json.loads(said.stdout)["year"] == 2026 and said.stderr == ""


def test_a_notice_that_only_changes_a_year_is_read_upon_it(run: Run) -> None:
    text = "国务院办公厅关于延长2020年春节假期的通知\n国办发明电〔2020〕1号\n一、延长2020年春节假期至2月2日（星期日），2月3日（星期一）起正常上班。"
    result = run("calendar", "parse-notice", "-", "--json", stdin=text)
    found = json.loads(result.stdout)
    assert found["amends"] and {"name": "春节", "first": "2020-01-24", "last": "2020-02-02"} in found["holidays"]
