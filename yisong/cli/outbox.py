"""`yisong outbox`: letters to print, notices to send, and what came of each attempt (待发箱)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from yisong.cli import terminal
from yisong.cli.speech import REFUSED, Noun

if TYPE_CHECKING:
    from yisong.services.outbox import Sent

app = Noun("待发箱：文书出具、通知发送，失败的重发。")
KINDS = {"letter": "文书", "notice": "站内消息", "channel": "外部通知"}
STATES = {"pending": "待发", "settled": "已办结", "failed": "失败"}
PAGE = 500
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。")]


@app.command("run")
def run_command(
    only: Annotated[
        str,
        typer.Option("--only", metavar="类别", help="只处理一类：letter 文书 / notice 站内消息 / channel 外部通知。"),
    ] = "",
    as_json: Json = False,
) -> None:
    """处理全部到时的待发件。可以重复运行；有失败的退出码为 1。"""
    from yisong.cli.desks import opened
    from yisong.cli.speech import BadInput
    from yisong.services import outbox
    from yisong.store import outbox as stored

    if only and only not in KINDS:
        raise BadInput(
            "kind_unknown",
            f"没有“{only}”这一类，可用：{'、'.join(f'{kind}（{label}）' for kind, label in KINDS.items())}。",
        )
    with opened() as desk:
        with desk.reading() as session:
            waiting = sum(
                number
                for (kind, state), number in stored.counts(session).items()
                if state == "pending" and only in ("", kind)
            )
        press = outbox.Press(settings=desk.settings, book=desk.book, catalogue=desk.catalogue)
        with terminal.progress("处理待发件", total=waiting) as tick:

            def told(sent: Sent) -> None:
                tick(sent.total)

            sent = outbox.run(desk.transaction, press=press, at=lambda: desk.now, only=only, progress=told)
    if as_json:
        errors = [{"key": key, "error": error} for key, error in sent.errors]
        terminal.print_json({"settled": sent.settled, "retried": sent.retried, "failed": sent.failed, "errors": errors})
    else:
        terminal.say(f"办结 {sent.settled} 件，待重试 {sent.retried} 件，失败 {sent.failed} 件。")
        for key, error in sent.errors:
            terminal.note(f"{key}：{error}")
    if sent.failed:
        raise typer.Exit(REFUSED)


@app.command("list")
def list_command(
    state: Annotated[
        str, typer.Option("--state", metavar="状态", help="pending 待发 / settled 已办结 / failed 失败；不写为全部。")
    ] = "",
    most: Annotated[
        int, typer.Option("--most", metavar="数", min=0, help="表格最多列几件；0 为全部。JSON 总是全部。")
    ] = 200,
    as_json: Json = False,
) -> None:
    """列出待发件：状态、试过几次、最近一次的错误。"""
    from yisong.cli.desks import opened
    from yisong.cli.speech import BadInput
    from yisong.store import outbox as stored

    if state and state not in STATES:
        raise BadInput(
            "state_unknown",
            f"没有“{state}”这种状态，可用：{'、'.join(f'{name}（{label}）' for name, label in STATES.items())}。",
        )
    found: list[dict[str, Any]] = []
    with opened() as desk, desk.reading() as session:
        last, whole = 0, as_json or not most
        while whole or len(found) < most:
            page = stored.rows(session, state=state, after=last, most=PAGE if whole else min(PAGE, most - len(found)))
            if not page:
                break
            last = page[-1].id or 0
            found += [
                {
                    "id": row.id, "key": row.key, "kind": row.kind, "state": row.state, "attempts": row.attempts, "created_at": row.created_at,
                    "next_at": row.next_at if row.state == "pending" else None, "settled_at": row.settled_at, "error": row.last_error,
                }
                for row in page
            ]  # fmt: skip
        total = sum(number for (_, kept), number in stored.counts(session).items() if state in ("", kept))
        zone = desk.settings.timezone
    if as_json:
        terminal.print_json(found)
        return
    terminal.table(
        f"待发箱 {total} 件", ("编号", "类别", "内容", "状态", "次数", "下次", "最近的错误"),
        [(row["id"], KINDS.get(row["kind"], row["kind"]), row["key"], STATES.get(row["state"], row["state"]), row["attempts"],
          f"{row['next_at'].astimezone(zone):%m-%d %H:%M}" if row["next_at"] else "", row["error"]) for row in found],
    )  # fmt: skip
    if len(found) < total:
        terminal.note(f"还有 {total - len(found)} 件未列出；加 --most 0 列出全部，或用 --state 筛选。")


@app.command("retry")
def retry_command(
    row: Annotated[int, typer.Argument(metavar="编号", help="待发件编号，yisong outbox list 会列出。")],
) -> None:
    """让一件失败的待发件重新发送。"""
    from yisong.cli.desks import opened
    from yisong.store import outbox as stored

    with opened() as desk, desk.transaction() as session:
        stored.retry(session, row, at=desk.now)
    terminal.say(f"第 {row} 件已重新列入待发；运行 yisong outbox run 发送。")
