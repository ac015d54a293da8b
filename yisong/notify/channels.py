"""Send a message by e-mail or any webhook, and name what went wrong (发送渠道).

Apprise speaks to the channels. It answers yes or no and tells the reason only to its log, so the log is overheard here.
"""

from __future__ import annotations

import contextvars
import functools
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

from yisong.notify.errors import NotifyError
from yisong.notify.message import Message

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
KEY_HEADER = "X-Idempotency-Key"

_MAILBOX = re.compile(r"[^\s@,;:<>\"()\[\]\\?&#/%]+@[A-Za-z0-9.-]+")
_ANSWER = re.compile(r"error=(\d{3})|\((\d{3}), b?['\"]")
_overheard: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("overheard", default=None)


class FailureCode(StrEnum):
    """Why a message did not go (发送失败原因)."""

    BAD_ADDRESS = "bad_address"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    BUSY = "busy"
    FAILED = "failed"


_EXPLAINED = {
    FailureCode.BAD_ADDRESS: "通知地址无法识别，请核对渠道设置",
    FailureCode.UNREACHABLE: "连不上对方服务器，将自动重试；若持续失败，请检查网络和服务器地址",
    FailureCode.REFUSED: "对方服务器拒收，请核对收件地址、账号和口令",
    FailureCode.BUSY: "对方服务器暂时不能受理，将自动重试",
    FailureCode.FAILED: "发送未成功，将自动重试；若持续失败，请查看对方服务器的记录",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that a message did not reach (发送失败); `address` and `detail` carry no password."""

    address: str
    code: FailureCode
    detail: str

    @property
    def is_final(self) -> bool:
        """True where trying again cannot help before somebody has changed something."""
        return self.code in (FailureCode.BAD_ADDRESS, FailureCode.REFUSED)

    def __str__(self) -> str:
        return f"{self.address}：{_EXPLAINED[self.code]}" + (f"（{self.detail}）" if self.detail else "") + "。"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message (发送结果)."""

    sent: tuple[str, ...]
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """True where every address took the message, and there was one."""
        return bool(self.sent) and not self.failures

    @property
    def error(self) -> str:
        """The failures in Chinese, or nothing."""
        return "\n".join(str(failure) for failure in self.failures)


def mail_address(server: str, *, recipient: str) -> str:
    """Return the channel address that sends to one mailbox through the mail server of the settings (收件地址).

    Raises ``NotifyError`` (``notice.mailbox``) where the recipient is no single plain mailbox.
    """
    if not _MAILBOX.fullmatch(recipient):
        raise NotifyError("notice.mailbox", f"“{recipient[:60]}”不是有效的电子邮箱，请在账号设置中更正。")
    return _with_parameters(server, f"to={quote(recipient, safe='@')}")


def send(
    message: Message,
    urls: Iterable[str],
    *,
    connect_seconds: float = CONNECT_SECONDS,
    answer_seconds: float = ANSWER_SECONDS,
) -> Delivery:
    """Send the message to every address once (发送通知); never raises, whatever the other side does.

    Addresses are Apprise's: ``mailtos://…`` (see ``mail_address``), ``json://…`` and a hundred more. The key travels as
    ``X-Idempotency-Key`` where a channel has headers. Who wants to repeat single failures gives one address per outbox row.
    """
    sent: list[str] = []
    failures: list[Failure] = []
    for url in urls:
        failure = _send_one(message, url, connect_seconds=connect_seconds, answer_seconds=answer_seconds)
        if failure is None:
            sent.append(_shown(url))
        else:
            failures.append(failure)
    return Delivery(sent=tuple(sent), failures=tuple(failures))


def _send_one(message: Message, url: str, *, connect_seconds: float, answer_seconds: float) -> Failure | None:
    parameters = [
        f"cto={connect_seconds}",
        f"rto={answer_seconds}",
        "retry=0",
        f"%2B{KEY_HEADER}={quote(message.key, safe='')}",
    ]
    if _is_mail(url):
        parameters.append("format=text")
    with _overhear() as heard:
        try:
            channel = _apprise().Apprise.instantiate(
                _with_parameters(url, *parameters), asset=_asset(), suppress_exceptions=True
            )
            if channel is None:
                return Failure(_shown(url), FailureCode.BAD_ADDRESS, "")
            if channel.notify(body=message.body, title=message.subject, body_format="text"):
                return None
        except Exception as error:  # a third-party channel may raise anything; the outbox must go on
            return Failure(_shown(url), FailureCode.FAILED, _detail([f"{type(error).__name__}: {error}"]))
    return Failure(_shown(url), _classify(heard), _detail(heard))


def _with_parameters(url: str, *parameters: str) -> str:
    return url + ("&" if "?" in url else "?") + "&".join(parameters)


def _is_mail(url: str) -> bool:
    return url.startswith(("mailto://", "mailtos://"))


def _shown(url: str) -> str:
    """The address without what may be a secret (脱敏地址): scheme, host, and a mail's recipient."""
    try:
        parts = urlsplit(url)
        recipient = re.search(r"[?&]to=([^&]+)", url)
        if _is_mail(url) and recipient:
            return f"mailto:{recipient[1]}"
        return f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return "（无法识别的地址）"


def _classify(heard: list[str]) -> FailureCode:
    text = "\n".join(heard)
    for found in _ANSWER.finditer(text):
        status = int(found[1] or found[2])
        mail = found[2] is not None
        if mail:  # SMTP: 4xx is temporary, 5xx is final
            return FailureCode.REFUSED if status >= 500 else FailureCode.BUSY
        return FailureCode.REFUSED if 400 <= status < 500 and status not in (408, 425, 429) else FailureCode.BUSY
    return FailureCode.UNREACHABLE if "onnection error" in text or "timed out" in text else FailureCode.FAILED


def _detail(heard: list[str]) -> str:
    said = "；".join(dict.fromkeys(heard))
    return re.sub(r" with url: \S+", "", said)[:300]  # the path of a webhook is its password


@contextmanager
def _overhear() -> Iterator[list[str]]:
    heard: list[str] = []
    token = _overheard.set(heard)
    try:
        yield heard
    finally:
        _overheard.reset(token)


class _Eavesdropper(logging.Filter):
    """Notes what Apprise says while a message is sent, and keeps its debugging talk from every other log."""

    def filter(self, record: logging.LogRecord) -> bool:
        heard = _overheard.get()
        text = record.getMessage()
        if heard is not None and (record.levelno >= logging.WARNING or text.startswith("Socket Exception")):
            heard.append(text)
        return record.levelno >= logging.WARNING and heard is None


@functools.cache
def _apprise() -> Any:
    import apprise  # 0.15 s, which a command that sends nothing need not pay

    logger = logging.getLogger("apprise")
    logger.setLevel(logging.DEBUG)
    logger.addFilter(_Eavesdropper())
    return apprise


@functools.cache
def _asset() -> Any:
    return _apprise().AppriseAsset(app_id="Yisong", app_desc="移送", app_url="", async_mode=False)
