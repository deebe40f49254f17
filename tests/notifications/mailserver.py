"""A real mail server for tests: it can take mail, refuse it, and stand still in the middle of it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.local.ports import free_port


class MailServer:
    """Keeps what it takes. `answer` is what it says to the next mails."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 kept"
        self.standing = threading.Event()
        self.port = free_port()
        self._still_from: int | None = None

    def stand_still(self, *, after: int = 0) -> None:
        """Answer `after` more mails; of the next, keep all and say nothing. `standing` tells when."""
        self.standing.clear()
        self._still_from = len(self.mails) + after

    def go_on(self) -> None:
        """Answer again."""
        self._still_from = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, policy=policy.default))
        while self._still_from is not None and len(self.mails) > self._still_from:
            self.standing.set()
            await asyncio.sleep(0.01)
        return self.answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.answer.startswith("55"):
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def serve() -> Iterator[MailServer]:
    """The server on a free port of loopback."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        server.go_on()
        controller.stop()
