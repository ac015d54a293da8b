"""What anybody may ask without signing in (公开页面): whether a paper is genuine, and whether we are well."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from yisong.domain import lifecycles
from yisong.domain.lifecycle import Refusal
from yisong.store import accounts, case_page, database, matters
from yisong.web.paperview import paper_name
from yisong.web.visit import hall_of

router = APIRouter()
UNISSUED = "numbered"
GONE = frozenset({"withdrawn", "superseded", "voided"})


@router.get("/verify/{code}", response_class=HTMLResponse)
def verify(request: Request, code: str) -> HTMLResponse:
    """Whether a paper was issued here: by whom, when, under which number, and whether it still stands; nothing of the case."""
    hall = hall_of(request)
    with hall.desk.reading() as session:
        try:
            matter = matters.matter_by_code(session, code)
        except Refusal:
            matter = None
        found = case_page.papers(session, [matter.id or 0]) if matter is not None and matter.kind == "document" else []
        if matter is None or not found or matter.state == UNISSUED:
            return hall.pages.plain("verify.html", status=404, document=None)
        document = found[0]
        return hall.pages.plain(
            "verify.html", document=document, name=paper_name(hall, document.type_code), stands=matter.state not in GONE,
            state=lifecycles.ALL["document"].states[matter.state],
        )  # fmt: skip


@router.get("/robots.txt", response_class=PlainTextResponse)
def robots() -> str:
    """What search engines are asked to leave alone: the pages of units and of papers."""
    return "User-agent: *\nDisallow: /u/\nDisallow: /verify/\nDisallow: /units\nDisallow: /cases/\n"


@router.get("/healthz")
def health(request: Request) -> JSONResponse:
    """Whether the database answers; for whatever watches over this process."""
    try:
        with hall_of(request).desk.reading() as session:
            accounts.known(session, ["nobody"])
    except database.DatabaseUnavailable:
        return JSONResponse({"status": "database_unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})
