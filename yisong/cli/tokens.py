"""`yisong accounts token`: tokens with which other systems send findings (访问令牌)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer

from yisong.cli import accounts, terminal
from yisong.cli.speech import Noun

app = Noun("访问令牌：别的系统凭它报送检查发现；只在签发时显示一次。")
accounts.app.add_typer(app, name="token")


@app.command("issue")
def issue_command(
    account: Annotated[str, typer.Argument(metavar="[账号]", help="发给哪个账户；发给系统的不写，用 --system。")] = "",
    system: Annotated[str, typer.Option("--system", metavar="名称", help="发给哪个系统，如 智慧监管平台。")] = "",
    department: Annotated[
        str,
        typer.Option("--department", metavar="部门", help="只能报送这一部门发起的检查；发给账户的，不写为其所在部门。"),
    ] = "",
    county: Annotated[bool, typer.Option("--county", help="可以报送全县各部门的检查。")] = False,
    days: Annotated[int, typer.Option("--days", metavar="天", min=1, max=1098, help="有效天数。")] = 365,
    actor: Annotated[str, typer.Option("--as", metavar="账号", help="由谁签发，记在令牌上。")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False,
) -> None:
    """签发一个访问令牌。令牌全文只显示这一次，请立即交给使用方保管。"""
    from yisong.cli.desks import opened
    from yisong.services import tokens

    with opened() as desk, desk.transaction() as session:
        made, text = tokens.issue(
            session, book=desk.book, at=desk.now, by=actor, account=account, system=system, department=department, county=county,
            lasts=timedelta(days=days),
        )  # fmt: skip
        told = {
            "id": made.id,
            "holder": made.holder,
            "department": made.department,
            "expires_at": made.expires_at.isoformat(),
            "token": text,
        }
        until = made.expires_at.astimezone(desk.settings.timezone)
    if as_json:
        terminal.print_json(told)
        return
    terminal.say(text)
    terminal.note(
        f"令牌 {told['id']}（{told['holder']}，{told['department'] or '全县'}）有效至 {until:%Y-%m-%d}；只显示这一次，请妥善保管。"
    )


@app.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False) -> None:
    """列出访问令牌：发给谁、范围、有效期、最近使用。不显示令牌全文。"""
    from yisong.cli.desks import opened
    from yisong.store import tokens as stored

    with opened() as desk, desk.reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "id": held.id, "holder": held.holder, "department": held.department, "issued_by": held.issued_by, "issued_at": held.issued_at,
                "expires_at": held.expires_at, "used_on": held.used_on,
                "state": "已吊销" if held.revoked_at else "已过期" if held.expires_at <= desk.now else "有效",
            }
            for held in stored.tokens(session)
        ]  # fmt: skip
        zone = desk.settings.timezone
    if as_json:
        terminal.print_json(rows)
        return
    terminal.table(
        "访问令牌", ("编号", "持有者", "范围", "有效至", "最近使用", "状态"),
        [(row["id"], row["holder"], row["department"] or "全县", f"{row['expires_at'].astimezone(zone):%Y-%m-%d}", row["used_on"] or "", row["state"]) for row in rows],
    )  # fmt: skip


@app.command("revoke")
def revoke_command(token: Annotated[str, typer.Argument(metavar="编号", help="令牌编号，见 list。")]) -> None:
    """吊销一个访问令牌，立即生效。"""
    from yisong.cli.desks import opened
    from yisong.services import tokens

    with opened() as desk, desk.transaction() as session:
        tokens.revoke(session, token, at=desk.now)
    terminal.say(f"令牌 {token} 已吊销。")
