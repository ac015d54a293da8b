"""Findings from other systems (报送接口): one inspection or many, checked as a ledger is, and what became of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, cast

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import Response

from yisong.desk import Desk
from yisong.domain.lifecycle import Refusal
from yisong.intake.submitted import SubmissionRefused, json_schema, read_submission
from yisong.services import submissions, tokens
from yisong.services.submission_status import clocks_told, finding_status, submission_status
from yisong.services.submissions import Answer, Call
from yisong.services.tokens import Holder, TokenRefused
from yisong.store.database import DatabaseUnavailable
from yisong.web.api_limits import MOST_BYTES, Limits, TooMuch
from yisong.web.visit import hall_of

router = APIRouter(prefix="/api/v1")
_KEY = re.compile(r"[!-~]{1,128}")
_STATUS = {
    "idempotency_key_reused": 422, "submission_in_progress": 409, "submission_lost": 409, "unknown_submission": 404, "unknown_finding": 404, "unknown_case": 404,
    "too_many_findings": 413, "not_json": 400, "bad_form": 422, "token_scope": 403, "token_invalid": 401, "token_expired": 401, "busy": 503,
    "too_many_calls": 429, "too_many_at_once": 429, "too_many_failures": 429, "database_unavailable": 503,
}  # fmt: skip
RETRY = timedelta(seconds=5)


class ApiError(Exception):
    """A call is refused (接口拒绝): a status of HTTP, a stable `code`, a Chinese message."""

    def __init__(
        self, code: str, message: str, *, status: int = 0, after: timedelta | None = None, problems: Any = ()
    ) -> None:
        super().__init__(message)
        self.code, self.message = code, message
        self.status = status or _STATUS.get(code, 422)
        self.after = after or (RETRY if self.status in (409, 503) else None)
        self.problems = list(problems)


def install(app: FastAPI) -> None:
    """Put the interface into the application (接入)."""
    app.state.api_limits = Limits()
    app.include_router(router)
    app.add_exception_handler(ApiError, _refusal)


def as_json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer for a program (JSON 应答)."""
    content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False, default=_day).encode()
    return Response(content, status_code=status, media_type="application/json", headers=dict(headers or {}))


def _day(value: date) -> str:
    return value.isoformat()


def _refusal(request: Request, error: Exception) -> Response:
    refused = cast(ApiError, error)
    headers = {"Retry-After": str(max(1, -(-refused.after // timedelta(seconds=1))))} if refused.after else {}
    if refused.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="yisong"'
    told: dict[str, Any] = {"code": refused.code, "message": refused.message}
    if refused.problems:
        told["problems"] = refused.problems
    return as_json({"error": told}, status=refused.status, headers=headers)


@contextmanager
def _named() -> Iterator[None]:
    """Turn what has a name into an answer (拒绝应答)."""
    try:
        yield
    except TooMuch as error:
        raise ApiError(error.code, error.message, after=error.after) from error
    except SubmissionRefused as error:
        raise ApiError(error.code, error.message, problems=error.problems) from error
    except (Refusal, TokenRefused) as error:
        raise ApiError(error.code, error.message) from error
    except DatabaseUnavailable as error:
        raise ApiError(error.code, "数据库没有应答，本次调用没有生效。请稍后再试，或联系系统管理员。") from error


def _limits(request: Request) -> Limits:
    return cast(Limits, request.app.state.api_limits)


def _desk(request: Request) -> Desk:
    return hall_of(request).desk


def holder_of(request: Request) -> Holder:
    """Who calls (调用方), by the bearer token. Raises ApiError."""
    hall, address = hall_of(request), request.client.host if request.client else ""
    desk = hall.desk
    at, name = desk.now, f"token:{address}"
    wait = hall.by_address.wait(name, at=at)
    if wait > timedelta(0):
        raise ApiError("too_many_failures", "令牌错误次数过多，请稍后再试。", after=wait)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise ApiError("token_missing", "请在 Authorization 头里写“Bearer 访问令牌”。", status=401)
    with _named():
        try:
            with desk.reading() as session:
                holder = tokens.recognise(session, text.strip(), scope=tokens.INTAKE, at=at)
                first = tokens.unused_today(session, holder.token_id, on=desk.today)
        except TokenRefused:
            hall.by_address.failed(name, at=at)
            raise
        _limits(request).count(holder.name, at=at)
        if first:
            with desk.transaction() as session:
                tokens.note_use(session, holder.token_id, on=desk.today)
    return holder


async def body_of(request: Request, holder: Holder = Depends(holder_of)) -> bytes:
    """What is sent (报文), no more of it than is allowed. Raises ApiError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError("not_json", "请用 JSON 报送，并写明 Content-Type: application/json。", status=415)
    large = ApiError("body_too_large", f"一次报送不能超过 {MOST_BYTES // 1048576} MB，请分批报送。", status=413)
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MOST_BYTES:
        raise large
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise large
        parts.append(part)
    return b"".join(parts)


def _send(
    request: Request, holder: Holder, body: bytes, *, single: bool, verify: str | None, skip_errors: str | None
) -> Response:
    desk, key = _desk(request), request.headers.get("idempotency-key", "").strip()
    dry = _is_set(verify, "verify")
    if not dry and not key:
        raise ApiError("idempotency_key_missing", "请在 Idempotency-Key 头里写一个不重复的键；只试核对的加 ?verify=true。", status=400)  # fmt: skip
    if key and not _KEY.fullmatch(key):
        raise ApiError("idempotency_key_shape", "幂等键须为 1 至 128 个可见的 ASCII 字符，建议用 UUID。", status=400)
    with _named(), _limits(request).heavy(holder.name):
        sent = read_submission(body, sender=f"接口报送（{holder.name.removeprefix('系统：')}）", single=single)
        call = Call(
            holder=holder, sent=sent, book=desk.book, on=desk.today, at=desk.now, key=key, skip_errors=_is_set(skip_errors, "skip_errors")
        )  # fmt: skip
        answer = (
            submissions.verify_only(desk.reading, call)
            if dry
            else submissions.submit(desk.transaction, desk.reading, call=call)
        )
    return _given(answer)


def _given(answer: Answer) -> Response:
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    if answer.submission_id is not None:
        headers["Location"] = f"/api/v1/submissions/{answer.submission_id}"
    return as_json(answer.content, status=answer.status, headers=headers)


def _is_set(value: str | None, name: str) -> bool:
    if value is None or value.lower() in ("false", "0"):
        return False
    if value.lower() in ("true", "1", ""):
        return True
    raise ApiError("bad_option", f"{name} 应为 true 或 false。", status=400)


@router.post("/findings")
def one(
    request: Request, verify: str | None = None, skip_errors: str | None = None, holder: Holder = Depends(holder_of),
    body: bytes = Depends(body_of),
) -> Response:  # fmt: skip
    """One inspection with its findings."""
    return _send(request, holder, body, single=True, verify=verify, skip_errors=skip_errors)


@router.post("/findings/bulk")
def many(
    request: Request, verify: str | None = None, skip_errors: str | None = None, holder: Holder = Depends(holder_of),
    body: bytes = Depends(body_of),
) -> Response:  # fmt: skip
    """Many inspections, with no more than ten thousand findings together."""
    return _send(request, holder, body, single=False, verify=verify, skip_errors=skip_errors)


@router.get("/findings/{code:path}")
def finding(request: Request, code: str, holder: Holder = Depends(holder_of)) -> Response:
    """Where one finding and its case stand."""
    desk = _desk(request)
    with _named(), desk.reading() as session:
        return as_json(finding_status(session, code, holder=holder, book=desk.book, on=desk.today))


@router.get("/cases/{code}/clocks")
def clocks(request: Request, code: str, rule: str = "", holder: Holder = Depends(holder_of)) -> Response:
    """Every clock of a case, and how its due date was reckoned, day by day."""
    desk = _desk(request)
    with _named(), desk.reading() as session:
        found = clocks_told(
            session, code, rule=rule, holder=holder, book=desk.book, on=desk.today, zone=desk.settings.timezone
        )
        return as_json({"case": code, "clocks": found})


@router.get("/submissions/{number}")
def submission(request: Request, number: str, holder: Holder = Depends(holder_of)) -> Response:
    """Where a submission stands, with its findings and the cases born of them."""
    desk = _desk(request)
    with _named(), desk.reading() as session:
        wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
        return as_json(submission_status(session, wanted, holder=holder, book=desk.book, on=desk.today))


@router.get("/schema/{name}")
def schema(name: str) -> Response:
    """The JSON Schema of what may be sent; anybody may read it."""
    if name not in ("finding", "bulk"):
        raise ApiError("unknown_schema", "没有这份格式说明；可取 /api/v1/schema/finding 和 /api/v1/schema/bulk。", status=404)  # fmt: skip
    return as_json(json_schema(single=name == "finding"))
