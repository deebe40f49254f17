import datetime as dt
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def before_loading(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[dt.datetime]:
    """Load the story once for the module; the database's moment before it. Rolled back after the last test."""
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]
        with block, connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (moment,) = cursor.fetchone()
            call_command("seed", "glasswing", stdout=StringIO())
            yield moment
            transaction.set_rollback(True)
