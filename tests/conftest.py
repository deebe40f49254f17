import datetime as dt

import pytest
from pytest_django import Settings

from tests.make import MORNING


@pytest.fixture
def at() -> dt.datetime:
    """The moment at which the test's interfaces read their clock."""
    return MORNING


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Settings) -> None:
    """A slow hash protects people, not tests."""
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "config.hashers.RandomSecretHasher",
    ]
