"""`yisong listing`: who refuses again and again (重点监管对象名单)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import Noun

if TYPE_CHECKING:
    from yisong.domain.refusal import OrderRecord

app = Noun("重点监管对象：列入、移出、公示名单。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """列出全部名单事项及其状态。"""
    from yisong.cli.desks import opened
    from yisong.domain.lifecycles import ALL
    from yisong.store import listing, matters

    with opened() as desk, desk.reading() as session:
        rows: list[dict[str, Any]] = []
        for held in listing.in_states(session):
            unit = matters.unit(session, held.unit_id)
            rows.append(
                {
                    "code": held.code, "unit": unit.name if unit else "", "uscc": unit.uscc if unit else "", "department": held.responsible,
                    "state": held.state, "state_label": ALL["listing"].states[held.state], "opened_on": held.opened_on,
                }
            )  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    columns = ("编号", "单位", "统一社会信用代码", "牵头部门", "状态", "立项")
    terminal.table(
        "重点监管对象",
        columns,
        [
            (row["code"], row["unit"], row["uscc"], row["department"], row["state_label"], row["opened_on"])
            for row in rows
        ],
    )


@app.command("show")
def show_command(
    code: Annotated[str, typer.Argument(metavar="编号", help="名单编号，如 ZD-2026-001。")], as_json: Json = False
) -> None:
    """一件名单：计入和不计入的责改各有哪些、为什么，经过和可办步骤。"""
    from yisong.cli.casepage import case_json, print_case
    from yisong.cli.desks import opened
    from yisong.domain.lifecycle import Refusal
    from yisong.services.listing_facts import chosen_measures, refusals_of
    from yisong.store import matters

    with opened() as desk, desk.reading() as session:
        held = matters.matter_by_code(session, code)
        if held.kind != "listing":
            raise Refusal("not_a_listing", f"{code} 不是名单事项；案件请用 yisong cases {code} 查看。")
        counted = refusals_of(session, book=desk.book, unit_id=held.unit_id or 0, on=desk.today)
        page = case_json(session, desk=desk, code=code, actor="")
        found = {
            **page, "refusals": counted.count, "threshold": counted.threshold, "window": [counted.window_from, counted.window_to],
            "counted": [_order(order) for order in counted.counted],
            "excluded": [{**_order(order), "why": why} for order, why in counted.excluded],
            "measures": chosen_measures(desk.book, held),
        }  # fmt: skip
    if as_json:
        terminal.print_json(found)
        return
    print_case(page)
    terminal.say(
        f"计数 {found['refusals']} 次，阈值 {found['threshold']} 次（{counted.window_from} 至 {counted.window_to}）"
    )
    terminal.table("计入", ("责改", "送达", "到期", "复查"), [_cells(order) for order in counted.counted])
    terminal.table(
        "不计入", ("责改", "送达", "到期", "复查", "原因"), [(*_cells(order), why) for order, why in counted.excluded]
    )
    terminal.table(
        "管理措施", ("措施", "依据"), [(measure["measure"], measure["basis"]) for measure in found["measures"]]
    )


def _order(order: OrderRecord) -> dict[str, Any]:
    return {
        "order": order.order_number, "served_on": order.served_on, "due_on": order.due_on, "outcome": order.review_outcome, "reviewed_on": order.reviewed_on,
    }  # fmt: skip


def _cells(order: OrderRecord) -> tuple[object, ...]:
    return order.order_number, order.served_on or "未送达", order.due_on or "", order.reviewed_on or "未复查"


@app.command("watch")
def watch_command(as_json: Json = False) -> None:
    """按今天的责改和复查情况计数：生成预警，达到阈值的列为候选；列入与否由人决定。"""
    from yisong.cli.desks import opened
    from yisong.services import listing
    from yisong.store import matters

    skipped: list[tuple[int, str]] = []
    with opened() as desk, desk.transaction() as session:
        moved = listing.watch(session, book=desk.book, on=desk.today, at=desk.now, skipped=skipped)
        rows = [{"code": held.code, "action": action, "state": held.state} for held, action in moved]
        names = {number: held.name for number, _ in skipped if (held := matters.unit(session, number))}
    terminal.note(*(f"未能判定“{names.get(number, number)}”，下次再看：{why}" for number, why in skipped))
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "名单变动",
        ("编号", "步骤", "状态"),
        [(row["code"], row["action"], row["state"]) for row in rows],
        empty="没有变动",
    )


@app.command("public")
def public_command(as_json: Json = False) -> None:
    """可以公示的名单：现在列入的单位，不含个人信息。"""
    from yisong.cli.desks import opened
    from yisong.services import listing

    with opened() as desk, desk.reading() as session:
        rows = listing.public_list(session)
    if as_json:
        terminal.print_json(rows)
        return
    columns = ("编号", "单位", "统一社会信用代码", "列入日期", "列入机关")
    terminal.table(
        "公示名单", columns, [(row["code"], row["name"], row["uscc"], row["since"], row["department"]) for row in rows]
    )
