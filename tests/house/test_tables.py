"""Every state, action, paper and notice of the tables has a label, a line in the glossary, a basis and a sample (总表齐备)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, python_files
from yisong.domain.lifecycle import Lifecycle, Transition
from yisong.domain.lifecycles import ALL

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PAPERS = ROOT / "templates" / "documents"
NOTICES = ROOT / "templates" / "notices"
GLOSSARY = ROOT / "docs" / "glossary.md"
PARTS = ("document.toml", "body.j2", "sample.toml")

tables = pytest.mark.parametrize("table", ALL.values(), ids=lambda table: table.kind)


def rows() -> Iterator[tuple[Lifecycle, Transition]]:
    for table in ALL.values():
        for row in table.transitions:
            yield table, row


def paper_folders() -> list[Path]:
    return sorted(folder for folder in PAPERS.iterdir() if folder.is_dir())


@tables
def test_every_state_has_a_chinese_label_of_its_own(table: Lifecycle) -> None:
    assert CHINESE.search(table.label)
    assert all(CHINESE.search(label) for label in table.states.values()), table.states
    assert len(set(table.states.values())) == len(table.states), "two states of one name cannot be told apart"


@tables
def test_every_row_has_a_chinese_label_and_a_basis(table: Lifecycle) -> None:
    for row in table.transitions:
        assert CHINESE.search(row.label), row.action
        assert CHINESE.search(row.basis), f"{row.action} from {row.source}: no basis"
        assert row.confidence in ("高", "中", "低"), row.action


@tables
def test_every_thing_a_form_asks_for_has_a_chinese_label(table: Lifecycle) -> None:
    for row in table.transitions:
        for need in row.needs:
            assert CHINESE.search(need.label), (row.action, need.name)
            assert all(CHINESE.search(label) for _, label in need.choices), (row.action, need.name)
        names = [need.name for need in row.needs]
        assert len(set(names)) == len(names), f"{row.action} asks twice for the same thing"


@tables
def test_every_guard_says_in_chinese_what_to_do(table: Lifecycle) -> None:
    for row in table.transitions:
        for guard in row.guards:
            assert len(CHINESE.findall(guard.message)) >= 6, (row.action, guard.name)


def test_every_paper_of_the_tables_can_be_written() -> None:
    issued = {paper.code.lower() for _, row in rows() for paper in row.papers}
    assert len(issued) > 10
    assert issued <= {folder.name for folder in paper_folders()}


def test_every_type_of_paper_has_its_three_parts_and_a_basis() -> None:
    assert len(paper_folders()) > 20
    for folder in paper_folders():
        assert [part for part in PARTS if not (folder / part).is_file()] == [], folder.name
        head = tomllib.loads((folder / "document.toml").read_text(encoding="utf-8"))
        assert head["code"] == folder.name
        assert CHINESE.search(head["name"]) and head["gloss"], folder.name
        assert head["basis"], f"{folder.name} has no legal basis"


def test_every_notice_of_the_tables_is_worded_and_no_wording_is_left_over() -> None:
    told = {tell.notice for _, row in rows() for tell in row.tells}
    worded = {file.stem for file in NOTICES.glob("*.j2")}
    assert told <= worded, f"write templates/notices/<code>.j2 for {sorted(told - worded)}"
    code = "\n".join(source.text for source in python_files("yisong", "flows"))
    rules = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "rules").rglob("*.toml"))
    unused = {notice for notice in worded - told if not re.search(rf"[\"']{notice}[\"']", code + rules)}
    assert not unused, f"nobody sends {sorted(unused)}"


def test_every_word_of_the_tables_stands_in_the_glossary() -> None:
    if not GLOSSARY.exists() and not (ROOT / "yisong" / "cli").exists():
        pytest.skip("the glossary is written by the command line, which is not there yet")
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    words = {(name, label) for table in ALL.values() for name, label in table.states.items()}
    words |= {(row.action, row.label) for _, row in rows()}
    words |= {(kind, table.label) for kind, table in ALL.items()}
    for folder in paper_folders():
        words.add((folder.name, tomllib.loads((folder / "document.toml").read_text(encoding="utf-8"))["name"]))
    lacking = {
        (name, label)
        for name, label in words
        if not any(label in line and re.search(rf"\b{name}\b", line, re.IGNORECASE) for line in lines)
    }
    assert not lacking, f"{len(lacking)} words lack a line: {sorted(lacking)[:10]}"
