"""`manage.py check_invariants`: what must be true of the data is true; each breach where it is not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from access.queries import invariants as of_access
from notifications.queries import invariants as of_notifications
from registry.queries import invariants as of_registry
from registry.queries.invariants import Invariant

ALL: dict[str, tuple[Invariant, ...]] = {
    "registry": of_registry.INVARIANTS,
    "access": of_access.INVARIANTS,
    "notifications": of_notifications.INVARIANTS,
}
"""Every invariant, by the app whose rows it is about."""


class Command(BaseCommand):
    help = (
        "Look for rows that break what must be true and no constraint can say. Exit status 1, with a "
        "line for each breach on standard error, where there are any. Changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken, held = 0, 0
        for app, invariants in ALL.items():
            for invariant in invariants:
                found = self._check(f"{app}.{invariant.__name__}", invariant)
                broken += found
                held += not found
        total = sum(map(len, ALL.values()))
        self.stdout.write(f"{held} of {total} invariants hold, {broken} breaches.")
        if broken:
            sys.exit(1)

    def _check(self, name: str, invariant: Invariant) -> int:
        """Print each breach as it is found; how many there are."""
        found = 0
        for breach in invariant():
            found += 1
            self.stderr.write(f"{name}: {breach.subject}: {breach.problem}")
        return found
