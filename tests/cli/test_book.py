"""The generated pages are what the tables and rules say now; the book prints itself (流转总表命令)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from yisong import rulefiles
from yisong.cli.book import generated, names_of, paper_names
from yisong.cli.lifecycle_pages import COLUMNS, mermaid, row_cells
from yisong.domain.lifecycles import ALL
from yisong.settings import SOURCE_ROOT

PAGES = ("lifecycles.md", "glossary.md", "rules.md", "documents.md")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    book = rulefiles.read(SOURCE_ROOT / "rules")
    return generated(book, templates=SOURCE_ROOT / "templates")


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_current(pages: dict[str, str], name: str) -> None:
    assert set(pages) == set(PAGES)
    text = (SOURCE_ROOT / "docs" / name).read_text(encoding="utf-8")
    assert text == pages[name], f"docs/{name} is stale: run `yisong book --write docs`"


def test_every_row_of_every_table_stands_in_the_page(pages: dict[str, str]) -> None:
    lines = pages["lifecycles.md"].splitlines()
    for table in ALL.values():
        for row in table.transitions:
            told = [line for line in lines if line.startswith(f"| {row.label} {row.action} |") and row.basis in line]
            assert told, (table.kind, row.action)


def test_a_row_says_who_what_and_by_which_law() -> None:
    names = names_of(rulefiles.read(SOURCE_ROOT / "rules"))
    table = ALL["transfer"]
    [row] = [row for row in table.transitions if row.action == "approve"]
    cells = dict(zip(COLUMNS, row_cells(table, row, names=names), strict=True))
    assert cells["由 → 到"] == "待审批 → 待送达" and "移送部门负责人" in cells["谁可以办"]
    assert (
        "提交审批" in cells["条件"]
        and "YISONG" in cells["文书"]
        and "移送部门 → 责任部门" in cells["文书"]
        and "平台送达" in cells["连带"]
    )
    [row] = [row for row in table.transitions if row.action == "deliver"]
    cells = dict(zip(COLUMNS, row_cells(table, row, names=names), strict=True))
    assert "启动 R-ACCEPT 移送→受理/退回决定" in cells["期限"] and "责任部门：task_arrived（紧急）" in cells["告知"]


@pytest.mark.parametrize("kind", ALL)
def test_the_diagram_has_every_state_and_every_arrow(kind: str) -> None:
    table, text = ALL[kind], mermaid(ALL[kind])
    assert text.startswith("stateDiagram-v2\n")
    for state, label in table.states.items():
        assert f'    state "{label}" as {state}\n' in text
    drawn = set(re.findall(r"^    (\S+) --> (\S+) : ", text, re.MULTILINE))
    meant = {(source or "[*]", row.end(source)) for row in table.transitions for source in row.source}
    assert drawn == meant


def test_every_type_of_paper_has_a_name() -> None:
    names = paper_names(SOURCE_ROOT / "templates")
    assert len(names) > 30 and all(names.values())


def test_the_book_prints_itself(empty_home: Path, run: Run) -> None:
    text = run("book").stdout
    assert all(table.label in text for table in ALL.values())
    assert "受理" not in run("book", "risk").stdout
    assert run("book", "--mermaid", "order").stdout == mermaid(ALL["order"])
    assert "没有“ordre”这类事项" in run("book", "ordre", code=2).stderr
    assert list(empty_home.iterdir()) == []


def test_the_pages_are_written_only_where_they_differ(
    empty_home: Path, run: Run, tmp_path: Path, pages: dict[str, str]
) -> None:
    folder = tmp_path / "docs"
    assert "不存在" in run("book", "--write", folder, code=2).stderr
    shutil.copytree(SOURCE_ROOT / "docs", folder, ignore=shutil.ignore_patterns("images", "decisions"))
    (folder / "glossary.md").write_text("stale", encoding="utf-8")
    said = run("book", "--write", folder).stdout.splitlines()
    assert [line for line in said if line.endswith("已更新")] == [f"{folder / 'glossary.md'}：已更新"]
    assert (folder / "glossary.md").read_text(encoding="utf-8") == pages["glossary.md"]
