"""`yisong serve`: open the inbox to browsers (收件箱网页)."""

from __future__ import annotations

from typing import Annotated

import typer

from yisong.cli import terminal


def serve_command(
    host: Annotated[
        str, typer.Option("--host", metavar="地址", help="监听地址；127.0.0.1 只限本机，0.0.0.0 为本机所有网卡。")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="端口", min=1, max=65535, help="监听端口。")] = 8000,
) -> None:
    """打开收件箱网页；按 Ctrl+C 停止。"""
    from yisong.cli.desks import opened
    from yisong.web.serve import run

    with opened() as desk:
        terminal.note(f"收件箱：http://{host}:{port}（按 Ctrl+C 停止）")
        run(desk, host, port)
