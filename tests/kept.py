"""A world that is made once and read by all tests of a module."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def kept(request: pytest.FixtureRequest, blocker: DjangoDbBlocker) -> Iterator[None]:
    """What a module's fixture makes in here is there for its tests; taken back after the last of them.

    Each test's own changes are taken back by its own transaction, inside of this one: none may ask for a
    database with `transaction=True`.
    """
    request.getfixturevalue("django_db_setup")
    with blocker.unblock():
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # operations may be durable in it
        with block:
            yield
            transaction.set_rollback(True)
