"""A real mail server for tests: it can take mail, refuse it, and stand still in the middle of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.local.ports import free_port


class MailServer:
    """Keeps what it takes. `answer` is what it says to the next mails; `stall` makes it wait first."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 kept"
        self.stalled = threading.Event()
        self.stall = False
        self.port = free_port()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.stall:
            self.stalled.set()
            return "421 standing still"
        if self.answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.mails.append(message_from_bytes(content, policy=policy.default))
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
        controller.stop()
