"""Faulty rule files are named with file, line and remedy (规则库命令)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from yisong.settings import SOURCE_ROOT

TERM = '[[rule]]\ncode = "R-ACCEPT"\n'


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOURCE_ROOT / "rules", tmp_path / "rules"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def second_version(file: Path, *, ends: str, begins: str) -> None:
    """Give the term of acceptance a second version, the first ending and the second beginning on these days."""
    text = file.read_text(encoding="utf-8")
    start = text.index(TERM)
    end = text.find("[[rule]]", start + 5)
    entry = text[start:end].rstrip()
    both = f"{entry}\nvalid_to = {ends}\n\n{entry}\nvalid_from = {begins}\n\n"
    file.write_text(text[:start] + both + text[end:], encoding="utf-8")


def test_the_shipped_book_is_sound(empty_home: Path, run: Run, run_json: Callable[..., Any]) -> None:
    assert "可以使用" in run("rules", "check").stdout
    assert run_json("rules", "check") == {"directory": str(SOURCE_ROOT / "rules"), "sound": True, "problems": []}
    assert "R-ACCEPT" in run("rules", "show").stdout
    shown = run_json("rules", "show")
    assert shown["digest"] and shown["county"]["name"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda rules: second_version(rules / "deadlines.toml", ends="2026-03-31", begins="2026-05-01"),
            ("deadlines.toml", "R-ACCEPT", "2026-04"),
        ),
        (
            lambda rules: second_version(rules / "deadlines.toml", ends="2026-03-31", begins="2026-03-15"),
            ("deadlines.toml", "R-ACCEPT", "2026-03"),
        ),
        (
            lambda rules: change(rules / "deadlines.toml", TERM, TERM + "colour = 3\n"),
            ("deadlines.toml", "第", "colour"),
        ),
        (lambda rules: change(rules / "measures.toml", "\nbasis =", "\n# basis ="), ("measures.toml", "第", "basis")),
        (lambda rules: change(rules / "organs.toml", "[[organ]]", "[[organ"), ("organs.toml", "第")),
        (lambda rules: (rules / "risk.toml").unlink(), ("risk.toml",)),
    ],
    ids=["gap", "overlap", "unknown key", "missing basis", "no TOML", "missing file"],
)
def test_a_faulty_book_is_refused_with_the_place(
    home: Path,
    run: Run,
    run_json: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    rules: Path,
    spoil: Callable[[Path], None],
    said: tuple[str, ...],
) -> None:
    spoil(rules)
    result = run("rules", "check", rules, code=2)
    lines = [line for line in result.stderr.splitlines() if all(word in line for word in said)]
    assert lines, result.stderr
    assert run_json("rules", "check", rules, code=2)["problems"]
    monkeypatch.setenv("YISONG_RULES", str(rules))  # nothing is done by a book with an error
    assert said[0] in run("cases", code=2).stderr
    assert said[0] in run("sweep", code=2).stderr


def test_a_folder_that_is_none(empty_home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "不存在" in run("rules", "check", tmp_path / "nowhere", code=2).stderr
    monkeypatch.setenv("YISONG_RULES", str(tmp_path / "nowhere"))
    assert "YISONG_RULES" in run("rules", "check", code=2).stderr
