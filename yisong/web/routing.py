"""What the lists leave open (路由反馈): findings that wait for an organ, and rows that settled disputes propose."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import THE_GUIDANCE
from yisong.domain.rulebook import RuleBookError
from yisong.services import routing_feedback
from yisong.web.unitview import sees_all
from yisong.web.visit import Hidden, Visit, acting, posted, reading, text

router = APIRouter()


@router.get("/routing", response_class=HTMLResponse)
def routing_page(request: Request) -> Response:
    """The queue and the proposals; for those who oversee."""
    with reading(request) as visit:
        return _page(visit)


def _page(visit: Visit, *, status: int = 200, message: str = "") -> HTMLResponse:
    if not sees_all(visit):
        raise Hidden
    book, on = visit.book, visit.on
    found = routing_feedback.proposals(visit.session, book=book, on=on)
    return visit.hall.pages.page(
        visit, "routing.html", status=status, message=message, queue=routing_feedback.queue(visit.session, book=book, on=on),
        patience=routing_feedback.patience(book, on=on), proposals=[each for each in found if each.status == "waiting"],
        done=[each for each in found if each.status != "waiting"], may_decide=_decides(visit), item_name=lambda code: _item(visit, code),
    )  # fmt: skip


def _item(visit: Visit, code: str) -> str:
    try:
        return visit.book.item(code).name
    except RuleBookError:
        return code


def _decides(visit: Visit) -> bool:
    return visit.actor.department == visit.book.guidance_code and bool(visit.actor.roles & THE_GUIDANCE.roles)


@router.post("/routing/{verb}", response_class=HTMLResponse)
def decide(request: Request, verb: str, form: FormData = Depends(posted)) -> Response:
    """Adopt a proposal, or decide against it."""
    try:
        with acting(request) as visit:
            if not sees_all(visit):
                raise Hidden
            _take(visit, verb, form)
        return RedirectResponse("/routing", status_code=303)
    except Refusal as refusal:
        with reading(request) as visit:
            return _page(visit, status=422, message=refusal.message)


def _take(visit: Visit, verb: str, form: FormData) -> None:
    key = text(form, "key")
    if verb == "adopt":
        day = text(form, "valid_from")
        try:
            start = date.fromisoformat(day) if day else None
        except ValueError:
            raise Refusal("not_a_date", f"“{day}”不是有效日期，请按 2026-11-20 的样式填写。") from None
        routing_feedback.adopt(
            visit.session, key, book=visit.book, actor=visit.actor, valid_from=start, basis=text(form, "basis")[:500], on=visit.on, at=visit.at
        )  # fmt: skip
    elif verb == "drop":
        routing_feedback.drop(
            visit.session, key, book=visit.book, actor=visit.actor, reason=text(form, "reason")[:500], on=visit.on, at=visit.at
        )  # fmt: skip
    else:
        raise Hidden
