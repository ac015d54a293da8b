"""The inbox (收件箱) and, for those who oversee, the board of all organs (部门总览)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from models import Clock
from yisong.domain.roles import Party
from yisong.store import inbox as stored
from yisong.store import inbox_rows
from yisong.store.desktops import Asked, Counts, Cursor, Desktop, View, week_end_of
from yisong.web.clockview import late_of, rule_name
from yisong.web.lateness import Lateness
from yisong.web.pages import state_label
from yisong.web.turns import Next, desktop_of, is_turn_of, next_of, oversees
from yisong.web.visit import Hidden, Visit, reading

router = APIRouter()
PAGE = 40
TABS = (
    (View.MINE, "待我办理"),
    (View.WEEK, "本周到期"),
    (View.LATE, "已逾期"),
    (View.OPEN, "全部在办"),
    (View.CLOSED, "已办结"),
)


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the inbox (待办行)."""

    row: inbox_rows.Row
    title: str
    state: str
    todo: str
    who: str
    mine: bool
    clock: Clock | None
    term: str
    lateness: Lateness
    route: str

    @property
    def address(self) -> str:
        return f"/cases/{self.row.matter.code}"


def _next(row: inbox_rows.Row, desktop: Desktop) -> list[tuple[Next, str, str]]:
    """What comes next in a case, on itself and on its orders: (step, origin, responsible), the nearest to a person first."""
    running = {clock.matter_id: set[str]() for clock in row.clocks}
    for clock in row.clocks:
        if clock.status == "running":
            running[clock.matter_id].add(clock.rule)
    idle = not any(child.kind == "order" and child.state in desktop.live_orders for child in row.children)
    found = []
    for matter in (*row.children, row.matter):
        step = next_of(matter.kind, matter.state, clocks=frozenset(running.get(matter.id or 0, ())), idle=idle)
        if step is not None:
            found.append((step, matter.origin, matter.responsible))
    return found


def _who(visit: Visit, step: Next, origin: str, responsible: str) -> str:
    organ = visit.hall.pages.organ
    offices = {
        Party.ORIGIN: origin, Party.RESPONSIBLE: responsible, Party.GUIDANCE: visit.book.guidance_code,
        Party.SUPERVISOR: visit.book.supervisor_code, Party.GOVERNMENT: visit.book.government_code,
    }  # fmt: skip
    if step.who.party in (Party.UNIT, Party.SYSTEM):
        return {Party.UNIT: "企业", Party.SYSTEM: ""}[step.who.party]
    if step.who.party is Party.POLICE:
        return organ(visit.book.police_code)
    post = "负责人" if step.who.label.endswith("负责人") and len(step.who.roles) == 1 else ""
    return organ(offices[step.who.party]) + post


def task(visit: Visit, row: inbox_rows.Row, *, desktop: Desktop, mine: bool | None) -> Task:
    """A line of the inbox from what was read (待办行). `mine` None: nobody has asked whose turn it is."""
    steps = _next(row, desktop)
    told = row.matter.details.get("departments") or []
    own = visit.actor.department

    def is_mine(step: Next, origin: str, responsible: str) -> bool:
        return is_turn_of(
            step.who, visit.actor, book=visit.book, origin=origin, responsible=own if own in told else responsible
        )

    steps.sort(key=lambda each: (not is_mine(*each), each[0].who.party in (Party.SYSTEM, Party.UNIT)))
    first = steps[0] if steps else None
    clock = row.clocks[0] if row.clocks else None
    who = _who(visit, *first) if first else ""
    if first and row.matter.kind == "risk" and first[0].who.party is Party.RESPONSIBLE:
        who = "、".join(visit.hall.pages.organ(code) for code in told)
    return Task(
        row=row,
        title=_title(visit, row),
        state=_state(row),
        todo=first[0].todo if first else "",
        who=who,
        mine=bool(first and is_mine(*first)) if mine is None else mine,
        clock=clock,
        term=rule_name(visit.book, clock.rule) if clock else "",
        lateness=late_of(visit, clock),
        route=_route(visit, row, told),
    )


def _state(row: inbox_rows.Row) -> str:
    """The state of the case, or of the track that has taken it over (状态)."""
    track = next((child for child in row.children if child.kind == "criminal"), None)
    if row.matter.state == "criminal_branch" and track is not None:
        return state_label("criminal", track.state)
    return state_label(row.matter.kind, row.matter.state)


def _route(visit: Visit, row: inbox_rows.Row, told: Sequence[str]) -> str:
    """From which organ to which (流转部门)."""
    organ = visit.hall.pages.organ
    origin, responsible = row.matter.origin, row.matter.responsible
    if row.matter.kind == "transfer" and origin == responsible:
        return f"{organ(origin)}（自办）"
    to = "、".join(organ(code) for code in told) if told else organ(responsible) if responsible else ""
    return " → ".join(name for name in (organ(origin) if origin else "", to) if name)


def _title(visit: Visit, row: inbox_rows.Row) -> str:
    if row.transfer is not None:
        return row.transfer.title
    if row.finding is not None:
        return visit.book.item(row.finding.item_code).name
    return {"listing": "重点监管对象列入", "risk": "涉企检查风险提示"}.get(row.matter.kind, row.matter.code)


def _address(path: str, **query: str) -> str:
    kept = {key: value for key, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


@router.get("/", response_class=HTMLResponse)
def inbox(
    request: Request, view: View | None = None, q: str = "", department: str = "", after: str = "", shown: int = 0
) -> HTMLResponse:
    """The inbox: whose turn it is first, then by due day; a search looks through everything the person may see."""
    with reading(request) as visit:
        desktop = desktop_of(visit.actor, book=visit.book)
        text = q.strip()[:60]
        department = department if desktop.everything else ""
        default = View.EVERYTHING if text else View.MINE
        asked = Asked(view or default, visit.on, week_end_of(visit.on), text=text, department=department)
        cursor = Cursor.parse(after)
        look = stored.page(visit.session, desktop, asked=asked, after=cursor, most=PAGE)
        if view is None and not text and look.counts.mine == 0:
            asked = replace(asked, view=View.OPEN)
            look = stored.page(visit.session, desktop, asked=asked, after=cursor, most=PAGE)
        found, total, counts = look.places, look.total, look.counts
        rows = inbox_rows.rows(visit.session, [place.id for place in found])
        ranks = {place.id: place.rank for place in found}
        tasks = [task(visit, row, desktop=desktop, mine=ranks[row.matter.id or 0] == 0) for row in rows]
        before = max(shown, 0) if cursor else 0
        until = before + len(tasks)
        here = {"q": text, "department": department}
        more = (
            _address("/", view=asked.view.value, **here, after=str(found[-1]), shown=str(until))
            if until < total and found
            else ""
        )
        return visit.hall.pages.page(
            visit, "inbox_rows.html" if cursor and "hx-request" in request.headers else "inbox.html",
            tasks=tasks, total=total, first=before + 1, until=until, more=more, view=asked.view.value, q=text, department=department,
            tabs=_tabs(counts, here), everything=desktop.everything, departments=_departments(visit), mine_total=counts.mine,
        )  # fmt: skip


def _tabs(counts: Counts, here: dict[str, str]) -> list[tuple[str, str, str, int | None]]:
    numbers = {View.MINE: counts.mine, View.WEEK: counts.week, View.LATE: counts.late, View.OPEN: counts.open}
    return [
        (view.value, label, _address("/", view=view.value, department=here["department"]), numbers.get(view))
        for view, label in TABS
    ]


def _departments(visit: Visit) -> Sequence[tuple[str, str]]:
    return [(organ.code, organ.short) for organ in visit.book.organs]


@router.get("/board", response_class=HTMLResponse)
def board(request: Request) -> HTMLResponse:
    """How much lies on every organ's desk, the latest first; only for those who oversee."""
    with reading(request) as visit:
        if not oversees(visit.actor, book=visit.book):
            raise Hidden
        week_end = week_end_of(visit.on)
        desktop = desktop_of(visit.actor, book=visit.book)
        loads = inbox_rows.loads(visit.session, open_states=desktop.open_states, today=visit.on, week_end=week_end)
        most = max((load.open for load in loads), default=1) or 1
        return visit.hall.pages.page(visit, "board.html", loads=loads, most=most, week_end=week_end)
