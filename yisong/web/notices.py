"""Notices of an organ (消息): what came, newest first, and which nobody has read."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from yisong.services import accounts
from yisong.store import accounts as stored
from yisong.store import inbox_rows
from yisong.web.visit import acting, posted, reading, texts

router = APIRouter()
PAGE = 30


@router.get("/notices", response_class=HTMLResponse)
def notices(request: Request, unread: bool = False, before: int | None = None, shown: int = 0) -> HTMLResponse:
    """The notices of the visitor's organ."""
    with reading(request) as visit:
        organ = visit.actor.department
        total, new = stored.notice_counts(visit.session, organ)
        found = stored.notices(visit.session, organ, unread=unread, before=before, most=PAGE + 1)
        page, more = found[:PAGE], len(found) > PAGE
        rows = inbox_rows.rows(visit.session, sorted({notice.case_id or notice.matter_id or 0 for notice in page}))
        codes = {row.matter.id: row.matter.code for row in rows}
        first = max(shown, 0) + 1 if before else 1
        return visit.hall.pages.page(
            visit, "notices.html", notices=page, codes=codes, total=new if unread else total, new=new, only_unread=unread,
            first=first, until=first + len(page) - 1, before=page[-1].id if page and more else None,
        )  # fmt: skip


@router.post("/notices/read")
def read(request: Request, form: FormData = Depends(posted)) -> Response:
    """Mark notices as read: those that are named, or all."""
    ids = [int(number) for number in texts(form, "id") if number.isdecimal()]
    with acting(request) as visit:
        accounts.mark_read(visit.session, visit.actor.department, at=visit.at, ids=ids or None)
    return RedirectResponse("/notices", status_code=303)
