"""Messages go out over a real mail server and a real webhook, and every failure has a name (发送渠道)."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.smtp import MailServer
from yisong.notify.channels import FailureCode, mail_address, send
from yisong.notify.errors import NotifyError
from yisong.notify.message import Message

MESSAGE = Message(
    key="outbox-42",
    subject="催办：云某化工有限公司",
    body="请于2026年3月5日前签收。\n\n一、动火作业 <未审批> & 未监护。",
)


class Hook(ThreadingHTTPServer):
    """A webhook that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HookHandler)
        self.status = 200
        self.delay = 0.0
        self.received: list[tuple[str, dict[str, str], dict[str, object]]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/robot/s3cr3t-token"


class _HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, dict(self.headers), content))
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def mail_url(server: MailServer, recipient: str = "clerk@yunxi.invalid") -> str:
    base = f"mailto://{server.host}:{server.port}?from=yisong@yunxi.invalid&name=移送"
    return mail_address(base, recipient=recipient)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_mail_arrives_as_it_was_worded_with_its_key(smtp_server: MailServer) -> None:
    delivery = send(MESSAGE, [mail_url(smtp_server)])
    assert delivery.ok and delivery.error == ""
    assert delivery.sent == ("mailto:clerk@yunxi.invalid",)
    [mail] = smtp_server.received
    assert mail.recipients == ("clerk@yunxi.invalid",)
    assert mail.sender == "yisong@yunxi.invalid"
    assert mail.subject == MESSAGE.subject
    assert mail.text.replace("\r\n", "\n").strip() == MESSAGE.body
    assert mail.content["X-Idempotency-Key"] == "outbox-42"
    assert mail.content.get_content_type() == "text/plain"


def test_a_webhook_hears_it_with_its_key(hook: Hook) -> None:
    assert send(MESSAGE, [hook.url]).ok
    [(path, headers, content)] = hook.received
    assert path.startswith("/robot/s3cr3t-token")
    assert headers["X-Idempotency-Key"] == "outbox-42"
    assert (content["title"], content["message"]) == (MESSAGE.subject, MESSAGE.body)


def test_the_key_is_the_same_on_every_attempt(hook: Hook) -> None:
    hook.status = 503
    assert not send(MESSAGE, [hook.url]).ok
    hook.status = 200
    assert send(MESSAGE, [hook.url]).ok
    assert [headers["X-Idempotency-Key"] for _, headers, _ in hook.received] == ["outbox-42", "outbox-42"]


@pytest.mark.parametrize(
    ("answer", "code", "final"),
    [
        ("550 5.1.1 no such mailbox", FailureCode.REFUSED, True),
        ("451 4.3.0 try again later", FailureCode.BUSY, False),
    ],
)
def test_a_mail_server_that_refuses(smtp_server: MailServer, answer: str, code: FailureCode, final: bool) -> None:
    smtp_server.refuse(answer)
    delivery = send(MESSAGE, [mail_url(smtp_server)])
    assert not delivery.ok
    [failure] = delivery.failures
    assert (failure.code, failure.is_final) == (code, final)
    assert answer[4:] in failure.detail
    assert failure.address == "mailto:clerk@yunxi.invalid"


@pytest.mark.parametrize(
    ("status", "code", "final"),
    [
        (404, FailureCode.REFUSED, True),
        (401, FailureCode.REFUSED, True),
        (429, FailureCode.BUSY, False),
        (500, FailureCode.BUSY, False),
        (503, FailureCode.BUSY, False),
    ],
)
def test_a_webhook_that_refuses(hook: Hook, status: int, code: FailureCode, final: bool) -> None:
    hook.status = status
    [failure] = send(MESSAGE, [hook.url]).failures
    assert (failure.code, failure.is_final) == (code, final)
    assert str(status) in failure.detail
    assert len(hook.received) == 1, "the outbox repeats, the channel must not"


@pytest.mark.parametrize("scheme", ["json", "mailto"])
def test_nobody_listens(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{closed_port()}/hook?from=a@b.invalid&to=c@d.invalid"
    [failure] = send(MESSAGE, [url]).failures
    assert failure.code is FailureCode.UNREACHABLE
    assert not failure.is_final


def test_a_server_that_never_answers_is_given_up(hook: Hook, smtp_server: MailServer) -> None:
    hook.delay = 5
    smtp_server.dawdle(5)
    began = time.monotonic()
    delivery = send(MESSAGE, [hook.url, mail_url(smtp_server)], connect_seconds=0.3, answer_seconds=0.3)
    assert [failure.code for failure in delivery.failures] == [FailureCode.UNREACHABLE] * 2
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("url", ["nonsense", "", "gopher://127.0.0.1/x", "json://", "http://[::1"])
def test_an_address_nobody_knows_is_named_not_raised(url: str) -> None:
    [failure] = send(MESSAGE, [url]).failures
    assert failure.code is FailureCode.BAD_ADDRESS
    assert "核对渠道设置" in str(failure)


def test_one_deaf_channel_does_not_silence_the_next(hook: Hook, smtp_server: MailServer) -> None:
    hook.status = 500
    delivery = send(MESSAGE, [hook.url, mail_url(smtp_server)])
    assert not delivery.ok
    assert delivery.sent == ("mailto:clerk@yunxi.invalid",)
    assert len(delivery.failures) == 1 and len(smtp_server.received) == 1


def test_no_address_is_not_a_success() -> None:
    assert not send(MESSAGE, []).ok


def test_no_secret_reaches_the_failure_or_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    port = closed_port()
    urls = [
        f"json://robot:p4ssw0rd@127.0.0.1:{port}/robot/s3cr3t-token?key=t0ken",
        f"mailto://robot:p4ssw0rd@127.0.0.1:{port}?from=a@b.invalid&to=c@d.invalid",
    ]
    said = send(MESSAGE, urls).error + "".join(
        record.getMessage() for record in caplog.records if record.name == "apprise"
    )
    assert said.count("连不上对方服务器") == 2
    for secret in ("p4ssw0rd", "s3cr3t-token", "t0ken"):
        assert secret not in said


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@b.invalid,c@d.invalid",
        "a@b.invalid&bcc=c@d.invalid",
        "a@b.invalid\r\nBcc: c@d.invalid",
        "a b@c.invalid",
    ],
)
def test_a_recipient_is_one_plain_mailbox(recipient: str) -> None:
    with pytest.raises(NotifyError) as caught:
        mail_address("mailto://mail.invalid?from=a@b.invalid", recipient=recipient)
    assert caught.value.code == "notice.mailbox"
