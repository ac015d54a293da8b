"""What verification answers with (校验结果): rows with messages, and the inspections and findings made of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from yisong.intake.columns import Mapping as ColumnMapping
from yisong.intake.columns import Problem
from yisong.intake.fields import label_of

OK, WARNING, ERROR, SKIP = "ok", "warning", "error", "skip"
STATUS_LABELS = {OK: "通过", WARNING: "通过，请核对", ERROR: "有错误", SKIP: "已跳过"}

REMARK = label_of("remark")  # where a row without a finding keeps its remark among the extras


class Message(NamedTuple):
    """What a person should know about one cell or row (校验提示).

    `level` is error, warning or info; `field` the canonical field or ""; `column` the letters a spreadsheet shows.
    """

    level: str
    code: str
    field: str
    column: str
    text: str

    def to_json(self) -> dict[str, str]:
        """Give the message in a form a program reads (机器可读)."""
        return {
            "level": self.level,
            "code": self.code,
            "field": self.field,
            "label": label_of(self.field) if self.field else "",
            "column": self.column,
            "message": self.text,
        }


@dataclass(slots=True)
class VerifiedRow:
    """One row of the ledger after checking (校验后的行).

    A row with several findings in one cell appears once for each, with `part` 1, 2, …; otherwise `part` is 0.
    `inspection` and `finding` hold normalised values; `finding` is None where the inspection found nothing.
    `extras` are the columns nobody but the office knows: header → text.
    """

    sheet: str
    row: int
    status: str
    inspection: dict[str, object] = field(default_factory=dict)
    finding: dict[str, object] | None = None
    extras: dict[str, str] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    part: int = 0
    key: str = ""

    @property
    def fields(self) -> dict[str, object]:
        """All normalised values of the row (规范化后的各列)."""
        return {**self.inspection, **(self.finding or {})}

    def to_json(self) -> dict[str, object]:
        """Give the row in a form a program reads (机器可读)."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "part": self.part,
            "status": self.status,
            "fields": {name: _plain(value) for name, value in self.fields.items()},
            "extras": self.extras,
            "messages": [message.to_json() for message in self.messages],
        }


def _plain(value: object) -> object:
    """Make a value one that JSON can carry."""
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    return value


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
FINGERPRINTED = ("item", "item_text", "facts", "disposal", "urgent", "criminal", "department", "evidence")


def finding_fingerprint(values: Mapping[str, object]) -> str:
    """Digest what matters of a finding (问题内容指纹). `values` needs the names of `FINGERPRINTED`."""
    kept = {name: values.get(name) for name in FINGERPRINTED}
    if kept["item"]:
        kept["item_text"] = ""  # the list's own name of the item may change without the finding changing
    return _digest(kept)


def _digest(values: Mapping[str, object]) -> str:
    plain = {name: _plain(value) for name, value in values.items()}
    return hashlib.sha256(_encode(plain).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One finding as the ledger tells it (台账中的一条问题).

    `disposal` is onsite, own, transfer or "" (not written); `department` a code, or "" where routing is to say.
    `key` is stable over repeated imports of the same ledger.
    """

    key: str
    code: str
    item: str
    item_text: str
    facts: str
    disposal: str
    urgent: bool
    criminal: bool
    exempt: bool
    department: str
    evidence: tuple[str, ...]
    remark: str
    extras: Mapping[str, str]
    sheet: str
    row: int
    part: int

    @property
    def fingerprint(self) -> str:
        """Tell whether a finding was changed since it was imported (内容指纹)."""
        return finding_fingerprint({name: getattr(self, name) for name in FINGERPRINTED})


@dataclass(frozen=True, slots=True)
class LedgerInspection:
    """One inspection as the ledger tells it, with its findings (台账中的一次检查).

    `blocked` says that at least one of its rows has an error: it should not be stored before the ledger is corrected.
    `extras` are the office's own columns of a row that tells of no finding; those of a finding stand with the finding.
    """

    key: str
    code: str
    behaviour_code: str
    theme: str
    unit_name: str
    uscc: str
    inspected_on: dt.date | None
    inspected_at: dt.time | None
    initiator: str
    participants: tuple[str, ...]
    kind: str
    scanned_in: bool | None
    town: str
    place: str
    officers: tuple[str, ...]
    note: str
    findings: tuple[LedgerFinding, ...]
    rows: tuple[tuple[str, int], ...]
    blocked: bool
    extras: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Tell whether an inspection was changed since it was imported (内容指纹)."""
        return _digest(
            {
                "behaviour_code": self.behaviour_code, "theme": self.theme, "uscc": self.uscc,
                "inspected_on": self.inspected_on, "initiator": self.initiator, "participants": self.participants,
                "kind": self.kind, "scanned_in": self.scanned_in,
            }
        )  # fmt: skip


@dataclass(frozen=True)
class Verification:
    """The outcome of checking a whole ledger; nothing has been written anywhere (整本台账的校验结果)."""

    file: str
    mapping: ColumnMapping
    rows: tuple[VerifiedRow, ...]
    inspections: tuple[LedgerInspection, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What concerns a sheet or the file as a whole (整表问题)."""
        return self.mapping.problems

    @property
    def counts(self) -> dict[str, int]:
        """Rows by status (各状态行数)."""
        counted = dict.fromkeys((OK, WARNING, ERROR, SKIP), 0)
        for row in self.rows:
            counted[row.status] += 1
        return counted

    @property
    def importable(self) -> bool:
        """True when nothing stands in the way of importing all of it (可以整本导入)."""
        return (
            bool(self.inspections)
            and not any(problem.level == "error" for problem in self.problems)
            and not any(row.status == ERROR for row in self.rows)
        )

    def lines(self, *, levels: Iterable[str] = ("error", "warning")) -> tuple[str, ...]:
        """Every message with file, sheet, row and column, ready to print (逐条提示)."""
        wanted = frozenset(levels)
        found = [f"“{self.file}”：{problem.text}" for problem in self.problems if problem.level in wanted]
        for row in self.rows:
            found.extend(locate(self.file, row, message) for message in row.messages if message.level in wanted)
        return tuple(found)

    def to_json(self) -> dict[str, object]:
        """Give everything in a form a program reads (机器可读的校验结果)."""
        return {
            "file": self.file,
            "importable": self.importable,
            "summary": {
                **self.counts,
                "inspections": len(self.inspections),
                "findings": sum(len(inspection.findings) for inspection in self.inspections),
            },
            "mapping": self.mapping.to_json(),
            "rows": [row.to_json() for row in self.rows],
        }


def locate(file: str, row: VerifiedRow, message: Message) -> str:
    """Say where and what, for a person: file, sheet, row, column, advice (定位提示)."""
    column = f" {message.column} 列“{label_of(message.field)}”" if message.column else ""
    return f"“{file}”工作表“{row.sheet}”第 {row.row} 行{column}：{message.text}"
