"""`manage.py propose_rules`: propose the rules, holiday tables and forms that are shipped with the project."""

import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from registry.actors import Command as Act
from registry.errors import DomainError
from registry.models import User
from seeds import shipped_forms
from seeds.shipped import propose_shipped


class Command(BaseCommand):
    help = (
        "Propose the rules, holiday tables and forms that are shipped with the project, those that were "
        "never proposed before. Another administrator puts them in force, on the pages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--by", required=True, metavar="USERNAME", help="the administrator who proposes them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["by"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is nobody active with the username “{options['by']}”.")
        act = Act(by=user.as_actor(), at=now(), request_id=f"propose-rules-{uuid.uuid4().hex}")
        try:
            proposed = propose_shipped(act)
            forms = shipped_forms.propose_shipped(act)
        except DomainError as refused:
            raise CommandError(f"{refused} ({refused.code})") from refused
        for edition in (*proposed.tables, *proposed.rules, *forms.forms):
            self.stdout.write(f"proposed: {edition}")
        for tier, refusal in forms.refused:
            self.stdout.write(f"not proposed for {tier.program.slug} {tier.slug}: {refusal}")
        self.stdout.write(
            f"{len(proposed.rules)} rules, {len(proposed.tables)} holiday tables and "
            f"{len(forms.forms)} forms proposed, {proposed.unchanged + forms.unchanged} unchanged."
        )
