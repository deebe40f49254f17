"""An installation of its own: a database that may be stopped, and web processes that must bear it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from django.conf import settings
from django.db import connection

from config.local.owner import pick_owner, reachable_home
from config.local.ports import free_port
from config.local.postgres import Postgres
from tests.http import Answer, Program, ask_token
from tests.prepared import DATABASE, prepare

KEPT = ("fsync=off", "full_page_writes=off")
"""What a killed server had committed is kept, as the pages stay with the system; only speed is bought.

Without `synchronous_commit` the last moments would go with it: the asker's token, for one.
"""


@dataclass
class Database:
    """A migrated cluster of its own, always on the same port."""

    postgres: Postgres

    @property
    def address(self) -> str:
        return self.postgres.address(DATABASE)

    @property
    def _processes(self) -> list[psutil.Process]:
        assert self.postgres.process is not None
        parent = psutil.Process(self.postgres.process.pid)
        return [parent, *parent.children(recursive=True)]

    def pause(self) -> None:
        for process in self._processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def go_on(self) -> None:
        for process in reversed(self._processes):
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def kill(self) -> None:
        """As if the power had gone."""
        assert self.postgres.process is not None
        self.postgres.process.send_signal(signal.SIGQUIT)
        self.postgres.process.wait()

    def begin_again(self) -> None:
        assert self.postgres.process is not None
        command = self.postgres.process.args
        with self.postgres.log.open("ab") as log:
            self.postgres.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **self.postgres.owner.options(),
            )
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            with suppress(psycopg.OperationalError), self.connect():
                return
            time.sleep(0.1)
        raise AssertionError("the database did not come back")

    def connect(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.address, autocommit=True, connect_timeout=2)

    def run(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)


@dataclass
class Installation:
    """A database, a web server, and somebody with a question whose answer is yes."""

    database: Database
    asker: Program
    question: dict[str, Any]

    def ask(self, path: str = "evaluation", body: Any = None) -> tuple[Answer, float]:
        """The answer, and how many seconds it took."""
        begun = time.monotonic()
        answer = self.asker.post(f"/access/v1/{path}", body or self.question)
        return answer, time.monotonic() - begun


@contextmanager
def own_database() -> Iterator[Database]:
    owner = pick_owner(settings.ROOT)
    var = settings.ROOT / "var"
    folder = Path(mkdtemp(prefix="faults-", dir=var))
    folder.chmod(0o711)
    home = reachable_home(settings.ROOT, folder / "services", owner)
    if home != folder / "services":
        home = Path(mkdtemp(prefix="faults-", dir=home))
        home.chmod(0o711)
    prepared = prepare(owner, os.environ)
    prepared.copy_to(home)
    log = folder / "postgres.log"
    postgres = Postgres(home, owner, prepared.password, log, settings=KEPT)
    postgres.start()
    try:
        yield Database(postgres)
    finally:
        Database(postgres).go_on()
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def describe_test_database() -> dict[str, str]:
    """The environment in which another process works on the tests' own database."""
    database = connection.settings_dict
    address = (
        f"postgres://{quote(database['USER'])}:{quote(database['PASSWORD'], safe='')}"
        f"@{database['HOST']}:{database['PORT']}/{quote(database['NAME'])}"
    )
    return {"DATABASE_URL": address, "MIGRATION_DATABASE_URL": address}


@contextmanager
def web(environment: dict[str, str], log: Path, *, workers: int = 1) -> Iterator[str]:
    """The web server as an operator runs it; its address."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)),
        *("--blocking-threads", "4", "--no-ws"),
    ]
    with log.open("wb") as lines:
        process = subprocess.Popen(
            command, cwd=settings.ROOT, env=environment, stdout=lines, stderr=lines
        )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base, process, log)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def installation(log: Path) -> Iterator[Installation]:
    """All of it, on a database of its own."""
    with own_database() as database:
        address = database.address
        environment = os.environ | {
            "DATABASE_URL": address,
            "MIGRATION_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ANSWERS_FLUSH_SECONDS": "1",
        }
        script = "from tests.journeys.asking_world import fill; fill()"
        world = json.loads(_manage(environment, "shell", "--no-imports", "--command", script))
        with web(environment, log) as base:
            token = ask_token(base, world["client_id"], world["secret"])
            asker = Program(base, token.body["access_token"])
            yield Installation(database, asker, world["question"])


def _manage(environment: dict[str, str], *arguments: str) -> bytes:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        command, cwd=settings.ROOT, env=environment, check=True, capture_output=True
    )
    return done.stdout


def _wait_for(base: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    give_up = time.monotonic() + 180  # a busy machine takes its time to load Django
    while time.monotonic() < give_up and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{base}/healthz", timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(log.read_text())
