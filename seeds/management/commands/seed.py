"""`manage.py seed <world>`: load a world. A second run changes nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.errors import DomainError
from seeds.worlds import glasswing
from seeds.worlds.loading import load


class Command(BaseCommand):
    help = "Load a world into the registry, through its operations. A second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        worlds = parser.add_subparsers(dest="world", metavar="world", required=True)
        story = worlds.add_parser(
            "glasswing", help="the real story of Project Glasswing, dated and sourced"
        )
        story.set_defaults(load=self._load_glasswing)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            options["load"](options)
        except DomainError as refused:
            raise CommandError(f"{refused} ({refused.code}: {dict(refused.values)})") from refused

    def _load_glasswing(self, options: dict[str, Any]) -> None:
        load("glasswing", glasswing.FOLDER, at=timezone.now(), tell=self.stdout.write)
