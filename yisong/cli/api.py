"""`yisong api`: what other systems may send (报送接口)."""

from __future__ import annotations

from typing import Annotated

import typer

from yisong.cli import terminal
from yisong.cli.speech import Noun

app = Noun("报送接口：别的系统按公开的格式报送检查发现。")


@app.callback()
def group() -> None:
    """Several commands may come; today there is one."""


@app.command("schema")
def schema_command(
    single: Annotated[bool, typer.Option("--single", help="一次检查的格式；不写为成批报送的格式。")] = False,
) -> None:
    """输出报送格式（JSON Schema），与接口所用的校验同出一处；网址为 /api/v1/schema/finding 和 /api/v1/schema/bulk。"""
    from yisong.intake.submitted import json_schema

    terminal.print_json(json_schema(single=single))
