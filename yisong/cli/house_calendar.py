"""The calendar that commands count with (日历读取): from the rule files alone, no database is opened."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from yisong.cli.speech import BadInput

if TYPE_CHECKING:
    from yisong.domain.workdays import WorkCalendar


def _weekend_is_rest(rules: Path) -> bool:
    """Whether an ordinary weekend moves the end of a period in natural days (周末是否顺延); `county.toml` says so."""
    try:
        data = tomllib.loads((rules / "county.toml").read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return True
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "county_unreadable", f"{rules / 'county.toml'} 读不懂：{error}。请用 yisong rules check 核对。"
        ) from None
    return bool(data.get("calendar", {}).get("weekend_is_rest", True))


def house_calendar(rules: Path | None = None) -> WorkCalendar:
    """The calendar of this installation (本机日历).

    Raises:
        RuleFilesError: a year's file cannot be used, or there is none.
    """
    from yisong.rulefiles import Problem, RuleFilesError, read_calendar
    from yisong.settings import load_settings

    rules = rules or load_settings().rules
    problems: list[Problem] = []
    calendar = read_calendar(rules / "calendar", problems, weekend_is_rest=_weekend_is_rest(rules))
    if calendar is None or problems:
        raise RuleFilesError(rules, problems)
    return calendar
