"""`make up`: the whole of Concordat on this machine, reachable from this machine only."""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from config.local import environment
from config.local.children import Children, say
from config.local.errors import CannotStart
from config.local.owner import pick_owner, reachable_home
from config.local.ports import free_port
from config.local.postgres import Postgres
from config.local.valkey import Valkey
from config.local.vault import open_vault

PROJECT = Path(__file__).resolve().parent.parent.parent
VAR = PROJECT / "var"
READY_SECONDS = 90
LAST_PORT = 65535


def main() -> int:
    """Bring everything up and keep it up until Ctrl-C or SIGTERM; the exit status."""
    VAR.mkdir(exist_ok=True, mode=0o711)
    (VAR / "log").mkdir(exist_ok=True, mode=0o700)
    with (VAR / "up.lock").open("a+") as lock, ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            say("up", f"Concordat is already running here, as process {lock.read().strip()}.")
            return 1
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        stop = _Stop()
        try:
            return _run(stack, stop)
        except CannotStart as reason:
            say("up", str(reason))
            return 1
        except KeyboardInterrupt:
            return 0


class _Stop:
    """Set by Ctrl-C, SIGTERM and a terminal that closes. The first, while starting, interrupts."""

    def __init__(self) -> None:
        self.asked = False
        self.started = False
        signal.signal(signal.SIGINT, self.ask)
        signal.signal(signal.SIGTERM, self.ask)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self.ask)

    def ask(self, _number: int, _frame: FrameType | None) -> None:
        first, self.asked = not self.asked, True
        if first and not self.started:
            raise KeyboardInterrupt


def _run(stack: ExitStack, stop: _Stop) -> int:
    begun = time.monotonic()
    children = Children(VAR / "children.json")
    environment.FILE.unlink(missing_ok=True)  # of a parent that was killed: its ports are dead
    if (left := children.end_left_overs()) > 0:
        say("up", f"Ended {left} processes that an earlier start left behind.")
    port = _web_port()
    stack.callback(lambda: say("up", "Stopped."))
    stack.callback(children.forget)
    stack.callback(environment.FILE.unlink, missing_ok=True)
    _provide_services(stack, children, port)
    accounts = _prepare_data()
    stack.callback(children.end)
    _start_children(children, port)
    _wait_until_ready(children, port)
    from config.local.accounts import announce

    stop.started = True
    announce(accounts, VAR / "local.json", seconds=time.monotonic() - begun)
    while not stop.asked:
        if (name := children.ended()) is not None:
            raise CannotStart(f"“{name}” has ended by itself; see above, or {VAR / 'log'}.")
        time.sleep(0.3)
    say("up", "Stopping …")
    return 0


def _web_port() -> int:
    wanted = os.environ.get("PORT", "8000")
    if not wanted.isdecimal() or not 0 < int(wanted) <= LAST_PORT:
        raise CannotStart(f"PORT is “{wanted}”, which is not a port.")
    port = int(wanted)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            raise CannotStart(
                f"Port {port} cannot be had: {taken.strerror}. Try another: PORT=8001 make up"
            ) from taken
    return port


def _provide_services(stack: ExitStack, children: Children, port: int) -> None:
    """Start what the environment does not name, and write the rest of the environment."""
    secrets = open_vault(VAR / "secrets.json")
    if "DATABASE_URL" not in os.environ:
        say("up", "PostgreSQL …")
        owner = pick_owner(PROJECT)
        home = reachable_home(PROJECT, VAR / "services", owner)
        postgres = Postgres(home, owner, secrets["superuser"], VAR / "log" / "postgres.log")
        stack.callback(postgres.stop)
        postgres.start()
        assert postgres.process is not None
        children.watch("PostgreSQL", postgres.process, note=False)
        roles = {
            "concordat_owner": secrets["owner_role"],
            "concordat_app": secrets["application_role"],
        }
        postgres.prepare("concordat", roles)
        os.environ["MIGRATION_DATABASE_URL"] = postgres.address(
            "concordat", "concordat_owner", secrets["owner_role"]
        )
        os.environ["DATABASE_URL"] = postgres.address(
            "concordat", "concordat_app", secrets["application_role"]
        )
    if "BROKER_URL" not in os.environ:
        say("up", "Valkey …")
        valkey = Valkey(secrets["valkey"], VAR / "log" / "valkey.log")
        stack.callback(valkey.stop)
        valkey.start()
        assert valkey.process is not None
        children.watch("Valkey", valkey.process, note=True)
        os.environ["BROKER_URL"] = valkey.address(0)
        os.environ.setdefault("CACHE_URL", valkey.address(1))
    mail = free_port()
    (VAR / "storage" / "static").mkdir(parents=True, exist_ok=True)
    local = {
        "MIGRATION_DATABASE_URL": os.environ["DATABASE_URL"],
        "CACHE_URL": os.environ["BROKER_URL"],
        "SECRET_KEY": secrets["secret_key"],
        "SIGNING_KEY": secrets["signing_key"],
        "STAFF_PASSWORD": secrets["staff"],
        "STORAGE_URL": (VAR / "storage").as_uri(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
        "DEFAULT_FROM_EMAIL": "Concordat <concordat@concordat.invalid>",
    }
    for name, value in local.items():
        os.environ.setdefault(name, value)
    os.environ["CONCORDAT_LOCAL"] = "1"
    os.environ["ALLOWED_HOSTS"] = "127.0.0.1,localhost"
    os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"


def _prepare_data() -> object:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from config.local.accounts import prepare_data

    return prepare_data()


def _start_children(children: Children, port: int) -> None:
    from django.conf import settings

    python = sys.executable
    workers = os.environ.get("WEB_WORKERS", "1")
    celery = [
        *(python, "-W", "ignore:You're running the worker with superuser privileges"),
        *("-m", "celery", "--quiet", "--app", "config.celery"),
    ]
    commands = {
        "mail": [
            *(python, "-m", "config.local.mailroom"),
            *(str(settings.EMAIL_PORT), str(settings.MAILBOX)),
        ],
        "web": [
            *(python, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", workers, "--blocking-threads", "4", "--no-ws"),
        ],
        "worker": [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2"],
        "beat": [*celery, "beat", "--schedule", str(VAR / "beat-schedule")],
    }
    for name, command in commands.items():
        children.start(name, command, cwd=PROJECT)


def _wait_until_ready(children: Children, port: int) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up:
        if (name := children.ended()) is not None:
            raise CannotStart(f"“{name}” did not start; its last lines are above.")
        try:
            with direct.open(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise CannotStart(f"The web process did not answer within {READY_SECONDS} s.")


if __name__ == "__main__":
    sys.exit(main())
