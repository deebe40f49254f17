"""Mail over SMTP: the only module of the project that speaks to a mail server."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.models import Delivery
from registry.operations.ledger import name_origin


class Rejected(Exception):
    """The server will never take this mail: trying again is no use."""


class Unreachable(Exception):
    """The server did not take the mail now; it may later."""


@contextmanager
def connect() -> Iterator[BaseEmailBackend]:
    """One connection for several mails."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()


def send(delivery: Delivery, connection: BaseEmailBackend) -> None:
    """Send one mail as text and HTML. Raises Rejected, Unreachable."""
    message = EmailMultiAlternatives(
        subject=delivery.title,
        body=delivery.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[delivery.address],
        connection=connection,
        headers={
            "Message-ID": f"<{delivery.id}@{name_origin().partition('/')[0].partition(':')[0]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(delivery.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _text in refused.recipients.values()]
        raise (Rejected if min(codes) >= 500 else Unreachable)(str(codes)) from refused  # noqa: PLR2004 - SMTP's permanent refusals
    except (smtplib.SMTPException, OSError) as problem:
        connection.close()
        raise Unreachable(f"{type(problem).__name__}: {problem}") from problem
