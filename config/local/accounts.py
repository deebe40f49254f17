"""What a local installation needs before its first page: tables, somebody who may sign in, worlds to look at."""

import io
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from access.models import Program
from config.local import environment
from config.local.children import say
from config.local.vault import write_private
from registry import wake
from registry.actors import SYSTEM, Command
from registry.operations import users
from seeds.worlds.demo import world as demo

FIRST = "admin"
STORY = "project-glasswing"
MADE = Path(__file__).resolve().parent.parent.parent / "var" / "accounts.json"
"""Accounts and clients of the demonstration world, written when all but its last act is done."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may sign in, as plain dictionaries of the file that tells it."""

    staff: list[dict[str, str]]
    clients: list[dict[str, object]]


def prepare_data() -> Accounts:
    """Bring the tables up to date, see that somebody may sign in, and load the worlds. May be repeated."""
    say("up", "Tables …")
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    call_command("grant_application_role")
    password = os.environ["STAFF_PASSWORD"]
    users.enroll_first_administrator(
        Command(by=SYSTEM, at=datetime.now(UTC), request_id="make-up"),
        username=FIRST,
        display_name="Local administrator",
        email="admin@concordat.invalid",
        password=password,
    )
    if not _worlds_are_loaded():
        _load_worlds()
    made = json.loads(MADE.read_text())
    first = {"username": FIRST, "password": password, "role": "administrator"}
    return Accounts([first, *made["staff"]], made["clients"])


def _worlds_are_loaded() -> bool:
    """Whether both are there to their ends, and the file that tells of them: the story is loaded first."""
    return MADE.exists() and Program.objects.filter(slug=STORY).exists() and demo.is_complete()


def _load_worlds() -> None:
    """Load what is missing of either world, and of neither what is there.

    No knock for each of its commits: no worker is up yet, and the first that is finds all of it at once.
    """
    wake.set_hook(lambda: None)
    say("up", "The real story and the demonstration; once, for half a minute …")
    call_command("seed", "glasswing", stdout=_Said())
    call_command("seed", "demo", credentials=MADE, stdout=_Said())


class _Said(io.TextIOBase):
    """What a command tells, said by `up`."""

    def write(self, text: str, /) -> int:
        for line in text.splitlines():
            say("up", line)
        return len(text)


def announce(accounts: object, file: Path, *, seconds: float) -> None:
    """Write who may sign in where, for people and programs of this machine."""
    assert isinstance(accounts, Accounts)
    told = {
        "url": settings.PUBLIC_URL,
        "mailbox_url": f"{settings.PUBLIC_URL}/mailbox/",
        "staff": accounts.staff,
        "clients": accounts.clients,
    }
    write_private(file, json.dumps(told, indent=1))
    write_private(environment.FILE, environment.collect())
    first = accounts.staff[0]
    say("up", f"Ready after {seconds:.0f} s: {settings.PUBLIC_URL}/")
    say("up", f"Sign in as {first['username']} with {first['password']}")
    say("up", f"Mails: {told['mailbox_url']}   all accounts and clients: {file}")
    say("up", "Ctrl-C stops everything.")
