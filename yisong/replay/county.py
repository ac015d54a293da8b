"""Which county is replayed, and over which time (重演的县与时段)."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

from yisong import countyfile, rulefiles
from yisong.clock import SHANGHAI
from yisong.countyfile import County
from yisong.settings import SOURCE_ROOT, load_settings


def read_county(path: Path) -> County:
    """A county file over the calendars that are known anyway (读入县文件)."""
    known = rulefiles.read_calendar(load_settings().rules / "calendar")
    return countyfile.read(path, calendar=known)


def instant_of(text: str) -> datetime:
    """An instant as a person writes it (时刻); without a zone it is the county's. Raises ValueError, in Chinese."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"“{text}”不是有效时刻，请按 2026-11-20T18:00+08:00 的样式填写。") from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def first_instant(county: County, *, as_of: datetime) -> datetime:
    """When simulated time begins (起始时刻): 1 January of the year, or earlier if the history does."""
    days = [event.on for case in county.cases for event in case.events] + [
        event.on for listing in county.listings for event in listing.events
    ]
    first = min([*days, as_of.date().replace(month=1, day=1)])
    return datetime.combine(first, time(0, 0), SHANGHAI)


def sample_county() -> Path:
    """The county that lies in the repository (演示县)."""
    return SOURCE_ROOT / "samples" / "yunxi.yaml"
