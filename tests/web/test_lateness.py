"""The same five levels, always with words (迟早)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models import Clock
from tests.web.office import county
from yisong.clock import SHANGHAI
from yisong.web.lateness import lateness

CALENDAR = county().book.calendar


def said(on: date, **given: object) -> tuple[str, str]:
    values: dict[str, Any] = {
        "matter_id": 1,
        "rule": "R",
        "unit": "wd",
        "amount": 3,
        "start_on": on,
        "status": "running",
        "chased": True,
    }
    clock = Clock(**{**values, **given})
    found = lateness(
        clock, on=on, at=datetime(on.year, on.month, on.day, 10, tzinfo=SHANGHAI), calendar=CALENDAR, zone=SHANGHAI
    )
    return found.level, found.words


@pytest.mark.parametrize(
    ("on", "due", "level", "words"),
    [
        (date(2026, 11, 20), date(2026, 11, 19), "late", "逾期 1 个工作日"),
        (date(2026, 11, 23), date(2026, 11, 20), "late", "逾期 1 个工作日"),
        (date(2026, 11, 22), date(2026, 11, 20), "late", "已逾期"),
        (date(2026, 11, 20), date(2026, 11, 20), "today", "今日到期"),
        (date(2026, 11, 20), date(2026, 11, 23), "soon", "剩 1 个工作日"),
        (date(2026, 11, 20), date(2026, 11, 25), "soon", "剩 3 个工作日"),
        (date(2026, 11, 20), date(2026, 11, 26), "calm", "剩 4 个工作日"),
        (
            date(2026, 9, 30),
            date(2026, 10, 9),
            "soon",
            "剩 2 个工作日",
        ),  # seven days of holiday, and the 8th and 9th are worked
        (date(2026, 9, 18), date(2026, 9, 20), "soon", "剩 1 个工作日"),  # Sunday the 20th is worked
    ],
)
def test_days_are_working_days_of_the_real_calendar(on: date, due: date, level: str, words: str) -> None:
    assert said(on, due_on=due) == (level, words)


def test_what_is_not_running_is_never_late() -> None:
    on, past = date(2026, 11, 20), date(2026, 1, 5)
    for given, words in (
        ({"status": "paused"}, "已中止，不计期限"),
        ({"held": True}, "延期待批，暂不催督"),
        ({"status": "met"}, "已办结"),
        ({"status": "missed"}, "逾期终结"),
        ({"status": "cancelled"}, "已取消"),
        ({"chased": False}, "已届满"),
    ):
        assert said(on, due_on=past, **given) == ("still", words)
    assert said(on, due_on=None) == ("still", "到期日待定")
    assert said(on, due_on=date(2027, 1, 4), chased=False) == ("still", "2027年1月4日届满")
    assert (
        lateness(None, on=on, at=datetime(2026, 11, 20, tzinfo=SHANGHAI), calendar=CALENDAR, zone=SHANGHAI).words
        == "无期限"
    )


def test_hours_are_told_in_hours() -> None:
    on = date(2026, 11, 20)
    ten = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
    for hours, expected in (
        (-1, ("late", "逾期 1 小时")),
        (-30, ("late", "逾期 1 天 6 小时")),
        (5, ("today", "剩 5 小时")),
        (50, ("soon", "剩 2 天 2 小时")),
    ):
        due = ten + timedelta(hours=hours)
        assert said(on, unit="h", due_on=due.date(), due_at=due) == expected
