"""What the page of a handed-in ledger shows (台账核对页): counts, what has to be put right, and the columns to choose."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.datastructures import FormData

from models import LedgerUpload
from yisong.intake.columns import CERTAIN
from yisong.intake.corrections import CHOICES
from yisong.intake.fields import BY_NAME, label_of
from yisong.intake.headers import header_key
from yisong.intake.rows import Message, VerifiedRow
from yisong.services.ledger_uploads import Looked
from yisong.web.visit import text

MOST_ROWS = 200
_LEVELS = {"error": ("late", "错误"), "warning": ("soon", "请核对")}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to put right or to look at (一处提示)."""

    sheet: str
    row: int
    column: str
    label: str
    level: str
    level_label: str
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One column of the ledger and what it is read as (一列的对应). `example` is what stands in it first."""

    name: str
    letter: str
    header: str
    field: str
    label: str
    reason: str
    asked: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class View:
    """The page's contents (页面内容)."""

    counts: dict[str, int]
    inspections: int
    findings: int
    problems: list[tuple[str, str, str]]
    remarks: list[Remark]
    more: int
    columns: list[tuple[str, list[Choice]]]
    asked: int
    unread: list[str]


def of(looked: Looked) -> View:
    """What there is to show (页面内容): errors before warnings, each in the order of the ledger."""
    verification = looked.checked.verification
    told = [(row, message) for row in verification.rows for message in row.messages if message.level in _LEVELS]
    told.sort(key=lambda pair: pair[1].level != "error")
    lines = set(verification.lines(levels=("error",)))
    problems = [(*_LEVELS[problem.level], problem.text) for problem in verification.problems]
    problems += [(*_LEVELS["error"], line) for line in looked.errors if line not in lines]
    return View(
        counts=verification.counts,
        inspections=len(verification.inspections),
        findings=sum(len(inspection.findings) for inspection in verification.inspections),
        problems=problems,
        remarks=[_remark(row, message) for row, message in told[:MOST_ROWS]],
        more=max(0, len(told) - MOST_ROWS),
        columns=_columns(looked),
        asked=len(looked.asked),
        unread=[skipped.reason for skipped in verification.mapping.skipped],
    )


def _remark(row: VerifiedRow, message: Message) -> Remark:
    level, label = _LEVELS[message.level]
    field = label_of(message.field) if message.field else ""
    return Remark(row.sheet, row.row, message.column, field, level, label, message.text)


def _columns(looked: Looked) -> list[tuple[str, list[Choice]]]:
    asked = {(sheet, column.index) for sheet, column in looked.asked}
    names: dict[str, str] = {}
    found = []
    for sheet in looked.checked.verification.mapping.sheets:
        choices = []
        for column in sheet.columns:
            name = names.setdefault(header_key(column.header), f"c{len(names)}")
            field = column.field or ""
            ours = field != "" and BY_NAME[field].level == "ignored"
            reason = column.reason if field and column.confidence < CERTAIN else ""
            choices.append(
                Choice(
                    name, column.letter, column.header, field, label_of(field) if field else "", reason,
                    (sheet.sheet, column.index) in asked, ours,
                )
            )  # fmt: skip
        found.append((sheet.sheet, choices))
    return found


def corrections(looked: Looked, upload: LedgerUpload, form: FormData) -> dict[str, str]:
    """What a person has chosen otherwise than it was read (更正), together with what they had chosen before."""
    allowed = {name for name, _ in CHOICES} | {""}
    chosen = {str(header): str(field) for header, field in upload.columns.items()}
    seen: set[str] = set()
    for _, columns in _columns(looked):
        for column in columns:
            if column.name in seen or column.ours or column.name not in form:
                continue
            seen.add(column.name)
            field = text(form, column.name)
            if field in allowed and (field != column.field or column.asked):
                chosen[column.header] = field
    return chosen
