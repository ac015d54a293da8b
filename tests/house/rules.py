"""The rules of the house, each a function from one source file to the lines that break it (房规)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.sources import MIGRATIONS, Source, imports_of, last_name

LONGEST_FILE = 300
# The journal writes the state of a matter; a row of the outbox and a run of an import have states of their own.
WRITES_STATES = (
    "yisong/services/journal.py",
    "yisong/services/journal_openings.py",  # the journal's pen for many at once
    "yisong/services/outbox.py",
    "yisong/store/outbox.py",
    "yisong/store/imports.py",
)
VERBS = {"findings", "deadlines", "documents", "outbox", "listing", "risk", "publication", "audit", "accounts"}
MADE_OF_VERBS = {
    "ledger_entries": {"findings"}
}  # a ledger is many registrations, each done by the verb that registers one
THE_DESK = ("yisong/desk.py", "yisong/store/database.py")  # the second holds the connections that the first hands out
Finding = tuple[int, str]

_STATE_SQL = re.compile(r"\bset\s+(\w+\s*=[^;]*,\s*)?state\s*=", re.IGNORECASE)
_CLOCK_SQL = re.compile(r"\bcurrent_(timestamp|date|time)\b|\bnow\(\)|\((['\"])now\2", re.IGNORECASE)
_CLOCK_CALLS = {"now", "utcnow", "today"}
_TIME_MODULE = {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"}
_VAGUE = re.compile(
    r"(Manager|Helper|Helpers|Util|Utils|Base)$|^Base(?=[A-Z])|_(manager|helper|helpers|util|utils|base)$"
)
_NUMBERED = re.compile(r"(?<=[a-z])_?[2-9]$")


def state_is_written_by_the_journal(source: Source) -> Iterator[Finding]:
    """A matter's state is written in yisong/services/journal.py and nowhere else."""
    if source.path in WRITES_STATES or source.path.startswith(MIGRATIONS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.lineno, "a state is assigned; let services/journal.py record() write it"
        elif isinstance(node, ast.Call) and last_name(node) == "setattr" and len(node.args) > 1:
            if isinstance(node.args[1], ast.Constant) and node.args[1].value == "state":
                yield node.lineno, "a state is set by name; let services/journal.py record() write it"
        elif (
            isinstance(node, ast.Call)
            and last_name(node) == "values"
            and any(key.arg == "state" for key in node.keywords)
        ):
            yield node.lineno, "an UPDATE writes a state; let services/journal.py record() write it"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATE_SQL.search(node.value):
            yield node.lineno, "SQL writes a state; let services/journal.py record() write it"


def only_the_desk_commits(source: Source) -> Iterator[Finding]:
    """A transaction begins and ends at the desk: whoever commits half-way loses the other half."""
    if source.path in THE_DESK or source.path.startswith(MIGRATIONS):
        return
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("commit", "begin")
        ):
            yield node.lineno, f"calls {node.func.attr}(); open the desk, which commits once at its end"


def only_the_clock_tells_time(source: Source) -> Iterator[Finding]:
    """The present is read in yisong/clock.py; everybody else is handed `at` or `on`."""
    if source.path == "yisong/clock.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in _CLOCK_CALLS and not _is_our_clock(node.value):
            yield node.lineno, f".{node.attr} reads the time; take it as a parameter, or ask desk.clock"
        elif isinstance(node, ast.Attribute) and node.attr in _TIME_MODULE and last_name(node.value) == "time":
            if isinstance(node.value, ast.Name):
                yield node.lineno, f"time.{node.attr} reads the time; take it as a parameter, or ask desk.clock"
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module == "time"
            and _TIME_MODULE & {each.name for each in node.names}
        ):
            yield node.lineno, "imports a reader of the time; take it as a parameter, or ask desk.clock"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _CLOCK_SQL.search(node.value):
            yield node.lineno, "SQL reads the database's time; bind it as a parameter"


def _is_our_clock(node: ast.expr) -> bool:
    return last_name(node).endswith(("clock", "desk")) or last_name(node) == "self"


def only_the_desk_opens_the_database(source: Source) -> Iterator[Finding]:
    """Engines and sessions are made by yisong/store/database.py, and asked for by the desk."""
    if source.path in THE_DESK or source.path.startswith(MIGRATIONS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and last_name(node) in ("create_engine", "sessionmaker", "Session"):
            yield node.lineno, f"{last_name(node)}() opens the database; open the desk instead"


def verbs_do_not_know_each_other(source: Source) -> Iterator[Finding]:
    """A verb may use the journal, the steps and what these are made of, and no other verb; these know no verb at all."""
    if not source.path.startswith("yisong/services/") or source.path.endswith("__init__.py"):
        return
    for line, name in imports_of(source):
        other = name.removeprefix("yisong.services.").split(".")[0] if name.startswith("yisong.services.") else ""
        own = source.module.rpartition(".")[2]
        if other in VERBS and other != own and other not in MADE_OF_VERBS.get(own, ()):
            yield line, f"knows the verb {other}; go through the steps, the journal, the domain or the store"


def files_are_short(source: Source) -> Iterator[Finding]:
    """No file is longer than one sitting."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE and not source.path.startswith(MIGRATIONS):
        yield lines, f"has {lines} lines, more than {LONGEST_FILE}; a room too big to know: divide it by its nouns"


def every_module_says_what_it_is(source: Source) -> Iterator[Finding]:
    """Every module that holds anything opens with a sentence."""
    if source.tree.body and not ast.get_docstring(source.tree):
        yield 1, "has no docstring; say in one sentence what it is for, with the field's Chinese word"


def names_say_what_things_are(source: Source) -> Iterator[Finding]:
    """No Manager, Helper, Utils, Base, and no numbered names."""
    stem = source.module.rpartition(".")[2]
    if _VAGUE.search("_" + stem) or _NUMBERED.search(stem):
        yield 1, f"is called {stem}; name it after what it does"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and (
            _VAGUE.search(node.name) or _NUMBERED.search(node.name)
        ):
            yield node.lineno, f"{node.name} is no name; say what it is or does"


def services_and_store_say_at_the_call_what_is_what(source: Source) -> Iterator[Finding]:
    """The session and the one thing it is about may go by position; the rest goes by keyword."""
    if not source.path.startswith(("yisong/services/", "yisong/store/")) or source.path.startswith(MIGRATIONS):
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            positional = len(node.args.posonlyargs) + len(node.args.args)
            if positional > 2:
                yield node.lineno, f"{node.name}() takes {positional} arguments by position; put a * after the second"


RULES = (
    state_is_written_by_the_journal,
    only_the_desk_commits,
    only_the_clock_tells_time,
    only_the_desk_opens_the_database,
    verbs_do_not_know_each_other,
    files_are_short,
    every_module_says_what_it_is,
    names_say_what_things_are,
    services_and_store_say_at_the_call_what_is_what,
)
