"""Supervision (督办): what waits for a decision, which papers were not received, and the book of all of them.

Who oversees sees everything, a department what was sent to it. Who may decide is asked of the services, which say no by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Clock, Document, Matter, Rung, RungAct
from yisong.domain.escalation import EscalationError
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBookError
from yisong.services import supervision
from yisong.services.rung_acts import DECIDERS, ladder_rung_of
from yisong.services.rung_papers import review_cited
from yisong.store import deadlines
from yisong.store import supervision as stored
from yisong.web.acts import STATUS
from yisong.web.clockview import late_of, rule_name
from yisong.web.lateness import Lateness
from yisong.web.turns import governs, oversees
from yisong.web.visit import Hidden, Visit, acting, posted, reading, text

router = APIRouter()
PAGE = 40
CLOSE = "/close"
DONE = {
    "approve": "已批准，文书已编号出具。", "drop": "已记为不予升级。", "close": "已销号，销号通知书已编号出具。", "receive": "已签收。", "reply": "已签收并回复。",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person has to decide (待决定事项): `what` is approve or close."""

    what: str
    clock: Clock
    key: str
    name: str
    root: Matter
    unit: str
    term: str
    lateness: Lateness
    reason: str
    on: date
    decider: str
    mine: bool
    papers: tuple[str, ...]
    reviewed: bool

    @property
    def live(self) -> bool:
        return self.clock.status in deadlines.LIVE


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper of the ladder and what became of it (催督文书)."""

    rung: Rung
    document: Document
    root: Matter
    unit: str
    term: str
    lateness: Lateness
    received: RungAct | None
    replied: RungAct | None
    closed: RungAct | None
    mine: bool


def _sees_all(visit: Visit) -> bool:
    return oversees(visit.actor, book=visit.book) or governs(visit.actor, book=visit.book)


def _questions(visit: Visit) -> list[Question]:
    """Everything that waits for a person (待决定): those of this person first."""
    asked: dict[tuple[int, str], tuple[str, str, date, str]] = {}
    for rung, _ in stored.awaiting_approval(visit.session):
        asked[rung.clock_id, rung.key] = (rung.name, "逾期已达此级，阶梯规定须经批准", rung.on, rung.issuer)
    for proposal in stored.proposals(visit.session):
        asked[proposal.clock_id, proposal.key] = (proposal.name, proposal.reason, proposal.on, "")
    around = stored.clocks_with_cases(visit.session, {clock for clock, _ in asked})
    found = []
    for (clock_id, key), (name, reason, on, issuer) in asked.items():
        clock, root, unit = around[clock_id]
        decider, papers = _decider(visit, clock, key=key, issuer=issuer)
        found.append(
            Question(
                "close" if key.endswith(CLOSE) else "approve", clock, key.removesuffix(CLOSE), name, root, unit, rule_name(visit.book, clock.rule),
                late_of(visit, clock), reason, on, decider, decider == visit.actor.department and bool(visit.actor.roles & DECIDERS), papers,
                key.endswith(CLOSE) and review_cited(visit.session, root) is not None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda question: (not question.mine, question.on, question.root.code))


def _decider(visit: Visit, clock: Clock, *, key: str, issuer: str) -> tuple[str, tuple[str, ...]]:
    """Which organ decides, and which papers that will issue (决定机关及拟出具文书)."""
    listed = stored.rung_seen(visit.session, clock.id or 0, key=key.removesuffix(CLOSE))
    if key.endswith(CLOSE):
        return (listed.issuer if listed and listed.issuer else visit.book.government_code), (supervision.CLOSING,)
    try:
        rung, issue = ladder_rung_of(visit.book, clock, key=key)
    except (Refusal, EscalationError, RuleBookError):
        return issuer, ()
    return issue.organ, rung.papers


def _sheets(visit: Visit, rows: list[tuple[Rung, Document]]) -> list[Sheet]:
    around = stored.clocks_with_cases(visit.session, {rung.clock_id for rung, _ in rows})
    acts = {(act.clock_id, act.key, act.kind): act for act in stored.acts(visit.session, list(around))}
    return [
        Sheet(
            rung, document, around[rung.clock_id][1], around[rung.clock_id][2], rule_name(visit.book, around[rung.clock_id][0].rule),
            late_of(visit, around[rung.clock_id][0]), acts.get((rung.clock_id, rung.key, "received")),
            acts.get((rung.clock_id, rung.key, "replied")), acts.get((rung.clock_id, rung.key, "closed")),
            rung.department == visit.actor.department and bool(visit.actor.roles & supervision.STAFF),
        )
        for rung, document in rows
    ]  # fmt: skip


def _place(text_: str) -> tuple[date, int, str] | None:
    day, _, rest = text_.partition("_")
    clock, _, key = rest.partition("_")
    try:
        return (date.fromisoformat(day), int(clock), key) if text_ else None
    except ValueError:
        return None


def _page(
    visit: Visit, *, status: int = 200, message: str = "", done: str = "", before: str = "", department: str = "", typed: str = "", at: str = ""
) -> HTMLResponse:  # fmt: skip
    everything = _sees_all(visit)
    only = department if everything else visit.actor.department
    rows = stored.papers_of_rungs(visit.session, department=only, before=_place(before), most=PAGE + 1)
    page, more = rows[:PAGE], len(rows) > PAGE
    last = f"{page[-1][0].on}_{page[-1][0].clock_id}_{page[-1][0].key}" if page and more else ""
    questions = _questions(visit) if everything else []
    own = _sheets(visit, stored.papers_of_rungs(visit.session, department=visit.actor.department, most=PAGE))
    return visit.hall.pages.page(
        visit, "supervision.html", status=status, everything=everything, questions=[each for each in questions if each.mine],
        others=[each for each in questions if not each.mine], unanswered=[each for each in own if each.mine and each.replied is None],
        sheets=_sheets(visit, page), more=last, first=not before, department=only if everything else "", organs=_organs(visit), message=message,
        done=DONE.get(done, ""), typed=typed, at=at, paper_name=lambda code: visit.book.numbering(code).name,
    )  # fmt: skip


def _organs(visit: Visit) -> list[tuple[str, str]]:
    return [(organ.code, organ.short or organ.name) for organ in visit.book.organs]


@router.get("/supervision", response_class=HTMLResponse)
def show(request: Request, before: str = "", department: str = "", done: str = "") -> Response:
    """What waits for a decision, what was not received, and the book of all papers of the ladder."""
    with reading(request) as visit:
        return _page(visit, before=before, department=department, done=done)


def _held(visit: Visit, form: FormData) -> tuple[int, str]:
    """The clock and the rung that a form is about, if they are this person's business (表单所指). Raises Hidden."""
    number, key = text(form, "clock"), text(form, "key")
    clock = deadlines.clock(visit.session, int(number)) if number.isdecimal() and len(number) < 18 else None
    if clock is None or not (_sees_all(visit) or clock.department == visit.actor.department):
        raise Hidden
    return clock.id or 0, key


def _act(request: Request, form: FormData, verb: str, take: Callable[[Visit, int, str], object]) -> Response:
    """Do one thing, or show the page again with why not and what was typed (办理)."""
    try:
        with acting(request) as visit:
            take(visit, *_held(visit, form))
    except (Refusal, EscalationError, RuleBookError) as refusal:
        with reading(request) as visit:
            status = 403 if refusal.code in ("not_your_post", "not_your_paper") else STATUS.get(refusal.code, 422)
            status = 409 if refusal.code in ("nothing_waits", "already_done") else status
            typed = text(form, "reason") or text(form, "conclusion") or text(form, "reply")
            return _page(
                visit,
                status=status,
                message=refusal.message,
                typed=typed,
                at=f"{text(form, 'clock')}:{text(form, 'key')}",
            )
    return RedirectResponse(f"/supervision?done={verb}", status_code=303)


@router.post("/supervision/approve", response_class=HTMLResponse)
def approve(request: Request, form: FormData = Depends(posted)) -> Response:
    """Approve a rung: its papers are issued."""

    def take(visit: Visit, clock: int, key: str) -> None:
        supervision.approve_rung(
            visit.session, visit.book, clock_id=clock, key=key, actor=visit.actor, on=visit.on, at=visit.at
        )

    return _act(request, form, "approve", take)


@router.post("/supervision/drop", response_class=HTMLResponse)
def drop(request: Request, form: FormData = Depends(posted)) -> Response:
    """Decide against a rung, with a reason."""

    def take(visit: Visit, clock: int, key: str) -> None:
        whole = key + (CLOSE if text(form, "what") == "close" else "")
        supervision.drop_rung(
            visit.session, visit.book, clock_id=clock, key=whole, actor=visit.actor, reason=text(form, "reason"), on=visit.on, at=visit.at
        )  # fmt: skip

    return _act(request, form, "drop", take)


@router.post("/supervision/close", response_class=HTMLResponse)
def close(request: Request, form: FormData = Depends(posted)) -> Response:
    """Close listed supervision with its numbered notice (销号)."""

    def take(visit: Visit, clock: int, key: str) -> None:
        supervision.close_rung(
            visit.session, visit.book, clock_id=clock, key=key, actor=visit.actor, on=visit.on, at=visit.at, conclusion=text(form, "conclusion")
        )  # fmt: skip

    return _act(request, form, "close", take)


@router.post("/supervision/receive", response_class=HTMLResponse)
def receive(request: Request, form: FormData = Depends(posted)) -> Response:
    """Receive a paper of the ladder, with or without a reply."""
    reply = text(form, "reply")

    def take(visit: Visit, clock: int, key: str) -> None:
        supervision.acknowledge(
            visit.session, clock_id=clock, key=key, actor=visit.actor, on=visit.on, at=visit.at, reply=reply
        )

    return _act(request, form, "reply" if reply else "receive", take)
