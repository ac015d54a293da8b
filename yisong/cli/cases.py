"""`yisong cases`: the list of cases, and one case with everything that belongs to it (案件)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from yisong.desk import Desk

MOST_ROWS = 200


def cases_command(
    code: Annotated[
        str, typer.Argument(metavar="[案号]", help="写明案号（或任一事项编号）的，显示这一案；不写的，列出案件。")
    ] = "",
    state: Annotated[
        str, typer.Option("--state", metavar="状态", help="只列这一状态，英文标识或中文名，如 rectifying 或 整改中。")
    ] = "",
    department: Annotated[
        str, typer.Option("--department", metavar="部门", help="只列这一部门移送或承办的，部门代码。")
    ] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="只列有期限逾期的。")] = False,
    most: Annotated[
        int, typer.Option("--most", metavar="数", min=0, help="表格最多列几件；0 为全部。JSON 总是全部。")
    ] = MOST_ROWS,
    actor: Annotated[str, typer.Option("--as", metavar="账号", help="显示一案时，只列这个人现在可办的步骤。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """列出案件；写明案号的，显示经过、期限、文书和可办步骤。"""
    from yisong.cli.desks import opened

    with opened() as desk, desk.reading() as session:
        if code:
            from yisong.cli.casepage import case_json, print_case

            found = case_json(session, desk=desk, code=code, actor=actor)
            terminal.print_json(found) if as_json else print_case(found)
            return
        if department:
            desk.book.organ(department)
        rows = [
            row for row in _rows(session, desk, department) if _wanted(row, state) and (row["overdue"] or not overdue)
        ]
    if as_json:
        terminal.print_json(rows)
        return
    shown = rows[:most] if most else rows
    terminal.table(
        f"案件 {len(rows)} 件",
        ("案号", "当事人", "案由", "承办部门", "状态", "最近期限", "逾期"),
        [
            (
                row["code"],
                row["unit"],
                row["title"],
                row["responsible_name"],
                row["state_label"],
                row["due"] or "",
                f"{row['days_late']} 天" if row["overdue"] else "",
            )
            for row in shown
        ],
    )
    if len(shown) < len(rows):
        terminal.note(
            f"还有 {len(rows) - len(shown)} 件未列出；加 --most 0 列出全部，或用 --state、--department、--overdue 筛选。"
        )


def _rows(session: Session, desk: Desk, department: str) -> list[dict[str, Any]]:
    from yisong.domain.casestate import LABELS, case_state
    from yisong.domain.lifecycles import ALL
    from yisong.store import cases

    today: date = desk.today
    short = {organ.code: organ.short or organ.name for organ in desk.book.organs}
    labels = {**ALL["criminal"].states, **ALL["transfer"].states, **LABELS}
    found = []
    for row in cases.rows(session, department=department):
        held = row.matter
        state = case_state(held.state, orders=row.orders, criminal=row.criminal)
        late = (today - row.due_on).days if row.due_on is not None and row.due_on < today else 0
        found.append(
            {
                "code": held.code, "kind": held.variant, "title": row.title, "unit": row.unit, "origin": held.origin, "responsible": held.responsible,
                "responsible_name": short.get(held.responsible, held.responsible), "state": state, "state_label": labels.get(state, state),
                "opened_on": held.opened_on, "due": row.due_on, "overdue": late > 0, "days_late": late,
            }
        )  # fmt: skip
    return found


def _wanted(row: dict[str, Any], state: str) -> bool:
    return not state or state in (row["state"], row["state_label"])
