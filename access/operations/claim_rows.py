"""The rows behind a claim, written with the request locked."""

from django.utils.translation import gettext_lazy as _

from access.models import AccessRequest, Claim
from registry.commands import Clock, Command, touch
from registry.constraints import violation_means
from registry.errors import Conflict
from registry.models import User


class AlreadyClaimed(Conflict):
    code = "already_claimed"
    text = _("%(person)s has this request in hand already.")


def _take_in_hand(command: Command, row: AccessRequest, person: User, *, clock: Clock) -> None:
    """The person has it from now on, and whoever had it before no more."""
    _let_go(command, row, clock=clock)
    with violation_means("claim_one_holder", AlreadyClaimed(person=person.display_name)):
        Claim.objects.create(
            request=row,
            person=person,
            given_by=command.by.key,
            given_at=clock.recorded,
            changed_at=clock.at,
        )


def _let_go(command: Command, row: AccessRequest, *, clock: Clock) -> None:
    for held in row.claims.filter(released_at__isnull=True):
        held.released_by, held.released_at = command.by.key, clock.recorded
        touch(held, clock, "released_by", "released_at")
