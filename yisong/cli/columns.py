"""What `yisong import` asks and remembers about the columns of an office's ledger (列名确认)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yisong.cli import terminal

if TYPE_CHECKING:
    from yisong.desk import Desk
    from yisong.intake.columns import Mapping as ColumnsOfLedger
    from yisong.services.ledger_check import Checked


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns of one ledger, and what was known of them before (列名对应).

    Nothing is asked, and nothing remembered, of a ledger that is nobody's (`department` "").
    """

    desk: Desk
    mapping: ColumnsOfLedger
    department: str
    known: Mapping[str, str] | None

    @classmethod
    def of(cls, desk: Desk, checked: Checked, *, department: str, given: Mapping[str, str]) -> Asked:
        from yisong.services import ledger_columns

        known: Mapping[str, str] | None = None
        if department:
            with desk.reading() as session:
                kept = ledger_columns.remembered(session, department)
            known = {**kept.columns, **given} if kept is not None else None
        return cls(desk, checked.verification.mapping, department, known)

    def to_json(self) -> list[dict[str, Any]]:
        """The columns that wait for a person's word (须确认的列)."""
        from yisong.intake.corrections import questions

        if not self.department:
            return []
        return [
            {"sheet": sheet, "column": column.letter, "header": column.header, "field": column.field}
            for sheet, column in questions(self.mapping, remembered=self.known)
        ]

    def refuse_unconfirmed(self) -> None:
        """Raises ColumnsUnclear where somebody has to say which column is which."""
        from yisong.services import ledger_columns

        if self.department:
            ledger_columns.refuse_unconfirmed(self.mapping, known=self.known)

    def remember(self, *, by: str) -> None:
        """Keep what was confirmed for the office's next ledger (记住)."""
        from yisong.services import ledger_columns

        if self.department:
            with self.desk.transaction() as session:
                ledger_columns.keep(session, self.department, mapping=self.mapping, by=by, at=self.desk.now)

    def say_next(self) -> None:
        """What to do with a ledger that stands without an error (下一步)."""
        waiting = self.to_json()
        if not waiting:
            terminal.say("可以导入：加 --confirm 再运行一次。")
            return
        named = "、".join(f"{column['column']} 列“{column['header']}”" for column in waiting)
        terminal.say(
            f"可以导入，但须先确认列名对应：{named}。",
            "对的，加 --confirm --accept-columns；不对的，加 --map 列名=标准列 更正。",
        )
