import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

from tests import services
from tests.make import MORNING

SLOW = {"journeys", "local", "seeds"}
"""Folders whose tests start programs, open browsers or load worlds."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long for each file begins first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: item.path.parent.name not in SLOW)


@pytest.fixture
def at() -> dt.datetime:
    """The moment at which the test's interfaces read their clock."""
    return MORNING


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """A database that is thrown away with its cluster is not dropped first: somebody may still be connected."""
    return services.runs_own_database()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """A slow hash protects people, not tests."""
    hashers = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "config.hashers.RandomSecretHasher",
    ]
    with override_settings(PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """After a test with transactions of its own, empty what it filled, and nothing else.

    TRUNCATE makes new files for every table and every index, whether or not anything was in it: with a
    hundred tables that is most of such a test's time. What migrations made stays, and is not made anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _delete_from_filled)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_said, **_more: None)
        yield


def _delete_from_filled(
    operations: DatabaseOperations, _style: Any, tables: Sequence[str], **_options: Any
) -> list[str]:
    """The statements; as a replica's, so that what only grows can be emptied, in any order."""
    names = [operations.quote_name(name) for name in sorted(set(tables) - _KEPT)]
    probes = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
    with operations.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(probes))
        filled = [name for (name,) in cursor.fetchall()]
    return [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in filled),
        "SET LOCAL session_replication_role = origin",
    ]


_KEPT = frozenset({"django_content_type", "auth_permission"})
