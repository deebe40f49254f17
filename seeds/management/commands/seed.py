"""`manage.py seed <world>`: load a world. A second run changes nothing."""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.errors import DomainError
from seeds.worlds import glasswing
from seeds.worlds.demo import world as demo
from seeds.worlds.demo.names import ORGANIZATIONS, REQUESTS, Size
from seeds.worlds.loading import load


class Command(BaseCommand):
    help = "Load a world into the registry, through its operations. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        worlds = parser.add_subparsers(dest="world", metavar="world", required=True)
        story = worlds.add_parser(
            "glasswing", help="the real story of Project Glasswing, dated and sourced"
        )
        story.set_defaults(load=self._load_glasswing)
        synthetic = worlds.add_parser(
            "demo",
            help="a synthetic world of chosen size; the new staff's password is STAFF_PASSWORD",
        )
        synthetic.add_argument(
            "--organizations",
            type=int,
            default=ORGANIZATIONS,
            metavar="N",
            help=f"how many organizations there are, beside the authorities ({ORGANIZATIONS})",
        )
        synthetic.add_argument(
            "--requests",
            type=int,
            default=REQUESTS,
            metavar="N",
            help=f"how many access requests the expansion holds ({REQUESTS}); from 8 on, every status occurs",
        )
        synthetic.add_argument(
            "--credentials",
            type=Path,
            metavar="FILE",
            help="register client programs; write their secrets, and the staff's password, to this file",
        )
        synthetic.set_defaults(load=self._load_demo)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            options["load"](options)
        except DomainError as refused:
            raise CommandError(f"{refused} ({refused.code}: {dict(refused.values)})") from refused

    def _load_glasswing(self, options: dict[str, Any]) -> None:
        load("glasswing", glasswing.FOLDER, at=timezone.now(), tell=self.stdout.write)

    def _load_demo(self, options: dict[str, Any]) -> None:
        file = None if options["credentials"] is None else Path(options["credentials"]).absolute()
        if file is not None and not file.parent.is_dir():
            raise CommandError(f"There is no folder {file.parent} to write the credentials to.")
        demo.make(
            Size(options["organizations"], options["requests"]),
            clock=timezone.now,
            tell=self.stdout.write,
            password=os.environ.get("STAFF_PASSWORD") or secrets.token_urlsafe(24),
            credentials=file,
        )
