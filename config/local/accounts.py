"""What a local installation needs before its first page: tables, somebody who may sign in, worlds to look at."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from config.local.children import say
from config.local.vault import write_private
from registry.actors import SYSTEM, Command
from registry.operations import users

FIRST = "admin"


@dataclass(frozen=True, slots=True)
class Accounts:
    """Who may sign in, as plain dictionaries of the file that tells it."""

    staff: list[dict[str, str]]
    clients: list[dict[str, object]]


def prepare_data() -> Accounts:
    """Bring the tables up to date and see that somebody may sign in. May be repeated."""
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
    return Accounts([{"username": FIRST, "password": password, "role": "administrator"}], [])


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
    first = accounts.staff[0]
    say("up", f"Ready after {seconds:.0f} s: {settings.PUBLIC_URL}/")
    say("up", f"Sign in as {first['username']} with {first['password']}")
    say("up", f"Mails: {told['mailbox_url']}   all accounts and clients: {file}")
    say("up", "Ctrl-C stops everything.")
