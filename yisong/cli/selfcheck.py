"""What `yisong health` looks at (自检项目)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yisong.services import deadlines
from yisong.store import outbox

if TYPE_CHECKING:
    from yisong.desk import Desk

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
        swept = deadlines.health(session, today=today)
        counts = outbox.counts(session)
    found = [
        Check("database", "数据库", True, desk.engine.dialect.name),
        Check("rules", "规则库", True, f"{book.county.name}，版本 {book.digest[:12]}"),
        _calendar(desk),
        _sweep(swept),
    ]
    failed = sum(number for (_, state), number in counts.items() if state == "failed")
    waiting = sum(number for (_, state), number in counts.items() if state == "pending")
    advice = (
        f"，失败 {failed} 件：用 yisong outbox list --state failed 查看原因，处理后 yisong outbox retry 编号"
        if failed
        else ""
    )
    found.append(Check("outbox", "待发箱", not failed, f"待发 {waiting} 件{advice}"))
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
    good = isinstance(behind, int) and behind <= DAYS_BEHIND
    advice = "" if good else "：请运行 yisong sweep，并检查定时任务"
    return Check("sweep", "期限巡查", good, f"上次巡查 {last}，落后 {behind} 天{advice}")
