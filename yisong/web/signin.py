"""Sign in, sign out, and change one's password (登录、退出、修改口令)."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.datastructures import FormData
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from yisong.services import accounts
from yisong.web.feeds import address_of
from yisong.web.session import LASTS
from yisong.web.visit import Hall, SignInNeeded, Visit, acting, hall_of, posted, reading, text, ticket_of

router = APIRouter()


def _form(request: Request, *, status: int = 200, message: str = "", name: str = "", onwards: str = "") -> HTMLResponse:
    hall = hall_of(request)
    ticket = ticket_of(request)
    fresh = ticket is None or bool(ticket.account)
    shown = hall.sessions.anonymous(at=hall.desk.now) if fresh or ticket is None else ticket
    page = hall.pages.plain(
        "signin.html",
        status=status,
        csrf=hall.sessions.token(shown),
        message=message,
        name=name,
        onwards=local(onwards),
    )
    if fresh:
        hall.sessions.write(page, shown)
    return page


def local(address: str) -> str:
    """An address of our own pages, or the inbox (站内地址): nobody is led elsewhere by a link to our sign-in."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or any(ord(letter) < 33 for letter in address):
        return "/"
    return address


@router.get("/login", response_class=HTMLResponse)
def show(request: Request, onwards: str = "/") -> Response:
    """The sign-in form; whoever is signed in already goes on."""
    try:
        with reading(request):
            return RedirectResponse(local(onwards), status_code=303)
    except SignInNeeded:
        return _form(request, onwards=onwards)


@router.post("/login", response_class=HTMLResponse)
def sign_in(request: Request, form: FormData = Depends(posted)) -> Response:
    """Check name and password; too many failures of one name, or from one address, have to wait."""
    hall, name = hall_of(request), text(form, "account")
    address = request.client.host if request.client else ""
    at, onwards = hall.desk.now, text(form, "onwards")
    wait = max(hall.by_account.wait(name, at=at), hall.by_address.wait(address, at=at))
    if wait > timedelta(0):
        minutes = -(-wait // timedelta(minutes=1))
        message = f"登录失败次数过多，请在 {minutes} 分钟后再试；忘记口令的，请联系本单位的系统管理员重置。"
        return _form(request, status=429, message=message, name=name, onwards=onwards)
    try:
        with hall.desk.transaction() as session:
            account = accounts.authenticate(session, name, password=str(form.get("password") or ""), at=at)
    except accounts.AccountError as error:
        hall.by_account.failed(name, at=at)
        hall.by_address.failed(address, at=at)
        return _form(request, status=401, message=error.message, name=name, onwards=onwards)
    hall.by_account.succeeded(name)
    answer = RedirectResponse(local(onwards), status_code=303)
    hall.sessions.write(answer, hall.sessions.signed_in(account, at=at))
    return answer


@router.post("/logout")
def sign_out(request: Request, form: FormData = Depends(posted)) -> Response:
    """End this session here and at every copy of its cookie."""
    hall: Hall = hall_of(request)
    ticket = ticket_of(request)
    if ticket is not None and ticket.account:
        with hall.desk.transaction() as session:
            accounts.end_session(session, ticket.account, ticket=ticket.id, at=hall.desk.now, lasts=LASTS)
    answer = RedirectResponse("/login", status_code=303)
    hall.sessions.forget(answer)
    return answer


@router.get("/account", response_class=HTMLResponse)
def own_account(request: Request, changed: bool = False, renewed: bool = False) -> Response:
    """One's own account."""
    with reading(request) as visit:
        return _account(visit, changed=changed, renewed=renewed)


def _account(
    visit: Visit, *, status: int = 200, message: str = "", changed: bool = False, renewed: bool = False
) -> HTMLResponse:
    return visit.hall.pages.page(
        visit, "account.html", status=status, message=message, changed=changed, renewed=renewed, feed=address_of(visit)
    )


@router.post("/account", response_class=HTMLResponse)
def change_password(request: Request, form: FormData = Depends(posted)) -> Response:
    """Change one's password; every other session of the account ends."""
    try:
        with acting(request) as visit:
            accounts.authenticate(visit.session, visit.account.id, password=str(form.get("present") or ""), at=visit.at)
            if form.get("password") != form.get("again"):
                raise accounts.AccountError("password_differs", "两次输入的新口令不一致，请重新输入。")
            account = accounts.set_password(visit.session, visit.account.id, password=str(form.get("password") or ""))
            answer = RedirectResponse("/account?changed=true", status_code=303)
            visit.hall.sessions.write(answer, visit.hall.sessions.signed_in(account, at=visit.at))
            return answer
    except accounts.AccountError as error:
        with reading(request) as visit:
            return _account(visit, status=422, message=error.message)
