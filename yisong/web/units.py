"""The units (单位): search, one page each, and the forms by which the register is kept."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from models import Unit
from yisong.documents.qr import qr_png
from yisong.domain.lifecycle import Refusal
from yisong.services import unit_links, units
from yisong.store import case_page, matters
from yisong.store import units as stored
from yisong.web import forms, unit_forms
from yisong.web.forms import BadForm, Field
from yisong.web.unitview import STATUS, sees_all, shown_unit, view_of
from yisong.web.visit import Hidden, Visit, acting, posted, reading, text

router = APIRouter()
PAGE = 50


@router.get("/units", response_class=HTMLResponse)
def register_or_choices(request: Request, unit: str | None = None, q: str = "", shown: int = 0) -> HTMLResponse:
    """The register with its search; or, for a field in which a unit is typed (`unit`), units to choose from."""
    with reading(request) as visit:
        if unit is not None or _typed_in_field(request):
            typed = (unit or next(iter(request.query_params.values()), "")).strip()[:60]
            found = case_page.units_like(visit.session, typed, most=12) if len(typed) >= 2 else []
            return visit.hall.pages.page(visit, "units.html", units=found)
        department = "" if sees_all(visit) else visit.actor.department
        words = q.strip()[:60]
        page = stored.search(visit.session, words, most=PAGE, after=max(shown, 0), department=department)
        return visit.hall.pages.page(
            visit, "unit_list.html", units=page.units, total=page.total, q=words, shown=max(shown, 0), until=max(shown, 0) + len(page.units),
            everything=not department, may_register=units.may_register(visit.actor), standings=STATUS,
        )  # fmt: skip


def _typed_in_field(request: Request) -> bool:
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true"


@router.get("/units/new", response_class=HTMLResponse)
def new(request: Request) -> Response:
    """The form of a new entry."""
    with reading(request) as visit:
        if not units.may_register(visit.actor):
            raise Hidden
        return _new_form(visit, unit_forms.new_fields(visit))


def _new_form(
    visit: Visit, fields: list[Field], *, status: int = 200, message: str = "", alike: Any = ()
) -> HTMLResponse:
    return visit.hall.pages.page(
        visit, "unit_form.html", status=status, unit=None, heading="登记单位", action="/units/new", fields=fields, message=message, alike=alike, note="",
        dangerous=False, button="登记",
    )  # fmt: skip


@router.post("/units/new", response_class=HTMLResponse)
def create(request: Request, form: FormData = Depends(posted)) -> Response:
    """Register a unit; those of a like name are shown first."""
    try:
        with acting(request) as visit:
            fields = unit_forms.new_fields(visit)
            given = forms.read(fields, form, find_unit=lambda typed: _unit_id(visit, typed))
            parent = matters.unit(visit.session, given.get("parent"))
            made = units.register(
                visit.session, book=visit.book, actor=visit.actor, on=visit.on, at=visit.at, name=str(given.get("name") or ""),
                uscc=str(given.get("uscc") or "").upper(), kind=str(given.get("kind") or ""), confirmed=text(form, "confirmed") == "yes",
                parent_code=parent.code if parent else "", **{name: str(given.get(name) or "") for name in unit_forms.PARTICULARS},
            )  # fmt: skip
            return _back(made)
    except (Refusal, BadForm) as refusal:
        with reading(request) as visit:
            fields = list(_fields_of(refusal) or forms.typed(unit_forms.new_fields(visit), form))
            alike = refusal.units if isinstance(refusal, units.NearDoubles) else ()
            return _new_form(visit, fields, status=422, message=refusal.message, alike=alike)


def _fields_of(refusal: Exception) -> tuple[Field, ...]:
    return refusal.fields if isinstance(refusal, BadForm) else ()


def _unit_id(visit: Visit, typed: str) -> int | None:
    found = case_page.unit_named(visit.session, typed)
    return found.id if found else None


@router.get("/units/{code}", response_class=HTMLResponse)
def unit_page(request: Request, code: str, done: int = 0) -> Response:
    """Everything about one unit."""
    with reading(request) as visit:
        return _page(visit, shown_unit(visit, code), done=done)


def _back(unit: Unit) -> RedirectResponse:
    """To the unit's page, which says what was done."""
    return RedirectResponse(f"/units/{unit.code}?done={unit.seq}", status_code=303)


def _page(
    visit: Visit, unit: Unit, *, status: int = 200, done: int = 0, message: str = "", made: tuple[str, str] | None = None
) -> HTMLResponse:  # fmt: skip
    view = view_of(visit, unit)
    label = next((line.label for line in view.changes if line.change.seq == done), "")
    return visit.hall.pages.page(
        visit, "unit.html", status=status, view=view, acts=unit_forms.offered(visit, unit), done=label, message=message, made=made,
        may_link=bool(visit.actor.roles & unit_links.MAKERS) and unit.status != "merged",
    )  # fmt: skip


@router.post("/units/{code}/link", response_class=HTMLResponse)
def make_link(request: Request, code: str, form: FormData = Depends(posted)) -> Response:
    """A link by which the unit opens its own page: shown now, and never again."""
    with acting(request) as visit:
        unit = shown_unit(visit, code)
        held = units.held(visit.session, unit.code)
        try:
            _, token = unit_links.make(visit.session, held, actor=visit.actor, on=visit.on, at=visit.at)
        except Refusal as refusal:
            return _page(visit, held, status=422, message=refusal.message)
        address = f"{visit.hall.desk.settings.public_url}/u/{token}"
        image = base64.b64encode(qr_png(address)).decode()
        return _page(visit, held, made=(address, f"data:image/png;base64,{image}"))


@router.post("/units/{code}/revoke", response_class=HTMLResponse)
def revoke_link(request: Request, code: str, form: FormData = Depends(posted)) -> Response:
    """A link that opens nothing any more."""
    number = text(form, "link")
    with acting(request) as visit:
        unit = units.held(visit.session, shown_unit(visit, code).code)
        link_id = int(number) if number.isdecimal() else 0
        try:
            unit_links.revoke(visit.session, unit, link_id=link_id, actor=visit.actor, on=visit.on, at=visit.at)
        except Refusal as refusal:
            return _page(visit, unit, status=422, message=refusal.message)
        return _back(unit)


@router.get("/units/{code}/{key}", response_class=HTMLResponse)
def form_of(request: Request, code: str, key: str) -> Response:
    """The form of an act on the register."""
    with reading(request) as visit:
        unit, act = _chosen(visit, code, key)
        return _act_form(visit, unit, act, act.fields(visit, unit))


def _chosen(visit: Visit, code: str, key: str) -> tuple[Unit, unit_forms.UnitAct]:
    unit = shown_unit(visit, code)
    act = unit_forms.act_of(visit, unit, key)
    if act is None:
        raise Hidden
    return unit, act


def _act_form(
    visit: Visit, unit: Unit, act: unit_forms.UnitAct, fields: list[Field], *, status: int = 200, message: str = ""
) -> HTMLResponse:
    return visit.hall.pages.page(
        visit, "unit_form.html", status=status, unit=unit, heading=act.label, action=f"/units/{unit.code}/{act.key}", fields=fields, message=message,
        alike=(), note=act.note, dangerous=act.dangerous, button=f"确认{act.label}",
    )  # fmt: skip


@router.post("/units/{code}/{key}", response_class=HTMLResponse)
def take(request: Request, code: str, key: str, form: FormData = Depends(posted)) -> Response:
    """Take an act on the register; a refusal keeps nothing and brings the form back."""
    try:
        with acting(request) as visit:
            unit, act = _chosen(visit, code, key)
            given = forms.read(act.fields(visit, unit), form, find_unit=lambda typed: _unit_id(visit, typed))
            act.take(visit, unit, given)
            return _back(unit)
    except (Refusal, BadForm) as refusal:
        with reading(request) as visit:
            unit, act = _chosen(visit, code, key)
            fields = list(_fields_of(refusal) or forms.typed(act.fields(visit, unit), form))
            return _act_form(visit, unit, act, fields, status=422, message=refusal.message)
