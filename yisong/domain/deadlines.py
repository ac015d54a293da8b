"""The legal clocks (期限计算): a clock is a ledger, and its due date follows from the ledger alone."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DeadlineError(ValueError):
    """A clock that makes no sense (期限错误): a stable `code` and a Chinese message that says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Unit(StrEnum):
    """In what a period is counted (期限单位)."""

    WORKING_DAYS = "wd"
    NATURAL_DAYS = "nd"
    CALENDAR_DAYS = "cd"
    HOURS = "h"

    @property
    def label(self) -> str:
        """The word a clerk reads (中文名)."""
        return _UNIT_LABELS[self]

    @classmethod
    def parse(cls, text: str) -> "Unit":
        """Read a unit by its code, its long English name or its Chinese label (识别期限单位)."""
        try:
            return _UNIT_NAMES[text.strip().lower().replace("_", "-")]
        except KeyError:
            known = "、".join(f"{unit.value}（{unit.label}）" for unit in cls)
            raise DeadlineError("unit_unknown", f"不认识的期限单位“{text}”，可用：{known}。") from None


_UNIT_LABELS = {
    Unit.WORKING_DAYS: "工作日",
    Unit.NATURAL_DAYS: "自然日（末日顺延）",
    Unit.CALENDAR_DAYS: "自然日（末日不顺延）",
    Unit.HOURS: "小时",
}
_UNIT_NAMES = (
    {unit.value: unit for unit in Unit}
    | {unit.name.lower().replace("_", "-"): unit for unit in Unit}
    | {label: unit for unit, label in _UNIT_LABELS.items()}
)


@dataclass(frozen=True, slots=True)
class Pause:
    """A suspension (中止计算): the day of pausing counts, the day of resuming does not.

    Days in (start, end] are not counted; `end` None means still paused. A clock in hours may carry the
    instants (aware) at which it was stopped and resumed; without them the same days are taken whole.
    """

    start: date
    end: date | None
    reason: str = ""
    basis: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension (延期): decided `on` a date, either to `new_due` or by `amount` of the clock's unit."""

    on: date
    new_due: date | None = None
    amount: int | None = None
    reason: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A clock as a ledger (期限台账): what started it, how long, what paused it, what extended it.

    `start` is the day of the starting event and is not counted; `start_at` (aware) is required for hours.
    """

    rule: str
    unit: Unit
    amount: int
    start: date
    start_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock is due (到期): `on` None while suspended without end; `at` only for hours (aware)."""

    on: date | None
    at: datetime | None
    provisional: bool
    calendar_version: str


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of the walk (逐日推算): `number` is its count within the period, or None if not counted."""

    day: date
    number: int | None
    counted: bool
    why: str
    source: str
    at: datetime | None = None
