"""The application (网页应用): the rooms of the web, the answers to what goes wrong, and the headers of every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from yisong.desk import Desk
from yisong.documents.fonts import face_file
from yisong.store.database import DatabaseUnavailable
from yisong.web import (
    acts,
    api,
    casepage,
    dossier,
    evidence,
    feeds,
    files,
    inbox,
    ledgers,
    notices,
    portal,
    public,
    publication,
    routing,
    signin,
    supervision,
    units,
    worktime,
)
from yisong.web.pages import STATIC, Pages, is_partial
from yisong.web.session import Sessions
from yisong.web.throttle import Throttle
from yisong.web.visit import Forged, Hall, Hidden, SignInNeeded, TooLong, hall_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FONT = "YisongHei.ttf"
FOR_EVER = "public, max-age=31536000, immutable"
MOST_FAILURES, MOST_FAILURES_PER_ADDRESS, WINDOW = 8, 60, timedelta(minutes=10)
"""How many failed sign-ins within a window before a name, or an address behind which a whole office sits, has to wait (系统默认)."""


def create_app(desk: Desk) -> FastAPI:
    """The inbox as a web application over this desk (网页应用)."""
    app = FastAPI(title=desk.book.county.platform_name, docs_url=None, redoc_url=None, openapi_url=None)
    settings = desk.settings
    app.state.hall = Hall(
        desk=desk,
        sessions=Sessions(settings.session_secret(), secure=settings.public_url.startswith("https://")),
        pages=Pages(settings.templates / "pages", book=desk.book, zone=settings.timezone),
        by_account=Throttle(most=MOST_FAILURES, window=WINDOW),
        by_address=Throttle(most=MOST_FAILURES_PER_ADDRESS, window=WINDOW),
    )
    for room in (
        signin,
        inbox,
        casepage,
        acts,
        supervision,
        worktime,
        files,
        dossier,
        evidence,
        feeds,
        ledgers,
        notices,
        units,
        routing,
        portal,
        publication,
        public,
    ):
        app.include_router(room.router)
    api.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.middleware("http")(_guarded)
    _answers(app)

    @app.get(f"/fonts/{FONT}", include_in_schema=False)
    def font() -> FileResponse:
        """The face of our headings in letters, for a machine that has no Chinese face of its own."""
        return FileResponse(face_file(FONT) or settings.fonts / FONT, media_type="font/ttf")

    return app


async def _guarded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    return _dressed(request, await call_next(request))


def _dressed(request: Request, answer: Response) -> Response:
    """An answer with the headers that keep a browser from doing what no page of ours needs (安全响应头)."""
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.headers.get("content-type") != "application/pdf":  # the browser's own viewer needs more than our pages do
        answer.headers.setdefault("Content-Security-Policy", POLICY)
    if request.url.path.startswith(("/static/", "/fonts/")):
        answer.headers["Cache-Control"] = FOR_EVER
    else:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _answers(app: FastAPI) -> None:
    """What a person reads when something is not as expected (出错页面)."""

    def sign_in(request: Request, error: Exception) -> Response:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = f"/login?onwards={quote(here)}" if request.method == "GET" and not is_partial(request) else "/login"
        if is_partial(request):
            return Response(status_code=401, headers={"HX-Redirect": address})
        return RedirectResponse(address, status_code=303)

    def message(status: int, heading: str, words: str) -> Callable[[Request, Exception], Response]:
        def answer(request: Request, error: Exception) -> Response:
            if request.url.path.startswith("/api/"):
                return _dressed(
                    request, api.as_json({"error": {"code": f"http_{status}", "message": words}}, status=status)
                )
            page = hall_of(request).pages.plain("message.html", status=status, heading=heading, message=words)
            return _dressed(request, page)

        return answer

    nothing = message(
        404, "没有这个页面", "您要找的内容不存在，或者不属于您单位办理、协调或监督的范围。请从收件箱重新进入。"
    )

    app.add_exception_handler(SignInNeeded, sign_in)
    app.add_exception_handler(Hidden, nothing)
    app.add_exception_handler(RequestValidationError, nothing)
    app.add_exception_handler(404, nothing)
    for status in (400, 405):
        app.add_exception_handler(
            status, message(status, "请求无法处理", "请返回上一页重试；多次出现的，请联系系统管理员。")
        )
    app.add_exception_handler(
        Forged,
        message(403, "表单已失效", "登录状态已变化或表单停留过久，本次提交没有生效。请返回上一页刷新后重新提交。"),
    )
    app.add_exception_handler(TooLong, message(413, "提交内容过大", "一次提交的文字过多，请精简或分次提交。"))
    app.add_exception_handler(
        DatabaseUnavailable,
        message(503, "系统暂时不可用", "数据库没有应答，本次操作没有生效。请稍后再试，或联系系统管理员。"),
    )
    app.add_exception_handler(
        Exception, message(500, "系统出错", "本次操作没有生效，错误已记入日志。请稍后再试，或联系系统管理员。")
    )
