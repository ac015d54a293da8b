"""The calendar feed of a department (期限订阅): for calendars, which cannot sign in; the address itself is the key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBookError
from yisong.services import feeds
from yisong.web.visit import hall_of

router = APIRouter()


@router.get("/feeds/{token}.ics")
def department_feed(request: Request, token: str) -> Response:
    """Every running term of the department whose token this is; anything else is not found."""
    desk = hall_of(request).desk
    try:
        department = feeds.department_of(desk.settings.session_secret(), token)
        with desk.reading() as session:
            text = feeds.calendar_feed(
                session, desk.book, department=department, at=desk.now, public_url=desk.settings.public_url
            )
    except (Refusal, RuleBookError) as error:
        return PlainTextResponse(error.message, status_code=404)
    return Response(text, media_type="text/calendar; charset=utf-8")
