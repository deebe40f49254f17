from collections.abc import Iterator

import pytest
from pytest_django import Settings

from config.local.ports import free_port
from tests.notifications.mailserver import MailServer, serve


@pytest.fixture
def mailserver(settings: Settings) -> Iterator[MailServer]:
    """A mail server that Django sends to, over SMTP."""
    with serve() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def no_mailserver(settings: Settings) -> None:
    """A mail server that nobody answers for."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
