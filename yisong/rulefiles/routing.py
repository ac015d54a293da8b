"""Write the routing table alone (写回路由清单): checked as a part of the whole book before the file changes, never a file half-written."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from yisong import rulefiles
from yisong.domain.rulebook import RuleBook

FILE = "routing.csv"


def routing_text(book: RuleBook) -> str:
    """The routing table of a book as its file (路由清单文件)."""
    return rulefiles.files_of(book)[FILE]


def write_routing(book: RuleBook, directory: Path) -> Path:
    """Put a book's routing table into a folder of rules (写回路由清单). Returns where the table of before was kept.

    Raises:
        RuleFilesError: the folder with the new table would be no sound book; nothing is changed.
        OSError: the folder cannot be written.
    """
    text = routing_text(book)
    with tempfile.TemporaryDirectory() as place:
        tried = Path(place) / "rules"
        shutil.copytree(directory, tried)
        (tried / FILE).write_text(text, encoding="utf-8", newline="\n")
        problems = rulefiles.check(tried)
        if problems:
            raise rulefiles.RuleFilesError(directory, problems)
    present, kept = directory / FILE, directory / f"{FILE}.old"
    draft = directory / f".{FILE}.new"
    draft.write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(present, kept)
    os.replace(draft, present)
    return kept
