"""The rule book as files that a clerk edits (规则文件): `rules/*.toml` and `routing.csv` → `RuleBook`, and back.

An error names the file, the line, the key and what to write. A book with one error is no book: all are told at once.
"""

from __future__ import annotations

from pathlib import Path

from yisong.domain.materials import DEFAULT_POINTS
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.domain.workdays import WorkCalendar
from yisong.rulefiles.checks import cross_checks
from yisong.rulefiles.markdown import rules_markdown
from yisong.rulefiles.reading import Loaded, load, read_calendar
from yisong.rulefiles.toml import Problem
from yisong.rulefiles.writing import files_of

__all__ = ["Problem", "RuleFilesError", "check", "files_of", "read", "read_calendar", "rules_markdown", "write"]


class RuleFilesError(RuleBookError):
    """Rule files that cannot be used (规则文件有误): all problems at once, in Chinese."""

    def __init__(self, directory: Path, problems: list[Problem]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__("rule_files", f"规则库 {directory} 有 {len(problems)} 处须改正：\n{listed}")
        self.problems = tuple(problems)


def check(directory: Path, *, calendar: WorkCalendar | None = None) -> list[Problem]:
    """Everything wrong in a rule book (核对规则文件): empty if it can be used."""
    return _load(directory, calendar)[1]


def read(directory: Path, *, calendar: WorkCalendar | None = None) -> RuleBook:
    """Read a rule book (读入规则库).

    Args:
        directory: the folder with `county.toml` and the others.
        calendar: the working days; without it `calendar/*.toml` of the folder.

    Raises:
        RuleFilesError: with every problem of every file.
    """
    loaded, problems = _load(directory, calendar)
    if problems or loaded.county is None or loaded.refusal is None or loaded.calendar is None:
        raise RuleFilesError(directory, problems)
    return RuleBook(
        county=loaded.county,
        organs=loaded.all("organs.toml:organ"),
        lists=loaded.all("lists.toml:list"),
        themes=loaded.all("themes.toml:theme"),
        items=loaded.all("items.toml:item"),
        routing_steps=loaded.all("lists.toml:step"),
        routing_rows=loaded.all("routing.csv:row"),
        deadline_rules=loaded.all("deadlines.toml:rule"),
        ladders=loaded.all("escalation.toml:ladder"),
        risk_rules=loaded.all("risk.toml:rule"),
        refusal_rule=loaded.refusal,
        measures=loaded.all("measures.toml:measure"),
        numberings=loaded.all("documents.toml:document"),
        calendar=loaded.calendar,
        materials=loaded.all("materials.toml:material") or DEFAULT_POINTS,
    )


def write(book: RuleBook, directory: Path) -> None:
    """Write a rule book (写出规则库): reading it again with the same calendar gives an equal book.

    The calendar is not written: its years are taken from the State Council's notices and have files of their own.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(book).items():
        (directory / name).write_text(text, encoding="utf-8", newline="\n")


def _load(directory: Path, calendar: WorkCalendar | None) -> tuple[Loaded, list[Problem]]:
    problems: list[Problem] = []
    if not directory.is_dir():
        return Loaded(), [Problem(directory.name, 0, "", "规则库文件夹不存在，请核对路径。")]
    loaded = load(directory, problems, calendar=calendar)
    problems += cross_checks(loaded, broken=frozenset(problem.file for problem in problems))
    return loaded, problems
