"""`yisong book`: the life cycles, printed from the tables that the programme runs on (流转总表)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from yisong.cli.lifecycle_pages import Names
    from yisong.domain.lifecycle import Lifecycle
    from yisong.domain.rulebook import RuleBook


def paper_names(templates: Path) -> dict[str, str]:
    """The types of papers by code (文书类型)."""
    import tomllib

    found = {}
    for file in sorted((templates / "documents").glob("*/document.toml")):
        found[file.parent.name] = str(tomllib.loads(file.read_text(encoding="utf-8")).get("name", ""))
    return found


def names_of(book: RuleBook) -> Names:
    """What terms and papers are called in a rule book (名称)."""
    from yisong.cli.lifecycle_pages import Names

    terms: dict[str, str] = {}
    for rule in book.deadline_rules:
        terms.setdefault(rule.code, rule.name)
    return Names(terms=terms, papers={entry.code: entry.name for entry in book.numberings})


def generated(book: RuleBook, *, templates: Path) -> dict[str, str]:
    """Every page that is written from tables and rules, by its name in `docs/` (生成的文档)."""
    from yisong.cli.glossary import glossary_markdown
    from yisong.cli.lifecycle_pages import lifecycles_markdown
    from yisong.documents import gallery
    from yisong.documents.catalogue import Catalogue
    from yisong.rulefiles import rules_markdown

    return {
        "lifecycles.md": lifecycles_markdown(names_of(book)),
        "glossary.md": glossary_markdown(book, papers=paper_names(templates)),
        "rules.md": rules_markdown(book),
        "documents.md": gallery.page(Catalogue.read(templates / "documents")),
    }


def _table(kind: str) -> Lifecycle:
    from yisong.domain.lifecycles import ALL

    if kind not in ALL:
        known = "、".join(f"{name}（{table.label}）" for name, table in ALL.items())
        raise BadInput("kind_unknown", f"没有“{kind}”这类事项，可用：{known}。")
    return ALL[kind]


def book_command(
    kind: Annotated[
        str, typer.Argument(metavar="[类别]", help="只看一类，如 transfer、order、listing；不写为全部。")
    ] = "",
    mermaid: Annotated[str, typer.Option("--mermaid", metavar="类别", help="只输出这一类的 Mermaid 状态图。")] = "",
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="目录", help="重新生成该目录下的 lifecycles.md、glossary.md、rules.md。"),
    ] = None,
) -> None:
    """打印流转总表：每个步骤由谁办、须填什么、启停哪个期限、出什么文书、依据是什么。"""
    if mermaid:
        from yisong.cli.lifecycle_pages import mermaid as diagram

        terminal.say(diagram(_table(mermaid)).rstrip("\n"))
        return
    from yisong import rulefiles
    from yisong.cli.lifecycle_pages import COLUMNS, row_cells
    from yisong.domain.lifecycles import ALL
    from yisong.settings import load_settings

    settings = load_settings()
    book = rulefiles.read(settings.rules)
    if write is not None:
        if not write.is_dir():
            raise BadInput("folder_missing", f"目录 {write} 不存在，请写一个已有的目录。")
        for name, text in generated(book, templates=settings.templates).items():
            changed = not (write / name).exists() or (write / name).read_text(encoding="utf-8") != text
            if changed:
                (write / name).write_text(text, encoding="utf-8", newline="\n")
            terminal.say(f"{write / name}：{'已更新' if changed else '没有变化'}")
        return
    names = names_of(book)
    for table in [_table(kind)] if kind else ALL.values():
        terminal.table(
            f"{table.label}（{table.kind}）", COLUMNS, [row_cells(table, row, names=names) for row in table.transitions]
        )
