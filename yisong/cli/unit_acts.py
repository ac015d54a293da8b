"""`yisong units`: register, rename, end, merge, and the links of units (单位登记办理). Joined to the commands of `units.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.units import Json, app, unit_json

if TYPE_CHECKING:
    from models import Unit

As = Annotated[str, typer.Option("--as", metavar="账号", help="以谁的名义办理。")]
Code = Annotated[str, typer.Argument(metavar="单位", help="单位编号或统一社会信用代码。")]
Reason = Annotated[str, typer.Option("--reason", metavar="依据", help="营业执照、登记机关通知书等。")]
Day = Annotated[str, typer.Option("--on", metavar="日期", help="登记机关核准的日期；不写为今天。")]


def _told(found: dict[str, Any], words: str, *, as_json: bool) -> None:
    if as_json:
        terminal.print_json(found)
    else:
        terminal.say(words)


@app.command("register")
def register_command(
    name: Annotated[str, typer.Argument(metavar="名称", help="以营业执照为准；自然人写姓名。")],
    actor: As,
    uscc: Annotated[str, typer.Option("--uscc", metavar="代码", help="统一社会信用代码；自然人不写。")] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="类型", help="企业、个体工商户、分支机构、自然人等。")
    ] = "企业",
    parent: Annotated[str, typer.Option("--parent", metavar="总公司", help="分支机构所属总公司的代码。")] = "",
    address: Annotated[str, typer.Option("--address", metavar="住所", help="住所或经营场所。")] = "",
    legal_rep: Annotated[str, typer.Option("--legal-rep", metavar="姓名", help="法定代表人、负责人或经营者。")] = "",
    phone: Annotated[str, typer.Option("--phone", metavar="电话", help="联系电话。")] = "",
    confirmed: Annotated[bool, typer.Option("--confirmed", help="已核对：不是名称相近的那几家。")] = False,
    as_json: Json = False,
) -> None:
    """登记一家单位；有名称相近的先列出来，核对后加 --confirmed。"""
    from yisong.cli.desks import opened, person
    from yisong.services import units

    with opened() as desk, desk.transaction() as session:
        made = units.register(
            session, book=desk.book, actor=person(session, actor), on=desk.today, at=desk.now, name=name, uscc=uscc.upper(), kind=kind,
            confirmed=confirmed, parent_code=parent, address=address, legal_rep=legal_rep, phone=phone,
        )  # fmt: skip
        found = unit_json(made)
    _told(found, f"已登记：{found['name']}（{found['code']}）", as_json=as_json)


@app.command("rename")
def rename_command(
    unit: Code, name: Annotated[str, typer.Argument(metavar="新名称", help="以营业执照为准。")], actor: As, reason: Reason, on: Day = "", as_json: Json = False
) -> None:  # fmt: skip
    """登记更名（统一社会信用代码不变）；按原名称仍可查到。"""
    from yisong.cli.desks import opened, person
    from yisong.services import units

    with opened() as desk, desk.transaction() as session:
        day = terminal.day(on, name="--on") if on else desk.today
        kept = units.rename(
            session, unit, actor=person(session, actor), name=name, renamed_on=day, reason=reason, on=desk.today, at=desk.now
        )  # fmt: skip
        found = unit_json(kept)
    _told(found, f"已更名：{found['name']}（{found['code']}）", as_json=as_json)


@app.command("deregister")
def deregister_command(
    unit: Code, actor: As, reason: Reason, on: Day = "",
    successor: Annotated[str, typer.Option("--successor", metavar="承受人", help="承受权利义务的单位的代码；没有的不写。")] = "", as_json: Json = False,
) -> None:  # fmt: skip
    """登记注销，写明承受人；列出须变更当事人或者终止的在办案件。"""
    from yisong.cli.desks import opened, person
    from yisong.services import units

    with opened() as desk, desk.transaction() as session:
        day = terminal.day(on, name="--on") if on else desk.today
        standing = units.deregister(
            session, unit, actor=person(session, actor), ended_on=day, reason=reason, on=desk.today, at=desk.now, successor=successor
        )  # fmt: skip
        found = unit_json(standing.unit) | {"open_cases": [case.code for case in standing.cases]}
    then = "请责任部门办理变更当事人" if successor else "请核查承受人：有的变更当事人，没有的办理终止"
    cases = f"；在办案件 {'、'.join(found['open_cases'])}，{then}" if found["open_cases"] else ""
    _told(found, f"已登记注销：{found['name']}{cases}", as_json=as_json)


@app.command("restore")
def restore_command(unit: Code, actor: As, reason: Reason, as_json: Json = False) -> None:
    """注销登记有误的，恢复为存续（指导办、系统管理员）。"""
    from yisong.cli.desks import opened, person
    from yisong.services import units

    with opened() as desk, desk.transaction() as session:
        kept = units.restore(
            session, unit, book=desk.book, actor=person(session, actor), reason=reason, on=desk.today, at=desk.now
        )
        found = unit_json(kept)
    _told(found, f"已恢复存续：{found['name']}", as_json=as_json)


@app.command("merge")
def merge_command(
    double: Annotated[str, typer.Argument(metavar="重复登记", help="要并入的那一条。")],
    into: Annotated[str, typer.Argument(metavar="保留登记", help="保留的那一条。")], actor: As, reason: Reason, as_json: Json = False,
) -> None:  # fmt: skip
    """同一家单位登记了两次的，并为一条（指导办、系统管理员）；可以撤销。"""
    from yisong.cli.desks import opened, person
    from yisong.services import unit_doubles, units

    with opened() as desk, desk.transaction() as session:
        who = person(session, actor)
        units.check_keeper(who, book=desk.book)
        kept, moved = unit_doubles.merge(
            session, double=double, into=into, actor=who, reason=reason, on=desk.today, at=desk.now
        )
        found = unit_json(kept) | {"moved": moved}
    _told(found, f"已并入 {found['name']}（{found['code']}），{moved} 件事项改归。", as_json=as_json)


@app.command("unmerge")
def unmerge_command(unit: Code, actor: As, reason: Reason, as_json: Json = False) -> None:
    """撤销并入：随并入改归的事项退回，以后新发生的留在原处。"""
    from yisong.cli.desks import opened, person
    from yisong.services import unit_doubles, units

    with opened() as desk, desk.transaction() as session:
        who = person(session, actor)
        units.check_keeper(who, book=desk.book)
        gone, back = unit_doubles.unmerge(session, unit, actor=who, reason=reason, on=desk.today, at=desk.now)
        found = unit_json(gone) | {"moved": back}
    _told(found, f"已撤销并入：{found['name']}，{back} 件事项改回。", as_json=as_json)


@app.command("show")
def show_command(unit: Code, as_json: Json = False) -> None:
    """一家单位的登记、曾用名、案件、检查和登记变更。"""
    from yisong.cli.desks import opened
    from yisong.services import unit_changes
    from yisong.store import units as stored

    with opened() as desk, desk.reading() as session:
        held = _held(session, unit)
        number = held.id or 0
        found = unit_json(held) | {
            "former_names": held.former_names, "successor_code": held.successor_code, "branches": [each.code for each in stored.branches(session, held.code)],
            "merged": [each.code for each in stored.merged_into(session, held.code)],
            "cases": [{"code": each.code, "state": each.state} for each in stored.matters_of(session, number, kind="transfer")],
            "findings": [{"code": each.code, "item": row.item_code, "found_on": row.found_on, "state": each.state} for each, row in stored.findings_of(session, number)],
            "inspections": [{"code": each.code, "on": each.inspected_on, "initiator": each.initiator} for each in stored.inspections_of(session, number)],
            "plans": [{"code": each.code, "on": each.planned_on, "department": each.department} for each in stored.plans_of(session, number)],
            "changes": [{"seq": each.seq, "action": each.action, "label": unit_changes.LABELS.get(each.action, each.action), "on": each.on, "by": each.actor_name, "data": each.data}
                        for each in stored.changes(session, number)],
        }  # fmt: skip
    if as_json:
        terminal.print_json(found)
        return
    names = "、".join(former["name"] for former in found["former_names"])
    terminal.say(
        f"{found['name']}（{found['uscc'] or found['code']}）{found['kind']}　{found['status']}"
        + (f"　曾用名 {names}" if names else "")
    )
    terminal.table("案件", ("编号", "状态"), [tuple(row.values()) for row in found["cases"]], empty="没有案件")
    terminal.table(
        "检查发现",
        ("编号", "事项", "发现日", "状态"),
        [tuple(row.values()) for row in found["findings"]],
        empty="没有检查发现",
    )
    terminal.table(
        "检查", ("编号", "日期", "部门"), [tuple(row.values()) for row in found["inspections"]], empty="没有检查"
    )
    terminal.table(
        "登记变更",
        ("序", "事由", "日期", "经办"),
        [(row["seq"], row["label"], row["on"], row["by"]) for row in found["changes"]],
        empty="没有登记变更",
    )


def _held(session: Any, code: str) -> Unit:
    from yisong.domain.lifecycle import Refusal
    from yisong.store import units as stored

    held = stored.unit(session, code)
    if held is None:
        raise Refusal("unknown_unit", f"没有编号或代码为“{code}”的单位，请核对。")
    return held


@app.command("link")
def link_command(
    unit: Code, actor: As, revoke: Annotated[int, typer.Option("--revoke", metavar="号", help="停用第几号链接；不写为生成新链接。")] = 0,
    as_json: Json = False,
) -> None:  # fmt: skip
    """生成或停用企业专用链接：单位凭链接看全部要求、下载文书、提交整改报告；链接只显示这一次。"""
    from yisong.cli.desks import opened, person
    from yisong.services import unit_links, units

    with opened() as desk, desk.transaction() as session:
        held, who = units.held(session, unit), person(session, actor)
        if revoke:
            unit_links.revoke(session, held, link_id=revoke, actor=who, on=desk.today, at=desk.now)
            found: dict[str, Any] = {"link": revoke, "revoked": True}
        else:
            link, token = unit_links.make(session, held, actor=who, on=desk.today, at=desk.now)
            address = f"{desk.settings.public_url}/u/{token}"
            found = {"link": link.id, "address": address, "expires_on": link.expires_on}
    words = (
        "已停用。"
        if revoke
        else f"{found.get('address')}\n第 {found['link']} 号，有效至 {found.get('expires_on')}；只显示这一次，请当面交给单位。"
    )
    _told(found, words, as_json=as_json)
