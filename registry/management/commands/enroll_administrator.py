"""`manage.py enroll_administrator NAME EMAIL`: the first person who may sign in to a new installation."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from registry.actors import SYSTEM
from registry.commands import Command as Act
from registry.errors import DomainError
from registry.operations import users


class Command(BaseCommand):
    help = (
        "Enroll the first administrator. Everybody after that is registered by one. The password is "
        "asked for, or read from standard input where that is no terminal."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("email")
        parser.add_argument("--display-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            users.enroll_first_administrator(
                Act(by=SYSTEM, at=now(), request_id="enroll-administrator"),
                username=options["username"],
                display_name=options["display_name"] or options["username"],
                email=options["email"],
                password=password,
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{options['username']} may sign in, and give others their roles.")
