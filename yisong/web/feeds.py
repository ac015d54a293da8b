"""The calendar feed of a department (期限订阅): for calendars, which cannot sign in; the address itself is the key."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBookError
from yisong.services import feeds
from yisong.web.visit import Visit, acting, hall_of, posted

router = APIRouter()


def address_of(visit: Visit) -> str:
    """The address of this person's feed (订阅地址), as a calendar program needs it; "" for an account without a department."""
    settings = visit.hall.desk.settings
    if not visit.actor.department:
        return ""
    base = settings.public_url or str(visit.request.base_url).rstrip("/")
    return f"{base}/feeds/{feeds.own_token(settings.session_secret(), visit.account)}.ics"


@router.post("/account/feed")
def renew(request: Request, form: FormData = Depends(posted)) -> Response:
    """Renew the address: whoever has the old one sees nothing any more."""
    with acting(request) as visit:
        feeds.renew(visit.session, visit.account.id, at=visit.at)
    return RedirectResponse("/account?renewed=true#feed", status_code=303)


@router.get("/feeds/{token}.ics")
def department_feed(request: Request, token: str) -> Response:
    """Every running term of the department that this token opens; anything else is not found."""
    desk = hall_of(request).desk
    try:
        with desk.reading() as session:
            department = feeds.opened_by(session, token, secret=desk.settings.session_secret())
            text = feeds.calendar_feed(
                session, desk.book, department=department, at=desk.now, public_url=desk.settings.public_url
            )
    except (Refusal, RuleBookError) as error:
        return PlainTextResponse(error.message, status_code=404)
    return Response(text, media_type="text/calendar; charset=utf-8")
