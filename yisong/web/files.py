"""Letters as files (文书下载), for the parties of their case only."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from models import Document
from yisong.store import case_page
from yisong.web import paperview
from yisong.web.rights import shown
from yisong.web.visit import Hidden, Visit, reading

router = APIRouter()


def _document(visit: Visit, code: str) -> Document:
    matter, _ = shown(visit, code)
    found = case_page.papers(visit.session, [matter.id or 0])
    if not found:
        raise Hidden
    return found[0]


@router.get("/documents/{code}.{suffix}")
def download(request: Request, code: str, suffix: str, view: bool = False) -> Response:
    """One paper as PDF or DOCX; `view` shows the PDF in the browser instead of saving it."""
    if suffix not in paperview.FORMATS:
        raise Hidden
    with reading(request) as visit:
        document = _document(visit, code)
        place = paperview.path_of(visit.hall, document, suffix)
        if place is None:
            return visit.hall.pages.page(
                visit, "message.html", status=404, heading="文书正在出具",
                message="这份文书已经编号，文件还在生成，通常一两分钟内完成。请稍后再下载；长时间没有生成的，请联系系统管理员查看待发箱。",
            )  # fmt: skip
        name = quote(paperview.file_name(visit.hall, document, suffix))
        manner = "inline" if view and suffix == "pdf" else "attachment"
        headers = {"Content-Disposition": f"{manner}; filename*=UTF-8''{name}", "Cache-Control": "private, no-store"}
        return FileResponse(place, media_type=paperview.FORMATS[suffix], headers=headers)
