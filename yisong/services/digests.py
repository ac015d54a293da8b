"""One digest a day per person (每日汇总): what is late, what is due soon, what was told without being urgent.

What is urgent goes out singly and at once; everything else waits in the inbox for this. On days of rest nobody gets one, in quiet
hours it waits for the morning, and a person who has nothing before them is left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from yisong.domain.deadlines import days_late
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.notify import message, pacing
from yisong.services import noticing, routing_feedback
from yisong.settings import Settings
from yisong.store import calendars, digests

AHEAD = 3
"""So many working days ahead what is due is named (系统默认)."""
MOST_LINES = 30
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Digested:
    """What one run queued (汇总结果)."""

    people: int = 0
    rows: int = 0


def digest_lines(session: Session, book: RuleBook, *, department: str, on: date) -> list[str]:
    """What a department has to look at on a day (今日须关注), the latest first; empty where there is nothing."""
    ahead = book.calendar.add_workdays(on, AHEAD)
    names = {rule.code: rule.name for rule in book.deadline_rules}
    lines = []
    for clock, code in digests.due_until(session, department, until=ahead):
        assert clock.due_on is not None
        name = names.get(clock.rule, clock.rule)
        workdays, natural = days_late(clock.due_on, day=on, calendar=book.calendar)
        when = (
            f"已逾期{workdays}个工作日（{natural}日）"
            if natural
            else "今日到期"
            if clock.due_on == on
            else f"{clock.due_on}到期"
        )
        lines.append(f"{code} {name}：{when}")
    for asked in calendars.waiting(session, department=department):
        lines.append(
            f"时钟{asked.clock_id}：日历调整拟将到期日由{asked.old_due}提前至{asked.new_due}，待本单位负责人确认"
        )
    lines += routing_feedback.reminder(session, book=book, department=department, on=on)
    subjects, unread = digests.unread_quiet(session, department, most=MOST_LINES)
    lines += [f"未读：{subject}" for subject in subjects]
    total = len(lines) + unread - len(subjects)
    if total > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"另有{total - MOST_LINES}项，请登录收件箱查看"]
    return lines


def queue_digests(transaction: Transaction, *, book: RuleBook, settings: Settings, on: date, at: datetime) -> Digested:
    """Queue today's digests (生成每日汇总), a department a transaction. A second run on the same day queues nothing."""
    total = Digested()
    if not book.calendar.is_workday(on):
        return total
    quiet = settings.quiet_hours
    ready = pacing.quiet_until(
        at, zone=settings.timezone, begin=quiet.begin, end=quiet.end, is_working_day=book.calendar.is_workday
    )
    with transaction() as session:
        departments = {
            code: [(account.id, noticing.channels_of(settings, account)) for account in people]
            for code, people in digests.people(session).items()
        }
    for department, people in departments.items():
        with transaction() as session:
            lines = digest_lines(session, book, department=department, on=on)
            if not lines:
                continue
            facts = {
                "department": _name(book, department),
                "lines": lines,
                "url": settings.public_url,
                "platform": book.county.platform_name,
            }
            worded = message.render(
                "daily_digest", folder=settings.templates / "notices", key=f"digest:{department}:{on}", facts=facts
            )
            rows: list[dict[str, Any]] = []
            for account, addresses in people:
                rows += [
                    {
                        "key": f"digest:{account}:{on}@{index}", "kind": "channel", "state": "pending", "attempts": 0, "created_at": at, "next_at": ready,
                        "last_error": "", "payload": {"url": url, "subject": worded.subject, "body": worded.body},
                    }
                    for index, url in enumerate(addresses)
                ]  # fmt: skip
            added = digests.queue_once(session, rows)
            total.rows += added
            total.people += len({row["key"].rpartition("@")[0] for row in rows}) if added else 0
    return total


def _name(book: RuleBook, code: str) -> str:
    try:
        return book.organ(code).name
    except RuleBookError:
        return code
