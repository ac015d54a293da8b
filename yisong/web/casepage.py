"""The page of a case (案件页): where it stands, what may be done, its terms, papers, findings and story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Event, Finding, Inspection, Matter
from yisong.domain import lifecycles
from yisong.domain.exemption import Hint
from yisong.services import finding_hints
from yisong.store import case_page, casefile, deadlines, inbox_rows, matters
from yisong.web import clockview, evidenceview, paperview, timeline
from yisong.web.doors import Choice, choices
from yisong.web.inbox import Task, task
from yisong.web.rights import may_see, root_of, shown
from yisong.web.turns import desktop_of, next_of
from yisong.web.visit import Hidden, Visit, reading

router = APIRouter()
DONE = "done"
NEUTRAL = ("review.", "record_refusal")


@dataclass(frozen=True, slots=True)
class Group:
    """What may be done about one matter of the case (一件事项的可办事项); `main` is the key of the step that comes next."""

    matter: Matter
    heading: str
    choices: tuple[Choice, ...]
    main: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding of the case (检查发现)."""

    matter: Matter
    finding: Finding
    item: str
    law: str
    state: str
    inspection: Inspection | None
    hints: tuple[Hint, ...]


def groups(visit: Visit, family: Sequence[Matter], *, unserved: frozenset[int]) -> list[Group]:
    """Everything this person may do on this page, matter by matter (可办事项); of the papers only those that wait for service."""
    found = []
    by_id = {matter.id: matter for matter in family}
    for matter in family:
        if matter.kind in ("service", "review") and matter.state in lifecycles.ALL[matter.kind].final:
            continue
        if matter.kind == "finding" and matter.case_id is not None:
            continue
        if matter.kind == "document" and matter.id not in unserved:
            continue
        offered = choices(visit, matter)
        if matter.kind == "document":
            offered = [each for each in offered if "." in each.key]
        if offered:
            main = _main(matter, by_id.get(matter.subject_id), offered)
            offered.sort(key=lambda each: (each.key != main, bool(each.obstacle), each.dangerous))
            found.append(Group(matter, _heading(visit, matter), tuple(offered), main))
    order = {
        "transfer": 0,
        "listing": 0,
        "risk": 0,
        "finding": 0,
        "order": 1,
        "criminal": 1,
        "seizure": 1,
        "document": 2,
        "service": 3,
        "review": 4,
    }
    return sorted(found, key=lambda group: (order.get(group.matter.kind, 9), -(group.matter.id or 0)))


def corrections(visit: Visit, family: Sequence[Matter]) -> dict[int, list[Choice]]:
    """What may be done to a paper itself, by paper: withdraw it, supersede it, void its number (文书更正)."""
    papers = [matter for matter in family if matter.kind == "document"]
    found = {matter.id or 0: [each for each in choices(visit, matter) if "." not in each.key] for matter in papers}
    return {key: offered for key, offered in found.items() if offered}


def _main(matter: Matter, subject: Matter | None, offered: Sequence[Choice]) -> str:
    """The step that stands out (主要步骤): what comes next, unless it is a finding on somebody, which no page should suggest."""
    about = subject if matter.kind == "document" and subject is not None else matter
    step = next_of(about.kind, about.state)
    if step is None or step.action.startswith(NEUTRAL):
        return ""
    free = {each.key for each in offered if not each.obstacle}
    return next((key for key in (step.action, *step.then) if key in free), "")


def _heading(visit: Visit, matter: Matter) -> str:
    if matter.kind == "document":
        paper = case_page.papers(visit.session, [matter.id or 0])[0]
        return f"{paperview.paper_name(visit.hall, paper.type_code)} {paper.number}".strip()
    table = lifecycles.ALL[matter.kind]
    suffix = "" if matter.kind in ("transfer", "listing", "risk", "finding") else f" {matter.code.rpartition('-')[2]}"
    return f"{table.label}{suffix}"


def findings(visit: Visit, root: Matter) -> list[FindingView]:
    """The findings of a case with the law of the day (检查发现)."""
    if root.kind == "finding":
        finding = case_page.finding(visit.session, root.id)
        pairs = [(root, finding)] if finding is not None else []
    else:
        pairs = casefile.findings(visit.session, root.case_id) if root.case_id is not None else []
    inspections = case_page.inspections(visit.session, sorted({finding.inspection_id for _, finding in pairs}))
    return [_finding(visit, matter, finding, inspections.get(finding.inspection_id)) for matter, finding in pairs]


def _finding(visit: Visit, matter: Matter, finding: Finding, inspection: Inspection | None) -> FindingView:
    item = visit.book.item(finding.item_code)
    law = item.version_on(finding.found_on)
    state = lifecycles.ALL["finding"].states.get(matter.state, matter.state)
    hints = finding_hints.hints(visit.session, matter, finding=finding, book=visit.book)
    return FindingView(matter, finding, item.name, f"{law.duty}；{law.penalty}", state, inspection, hints)


def _line(visit: Visit, root: Matter) -> Task:
    row = inbox_rows.rows(visit.session, [root.id or 0])[0]
    return task(visit, row, desktop=desktop_of(visit.actor, book=visit.book), mine=None)


def _unit_name(visit: Visit, unit_id: int) -> str:
    unit = matters.unit(visit.session, unit_id)
    return unit.name if unit else str(unit_id)


def _done(visit: Visit, family: dict[int, Matter], events: Sequence[Event]) -> str:
    """What has just been done, where the address says so (刚刚办理)."""
    code, _, seq = visit.request.query_params.get(DONE, "").rpartition(".")
    for event in events:
        if family[event.matter_id].code == code and str(event.seq) == seq:
            return timeline.label_of(family[event.matter_id].kind, event)
    return ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stood in the way of an act on evidence, shown where it happened (证据办理提示)."""

    message: str = ""
    point: str = ""
    typed: str = ""


NO_TROUBLE = Trouble()


def _brought(visit: Visit) -> str:
    """How many files have just been brought, where the address says so (刚刚入卷)."""
    told = visit.request.query_params
    added, already = (value if (value := told.get(name, "")).isdecimal() else "" for name in ("brought", "already"))
    if not added:
        return ""
    return f"入卷 {added} 件。" + (
        f"另有 {already} 件内容与已有证据相同，没有重复入卷。" if already not in ("", "0") else ""
    )


def render(visit: Visit, root: Matter, *, status: int = 200, trouble: Trouble = NO_TROUBLE) -> HTMLResponse:
    """The whole page of a case (案件页)."""
    family = case_page.family(visit.session, root)
    by_id = {matter.id or 0: matter for matter in family}
    events = matters.events(visit.session, list(by_id))
    papers = paperview.views(visit, family)
    unserved = frozenset(view.document.matter_id for view in papers if view.unserved)
    clocks = clockview.views(visit, family)
    transfer = casefile.transfer(visit.session, root.case_id)
    story = timeline.story(
        events,
        family=by_id,
        papers={view.document.matter_id: view.document for view in papers},
        book=visit.book,
        organ=visit.hall.pages.organ,
        unit_name=lambda unit_id: _unit_name(visit, unit_id),
        root=root.id,
    )
    return visit.hall.pages.page(
        visit, "case.html", status=status, root=root, line=_line(visit, root), transfer=transfer, groups=groups(visit, family, unserved=unserved),
        corrections=corrections(visit, family), clocks=clocks,
        pressing=clockview.pressing(clocks), papers=papers, findings=findings(visit, root), story=story, done=_done(visit, by_id, events),
        paper_name=lambda code: paperview.paper_name(visit.hall, code), brought=_brought(visit), evidence_kinds=evidenceview.KINDS,
        evidence=evidenceview.room_of(visit, root, family=family, trouble=trouble.message, point=trouble.point, typed=trouble.typed),
    )  # fmt: skip


@router.get("/cases/{code}", response_class=HTMLResponse)
def case_page_of(request: Request, code: str) -> Response:
    """The page of a case, a listing, a risk letter, or a finding without a case; anything else leads to its case."""
    with reading(request) as visit:
        matter, root = shown(visit, code)
        if matter.id != root.id:
            return RedirectResponse(f"/cases/{root.code}", status_code=303)
        return render(visit, root)


@router.get("/clocks/{clock_id}/explain", response_class=HTMLResponse)
def explain(request: Request, clock_id: int) -> Response:
    """Why a term ends when it ends, day by day."""
    with reading(request) as visit:
        clock = deadlines.clock(visit.session, clock_id)
        if clock is None:
            raise Hidden
        matter = matters.matter(visit.session, clock.matter_id)
        root = root_of(visit.session, matter)
        if not may_see(visit, root):
            raise Hidden
        try:
            lines, problem = clockview.walk(visit, clock), ""
        except clockview.WALK_ERRORS as error:
            lines, problem = (), error.message
        view = next(each for each in clockview.views(visit, [matter]) if each.clock.id == clock.id)
        return visit.hall.pages.page(
            visit, "explain.html", view=view, root=root, lines=lines, cells=clockview.strip(visit, clock, lines), problem=problem,
            instant=lambda value: clockview.instant(value, visit),
        )  # fmt: skip
