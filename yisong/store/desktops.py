"""What is asked of an inbox, and what it answers (收件箱的查询与结果)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum


class View(StrEnum):
    """Which part of the desk is looked at (筛选)."""

    MINE = "mine"
    WEEK = "week"
    LATE = "late"
    OPEN = "open"
    CLOSED = "closed"
    EVERYTHING = "everything"


COUNTED = (View.MINE, View.WEEK, View.LATE)


@dataclass(frozen=True, slots=True)
class Turn:
    """In these states it is somebody's turn (轮到办理): `party` is origin, responsible, or "" where the post alone decides.

    `clock`: only while a clock of that rule runs. `idle`: only while the case has no open order.
    """

    kind: str
    states: tuple[str, ...]
    party: str
    clock: str = ""
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Desktop:
    """Whose inbox is read (收件箱范围): an organ's, or all organs' where the post oversees them."""

    department: str
    everything: bool = False
    handles: bool = True
    """False: the post handles nothing by itself, so only what is its turn is on the desk."""
    police: bool = False
    turns: tuple[Turn, ...] = ()
    open_states: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    live_orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the inbox (查询条件). `on` and the days up to `week_end` are days of the county."""

    view: View
    on: date
    week_end: date
    text: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after which the next page begins (页位)."""

    rank: int
    due: date
    id: int

    def __str__(self) -> str:
        return f"{self.rank}.{self.due.isoformat()}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; None where it is none, which begins at the first page."""
        try:
            rank, due, number = text.split(".")
            return cls(int(rank), date.fromisoformat(due), int(number))
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows each view has (各栏件数)."""

    mine: int
    week: int
    late: int
    open: int


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an inbox (一次查看): the places of the page's rows, and how many rows the whole view has."""

    places: tuple[Cursor, ...]
    total: int
    counts: Counts


def week_end_of(today: date) -> date:
    """The Sunday of a day's week (本周末)."""
    return today + timedelta(days=6 - today.weekday())
