"""Forms of acts, and the acts (办理): GET shows what a step asks for, POST takes it through the one door."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Matter
from yisong.domain.clock_ledger import DeadlineError
from yisong.domain.entries import RuleBookError
from yisong.domain.lifecycle import Refusal, Transition, Verb
from yisong.domain.numbering import NumberingError
from yisong.domain.roles import PARTY_LABELS, Party
from yisong.domain.workdays import CalendarError
from yisong.store import case_page, matters
from yisong.web import doors, forms, offline
from yisong.web.clockview import rule_name
from yisong.web.pages import is_partial
from yisong.web.paperview import paper_name
from yisong.web.rights import may_see, root_of, shown
from yisong.web.visit import Hidden, Visit, acting, posted, reading, text

router = APIRouter()
STATUS = {
    "wrong_role": 403,
    "separation_of_duties": 403,
    "lost_race": 409,
    "wrong_state": 409,
    "duplicate": 409,
    "unknown_action": 404,
}
"""What a refusal is called among browsers and programs; every other refusal is about what was given (422)."""
ASKS_AGAIN = frozenset({"lost_race", "wrong_state"})
REFUSALS = (Refusal, forms.BadForm, RuleBookError, NumberingError, DeadlineError, CalendarError)


def _followings(visit: Visit, row: Transition) -> list[str]:
    """What the step will bring about (办理后果), from its own row."""
    found = [f"出具《{paper_name(visit.hall, paper.code)}》" for paper in row.papers]
    found += [f"起算期限“{rule_name(visit.book, effect.rule)}”" for effect in row.clocks if effect.verb is Verb.START]
    told = [PARTY_LABELS[tell.party] for tell in row.tells if tell.party is not Party.SYSTEM]
    return found + ([f"告知{'、'.join(dict.fromkeys(told))}"] if told else [])


def _form(
    visit: Visit, root: Matter, chosen: doors.Choice, *, fields: Sequence[forms.Field], status: int = 200, message: str = "", code: str = "",
    seen: str = "", token: str = "", done_on: str = "",
) -> HTMLResponse:  # fmt: skip
    partial = is_partial(visit.request)
    return visit.hall.pages.page(
        visit, "act_form.html" if partial else "act.html", status=status, root=root, choice=chosen, fields=fields, message=message, code=code,
        stale=code in ASKS_AGAIN, seen=seen or doors.seen_of(visit, chosen), token=token or secrets.token_urlsafe(12),
        followings=_followings(visit, chosen.row), unit=matters.unit(visit.session, root.unit_id), done_on=done_on,
        may_record=offline.may_record(visit),
    )  # fmt: skip


@router.get("/matters/{code}/{key}", response_class=HTMLResponse)
def show(request: Request, code: str, key: str) -> Response:
    """The form of a step, alone or as a part of the case's page."""
    with reading(request) as visit:
        matter, root = shown(visit, code)
        try:
            chosen = doors.choice(visit, matter, key)
        except Refusal as refusal:
            raise Hidden from refusal
        return _form(
            visit,
            root,
            chosen,
            fields=doors.fields(visit, chosen),
            message=chosen.obstacle,
            code="obstacle" if chosen.obstacle else "",
        )


@router.post("/matters/{code}/{key}", response_class=HTMLResponse)
def act(request: Request, code: str, key: str, form: FormData = Depends(posted)) -> Response:
    """Take a step. A refusal keeps nothing of it, and brings the form back with what was typed."""
    try:
        with acting(request) as visit:
            matter, _ = shown(visit, code)
            chosen = doors.choice(visit, matter, key)
            return _done(visit, chosen, form)
    except REFUSALS as refusal:
        return _refused(request, code, key, form, refusal)


def _done(visit: Visit, chosen: doors.Choice, form: FormData) -> Response:
    token = text(form, "form")
    matters.matter(visit.session, chosen.matter.id or 0, lock=True)  # of two clicks the second waits here for the first
    before = doors.already(visit, chosen, token=token)
    if before is not None:
        return _onwards(visit, matters.matter(visit.session, before.matter_id))
    fields = doors.fields(visit, chosen)
    given = forms.read(fields, form, find_unit=lambda typed: _unit(visit, typed))
    occasion = offline.occasion(visit, chosen.matter, form)
    outcome = doors.take(
        replace(visit, on=occasion.on), chosen, given={**given, "form": token} if token else given, seen=text(form, "seen"),
        offline=occasion.offline,
    )  # fmt: skip
    return _onwards(visit, outcome)


def _unit(visit: Visit, typed: str) -> int | None:
    found = case_page.unit_named(visit.session, typed)
    return found.id if found else None


def _onwards(visit: Visit, outcome: Matter) -> Response:
    """Back to the case, which says what was done; or to the inbox where the act has taken the case away."""
    root = root_of(visit.session, outcome)
    address = f"/cases/{root.code}?done={outcome.code}.{outcome.seq}" if may_see(visit, root) else "/"
    if is_partial(visit.request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, status_code=303)


def _refused(request: Request, code: str, key: str, form: FormData, refusal: Exception) -> Response:
    with reading(request) as visit:
        matter, root = shown(visit, code)
        name = str(getattr(refusal, "code", "refused"))
        message = str(getattr(refusal, "message", refusal))
        try:
            chosen = doors.choice(visit, matter, key)
        except Refusal:
            raise Hidden from refusal
        fields = (
            refusal.fields if isinstance(refusal, forms.BadForm) else forms.typed(doors.fields(visit, chosen), form)
        )
        return _form(
            visit, root, chosen, fields=fields, status=STATUS.get(name, 422), message=message, code=name, seen=text(form, "seen"),
            token=text(form, "form"), done_on=text(form, offline.FIELD),
        )  # fmt: skip
