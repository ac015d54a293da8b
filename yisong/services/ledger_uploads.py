"""A ledger that is handed in on a page (网页导入): kept as it came, looked at as often as wished, confirmed, or given up.

The file lies in `var/uploads` under its digest. Nothing of it is in the registers before it is confirmed; then it is the
same import as on the command line, with the same undo.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from models import LedgerUpload
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor
from yisong.domain.rulebook import RuleBook
from yisong.intake.columns import Column
from yisong.intake.corrections import ColumnsUnclear, questions
from yisong.intake.fields import label_of
from yisong.intake.headers import header_key
from yisong.services import imports, ledger_check, ledger_columns
from yisong.services.imports import Import
from yisong.services.ledger_check import Checked, Reading
from yisong.services.ledger_scope import confine
from yisong.store import ledger as stored

Transaction = Callable[[], AbstractContextManager[Session]]
SUFFIXES = (".xlsx", ".xls", ".et", ".csv")
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Looked:
    """A handed-in ledger as it stands today (核对结果). `asked` are the columns that wait for a person's word."""

    checked: Checked
    errors: list[str]
    asked: list[tuple[str, Column]]

    @property
    def clean(self) -> bool:
        """All of it may come in (可以整本导入)."""
        return not self.errors and self.checked.verification.importable

    @property
    def blocked(self) -> int:
        """Inspections with an error (有错误的检查)."""
        return sum(inspection.blocked for inspection in self.checked.verification.inspections)

    @property
    def partly(self) -> bool:
        """Some of it may come in while what is wrong stays behind (可以部分导入)."""
        told = set(self.checked.verification.lines(levels=("error",)))
        whole = any(problem.level == "error" for problem in self.checked.verification.problems)
        return not whole and set(self.errors) <= told and 0 < self.blocked < len(self.checked.verification.inspections)


def place_of(folder: Path, sha256: str) -> Path:
    """Where a handed-in ledger lies (存放位置)."""
    return folder / sha256[:2] / sha256


def receive(content: bytes, *, folder: Path, name: str, department: str, account: str, at: datetime) -> LedgerUpload:
    """Keep the file of a ledger as it came (收下台账); the row that is answered is not in the database yet.

    The name is only what people call it; the file is found by its digest. Raises Refusal `ledger_suffix`.
    """
    name = "".join(letter for letter in name.replace("\\", "/").rpartition("/")[2] if letter.isprintable()).strip()
    stem, suffix = os.path.splitext(name)
    if suffix.lower() not in SUFFIXES:
        raise Refusal("ledger_suffix", f"“{name[:LONGEST_NAME]}”不是台账文件，请选择 .xlsx、.xls、.et 或 .csv 文件。")
    digest = hashlib.sha256(content).hexdigest()
    place = place_of(folder, digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".upload-")
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.replace(draft, place)
    return LedgerUpload(
        department=department, account_id=account, name=stem[: LONGEST_NAME - len(suffix)] + suffix, sha256=digest, uploaded_at=at
    )  # fmt: skip


def discard(session: Session, upload: LedgerUpload, *, folder: Path) -> None:
    """Remove the file of a ledger that nobody wants any more (清除文件)."""
    if not stored.is_kept(session, upload.sha256):
        place_of(folder, upload.sha256).unlink(missing_ok=True)


def look(reading: Reading, upload: LedgerUpload, *, book: RuleBook, folder: Path, today: date, scope: str) -> Looked:
    """Check a handed-in ledger (核对); nothing is written. `scope`: the organ whose inspections it may bring, "" for all.

    Raises:
        LedgerUnreadable, ColumnsUnclear: in Chinese, saying what to do.
        Refusal: `upload_lost`.
    """
    place = place_of(folder, upload.sha256)
    if not place.is_file():
        raise Refusal("upload_lost", f"“{upload.name}”的文件已不在服务器上，请重新上传。")
    checked = ledger_check.check(
        reading, book=book, path=place, today=today, department=upload.department, columns=upload.columns, name=upload.name
    )  # fmt: skip
    with reading() as session:
        checked = confine(session, checked, department=scope, book=book)
        kept = ledger_columns.remembered(session, upload.department)
    known = {**kept.columns, **{header_key(header): "" for header in upload.columns}} if kept is not None else None
    asked = questions(checked.verification.mapping, remembered=known)
    return Looked(checked, ledger_check.errors_of(reading, checked=checked), asked)


def correct_columns(session: Session, upload: LedgerUpload, *, corrections: Mapping[str, str]) -> None:
    """Follow a person's word on which column is which (更正列名对应). Raises ColumnsUnclear `field_twice`."""
    fields = [field for field in corrections.values() if field]
    twice = next((field for field in fields if fields.count(field) > 1), "")
    if twice:
        raise ColumnsUnclear("field_twice", f"有两列都选了“{label_of(twice)}”：一个标准列只能对应一列，请改一处。")
    upload.columns = dict(corrections)
    session.add(upload)


def confirm(
    transaction: Transaction, upload: LedgerUpload, *, looked: Looked, book: RuleBook, by: Actor, on: date, at: datetime,
    skip_errors: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Bring a ledger in as it was looked at (确认导入), and remember its columns for the office's next one.

    Raises Refusal `ledger_errors` where something is wrong with it and the person has not said to leave that behind.
    """
    if not looked.clean and not (skip_errors and looked.partly):
        raise Refusal("ledger_errors", "台账里还有错误，没有导入：请按核对结果改正后重新上传。")
    bringing = Import(book=book, checked=looked.checked, on=on, at=at, by=by, department=upload.department)
    result = imports.confirm(transaction, bringing)
    outcome = {
        "inspections": result.inspections, "findings": result.findings, "units": result.units, "unchanged": result.unchanged,
        "blocked": result.blocked, "corrections": [list(entry) for entry in result.corrections], "refused": [why for _, why in result.refused],
        "by": by.name, "at": at.isoformat(),
    }  # fmt: skip
    with transaction() as session:
        held = stored.upload(session, upload.id or 0, lock=True)
        if held is not None and not held.outcome:  # two clicks at once: the first one's outcome stands
            held.outcome, held.run_id = outcome, result.run_id if result.inspections or result.findings else held.run_id
            session.add(held)
        if upload.department:
            mapping = looked.checked.verification.mapping
            ledger_columns.keep(session, upload.department, mapping=mapping, by=by.id, at=at)
    return outcome


def give_up(session: Session, upload: LedgerUpload, *, folder: Path) -> None:
    """Let a ledger go that was not confirmed (放弃). Raises Refusal `already_confirmed`."""
    if upload.outcome:
        raise Refusal("already_confirmed", f"“{upload.name}”已经导入，不能放弃；需要收回的，请撤销这次导入。")
    session.delete(upload)
    session.flush()
    discard(session, upload, folder=folder)
