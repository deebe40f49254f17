"""`manage.py register_schemes`: register the schemes that are shipped with the project."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from registry.actors import Command as Act
from registry.errors import DomainError
from registry.models import User
from seeds.shipped_schemes import register_shipped


class Command(BaseCommand):
    help = "Register the editions of security schemes that are shipped with the project and not there yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="the administrator who registers them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is nobody active with the username “{options['by']}”.")
        act = Act(by=user.as_actor(), at=now(), request_id=f"register-schemes-{uuid.uuid4().hex}")
        try:
            registered = register_shipped(act)
        except DomainError as refused:
            raise CommandError(f"{refused} ({refused.code})") from refused
        for scheme in registered:
            self.stdout.write(f"registered: {scheme}")
        self.stdout.write(f"{len(registered)} schemes registered.")
