"""`yisong risk`: look for over-inspection (涉企检查风险)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

app = Noun("涉企检查风险：频次过高、扎堆检查、计划冲突的提示。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("scan")
def scan_command(
    on: Annotated[str, typer.Option("--on", metavar="日期", help="按哪一天的情况扫描；不写为今天。")] = "",
    as_json: Json = False,
) -> None:
    """扫描检查记录和计划；新命中的写一份风险提示函，同一情况只写一次。"""
    from yisong.cli.desks import opened
    from yisong.services import risk
    from yisong.store import matters

    with opened() as desk, desk.transaction() as session:
        day = terminal.day(on, name="--on") if on else desk.today
        if day > desk.today:
            raise BadInput("date_in_future", f"--on {day} 晚于今天 {desk.today}，只能扫描已知的情况。")
        rows: list[dict[str, Any]] = []
        skipped: list[tuple[str, str]] = []
        for held in risk.scan(session, book=desk.book, on=day, at=desk.now, skipped=skipped):
            unit = matters.unit(session, held.unit_id)
            found = held.details.get("risk", {})
            rows.append(
                {
                    "code": held.code, "rule": found.get("rule"), "name": found.get("name"), "unit": unit.name if unit else "",
                    "departments": held.details.get("departments", []), "issuer": held.origin, "count": found.get("count"), "limit": found.get("limit"),
                }
            )  # fmt: skip
    terminal.note(*(f"未能就 {key} 发函，下次再试：{why}" for key, why in skipped))
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        f"{day} 新命中 {len(rows)} 件", ("编号", "规则", "名称", "单位", "收函部门", "次数", "上限"),
        [(row["code"], row["rule"], row["name"], row["unit"], "、".join(row["departments"]), row["count"], row["limit"]) for row in rows],
        empty="没有新的命中",
    )  # fmt: skip


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """列出命中过的风险。"""
    from yisong.cli.desks import opened
    from yisong.store import matters
    from yisong.store import risk as stored

    with opened() as desk, desk.reading() as session:
        rows = []
        for hit in stored.hits(session):
            unit = matters.unit(session, hit.unit_id)
            code = matters.matter(session, hit.matter_id).code if hit.matter_id else ""
            rows.append(
                {
                    "key": hit.key,
                    "on": hit.on,
                    "rule": hit.rule,
                    "unit": unit.name if unit else "",
                    "letter": code,
                    **hit.facts,
                }
            )
    if as_json:
        terminal.print_json(rows)
        return
    columns = ("日期", "规则", "单位", "提示函", "次数", "上限")
    terminal.table(
        "风险命中",
        columns,
        [(row["on"], row["rule"], row["unit"], row["letter"], row.get("count"), row.get("limit")) for row in rows],
    )
