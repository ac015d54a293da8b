"""Ledgers on a page (台账): hand one in, see what is wrong with it, confirm it, take it back; and the ledger to carry away."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import ImportRun, LedgerUpload
from yisong.domain.lifecycle import Refusal
from yisong.domain.roles import Actor, Party, staff
from yisong.domain.rulebook import RuleBook, RuleBookError
from yisong.intake.corrections import CHOICES
from yisong.intake.errors import IntakeError
from yisong.intake.report import annotate
from yisong.services import imports, ledger, ledger_uploads
from yisong.services.ledger_uploads import Looked
from yisong.store import accounts
from yisong.store import imports as runs
from yisong.store import ledger as stored
from yisong.web import ledgerview
from yisong.web.turns import governs, oversees
from yisong.web.visit import (
    MOST_FIELDS,
    Forged,
    Hidden,
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
MOST_BYTES = 25 * 1024 * 1024
RECENT = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STAFF = staff(Party.ORIGIN).roles


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a form with a file brings (上传内容)."""

    form: FormData
    name: str
    content: bytes


async def handed_in(request: Request) -> HandedIn:
    """A file and the fields beside it, whose token fits this session (上传). Raises Forged, TooLong."""
    announced = request.headers.get("content-length", "")
    if not announced.isdigit() or int(announced) > MOST_BYTES:
        raise TooLong
    form = await request.form(max_files=1, max_fields=MOST_FIELDS)
    if not hall_of(request).sessions.fits(ticket_of(request), text(form, "csrf")):
        raise Forged
    file = form.get("ledger")
    if file is None or isinstance(file, str) or not file.filename:
        return HandedIn(form, "", b"")
    return HandedIn(form, file.filename, await file.read())


def may_bring(actor: Actor) -> bool:
    """Whether this post brings ledgers in (可以导入): whoever handles cases of an organ."""
    return bool(actor.roles & STAFF)


def sees_all(actor: Actor, *, book: RuleBook) -> bool:
    """Whether this post reads every organ's ledger (可以查看各部门台账)."""
    return oversees(actor, book=book) or governs(actor, book=book)


def scope_of(actor: Actor, *, book: RuleBook) -> str:
    """Whose inspections this person may bring in (导入范围): their organ's, or "" for the guidance office, which has all."""
    return "" if actor.department == book.guidance_code and oversees(actor, book=book) else actor.department


def _folder(visit: Visit) -> Path:
    return visit.hall.desk.settings.var / "uploads"


def _upload(visit: Visit, number: int, *, bringing: bool = False) -> LedgerUpload:
    """A handed-in ledger of this person's organ (上传的台账). Raises Hidden."""
    found = stored.upload(visit.session, number)
    near = found is not None and (found.department == visit.actor.department or sees_all(visit.actor, book=visit.book))
    if found is None or not near or (bringing and not _may_change(visit, found)):
        raise Hidden
    return found


def _may_change(visit: Visit, upload: LedgerUpload) -> bool:
    own = scope_of(visit.actor, book=visit.book) in ("", upload.department)
    return own and may_bring(visit.actor)


def _look(visit: Visit, upload: LedgerUpload) -> Looked:
    desk = visit.hall.desk
    scope = scope_of(visit.actor, book=visit.book) if may_bring(visit.actor) else upload.department
    return ledger_uploads.look(
        desk.reading, upload, book=desk.book, folder=_folder(visit), today=desk.today, scope=scope
    )


@router.get("/ledgers", response_class=HTMLResponse)
def ledgers(request: Request) -> Response:
    """The ledgers that were handed in, a form to hand in another, and the one to carry away."""
    with reading(request) as visit:
        return _ledgers(visit)


def _ledgers(visit: Visit, *, message: str = "", status: int = 200) -> HTMLResponse:
    everything = sees_all(visit.actor, book=visit.book)
    if not (everything or may_bring(visit.actor)):
        raise Hidden
    found = stored.uploads(visit.session, "" if everything else visit.actor.department, most=RECENT)
    held = {upload.id: runs.run(visit.session, upload.run_id) for upload in found if upload.run_id is not None}
    organs = sorted((organ.code, organ.short or organ.name) for organ in visit.book.organs) if everything else []
    people = {upload.account_id: _name_of(visit, upload.account_id) for upload in found}
    return visit.hall.pages.page(
        visit, "ledgers.html", status=status, message=message, uploads=found, people=people, states={upload.id: _state(upload, held.get(upload.id)) for upload in found},
        may_bring=may_bring(visit.actor), everything=everything, organs=organs, years=range(visit.on.year, visit.on.year - 5, -1),
        whole=scope_of(visit.actor, book=visit.book) == "",
    )  # fmt: skip


def _name_of(visit: Visit, account_id: str) -> str:
    held = accounts.account(visit.session, account_id)
    return held.name if held is not None else account_id


def _state(upload: LedgerUpload, run: ImportRun | None) -> tuple[str, str]:
    if run is not None and run.state == "undone":
        return "still", "已撤销"
    if upload.outcome:
        return "calm", f"已导入 {upload.outcome['findings']} 项问题"
    return "soon", "待确认"


@router.post("/ledgers", response_class=HTMLResponse)
def hand_in(request: Request, given: HandedIn = Depends(handed_in)) -> Response:
    """Keep a ledger and show what the check says of it; one that cannot be read is not kept."""
    try:
        with reading(request) as visit:
            if not may_bring(visit.actor):
                raise Hidden
            if not given.content:
                raise Refusal("file_missing", "请先选择台账文件，再点“上传并核对”。")
            whole = scope_of(visit.actor, book=visit.book) == ""
            department = (text(given.form, "department") if whole else "") or visit.actor.department
            visit.book.organ(department)
            folder = _folder(visit)
            made = ledger_uploads.receive(
                given.content, folder=folder, name=given.name, department=department, account=visit.account.id, at=visit.at
            )  # fmt: skip
            try:
                _look(visit, made)
            except (Refusal, IntakeError):
                ledger_uploads.discard(visit.session, made, folder=folder)
                raise
        with acting(request) as visit:
            visit.session.add(made)
            visit.session.flush()
            return RedirectResponse(f"/ledgers/{made.id}", status_code=303)
    except (Refusal, IntakeError, RuleBookError) as refused:
        with reading(request) as visit:
            return _ledgers(visit, message=refused.message, status=422)


@router.get("/ledgers/export.xlsx")
def export(request: Request, department: str = "", year: str = "") -> Response:
    """The ledger to carry away: an organ's own rows, or the whole county's for who oversees it."""
    with reading(request) as visit:
        everything = sees_all(visit.actor, book=visit.book)
        if not (everything or may_bring(visit.actor)) or (department and not _known(visit.book, department)):
            raise Hidden
        if year and not (year.isdecimal() and 2000 <= int(year) <= 2100):
            raise Hidden
        made = ledger.write_ledger(
            visit.session, book=visit.book, department=department if everything else visit.actor.department, year=int(year) if year else None, on=visit.on,
        )  # fmt: skip
    return _file(made.content, made.name)


def _known(book: RuleBook, department: str) -> bool:
    return any(organ.code == department for organ in book.organs)


def _file(content: bytes, name: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=XLSX, headers=headers)


@router.get("/ledgers/{number}", response_class=HTMLResponse)
def one(request: Request, number: int) -> Response:
    """One ledger: what the check says of it, its columns, and what came of it."""
    with reading(request) as visit:
        return _one(visit, _upload(visit, number))


def _one(visit: Visit, upload: LedgerUpload, *, message: str = "", status: int = 200) -> HTMLResponse:
    run = runs.run(visit.session, upload.run_id) if upload.run_id is not None else None
    looked = None
    try:
        looked = None if upload.outcome else _look(visit, upload)
    except (Refusal, IntakeError) as refused:
        message = message or refused.message
    return visit.hall.pages.page(
        visit, "ledger.html", status=status, message=message, upload=upload, who=_name_of(visit, upload.account_id), state=_state(upload, run), looked=looked,
        view=ledgerview.of(looked) if looked else None, choices=CHOICES, may_change=_may_change(visit, upload),
        undone=run is not None and run.state == "undone", can_undo=run is not None and run.state != "undone",
    )  # fmt: skip


@router.get("/ledgers/{number}/report.xlsx")
def report(request: Request, number: int) -> Response:
    """The same ledger with the outcome beside every row."""
    with reading(request) as visit:
        upload = _upload(visit, number)
        try:
            looked = _look(visit, upload)
        except (Refusal, IntakeError) as refused:
            return _one(visit, upload, message=refused.message, status=409)
        content = annotate(looked.checked.workbook, verification=looked.checked.verification)
    return _file(content, f"核对结果-{Path(upload.name).stem}.xlsx")


@router.post("/ledgers/{number}/{action}", response_class=HTMLResponse)
def act(request: Request, number: int, action: str, form: FormData = Depends(posted)) -> Response:
    """Correct the columns, confirm, give up, or take back."""
    try:
        if action == "confirm":
            return _confirm(request, number, skip_errors=bool(text(form, "skip_errors")))
        corrections = _corrections(request, number, form) if action == "columns" else {}
        with acting(request) as visit:
            upload = _upload(visit, number, bringing=True)
            if action == "columns":
                ledger_uploads.correct_columns(visit.session, upload, corrections=corrections)
            elif action == "drop":
                ledger_uploads.give_up(visit.session, upload, folder=_folder(visit))
                return RedirectResponse("/ledgers", status_code=303)
            elif action == "undo" and upload.run_id is not None:
                if not text(form, "reason"):
                    raise Refusal("reason_missing", "请写明撤销的理由。")
                imports.undo(
                    visit.session, upload.run_id, book=visit.book, by=visit.actor, on=visit.on, at=visit.at, reason=text(form, "reason")
                )  # fmt: skip
            else:
                raise Hidden
        return RedirectResponse(f"/ledgers/{number}", status_code=303)
    except (Refusal, IntakeError) as refused:
        with reading(request) as visit:
            return _one(visit, _upload(visit, number), message=refused.message, status=422)


def _corrections(request: Request, number: int, form: FormData) -> dict[str, str]:
    with reading(request) as visit:
        upload = _upload(visit, number, bringing=True)
        return ledgerview.corrections(_look(visit, upload), upload, form)


def _confirm(request: Request, number: int, *, skip_errors: bool) -> Response:
    """Confirm outside a transaction of the page: the import opens its own, batch by batch."""
    with reading(request) as visit:
        upload = _upload(visit, number, bringing=True)
        looked = None if upload.outcome else _look(visit, upload)
        desk, actor, at, on = visit.hall.desk, visit.actor, visit.at, visit.on
    if looked is not None:
        ledger_uploads.confirm(
            desk.transaction, upload, looked=looked, book=desk.book, by=actor, on=on, at=at, skip_errors=skip_errors
        )  # fmt: skip
    return RedirectResponse(f"/ledgers/{number}", status_code=303)
