"""Setting up: what is there is kept, passwords are written once and for one pair of eyes (初始化命令)."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import COUNTY, Run
from yisong import rulefiles
from yisong.desk import Desk
from yisong.services import accounts
from yisong.settings import SOURCE_ROOT, load_settings

FEWER = "users:"


@pytest.fixture
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a hundred honest hashes would take seconds; what is hashed is the same."""
    from argon2 import PasswordHasher

    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_nothing_works_before_and_everything_after(empty_home: Path, run: Run) -> None:
    for command in (["cases"], ["sweep"], ["audit", "verify"], ["outbox", "list"], ["health"], ["serve"]):
        assert "yisong init" in run(*command, code=1).stderr
    assert list(empty_home.iterdir()) == [], "not even an empty database is left behind"
    said = run("init").stdout
    assert "数据库已就绪" in said and "规则库已写入" in said
    run("cases")
    assert rulefiles.read(empty_home / "rules") == rulefiles.read(SOURCE_ROOT / "rules")
    assert "沿用已有的规则库" in run("init").stdout


@pytest.mark.usefixtures("cheap_hashing")
def test_a_county_brings_rules_units_and_people(empty_home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    found = run_json("init", "--county", COUNTY)
    assert found["rules_written"] is True and found["units"] == 18
    file = Path(found["passwords"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    assert sorted(line[0] for line in lines) == sorted(found["accounts"]) and len(lines) > 30
    passwords = [line[3] for line in lines]
    assert len(set(passwords)) == len(passwords), "one for each person"

    desk = Desk.open(load_settings({}, home=empty_home))
    with desk.transaction() as session:
        account = accounts.authenticate(session, lines[0][0], password=passwords[0], at=desk.now)
        assert account.preferences["initial_password"] is True
        with pytest.raises(accounts.AccountError):
            accounts.authenticate(session, lines[0][0], password=passwords[1], at=desk.now)
    desk.close()

    again = run_json("init", "--county", COUNTY)
    assert (again["accounts"], again["passwords"], again["rules_written"]) == ([], None, False)
    assert len(list((empty_home / "var").glob("initial-passwords-*"))) == 1
    assert passwords[0] not in run("init", "--county", COUNTY).stdout


@pytest.mark.usefixtures("cheap_hashing")
def test_a_failing_set_up_leaves_nothing_half_done(empty_home: Path, run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "county.yaml"
    text = COUNTY.read_text(encoding="utf-8")
    broken.write_text(text.replace("91339927MAXN00163T", "91339927MAXN001630"), encoding="utf-8")
    assert "91339927MAXN001630" in run("init", "--county", broken, code=run_code(broken)).stderr
    assert not list(empty_home.rglob("initial-passwords-*"))
    if (empty_home / "var" / "yisong.db").exists():
        desk = Desk.open(load_settings({}, home=empty_home))
        with desk.reading() as session:
            from yisong.store import imports

            assert imports.units(session) == []
        desk.close()


def run_code(broken: Path) -> int:
    """2 where the file's reader finds the wrong code, 1 where the register does."""
    from yisong import countyfile

    try:
        countyfile.read(broken)
    except countyfile.CountyFileError:
        return 2
    return 1


def test_a_county_file_that_cannot_be_read(empty_home: Path, run: Run, tmp_path: Path) -> None:
    assert "nowhere.yaml" in run("init", "--county", "nowhere.yaml", code=2).stderr
    (tmp_path / "bad.yaml").write_text("meta: [", encoding="utf-8")
    assert "bad.yaml" in run("init", "--county", tmp_path / "bad.yaml", code=2).stderr
    assert list(empty_home.iterdir()) == []


def test_another_county_does_not_move_into_this_house(home: Path, run: Run) -> None:
    shutil.copytree(SOURCE_ROOT / "rules", home / "rules")
    organs = home / "rules" / "organs.toml"
    before = organs.read_text(encoding="utf-8")
    other = SOURCE_ROOT / "tests" / "data" / "other_county.yaml"
    result = run("init", "--county", other, code=2)
    assert "规则库属于" in result.stderr
    assert organs.read_text(encoding="utf-8") == before


def test_a_folder_that_is_no_rule_book_is_left_alone(empty_home: Path, run: Run) -> None:
    (empty_home / "rules").mkdir()
    (empty_home / "rules" / "notes.txt").write_text("mine")
    assert "county.toml" in run("init", code=2).stderr
    assert [file.name for file in (empty_home / "rules").iterdir()] == ["notes.txt"]
