"""The page of an inspected unit (企业专用页面): one link, no account; what is asked of it, its letters, and what it wants to say.

The address is the key: 256 random bits that no other site can know, so a form needs no further token. Nothing of it is kept by
browsers or search engines, and it is told to no other site.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.datastructures import FormData
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlmodel import Session

from models import Account, Matter, Unit, UnitLink
from yisong.domain.lifecycle import Refusal
from yisong.intake.errors import PackageRefused
from yisong.intake.evidence import EvidenceFile
from yisong.services import evidence_uploads, unit_links
from yisong.services.evidence import Bringing
from yisong.store import matters
from yisong.web import doors, forms, paperview, portalview, uploads
from yisong.web.forms import BadForm, Field
from yisong.web.session import Ticket
from yisong.web.visit import MOST_BYTES, MOST_FIELDS, TooLong, Visit, hall_of, text

router = APIRouter()
PHOTOGRAPHED = frozenset({"report"})
"""What a unit may send with photographs of what it has done."""
MOST_PHOTOS, MOST_PHOTO_BYTES = 9, 100 * 1024**2
"""How many photographs may come with a report, and how large all may be together (系统默认)."""
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
}


class LinkInvalid(Exception):
    """The link opens nothing (链接无效)."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A visit of a unit (企业访问)."""

    visit: Visit
    unit: Unit
    link: UnitLink
    token: str


def _guest(request: Request, session: Session, token: str) -> Guest:
    hall = hall_of(request)
    at, on = hall.desk.now, hall.desk.today
    try:
        link, unit = unit_links.opened_by(session, token, on=on)
    except Refusal as refusal:
        raise LinkInvalid from refusal
    actor = unit_links.actor_of(unit)
    account = Account(id=actor.id, name=unit.name, department=actor.department, roles=["unit"])
    return Guest(Visit(hall, request, session, Ticket("", "", "", at), account, actor, at, on), unit, link, token)


@contextmanager
def _looking(request: Request, token: str) -> Iterator[Guest]:
    with hall_of(request).desk.reading() as session:
        yield _guest(request, session, token)


async def _typed(request: Request) -> FormData:
    """What was filled in. Photographs may come with a report, from whoever holds a link that opens."""
    token, photographed = request.path_params["token"], request.path_params["key"] in PHOTOGRAPHED
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) > (MOST_PHOTO_BYTES if photographed else MOST_BYTES):
        raise TooLong
    if photographed and not await run_in_threadpool(_opens, request, token):
        return FormData()
    return await request.form(max_files=MOST_PHOTOS if photographed else 0, max_fields=MOST_FIELDS)


def _opens(request: Request, token: str) -> bool:
    try:
        with _looking(request, token):
            return True
    except LinkInvalid:
        return False


def _dressed(answer: Response) -> Response:
    answer.headers.update(HEADERS)
    return answer


def _page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    return _dressed(hall_of(request).pages.plain(template, status=status, **values))


def _invalid(request: Request) -> Response:
    return _page(request, "own_invalid.html", status=404)


@router.get("/u/{token}")
def own_page(request: Request, token: str, done: str = "") -> Response:
    """Everything that is asked of the unit that holds this link."""
    try:
        with _looking(request, token) as guest:
            visit, unit = guest.visit, guest.unit
            asked = portalview.demands(visit, unit.id or 0)
            sent = portalview.sent(visit, asked, department=visit.actor.department)
            return _page(
                request, "own.html", unit=unit, link=guest.link, token=token, today=visit.on, asked=asked, sent=sent,
                letters=portalview.letters(visit, unit.id or 0, consents=unit.electronic_consent),
                done=next((label for event, label in sent if f"{event.matter_id}.{event.seq}" == done), ""),
            )  # fmt: skip
    except LinkInvalid:
        return _invalid(request)


@router.get("/u/{token}/letters/{code}.pdf")
def own_letter(request: Request, token: str, code: str) -> Response:
    """One letter that was served on the unit."""
    try:
        with _looking(request, token) as guest:
            unit = guest.unit
            served = portalview.letters(guest.visit, unit.id or 0, consents=unit.electronic_consent)
            letter = next((each for each in served if each.code == code), None)
            place = paperview.path_of(guest.visit.hall, letter.document, "pdf") if letter is not None else None
            if letter is None or place is None:
                return _page(
                    request,
                    "own_message.html",
                    status=404,
                    token=token,
                    heading="文书暂时不能下载",
                    message="这份文书还没有送达，或者文件还在生成，请稍后再试，或者联系发出文书的部门。",
                )
            name = quote(paperview.file_name(guest.visit.hall, letter.document, "pdf"))
            headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
            return _dressed(FileResponse(place, media_type="application/pdf", headers=headers))
    except LinkInvalid:
        return _invalid(request)


def _chosen(guest: Guest, code: str, key: str) -> tuple[doors.Choice, str] | None:
    """What this unit may send about this matter of its own; None for anything else."""
    try:
        matter = matters.matter_by_code(guest.visit.session, code)
    except Refusal:
        return None
    known = portalview.ORDERS if matter.kind == "order" else portalview.LISTINGS if matter.kind == "listing" else {}
    if matter.unit_id != guest.unit.id or matter.state not in known:
        return None
    return next(
        ((choice, label) for choice, label in portalview.buttons(guest.visit, matter) if choice.key == key), None
    )


@router.get("/u/{token}/{code}/{key}")
def own_form(request: Request, token: str, code: str, key: str) -> Response:
    """The form of what the unit wants to send."""
    try:
        with _looking(request, token) as guest:
            found = _chosen(guest, code, key)
            if found is None:
                return _gone(request, token)
            choice, label = found
            return _form(request, guest, choice, label, doors.fields(guest.visit, choice), message=choice.obstacle)
    except LinkInvalid:
        return _invalid(request)


def _gone(request: Request, token: str) -> Response:
    message = "可能已经提交过，或者责任部门已经办到下一步。请返回查看最新情况。"
    return _page(request, "own_message.html", status=404, token=token, heading="现在不能提交", message=message)


def _form(
    request: Request, guest: Guest, choice: doors.Choice, label: str, fields: list[Field], *, status: int = 200, message: str = "", seen: str = "", once: str = ""
) -> Response:  # fmt: skip
    return _page(
        request, "own_form.html", status=status, token=guest.token, unit=guest.unit, choice=choice, label=label, fields=fields, message=message,
        barred=bool(choice.obstacle), seen=seen or doors.seen_of(guest.visit, choice), once=once or secrets.token_urlsafe(12),
        address=f"/u/{guest.token}/{choice.matter.code}/{choice.key}",
    )  # fmt: skip


@router.post("/u/{token}/{code}/{key}")
def own_act(request: Request, token: str, code: str, key: str, form: FormData = Depends(_typed)) -> Response:
    """Send it: one step of the table, in the unit's name. A refusal keeps nothing and brings the form back."""
    try:
        received = _photographs(request, token, form) if key in PHOTOGRAPHED else []
        with hall_of(request).desk.transaction() as session:
            guest = _guest(request, session, token)
            taken = _already(guest, code, key, form)
            if taken is None:
                found = _chosen(guest, code, key)
                if found is None:
                    return _gone(request, token)
                taken = _take(guest, found[0], form)
                if received:
                    evidence_uploads.attach(
                        session, received, matter=taken, bringing=_bringing(guest), title="整改凭证"
                    )
            return _dressed(RedirectResponse(f"/u/{token}?done={taken.id}.{taken.seq}", status_code=303))
    except LinkInvalid:
        return _invalid(request)
    except (Refusal, PackageRefused, BadForm) as refusal:
        return _refused(request, token, code, key, form, refusal)


def _bringing(guest: Guest) -> Bringing:
    visit = guest.visit
    return Bringing(visit.book, visit.actor, visit.on, visit.at, source=f"link:{guest.link.id}", entrusted=True)


def _photographs(request: Request, token: str, form: FormData) -> list[tuple[EvidenceFile, str]]:
    """The photographs of a report, checked and kept before the step is taken, which has to be quick (整改照片)."""
    files = uploads.members(form, "photos")
    if not files:
        return []
    with _looking(request, token) as guest:
        bringing = _bringing(guest)
    return evidence_uploads.receive(hall_of(request).desk.vault, files, bringing=bringing)


def _already(guest: Guest, code: str, key: str, form: FormData) -> Matter | None:
    """The matter, where this very form has been sent before (重复提交): a second press is answered like the first."""
    session = guest.visit.session
    try:
        matter = matters.matter_by_code(session, code)
    except Refusal:
        return None
    if matter.unit_id != guest.unit.id:
        return None
    held = matters.matter(session, matter.id or 0, lock=True)  # of two presses the second waits here for the first
    once = text(form, "form")
    events = matters.events(session, [held.id or 0])
    return held if once and any(event.action == key and event.given.get("form") == once for event in events) else None


def _take(guest: Guest, choice: doors.Choice, form: FormData) -> Matter:
    fields = doors.fields(guest.visit, choice)
    given = forms.read(fields, form, find_unit=lambda typed: None)
    given |= {"link": guest.link.id, "form": text(form, "form")}
    return doors.take(guest.visit, choice, given=given, seen=text(form, "seen"))


def _refused(
    request: Request, token: str, code: str, key: str, form: FormData, refusal: Refusal | PackageRefused | BadForm
) -> Response:
    with _looking(request, token) as guest:
        found = _chosen(guest, code, key)
        if found is None:
            return _gone(request, token)
        choice, label = found
        fields = (
            list(refusal.fields)
            if isinstance(refusal, BadForm)
            else forms.typed(doors.fields(guest.visit, choice), form)
        )
        return _form(
            request, guest, choice, label, fields, status=422, message=refusal.message, seen=text(form, "seen"), once=text(form, "form")
        )  # fmt: skip
