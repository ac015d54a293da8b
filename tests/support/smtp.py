"""A real SMTP server on the loopback that keeps what it gets (测试用邮件服务器)."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as the server took it."""

    sender: str
    recipients: tuple[str, ...]
    content: EmailMessage

    @property
    def subject(self) -> str:
        """The decoded subject line."""
        return str(self.content["Subject"])

    @property
    def text(self) -> str:
        """The decoded plain-text part."""
        part = self.content.get_body(preferencelist=("plain",))
        return "" if part is None else str(part.get_content())


class _FreePortController(Controller):
    """aiosmtpd's own start-up check would knock at port 0; this one knows the port that the system chose."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    """Accepts every mail, unless told to refuse or to dawdle."""

    def __init__(self) -> None:
        self.received: list[ReceivedMail] = []
        self._refusal: str | None = None
        self._delay = 0.0
        self._controller = _FreePortController(self, hostname="127.0.0.1", port=0)

    def start(self) -> None:
        """Listen on a free port of the loopback."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        self._controller.stop()

    @property
    def host(self) -> str:
        """The loopback address."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self._controller.port)

    def refuse(self, answer: str | None) -> None:
        """Answer every mail with e.g. ``"550 no such mailbox"`` from now on; None accepts again."""
        self._refusal = answer

    def dawdle(self, seconds: float) -> None:
        """Wait so long before every answer to a mail."""
        self._delay = seconds

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail in."""
        if self._delay:
            await asyncio.sleep(self._delay)
        if self._refusal:
            return self._refusal
        raw = envelope.original_content or b""
        content = email.message_from_bytes(raw, policy=email.policy.default)
        self.received.append(ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return "250 taken"
