"""The calendar (工作日历): which days are worked, what a new version moved, and the dates that wait for a person's word."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Clock, Matter, Reprojection
from yisong.domain.clock_ledger import DeadlineError
from yisong.domain.lifecycle import Refusal
from yisong.domain.numbering import NumberingError
from yisong.domain.roles import Role
from yisong.domain.rulebook import RuleBookError
from yisong.domain.workdays import UNANNOUNCED_SOURCE, CalendarError, DayStatus
from yisong.services import reprojections
from yisong.store import calendars as stored
from yisong.store import deadlines, matters
from yisong.store.supervision import clocks_with_cases
from yisong.web.acts import STATUS
from yisong.web.clockview import rule_name
from yisong.web.turns import governs, oversees
from yisong.web.visit import Hidden, Visit, acting, posted, reading, text

router = APIRouter()
DONE = {"confirm": "已确认提前，更正通知书已编号出具，请及时送达当事人。", "decline": "已保留原期限。"}
ERRORS = (Refusal, RuleBookError, NumberingError, DeadlineError, CalendarError)
MONTHS = tuple(f"{month}月" for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Asked:
    """An earlier date that waits (待确认的期限提前)."""

    row: Reprojection
    clock: Clock
    root: Matter
    unit: str
    term: str
    mine: bool
    past: bool


def _sees_all(visit: Visit) -> bool:
    return oversees(visit.actor, book=visit.book) or governs(visit.actor, book=visit.book)


def _waiting(visit: Visit) -> list[Asked]:
    rows = stored.waiting(visit.session, department="" if _sees_all(visit) else visit.actor.department)
    around = clocks_with_cases(visit.session, {row.clock_id for row in rows})
    leads = Role.LEADER in visit.actor.roles
    found = []
    for row in rows:
        clock, root, unit = around[row.clock_id]
        mine = leads and row.department == visit.actor.department
        found.append(Asked(row, clock, root, unit, rule_name(visit.book, clock.rule), mine, row.new_due < visit.on))
    return sorted(found, key=lambda asked: (not asked.mine, asked.row.new_due, asked.root.code))


def _months(visit: Visit, year: int) -> list[tuple[str, list[DayStatus | None]]]:
    """Every month of a year in weeks from Monday, days of other months left empty (年历)."""
    return [
        (
            name,
            [
                visit.book.calendar.day(day) if day.month == month else None
                for week in Calendar().monthdatescalendar(year, month)
                for day in week
            ],
        )
        for month, name in enumerate(MONTHS, start=1)
    ]


def _page(
    visit: Visit, *, status: int = 200, message: str = "", done: str = "", typed: str = "", at: str = "", year: int = 0
) -> HTMLResponse:
    calendar = visit.book.calendar
    year = year if year in calendar.years else visit.on.year
    held = calendar.years.get(year)
    years = sorted(
        {*(each for each in calendar.years if abs(each - visit.on.year) <= 2), visit.on.year, visit.on.year + 1}
    )
    days = calendar.count_workdays(date(year - 1, 12, 31), date(year, 12, 31))
    return visit.hall.pages.page(
        visit, "worktime.html", status=status, message=message, done=DONE.get(done, ""), typed=typed, at=at, waiting=_waiting(visit),
        activations=stored.activations(visit.session, most=5), months=_months(visit, year), year=year, years=years, workdays=days,
        holidays=held.holidays if held else (),
        makeup=sorted(held.makeup_workdays) if held else (), source=held.source if held else UNANNOUNCED_SOURCE, announced=calendar.announced, version=calendar.version,
    )  # fmt: skip


@router.get("/calendar", response_class=HTMLResponse)
def show(request: Request, done: str = "", year: int = 0) -> Response:
    """The year, what the last versions moved, and what waits."""
    with reading(request) as visit:
        return _page(visit, done=done, year=year)


def _held(visit: Visit, number: str) -> int:
    """The clock that a form is about, if it is this person's business (表单所指). Raises Hidden."""
    clock = deadlines.clock(visit.session, int(number)) if number.isdecimal() and len(number) < 18 else None
    if clock is None:
        raise Hidden
    organs = {clock.department, matters.matter(visit.session, clock.matter_id).responsible} - {""}
    if visit.actor.department not in organs and not _sees_all(visit):
        raise Hidden
    return clock.id or 0


def _act(request: Request, form: FormData, verb: str, take: Callable[[Visit, int], object]) -> Response:
    number = text(form, "clock")
    try:
        with acting(request) as visit:
            take(visit, _held(visit, number))
    except ERRORS as refusal:
        with reading(request) as visit:
            known = {"not_your_post": 403, "nothing_waits": 409, "clock_ended": 409, "calendar_moved_on": 409}
            status = known.get(refusal.code, STATUS.get(refusal.code, 422))
            return _page(visit, status=status, message=refusal.message, typed=text(form, "reason"), at=number)
    return RedirectResponse(f"/calendar?done={verb}", status_code=303)


@router.post("/calendar/confirm", response_class=HTMLResponse)
def confirm(request: Request, form: FormData = Depends(posted)) -> Response:
    """Let an earlier date apply; the unit is told by a numbered paper."""

    def take(visit: Visit, clock: int) -> None:
        zone = visit.hall.desk.settings.timezone
        reprojections.confirm(
            visit.session, book=visit.book, clock_id=clock, actor=visit.actor, on=visit.on, at=visit.at, zone=zone
        )

    return _act(request, form, "confirm", take)


@router.post("/calendar/decline", response_class=HTMLResponse)
def decline(request: Request, form: FormData = Depends(posted)) -> Response:
    """Keep the date that was told, with a reason."""

    def take(visit: Visit, clock: int) -> None:
        reprojections.decline(
            visit.session, clock_id=clock, actor=visit.actor, reason=text(form, "reason"), on=visit.on, at=visit.at
        )

    return _act(request, form, "decline", take)
