"""The dossier of a case as one file (案卷下载), for the parties of the case only."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from yisong.documents.errors import DocumentError
from yisong.domain.lifecycle import Refusal
from yisong.services.dossier import make_dossier
from yisong.web.rights import shown
from yisong.web.visit import Hidden, reading

router = APIRouter()
FORMATS = {"pdf": "application/pdf", "zip": "application/zip"}


@router.get("/cases/{code}/dossier.{suffix}")
def dossier(request: Request, code: str, suffix: str, walks: bool = False) -> Response:
    """Cover, catalogue and every paper of a case as one PDF, or the papers as issued with a manifest as ZIP; `walks`: and how its due
    dates were reckoned."""
    if suffix not in FORMATS:
        raise Hidden
    with reading(request) as visit:
        _, root = shown(visit, code)
        desk = visit.hall.desk
        try:
            made = make_dossier(
                visit.session, book=visit.book, settings=desk.settings, catalogue=desk.catalogue, code=root.code, keeper=visit.actor.name, on=desk.today, walks=walks,
            )  # fmt: skip
        except (Refusal, DocumentError) as refused:
            return visit.hall.pages.page(
                visit, "message.html", status=409, heading="还不能立卷", message=refused.message
            )
        name = quote(f"案卷 {root.code}.{suffix}")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "private, no-store"}
        return Response(made.bound if suffix == "pdf" else made.package, media_type=FORMATS[suffix], headers=headers)
