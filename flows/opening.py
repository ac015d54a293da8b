"""How a flow opens the desk (流程入口). A flow is handed its instant when a year is replayed; by schedule it takes the clock's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from prefect.artifacts import create_markdown_artifact

from yisong.clock import SimulatedClock, SystemClock
from yisong.desk import Desk

SHOWN = 3


@contextmanager
def desk_at(at: datetime | None) -> Iterator[Desk]:
    """The desk of this installation, its clock standing at `at` where that is given."""
    desk = Desk.open(clock=SimulatedClock(at) if at is not None else SystemClock())
    try:
        yield desk
    finally:
        desk.close()


def names_of(codes: Sequence[str]) -> str:
    """Case numbers for the name of a task run (案号): the first few, and how many more."""
    distinct = list(dict.fromkeys(codes))
    more = f" 等{len(distinct)}件" if len(distinct) > SHOWN else ""
    return "、".join(distinct[:SHOWN]) + more if distinct else "无"


def leave_report(key: str, *, title: str, rows: Sequence[tuple[str, object]], notes: Sequence[str] = ()) -> None:
    """Leave a Markdown artifact of what a run did (运行报告)."""
    lines = [f"# {title}", "", "| 项目 | 结果 |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    if notes:
        lines += ["", *(f"- {note}" for note in notes)]
    create_markdown_artifact(key=key, markdown="\n".join(lines), description=title)


@contextmanager
def without_heartbeats() -> Iterator[None]:
    """Runs of this process send no heartbeats (短流程): each flow would wait a second for the thread that beats, and there is nobody to
    listen where no server outlives the process."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings(updates={PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield
