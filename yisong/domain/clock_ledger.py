"""What a clock is made of (期限台账): start, unit, amount, suspensions, extensions. Nothing here counts a day.

Counting is done in `deadlines`, from these values and a calendar alone. Dates are days of the county; instants are
aware datetimes and occur only in clocks of hours. Nonsense is refused when it is written down, not when it is counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise

_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC)


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
        """Read a unit by its code, its long English name or its Chinese name (识别期限单位).

        A bare 自然日 rolls, as 民事诉讼法第85条第3款 has it; 日历日 does not. A bare 日 or 天 is refused: 行政处罚法第85条 makes some of
        them working days.
        """
        try:
            return _UNIT_NAMES[text.strip().lower().replace("_", "-").replace(" ", "-")]
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
    | {
        "working-day": Unit.WORKING_DAYS, "workdays": Unit.WORKING_DAYS, "workday": Unit.WORKING_DAYS, "business-days": Unit.WORKING_DAYS,
        "个工作日": Unit.WORKING_DAYS, "natural-day": Unit.NATURAL_DAYS, "自然日": Unit.NATURAL_DAYS, "个自然日": Unit.NATURAL_DAYS,
        "calendar-day": Unit.CALENDAR_DAYS, "日历日": Unit.CALENDAR_DAYS, "自然日不顺延": Unit.CALENDAR_DAYS, "hour": Unit.HOURS, "个小时": Unit.HOURS,
        "自然日(末日顺延)": Unit.NATURAL_DAYS, "自然日(末日不顺延)": Unit.CALENDAR_DAYS, "自然日顺延": Unit.NATURAL_DAYS, "时": Unit.HOURS,
    }
)  # fmt: skip
MOST_DAYS = 36_525
"""A hundred years: nobody's term is longer, and a number beyond it is a slip of the pen."""
MOST_HOURS = MOST_DAYS * 24
YEARS = (1900, 2200)


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

    def __post_init__(self) -> None:
        for instant in (self.start_at, self.end_at):
            _refuse_naive(instant)
        if self.end is not None and self.end < self.start:
            message = f"中止期间的恢复日 {self.end} 早于中止日 {self.start}，请核对。"
            raise DeadlineError("pause_reversed", message)
        if self.end_at is not None and (self.start_at is None or self.end_at < self.start_at):
            raise DeadlineError(
                "pause_reversed", f"中止期间的恢复时刻 {self.end_at} 早于中止时刻或缺中止时刻，请核对。"
            )


@dataclass(frozen=True, slots=True)
class Extension:
    """A granted extension (延期): decided `on` a date, either to `new_due` or by `amount` of the clock's unit.

    An amount is counted on from the last day of the period before it was moved off a rest day (系统默认：自未顺延的
    末日起连续计算), so that an extension never counts the same rest days twice.
    """

    on: date
    new_due: date | None = None
    amount: int | None = None
    reason: str = ""
    basis: str = ""

    def __post_init__(self) -> None:
        if (self.new_due is None) == (self.amount is None):
            raise DeadlineError("extension_unclear", f"{self.on} 的延期须写明新的到期日或延长的数量，二者取一。")
        if self.amount is not None and self.amount <= 0:
            raise DeadlineError("extension_not_positive", f"{self.on} 的延期数量 {self.amount} 须大于零，请核对。")
        if self.new_due is not None and self.new_due < self.on:
            message = f"延期后的到期日 {self.new_due} 早于延期决定日 {self.on}，请核对。"
            raise DeadlineError("extension_past", message)


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

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise DeadlineError("amount_negative", f"期限 {self.rule} 的数量 {self.amount} 为负数，请核对。")
        most = MOST_HOURS if self.unit is Unit.HOURS else MOST_DAYS
        if self.amount > most or sum(extension.amount or 0 for extension in self.extensions) > most:
            raise DeadlineError("amount_unreasonable", f"期限 {self.rule} 的数量超过 {most}（一百年），请核对。")
        if not YEARS[0] <= self.start.year <= YEARS[1]:
            raise DeadlineError(
                "start_unreasonable", f"期限 {self.rule} 的起算日 {self.start} 不在 1900—2200 年之内，请核对。"
            )
        _refuse_naive(self.start_at)
        if self.unit is Unit.HOURS and self.start_at is None:
            raise DeadlineError("start_at_missing", f"期限 {self.rule} 以小时计，须写明起算时刻。")
        ordered_pauses(self.pauses)
        for extension in self.extensions:
            if extension.on < self.start:
                message = f"延期决定日 {extension.on} 早于期限 {self.rule} 的起算日 {self.start}，请核对。"
                raise DeadlineError("extension_before_start", message)
            if self.unit is Unit.HOURS and extension.amount is None:
                raise DeadlineError("extension_unit", f"期限 {self.rule} 以小时计，延期须写明延长的小时数。")


@dataclass(frozen=True, slots=True)
class Due:
    """When a clock is due (到期): `on` None while suspended without end; `at` only for hours (aware).

    `provisional` says that a year not yet announced took part, so that the date may still move.
    """

    on: date | None
    at: datetime | None
    provisional: bool
    calendar_version: str


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One line of the walk (逐日推算): `number` is its count within the period, None if the day is not counted.

    A clock of hours has one line per instant (`at`), and `number` is the whole hours counted until then.
    """

    day: date
    number: int | None
    counted: bool
    why: str
    source: str
    at: datetime | None = None


def ordered_pauses(pauses: Sequence[Pause]) -> list[Pause]:
    """The suspensions in order of time (中止期间排序); overlapping ones are refused."""
    if not pauses:
        return []
    ordered = sorted(pauses, key=lambda pause: (pause.start, pause.start_at or _FIRST_INSTANT, pause.end or date.max))
    for earlier, later in pairwise(ordered):
        if earlier.end_at is not None and later.start_at is not None:
            overlapping = later.start_at < earlier.end_at
        else:
            overlapping = earlier.end is None or later.start < earlier.end
        if overlapping:
            message = f"中止期间重叠：{earlier.start} 起的中止尚未结束，{later.start} 又开始中止，请合并或更正。"
            raise DeadlineError("pauses_overlap", message)
    return ordered


def _refuse_naive(instant: datetime | None) -> None:
    if instant is not None and instant.utcoffset() is None:
        raise DeadlineError("instant_naive", f"时刻 {instant} 没有时区，请写成 2026-11-20T18:00+08:00 的形式。")
