"""The clocks of a case as a reader sees them (期限视图), and the strip of days that explains a due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models import Clock, Matter, Rung
from yisong.domain import lifecycles
from yisong.domain.clock_ledger import CountedDay, DeadlineError, Unit
from yisong.domain.deadlines import explain
from yisong.domain.entries import RuleBookError
from yisong.domain.rulebook import DeadlineRule, RuleBook
from yisong.domain.workdays import CalendarError, DayKind
from yisong.services.clocks import calendar_of, ledger_of
from yisong.store import case_page, deadlines
from yisong.web.lateness import Lateness, lateness
from yisong.web.visit import Visit

RUNG_STATES = {"proposed": "待批准", "approved": "已批准", "dropped": "未发出"}


@dataclass(frozen=True, slots=True)
class ClockView:
    """One clock with its words (期限)."""

    clock: Clock
    name: str
    basis: str
    about: str
    lateness: Lateness
    amount: str
    rungs: tuple[Rung, ...]

    @property
    def live(self) -> bool:
        return self.clock.status in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of the strip (日格): `kind` is start, counted, rest, paused, rolled or due."""

    day: date
    kind: str
    number: int | None
    past: bool
    today: bool
    why: str


def rule_of(book: RuleBook, clock: Clock) -> DeadlineRule | None:
    """The rule by which a clock was started (期限规则); None where the book has dropped it since."""
    try:
        return book.deadline_rule(clock.rule, clock.start_on, clock.department or None)
    except RuleBookError:
        return next((rule for rule in book.deadline_rules if rule.code == clock.rule), None)


def rule_name(book: RuleBook, code: str) -> str:
    """What a rule is called (期限名称)."""
    return next((rule.name for rule in book.deadline_rules if rule.code == code), code)


def late_of(visit: Visit, clock: Clock | None) -> Lateness:
    """Where a clock stands at this visit (迟早)."""
    zone = visit.hall.desk.settings.timezone
    return lateness(clock, on=visit.on, at=visit.at, calendar=visit.book.calendar, zone=zone)


def views(visit: Visit, family: list[Matter]) -> list[ClockView]:
    """All clocks of a case: the running ones first, by due day, then the ended ones, the latest first (期限一览)."""
    by_id = {matter.id or 0: matter for matter in family}
    clocks = case_page.clocks(visit.session, list(by_id))
    rungs: dict[int, list[Rung]] = {}
    for rung in deadlines.rungs(visit.session, [clock.id or 0 for clock in clocks]):
        rungs.setdefault(rung.clock_id, []).append(rung)
    found = [_view(visit, clock, by_id[clock.matter_id], tuple(rungs.get(clock.id or 0, ()))) for clock in clocks]
    running = [view for view in found if view.live]
    ended = [view for view in found if not view.live]
    running.sort(key=lambda view: (not view.clock.chased, view.clock.due_on or date.max, view.clock.id or 0))
    ended.sort(key=lambda view: (view.clock.ended_on or date.min, view.clock.id or 0), reverse=True)
    return running + ended


def _view(visit: Visit, clock: Clock, matter: Matter, rungs: tuple[Rung, ...]) -> ClockView:
    rule = rule_of(visit.book, clock)
    measure = {"wd": "个工作日", "nd": "日（末日遇休假顺延）", "cd": "日（不顺延）", "h": "小时"}[clock.unit]
    table = lifecycles.ALL[matter.kind]
    return ClockView(
        clock=clock,
        name=rule.name if rule else clock.rule,
        basis=f"{rule.basis}（{rule.source.label}）" if rule else "",
        about=""
        if matter.kind in ("transfer", "listing", "risk")
        else f"{table.label} {matter.code.rpartition('-')[2]}",
        lateness=late_of(visit, clock),
        amount=f"{clock.amount} {measure}",
        rungs=rungs,
    )


def pressing(found: list[ClockView]) -> ClockView | None:
    """The clock that presses first (最近期限)."""
    return next(
        (view for view in found if view.clock.status == "running" and view.clock.chased and not view.clock.held), None
    )


def walk(visit: Visit, clock: Clock) -> tuple[CountedDay, ...]:
    """The walk from day 0 to the due date, from the code that computed it (逐日推算).

    Raises:
        DeadlineError, CalendarError: where the ledger cannot be walked.
    """
    zone = visit.hall.desk.settings.timezone
    calendar = calendar_of(visit.session, book=visit.book, clock=clock)
    return explain(ledger_of(visit.session, clock), calendar=calendar, timezone=zone)


def strip(visit: Visit, clock: Clock, lines: tuple[CountedDay, ...]) -> list[Cell]:
    """The walk as cells of a strip; empty for clocks of hours, which have instants and no days (日格)."""
    if clock.unit == Unit.HOURS:
        return []
    cells: list[Cell] = []
    for index, line in enumerate(lines):
        if line.why.startswith("批准延期") and index:
            continue  # a decision, not a day of its own
        cells.append(
            Cell(
                line.day,
                _kind(visit, clock, line, index),
                line.number,
                line.day < visit.on,
                line.day == visit.on,
                line.why,
            )
        )
    return cells


def _kind(visit: Visit, clock: Clock, line: CountedDay, index: int) -> str:
    if index == 0:
        return "start"
    if line.day == clock.due_on:
        return "due"
    if line.counted:
        return "counted"
    if "中止" in line.why:
        return "paused"
    return "rest" if visit.book.calendar.day(line.day).kind in (DayKind.WEEKEND, DayKind.HOLIDAY) else "rolled"


def instant(value: datetime, visit: Visit) -> str:
    """An instant of a clock of hours, in local time (时刻)."""
    local = value.astimezone(visit.hall.desk.settings.timezone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


WALK_ERRORS = (DeadlineError, CalendarError)
