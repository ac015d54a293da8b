"""`yisong replay` and `yisong demo`: a county's year in simulated time (重演与演示). What they do lies in `yisong.replay`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yisong.cli.speech import BadInput

Home = Annotated[
    Path | None,
    typer.Option("--home", metavar="目录", help="在哪个目录里进行；不写的，重演用临时目录，演示用 var/demo。"),
]


def replay_command(
    county: Annotated[Path, typer.Argument(metavar="县文件", help="县文件（YAML）。")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="时刻", help="重演到何时，如 2026-11-20T18:00+08:00。")],
    as_json: Annotated[
        bool, typer.Option("--json", help="输出 JSON：每案的状态、期限、文书、升级，名单和风险。")
    ] = False,
    home: Home = None,
    letters: Annotated[bool, typer.Option("--letters/--no-letters", help="是否把文书印成 PDF 和 DOCX。")] = False,
    prefect: Annotated[
        bool, typer.Option("--prefect/--direct", help="经由 Prefect 流程，还是直接调用同样的服务。")
    ] = True,
) -> None:
    """在空库里重演任意一个县文件的全部历史。"""
    from yisong.replay import command

    _check_instant(as_of)
    _leave(
        command.replay_command(county=county, as_of=as_of, as_json=as_json, home=home, letters=letters, prefect=prefect)
    )


def demo_command(home: Home = None) -> None:
    """演示：读入样例台账，跑完一个县的一年，印出全部文书，最后给出打开收件箱的命令。每次从头开始。"""
    from yisong.replay import command

    _leave(command.demo_command(home=home))


def _check_instant(text: str) -> None:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            "not_an_instant", f"--as-of 的“{text}”不是有效时刻，请按 2026-11-20T18:00+08:00 的样式填写。"
        ) from None


def _leave(code: int) -> None:
    if code:
        raise typer.Exit(code)
