"""Let out letters and notices (文书与消息发送), every five minutes and after the morning's sweep."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.opening import desk_at, leave_report, names_of
from yisong.services import outbox
from yisong.store import outbox as stored


@task(task_run_name="文书与消息：{cases}", retries=3, retry_delay_seconds=[10, 60, 300], cache_policy=NO_CACHE)
def let_out(at: datetime | None, cases: str) -> dict[str, Any]:
    """Print, store and send everything that is due (处理待发箱)."""
    with desk_at(at) as desk:
        press = outbox.Press(settings=desk.settings, book=desk.book, catalogue=desk.catalogue)
        sent = outbox.run(desk.transaction, press=press, at=lambda: desk.now)
    return {"settled": sent.settled, "retried": sent.retried, "failed": sent.failed, "errors": sent.errors}


@flow(name="run-outbox")
def run_outbox(at: datetime | None = None) -> dict[str, Any]:
    """Let out what waits (处理待发箱): each row is settled, or tried again under the same key."""
    with desk_at(at) as desk, desk.reading() as session:
        waiting = stored.case_codes_waiting(session, at=desk.now)
    done = let_out(at, names_of(waiting))
    rows = [("办结", done["settled"]), ("待重试", done["retried"]), ("失败", done["failed"])]
    leave_report(
        "outbox", title="文书与消息发送", rows=rows, notes=[f"{key}：{error}" for key, error in done["errors"]]
    )
    return done
