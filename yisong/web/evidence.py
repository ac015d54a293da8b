"""Evidence on the page of a case (证据材料): bring files, open them, void them; tick the list of materials."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import RedirectResponse, Response

from models import Evidence, Matter
from yisong.domain.lifecycle import Refusal
from yisong.domain.rulebook import RuleBookError
from yisong.intake.archive import Member
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence_kinds import EvidenceKind
from yisong.intake.photo import PhotoUnreadable, thumbnail
from yisong.services import evidence, evidence_parcels, evidence_uploads, vouching
from yisong.services.evidence import Bringing
from yisong.store import evidence as stored
from yisong.web import casepage, evidenceview, uploads
from yisong.web.rights import shown
from yisong.web.visit import (
    Forged,
    Hidden,
    SignInNeeded,
    TooLong,
    Visit,
    acting,
    hall_of,
    posted,
    reading,
    text,
    ticket_of,
)

router = APIRouter()
MOST_BYTES = 600 * 1024**2
MOST_FILES = 200
MOST_FIELDS = 20
REFUSALS = (Refusal, PackageRefused, RuleBookError)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A form with files (上传内容); the files lie on the disk until they are read."""

    form: FormData
    members: tuple[Member, ...]


async def handed_in(request: Request) -> HandedIn:
    """Files and the fields beside them, from somebody who is signed in (上传). Raises SignInNeeded, TooLong, Forged."""
    ticket = ticket_of(request)
    if ticket is None or not ticket.account:
        raise SignInNeeded
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) > MOST_BYTES:
        raise TooLong
    form = await request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    if not hall_of(request).sessions.fits(ticket, text(form, "csrf")):
        raise Forged
    return HandedIn(form, uploads.members(form))


@router.post("/cases/{code}/evidence")
def bring(request: Request, code: str, handed: HandedIn = Depends(handed_in)) -> Response:
    """Bring files to a case, or to a finding that has none yet."""
    with reading(request) as visit:
        _, root = _open(visit, code)
        desk, actor, on, at = visit.hall.desk, visit.actor, visit.on, visit.at
        visit.session.expunge_all()
    wanted = text(handed.form, "kind")
    kind = EvidenceKind(wanted) if wanted in {each.value for each in EvidenceKind} else None
    try:
        brought = evidence_uploads.bring_to_case(
            desk.transaction, desk.reading, vault=desk.vault, members=handed.members, case=root, kind=kind, title=text(handed.form, "title")[:100],
            remark=text(handed.form, "remark")[:500], bringing=Bringing(desk.book, actor, on, at),
        )  # fmt: skip
    except REFUSALS as refusal:
        return _again(request, root.code, refusal)
    words = f"brought={len(brought.added)}&already={len(brought.already)}"
    return RedirectResponse(f"/cases/{root.code}?{words}#evidence-h", status_code=303)


@router.get("/cases/{code}/evidence/{evidence_id}")
def download(request: Request, code: str, evidence_id: int, view: bool = False) -> Response:
    """One file as it was brought; `view` shows a picture in the browser instead of saving it."""
    with reading(request) as visit:
        row = _piece(visit, code, evidence_id)
        inline = view and row.media_type in evidenceview.SHOWN
        try:
            content = visit.hall.desk.vault.get(row.sha256)
        except PackageRefused as refusal:
            return visit.hall.pages.page(
                visit, "message.html", status=409, heading="证据文件打不开", message=refusal.message
            )
        manner = "inline" if inline else "attachment"
        name = quote(row.name.rpartition("/")[2])
        headers = {
            "Content-Disposition": f"{manner}; filename*=UTF-8''{name}", "Cache-Control": "private, no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }  # fmt: skip
        return Response(content, media_type=row.media_type, headers=headers)


@router.get("/cases/{code}/evidence/{evidence_id}/small")
def small(request: Request, code: str, evidence_id: int) -> Response:
    """The small picture of a photograph; made anew from the original where it has gone."""
    with reading(request) as visit:
        row = _piece(visit, code, evidence_id)
        if not row.thumbnail:
            raise Hidden
        vault = visit.hall.desk.vault
        try:
            content = vault.get(row.thumbnail)
        except PackageRefused:
            try:
                content = thumbnail(vault.get(row.sha256))
            except (PackageRefused, PhotoUnreadable):
                raise Hidden from None
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.post("/cases/{code}/evidence/{evidence_id}/void")
def void(request: Request, code: str, evidence_id: int, form: FormData = Depends(posted)) -> Response:
    """Void one piece, with a reason; it stays and is marked."""
    try:
        with acting(request) as visit:
            _piece(visit, code, evidence_id)
            evidence.void(
                visit.session,
                evidence_id,
                book=visit.book,
                by=visit.actor,
                on=visit.on,
                at=visit.at,
                reason=text(form, "reason"),
            )
    except REFUSALS as refusal:
        return _again(request, code, refusal)
    return RedirectResponse(f"/cases/{code}#evidence-h", status_code=303)


@router.post("/cases/{code}/materials/{point}")
def vouch(request: Request, code: str, point: str, form: FormData = Depends(posted)) -> Response:
    """Vouch for one point of the list, or take one's word back."""
    try:
        with acting(request) as visit:
            _, root = _open(visit, code)
            if text(form, "withdraw"):
                vouching.withdraw(
                    visit.session, root, book=visit.book, point=point, by=visit.actor, on=visit.on, at=visit.at
                )
            else:
                vouching.vouch(
                    visit.session, root, book=visit.book, point=point, stated=text(form, "stated"), by=visit.actor, on=visit.on, at=visit.at
                )  # fmt: skip
    except REFUSALS as refusal:
        return _again(request, code, refusal, point=point, typed=text(form, "stated"))
    return RedirectResponse(f"/cases/{code}#materials-h", status_code=303)


@router.get("/cases/{code}/evidence-package.zip")
def package(request: Request, code: str) -> Response:
    """The evidence of a case as a standard package, for another installation."""
    with reading(request) as visit:
        _, root = _open(visit, code)
        desk = visit.hall.desk
        try:
            content = evidence_parcels.export(visit.session, root, book=visit.book, vault=desk.vault)
        except REFUSALS as refusal:
            return visit.hall.pages.page(
                visit, "message.html", status=409, heading="还不能导出", message=refusal.message
            )
        name = quote(f"证据 {root.code}.zip")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "private, no-store"}
        return Response(content, media_type="application/zip", headers=headers)


def _open(visit: Visit, code: str) -> tuple[Matter, Matter]:
    """The case, for those whose business it is (查阅权限): its departments and those who oversee, never the inspected unit."""
    found = shown(visit, code)
    if not evidenceview.may_open(visit):
        raise Hidden
    return found


def _piece(visit: Visit, code: str, evidence_id: int) -> Evidence:
    _, root = _open(visit, code)
    found = next((row for row in stored.of_case(visit.session, root, voided=True) if row.id == evidence_id), None)
    if found is None:
        raise Hidden
    return found


def _again(request: Request, code: str, refusal: Exception, *, point: str = "", typed: str = "") -> Response:
    """The page of the case once more, with what stood in the way where it happened (原页提示)."""
    with reading(request) as visit:
        _, root = _open(visit, code)
        message = str(getattr(refusal, "message", refusal))
        status = 403 if getattr(refusal, "code", "") == "evidence_not_yours" else 422
        return casepage.render(visit, root, status=status, trouble=casepage.Trouble(message, point, typed))
