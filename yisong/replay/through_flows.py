"""The same machinery through the Prefect flows (经由流程)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

from yisong.desk import Desk
from yisong.settings import Settings


@contextmanager
def embedded(settings: Settings) -> Iterator[None]:
    """Prefect without a server to start (内嵌运行), and this replay's own settings for the flows.

    Prefect keeps its own small database under `var/prefect`; nothing of it is a case's truth.
    """
    given = {
        "YISONG_HOME": str(settings.home), "YISONG_DATABASE_URL": settings.database_url, "YISONG_RULES": str(settings.rules),
        "YISONG_TEMPLATES": str(settings.templates), "YISONG_LETTERS": str(settings.letters), "YISONG_FONTS": str(settings.fonts),
        "YISONG_SEALS": str(settings.seals),
    }  # fmt: skip
    quiet = {
        "PREFECT_HOME": str(settings.var / "prefect"), "PREFECT_LOGGING_LEVEL": "WARNING", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR", "PREFECT_CLI_PROMPT": "false", "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }  # fmt: skip
    before = {name: os.environ.get(name) for name in [*given, *quiet]}
    os.environ.update(given)
    for name, value in quiet.items():
        os.environ.setdefault(name, value)
    try:
        from flows.opening import without_heartbeats  # Prefect reads its settings when it is imported

        with without_heartbeats():
            yield
    finally:
        for name, earlier in before.items():
            if earlier is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = earlier


class ThroughFlows:
    """Every automatic act by its Prefect flow (经由 Prefect 流程): one run walks all days that were missed."""

    def __init__(self, *, letters: bool = True, ledger: Path | None = None) -> None:
        self._letters = letters
        self._ledger = ledger
        self.runs = 0

    def intake(self, *, folder: Path, until: date, at: datetime) -> None:
        """Bring in the ledger's inspections up to a day (台账导入)."""
        from flows.intake import intake_ledgers

        intake_ledgers(folder=folder, until=until, at=at)
        self.runs += 1

    def midnight(self, desk: Desk, *, day: date, at: datetime) -> None:
        from flows.review import open_reviews

        open_reviews(day=day, at=at)
        self.runs += 1

    def morning(self, desk: Desk, *, until: date, at: datetime) -> None:
        from flows.deadlines import sweep_deadlines

        sweep_deadlines(until=until, at=at)
        self.runs += 1

    def evening(self, desk: Desk, *, on: date, at: datetime) -> None:
        from flows.listing import watch_refusals
        from flows.risk import scan_risk

        watch_refusals(on=on, at=at)
        scan_risk(on=on, at=at)
        self.runs += 2

    def outbox(self, desk: Desk, *, at: datetime) -> None:
        from flows.outbox import run_outbox

        if self._letters:
            run_outbox(at=at)
            self.runs += 1
