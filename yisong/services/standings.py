"""How far each finding has come (办理进度): state, case, owner, due day, papers and the day it ended, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models import Matter
from yisong.domain.casestate import LABELS, case_state
from yisong.domain.deadlines import days_late
from yisong.domain.lifecycles import ALL
from yisong.domain.rulebook import RuleBook
from yisong.store import ledger as stored

_LABELS = {**ALL["criminal"].states, **ALL["transfer"].states, **LABELS}
_ENDED = frozenset({"closed", "closed_refused", "terminated", "voided"})
_SETTLED = frozenset({"onsite_fixed", "cleared", "void"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one finding stands (进度).

    `due_on` is the earliest day on which somebody is chased for it; `workdays_late` counts working days past that day,
    `days_late` natural ones. `closed_on` is None while something is still to be done.
    """

    state: str
    label: str
    owner: str
    case_code: str = ""
    case_state: str = ""
    due_on: date | None = None
    workdays_late: int = 0
    days_late: int = 0
    documents: tuple[str, ...] = ()
    closed_on: date | None = None

    @property
    def case_label(self) -> str:
        """The state of the case in words (案件状态)."""
        return _LABELS.get(self.case_state, self.case_state)

    @property
    def lateness(self) -> str:
        """How late it is, in words (逾期情况); "" where it is not."""
        if not self.days_late:
            return ""
        return f"逾期 {self.workdays_late} 个工作日" if self.workdays_late else f"逾期 {self.days_late} 日"


def standings(session: Session, matters: Sequence[Matter], *, book: RuleBook, on: date) -> dict[int, Standing]:
    """Where these findings stand on a day (办理进度), by their ids; a fixed number of queries for every five hundred."""
    case_ids = {matter.case_id for matter in matters if matter.case_id is not None}
    loose = [matter.id or 0 for matter in matters if matter.case_id is None]
    cases = stored.cases(session, case_ids)
    tracks = stored.tracks(session, case_ids)
    due = stored.due_days(session, case_ids, of_cases=True)
    own_due = stored.due_days(session, loose, of_cases=False)
    numbers = stored.numbers(session, case_ids)
    ended = {case_id for case_id, case in cases.items() if case.state in _ENDED}
    settled = {matter.id or 0 for matter in matters if matter.state in _SETTLED}
    last = stored.last_days(session, ended | settled)
    found = {}
    for matter in matters:
        number = matter.id or 0
        case = cases.get(matter.case_id or 0)
        label = ALL["finding"].states.get(matter.state, matter.state)
        case_id, state, owner = 0, "", matter.responsible
        if case is not None:
            case_id, owner = case.id or 0, case.responsible
            orders, criminal = tracks.get(case_id, ([], ""))
            state = case_state(case.state, orders=orders, criminal=criminal)
        due_on = due.get(case_id) if case is not None else own_due.get(number)
        workdays, days = days_late(due_on, day=on, calendar=book.calendar) if due_on is not None else (0, 0)
        found[number] = Standing(
            state=matter.state,
            label=label if not state or number in settled else _LABELS.get(state, state),
            owner=owner,
            case_code=case.code if case is not None else "",
            case_state=state,
            due_on=due_on,
            workdays_late=workdays,
            days_late=days,
            documents=tuple(numbers.get(case_id, ())),
            closed_on=last.get(case_id if case_id in ended else number)
            if case_id in ended or number in settled
            else None,
        )
    return found
