"""What `yisong health` looks at (自检项目)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from yisong.services import deadlines
from yisong.store import outbox

if TYPE_CHECKING:
    from yisong.desk import Desk

LONGEST_WAIT = timedelta(hours=1)
"""So long a row may wait after its time (系统默认)."""
DAYS_BEHIND = 1
"""So many days without a sweep are borne (系统默认): the sweep of today may still be to come."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at (一项)."""

    code: str
    name: str
    good: bool
    message: str

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "name": self.name, "good": self.good, "message": self.message}


def checks(desk: Desk) -> list[Check]:
    """Look at everything that may keep the work from going on (自检). The database answers, or there is no desk."""
    book, today = desk.book, desk.today
    with desk.reading() as session:
        swept = deadlines.health(session, today=today, at=desk.now)
        counts = outbox.counts(session)
    found = [
        Check("database", "数据库", True, desk.engine.dialect.name),
        Check("rules", "规则库", True, f"{book.county.name}，版本 {book.digest[:12]}"),
        _calendar(desk),
        _sweep(swept),
        _reprojection(swept),
    ]
    failed = sum(number for (_, state), number in counts.items() if state == "failed")
    waiting = sum(number for (_, state), number in counts.items() if state == "pending")
    advice = (
        f"，失败 {failed} 件：用 yisong outbox list --state failed 查看原因，处理后 yisong outbox retry 编号"
        if failed
        else ""
    )
    since = swept["outbox_waiting_since"]
    stuck = isinstance(since, datetime) and desk.now - since > LONGEST_WAIT
    if isinstance(since, datetime) and stuck:
        local = since.astimezone(desk.settings.timezone)
        advice += f"，最早一件 {local:%Y-%m-%d %H:%M} 起未发出：请运行 yisong outbox run，并检查定时任务"
    found.append(Check("outbox", "待发箱", not failed and not stuck, f"待发 {waiting} 件{advice}"))
    from yisong.documents.environment import check_environment

    problems = check_environment()
    found.append(
        Check(
            "letters",
            "文书环境",
            not problems,
            "；".join(problem.message for problem in problems) or "字体和系统库齐备",
        )
    )
    return found


def _calendar(desk: Desk) -> Check:
    """A year that is under way must be announced; the next one from December on (日历是否齐备)."""
    today, calendar = desk.today, desk.book.calendar
    lacking = [year for year in {today.year, today.year + (today.month == 12)} if not calendar.announced(year)]
    if lacking:
        years = "、".join(str(year) for year in sorted(lacking))
        return Check(
            "calendar",
            "工作日历",
            False,
            f"{years} 年放假安排尚未导入，期限为暂估：用 yisong calendar import 导入国务院办公厅通知",
        )
    return Check(
        "calendar",
        "工作日历",
        True,
        f"已公布至 {max(year for year in calendar.years if calendar.announced(year))} 年，版本 {calendar.version}",
    )


def _sweep(swept: dict[str, object]) -> Check:
    last, behind = swept["last_swept"], swept["days_behind"]
    if last is None:
        return Check("sweep", "期限巡查", True, "尚未巡查过")
    skipped, overlooked = swept["last_skipped"], swept["overlooked"]
    good = isinstance(behind, int) and behind <= DAYS_BEHIND and not overlooked
    advice = "" if good else "：请运行 yisong sweep，并检查定时任务"
    if overlooked:
        advice = f"，有 {overlooked} 个期限到日未查看{advice}"
    if skipped:
        advice = f"，上次跳过 {skipped} 个（用 yisong sweep --dry-run 查看原因）{advice}"
    return Check("sweep", "期限巡查", good, f"上次巡查 {last}，落后 {behind} 天{advice}")


def _reprojection(swept: dict[str, object]) -> Check:
    """Whether every running clock counts by the calendar in force (期限是否按现行日历推算)."""
    behind, waiting = swept["calendar_behind"], swept["calendar_waiting"]
    message = (
        f"未按现行日历复算 {behind} 个：请运行 yisong calendar reproject" if behind else "在计期限均按现行日历推算"
    )
    if waiting:
        message += f"；待确认的期限提前 {waiting} 个，见 yisong calendar waiting"
    return Check("reprojection", "期限复算", not behind, message)
