"""Due dates per second (期限计算速度), beside what one would write otherwise, in the same run on the same questions.

The questions: working-day terms as the law and the district set them (2 to 20 days), starting anywhere in 2008–2025.
The peers: a loop over `chinese_calendar.is_workday`, the same package's `find_workday`, a loop over a plain set of days,
and numpy's `busday_offset`, which knows no make-up workday (调休上班) and therefore answers another question; how often
its answer is wrong is counted. Every other peer must agree with us on every question, or nothing is reported.
"""

import importlib
import importlib.util
import json
import random
import time
import tomllib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar

from yisong.domain.deadlines import Ledger, Pause, Unit, due, due_on, explain
from yisong.domain.holiday_notice import calendar_year_from_toml
from yisong.domain.workdays import WorkCalendar

RULES = Path(__file__).resolve().parents[1] / "rules" / "calendar"
TERMS = (2, 3, 5, 7, 10, 15, 20)
QUESTIONS = 20_000
SLOW_QUESTIONS = 1_000
ONE_DAY = timedelta(days=1)

Question = tuple[date, int]


def district_calendar() -> WorkCalendar:
    """The calendar of the rules, 2008 to 2026."""
    files = sorted(RULES.glob("*.toml"))
    return WorkCalendar(
        calendar_year_from_toml(tomllib.loads(file.read_text(encoding="utf-8")), where=file.name) for file in files
    )


def questions(amount: int) -> list[Question]:
    """Random starts and terms, the same in every run."""
    chance = random.Random(20261120)
    span = (date(2025, 12, 31) - date(2008, 1, 1)).days
    return [(date(2008, 1, 1) + timedelta(days=chance.randrange(span)), chance.choice(TERMS)) for _ in range(amount)]


def seconds_each(work: Callable[[], object], amount: int, *, repeats: int = 5) -> float:
    """Seconds for one of `amount` questions: the best of some repeats, so that a busy machine counts least."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best / amount


def loop(start: date, amount: int, is_workday: Callable[[date], bool]) -> date:
    """The loop that everybody writes first."""
    day = start
    while amount:
        day += ONE_DAY
        amount -= is_workday(day)
    return day


def run() -> dict[str, Any]:
    """Measure, and return figures: microseconds each, due dates per second, and ratios to our quick path."""
    begin = time.perf_counter()
    calendar = district_calendar()
    reading = time.perf_counter() - begin
    building = seconds_each(lambda: WorkCalendar(calendar.years.values()), 1, repeats=3)
    many = questions(QUESTIONS)
    few = many[:SLOW_QUESTIONS]
    ledgers = [Ledger("R-ACCEPT", Unit.WORKING_DAYS, amount, start) for start, amount in many]
    paused = [
        Ledger("R-VERIFY", Unit.WORKING_DAYS, amount + 2, start, pauses=(Pause(start + ONE_DAY, start + 5 * ONE_DAY),))
        for start, amount in many
    ]
    worked = {day for day in _days(date(2008, 1, 1), date(2026, 12, 31)) if calendar.is_workday(day)}
    _must_agree(calendar, few, worked)

    def quick() -> None:
        for start, amount in many:
            due_on(start, unit=Unit.WORKING_DAYS, amount=amount, calendar=calendar)

    def natural() -> None:
        for start, amount in many:
            due_on(start, unit=Unit.NATURAL_DAYS, amount=amount, calendar=calendar)

    each = {
        "due_on, working days": seconds_each(quick, QUESTIONS),
        "due_on, natural days": seconds_each(natural, QUESTIONS),
        "due of a ledger": seconds_each(lambda: [due(ledger, calendar=calendar) for ledger in ledgers], QUESTIONS),
        "due of a ledger with a pause": seconds_each(
            lambda: [due(ledger, calendar=calendar) for ledger in paused], QUESTIONS
        ),
        "explain": seconds_each(
            lambda: [explain(ledger, calendar=calendar) for ledger in ledgers[:SLOW_QUESTIONS]], SLOW_QUESTIONS
        ),
        "chinese_calendar.is_workday, loop": seconds_each(
            lambda: [loop(start, amount, chinese_calendar.is_workday) for start, amount in few],
            SLOW_QUESTIONS,
            repeats=2,
        ),
        "chinese_calendar.find_workday": seconds_each(
            lambda: [chinese_calendar.find_workday(amount - 1, start + ONE_DAY) for start, amount in few],
            SLOW_QUESTIONS,
            repeats=2,
        ),
        "set of days, loop": seconds_each(
            lambda: [loop(start, amount, worked.__contains__) for start, amount in many], QUESTIONS
        ),
    }
    figures: dict[str, Any] = {
        "questions": QUESTIONS,
        "calendar read from files, seconds": round(reading, 4),
        "calendar built, seconds": round(building, 4),
    }
    if importlib.util.find_spec("numpy") is not None:
        numpy_each, figures["numpy busday wrong, share"] = _numpy(calendar, many)
        each |= numpy_each
    ours = each["due_on, working days"]
    figures["microseconds each"] = {name: round(seconds * 1e6, 3) for name, seconds in each.items()}
    figures["due dates per second"] = round(1 / ours)
    figures["times as long as due_on"] = {name: round(seconds / ours, 1) for name, seconds in each.items()}
    return figures


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _must_agree(calendar: WorkCalendar, asked: Sequence[Question], worked: set[date]) -> None:
    for start, amount in asked:
        ours = due_on(start, unit=Unit.WORKING_DAYS, amount=amount, calendar=calendar)
        others = {
            loop(start, amount, chinese_calendar.is_workday),
            chinese_calendar.find_workday(amount - 1, start + ONE_DAY),
            loop(start, amount, worked.__contains__),
        }
        if others != {ours}:
            raise AssertionError(f"{start} + {amount} working days: ours {ours}, the peers {others}")


def _numpy(calendar: WorkCalendar, asked: Sequence[Question]) -> tuple[dict[str, float], float]:
    """numpy's business days, Monday to Friday without the holidays: one by one, and all at once."""
    numpy: Any = importlib.import_module("numpy")
    off = [day for day in _days(date(2008, 1, 1), date(2026, 12, 31)) if day.weekday() < 5]
    off = [day for day in off if not calendar.is_workday(day)]
    business = numpy.busdaycalendar(weekmask="1111100", holidays=numpy.array(off, dtype="datetime64[D]"))
    starts = numpy.array([start for start, _ in asked], dtype="datetime64[D]")
    amounts = numpy.array([amount for _, amount in asked])

    def at_once() -> Any:
        return numpy.busday_offset(starts, amounts, roll="backward", busdaycal=business)

    def one_by_one() -> None:
        for start, amount in asked:
            numpy.busday_offset(start, amount, roll="backward", busdaycal=business)

    theirs = at_once().astype(object)
    ours = [due_on(start, unit=Unit.WORKING_DAYS, amount=amount, calendar=calendar) for start, amount in asked]
    wrong = sum(their != our for their, our in zip(theirs, ours, strict=True)) / len(ours)
    each = {
        "numpy busday, one by one": seconds_each(one_by_one, len(asked), repeats=3),
        "numpy busday, all at once": seconds_each(at_once, len(asked)),
    }
    return each, round(wrong, 3)


if __name__ == "__main__":
    print(json.dumps(run(), ensure_ascii=False, indent=2))
