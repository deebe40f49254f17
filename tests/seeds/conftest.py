import datetime as dt
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.kept import kept


@pytest.fixture(scope="module")
def before_loading(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[dt.datetime]:
    """Load the story once for the module; the database's moment before it."""
    with kept(request, django_db_blocker), connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
        call_command("seed", "glasswing", stdout=StringIO())
        yield moment
