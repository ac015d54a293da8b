"""What is kept in the repository works on any machine (仓库卫生)."""

from __future__ import annotations

import os
import re

import pytest

from tests.house.sources import ROOT, text_of, tracked_files

# Written so that this file does not contain what it looks for.
MACHINE_PATHS = re.compile(r"/(wor[k]|far[m])/|/tm[p]/(studio|bash)|/roo[t]/\.|/hom[e]/[a-z]+/")
INDEX_HOSTS = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|registry\.npmj[s]|/simpl[e]/(?!>)")
OUTSIDE_ASSETS = re.compile(
    r"""<(script|img|iframe)[^>]*\ssrc=["']?(https?:)?//|<link[^>]*\shref=["']?(https?:)?//|@import\s+url\((["'])?http"""
)


def lines_with(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    found = []
    for file in tracked_files():
        if suffixes and file.suffix not in suffixes:
            continue
        text = text_of(file)
        for number, line in enumerate((text or "").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    return found


def test_the_search_sees_the_repository() -> None:
    names = {file.relative_to(ROOT).as_posix() for file in tracked_files()}
    assert {"pyproject.toml", "Makefile", ".ci/run", "yisong/clock.py", "tests/conftest.py"} <= names
    assert not any("/.venv/" in f"/{name}" for name in names)


def test_no_path_of_a_machine_is_kept() -> None:
    assert MACHINE_PATHS.search("/" + "work/main") and not MACHINE_PATHS.search("a framework/x")
    assert not lines_with(MACHINE_PATHS)


def test_no_package_index_is_named() -> None:
    assert INDEX_HOSTS.search("https://" + "pypi" + ".org/x")
    assert not lines_with(INDEX_HOSTS)


def test_pages_load_nothing_from_outside() -> None:
    """A government network has no way out; and nobody outside need know who opens a case."""
    assert OUTSIDE_ASSETS.search('<script defer src="https://cdn.invalid/htmx.js">')
    assert not OUTSIDE_ASSETS.search('<a href="https://www.gov.cn/">')
    assert not lines_with(OUTSIDE_ASSETS, ".j2", ".html", ".css")


@pytest.mark.parametrize("name", [".ci/run", "tools/setup.sh"])
def test_what_is_run_may_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert (ROOT / name).read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")


def test_the_continuous_integration_runs_make_test() -> None:
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "Makefile",
        "prefect.yaml",
        "ARCHITECTURE.md",
        "README.md",
        "README.zh-CN.md",
    ],
)
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 200
