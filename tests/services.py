"""The tests' own PostgreSQL, Valkey and settings, up before Django reads its environment.

Loaded as a pytest plugin. `DATABASE_URL` and `BROKER_URL`, where set, replace the embedded services;
the role in `DATABASE_URL` must then be a superuser that may create databases. Where several processes
share the work, each has services of its own: tests empty databases, queues and caches as if alone.
"""

import base64
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from config.local.owner import pick_owner, reachable_home
from config.local.postgres import Postgres
from config.local.valkey import Valkey
from tests.prepared import prepare

PROJECT = Path(__file__).resolve().parent.parent
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_OURS = "TESTS_RUN"
"""Which of the addresses in the environment are those of services that the tests started."""
_RUNNING: list[Postgres | Valkey] = []
_FOLDERS: list[Path] = []


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start what is missing, then let Django read its settings."""
    _start()
    try:
        return (yield)
    except BaseException:
        _end()
        raise


@contextmanager
def running() -> Iterator[None]:
    """The same services for a program that is not a test."""
    _start()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    try:
        yield
    finally:
        _end()


def _start() -> None:
    var = PROJECT / "var"
    var.mkdir(exist_ok=True, mode=0o711)
    folder = Path(mkdtemp(prefix="tests-", dir=var))
    folder.chmod(0o711)
    _FOLDERS.append(folder)
    _forget_parent()
    if "DATABASE_URL" not in os.environ:
        owner = pick_owner(PROJECT)
        home = reachable_home(PROJECT, folder / "services", owner)
        if home != folder / "services":
            home = Path(mkdtemp(prefix="tests-", dir=home))
            home.chmod(0o711)
            _FOLDERS.append(home)
        prepared = prepare(owner, _settings(folder))
        prepared.copy_to(home)
        log = folder / "postgres.log"
        postgres = Postgres(home, owner, prepared.password, log, settings=FAST)
        postgres.start()
        _RUNNING.append(postgres)
        _lend("DATABASE_URL", postgres.address("postgres"))
    if "BROKER_URL" not in os.environ:
        valkey = Valkey(secrets.token_urlsafe(24), folder / "valkey.log")
        valkey.start()
        _RUNNING.append(valkey)
        _lend("BROKER_URL", valkey.address(0))
    (folder / "storage" / "static").mkdir(parents=True)
    os.environ.update(_settings(folder) | _addresses())


def _lend(name: str, address: str) -> None:
    """Say where one of our services listens, and that it is ours."""
    os.environ[name] = address
    os.environ[_OURS] = " ".join([*os.environ.get(_OURS, "").split(), name])


def runs_own_database() -> bool:
    """Whether the database is one of ours, thrown away with its cluster."""
    return "DATABASE_URL" in os.environ.get(_OURS, "").split()


def _forget_parent() -> None:
    """A worker inherits the addresses of the services that the process which started it runs for itself."""
    for name in os.environ.pop(_OURS, "").split():
        del os.environ[name]


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _end()


def _end() -> None:
    while _RUNNING:
        _RUNNING.pop().stop()
    while _FOLDERS:
        shutil.rmtree(_FOLDERS.pop(), ignore_errors=True)


def _settings(folder: Path) -> dict[str, str]:
    return {
        "CONCORDAT_LOCAL": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        "PUBLIC_URL": "http://testserver",
        "ANSWERS_FLUSH_SECONDS": "0",
        "STORAGE_URL": (folder / "storage").as_uri(),
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "Concordat <concordat@concordat.invalid>",
    }


def _addresses() -> dict[str, str]:
    return {
        "MIGRATION_DATABASE_URL": os.environ["DATABASE_URL"],
        "CACHE_URL": os.environ["BROKER_URL"].rsplit("/", 1)[0] + "/1",
    }
