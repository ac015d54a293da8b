"""`yisong accounts`: who signs in, and where notices reach them (账户)."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import Noun

app = Noun("账户：谁能登录，通知发到哪里。")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """列出账户、岗位和通知地址。"""
    from yisong.cli.desks import opened
    from yisong.store import accounts as stored

    with opened() as desk, desk.reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "id": held.id, "name": held.name, "department": held.department, "roles": held.roles, "channels": held.channels, "active": held.active,
            }
            for held in stored.everyone(session)
        ]  # fmt: skip
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "账户", ("账号", "姓名", "部门", "岗位", "通知地址", "状态"),
        [(row["id"], row["name"], row["department"], "、".join(row["roles"]), "、".join(row["channels"]), "在用" if row["active"] else "停用") for row in rows],
    )  # fmt: skip


@app.command("channels")
def channels_command(
    account: Annotated[str, typer.Argument(metavar="账号", help="哪个账户。")],
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="地址", help="电子邮箱，或 Apprise 通知地址；不写为清空。")
    ] = None,
) -> None:
    """设定一个人收通知的地址：电子邮箱经 YISONG_MAIL_URL 的邮件服务器发出，其余为 Apprise 地址（如 json://、wecombot://）。"""
    from yisong.cli.desks import opened
    from yisong.services.accounts import set_channels

    with opened() as desk, desk.transaction() as session:
        held = set_channels(session, account, channels=addresses or [])
        kept = list(held.channels)
    terminal.say(f"{account} 的通知地址：{'、'.join(kept)}。" if kept else f"{account} 只在收件箱收通知。")


@app.command("password")
def password_command(account: Annotated[str, typer.Argument(metavar="账号", help="哪个账户。")]) -> None:
    """重设一个人的口令；在提示后输入，不会显示。此前的登录全部失效。"""
    from yisong.cli.desks import opened
    from yisong.services.accounts import set_password

    password = typer.prompt("新口令", hide_input=True, confirmation_prompt="再输入一次")
    with opened() as desk, desk.transaction() as session:
        set_password(session, account, password=password)
    terminal.say(f"{account} 的口令已重设。")


@app.command("disable")
def disable_command(
    account: Annotated[str, typer.Argument(metavar="账号", help="哪个账户。")],
    again: Annotated[bool, typer.Option("--enable", help="重新启用。")] = False,
) -> None:
    """停用（或重新启用）一个账户：办过的事照旧留名，不能再登录。"""
    from yisong.cli.desks import opened
    from yisong.services.accounts import set_active

    with opened() as desk, desk.transaction() as session:
        set_active(session, account, active=again)
    terminal.say(f"{account} 已{'启用' if again else '停用'}。")
