"""A cluster that has been migrated, made once for each state of the migrations and copied for every run.

To migrate from nothing takes most of a minute, to copy the outcome less than a second.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.local.owner import Owner, reachable_home
from config.local.postgres import Postgres

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "test_postgres"
"""What Django calls the tests' database where the installation's is `postgres`."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stopped cluster with the migrated `DATABASE`, never started again: only copies are."""

    home: Path
    owner: Owner

    @property
    def password(self) -> str:
        return (self.home / "password").read_text()

    def copy_to(self, home: Path) -> None:
        """Let a cluster that is started in `home` begin with what is here."""
        subprocess.run(["cp", "-a", str(self.home / "postgres"), str(home)], check=True)


def prepare(owner: Owner, environment: Mapping[str, str]) -> Prepared:
    """The prepared cluster of this state of the migrations; made now, where there is none.

    `environment` is what Django's settings need beside the database's address.
    """
    with _alone() as var:
        found = reachable_home(PROJECT, var / "prepared", owner) / f"prepared-{_digest()}"
        if not found.exists():
            for old in found.parent.glob("prepared-*"):
                shutil.rmtree(old)
            _make(found, owner, environment)
        return Prepared(found, owner)


@contextmanager
def _alone() -> Iterator[Path]:
    """Processes that begin together make one cluster, not one each."""
    var = PROJECT / "var"
    var.mkdir(exist_ok=True, mode=0o711)
    with (var / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield var


def _digest() -> str:
    """Changes with the migrations and with what runs them."""
    digest = hashlib.sha256(sys.version.encode())
    files = (*PROJECT.glob("*/migrations/*.py"), PROJECT / "requirements-dev.txt")
    for file in sorted(files):
        digest.update(f"{file.relative_to(PROJECT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _make(home: Path, owner: Owner, environment: Mapping[str, str]) -> None:
    half = home.with_name(f"half-{home.name}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o711)
    password = secrets.token_urlsafe(24)
    secret = half / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    postgres = Postgres(half, owner, password, half / "postgres.log", settings=("fsync=off",))
    postgres.start()
    try:
        postgres.prepare(DATABASE, {"postgres": password})
        address = postgres.address(DATABASE)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            check=True,
            cwd=PROJECT,
            env=os.environ
            | dict(environment)
            | {
                "DATABASE_URL": address,
                "MIGRATION_DATABASE_URL": address,
                "BROKER_URL": "redis://127.0.0.1:1/0",
                "CACHE_URL": "redis://127.0.0.1:1/1",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            },
        )
    finally:
        postgres.stop()
    shutil.rmtree(half / "pginstall", ignore_errors=True)
    half.rename(home)
