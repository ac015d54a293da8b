"""Serve the inbox (启动网页服务)."""

from __future__ import annotations

import uvicorn

from yisong.desk import Desk
from yisong.web.app import create_app


def run(desk: Desk, host: str, port: int) -> None:
    """Serve until told to stop; `host` 127.0.0.1 is this machine only (启动收件箱)."""
    uvicorn.run(create_app(desk), host=host, port=port, log_level="warning", server_header=False, date_header=True)
