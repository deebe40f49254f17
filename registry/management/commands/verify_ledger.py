"""`manage.py verify_ledger`: prove the ledger, alone and against its signed checkpoints."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.checkpoints import Checkpoint, CheckpointUnreadable, read_all, read_key
from registry.queries import ledger


class Command(BaseCommand):
    help = (
        "Recompute the ledger's tree from its events. Exit status 1, with the first bad position, where "
        "it does not hold. Checkpoints are read from the installation's own file unless one is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint", type=Path, metavar="FILE", help="signed checkpoints to hold it against"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named: Path | None = options["checkpoint"]
        proof = ledger.verify(self._read_checkpoints(named))
        if proof.breach is not None:
            self.stderr.write(
                f"The ledger does not hold at position {proof.breach.position}: {proof.breach.problem}."
            )
            sys.exit(1)
        self.stdout.write(
            f"The ledger holds: {proof.size} events, root {proof.root.hex()}, {proof.waiting} waiting."
        )

    def _read_checkpoints(self, named: Path | None) -> list[Checkpoint]:
        path = named or settings.CHECKPOINT_FILE
        if named is None and not path.exists():
            return []
        try:
            text = path.read_text(encoding="utf-8")
            return read_all(text, read_key(settings.SIGNING_KEY).public_key())
        except (OSError, CheckpointUnreadable) as unreadable:
            raise CommandError(f"{path}: {unreadable}") from unreadable
