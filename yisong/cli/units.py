"""`yisong units`: the inspected units, and what a letter still needs to know of them (被检查单位)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import BadInput, Noun

if TYPE_CHECKING:
    from models import Unit

app = Noun("被检查单位：查看、补录登记信息。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
FIELDS = {
    "name": "名称", "kind": "类型", "address": "住所", "town": "镇街", "legal_rep": "法定代表人（负责人、经营者）", "contact": "联系人", "phone": "电话",
    "status": "登记状态", "deregistered_on": "注销日期", "credit_tier": "信用等级", "electronic_consent": "同意电子送达", "parent_code": "上级单位编号",
}  # fmt: skip
LETTERS_NEED = ("address", "legal_rep")
"""What letters print of a unit; one that came from a ledger may lack it."""


def unit_json(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code, "uscc": unit.uscc, **{name: getattr(unit, name) for name in FIELDS},
        "missing": [name for name in LETTERS_NEED if not getattr(unit, name)],
    }  # fmt: skip


@app.command("list")
def list_command(
    text: Annotated[str, typer.Argument(metavar="[名称或代码]", help="名称、曾用名或代码的一部分；不写列全部。")] = "",
    incomplete: Annotated[bool, typer.Option("--incomplete", help="只列缺少文书所需信息的单位。")] = False,
    as_json: Json = False,
) -> None:
    """列出已登记的单位；从台账登记的新单位，往往还要补录法定代表人。"""
    from yisong.cli.desks import opened
    from yisong.store import imports, units

    with opened() as desk, desk.reading() as session:
        found = units.search(session, text, most=1_000_000).units if text else imports.units(session)
        rows = [unit_json(unit) for unit in found]
    rows = [row for row in rows if row["missing"] or not incomplete]
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        f"单位 {len(rows)} 家", ("编号", "名称", "统一社会信用代码", "镇街", "法定代表人", "登记状态", "待补录"),
        [(row["code"], row["name"], row["uscc"], row["town"], row["legal_rep"], row["status"], "、".join(FIELDS[name] for name in row["missing"]))
         for row in rows],
    )  # fmt: skip


@app.command("set")
def set_command(
    unit: Annotated[str, typer.Argument(metavar="单位", help="单位编号或统一社会信用代码。")],
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="名=值...", help="如 legal_rep=张三 address=某路1号；可改的见 units list --json。"),
    ],
    actor: Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理；不写记为系统。")] = "",
    as_json: Json = False,
) -> None:
    """补录或更正一家单位的登记信息；已出具的文书不变。更名、注销请用 rename、deregister。"""
    from yisong.cli.desks import opened, person
    from yisong.domain.roles import SYSTEM
    from yisong.services import units

    given = dict(_pair(text) for text in pairs)
    with opened() as desk, desk.transaction() as session:
        who = person(session, actor) if actor else SYSTEM
        kept = units.correct(session, unit, actor=who, on=desk.today, at=desk.now, values=given)
        found = unit_json(kept)
    if as_json:
        terminal.print_json(found)
    else:
        terminal.say(
            f"已更新：{found['name']}（{found['uscc']}）"
            + (f"，还缺 {'、'.join(FIELDS[name] for name in found['missing'])}" if found["missing"] else "")
        )


def _pair(text: str) -> tuple[str, Any]:
    name, found, value = text.partition("=")
    if not found or name not in FIELDS:
        known = "、".join(f"{field}（{label}）" for field, label in FIELDS.items())
        raise BadInput("field_unknown", f"“{text}”应写成 名=值，可用的名：{known}。")
    if name == "deregistered_on":
        return name, terminal.day(value, name=name) if value else None
    if name == "electronic_consent":
        if value not in ("是", "否"):
            raise BadInput("not_yes_or_no", f"{name} 请填写 是 或 否。")
        return name, value == "是"
    return name, value
