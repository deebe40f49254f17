"""Erasing what the record keeps behind digests. The ledger still verifies; only the text is gone."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Command, command, read_clock
from registry.errors import Conflict, NotFound
from registry.events import Event
from registry.models import PrivateValue
from registry.policies import check_role


class AlreadyErased(Conflict):
    code = "already_erased"
    text = _("The text has been erased already.")


@command
def erase(command: Command, *, value: UUID, reason: str) -> PrivateValue:
    """Erase one private text and its salt, for good: nobody can try out likely texts afterwards.

    Raises RoleMissing, NotFound, AlreadyErased.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    row = PrivateValue.objects.select_for_update().filter(pk=value).first()
    if row is None:
        raise NotFound("private text")
    if row.value is None:
        raise AlreadyErased
    clock = read_clock(command)
    row.salt = row.value = None
    row.save(update_fields=["salt", "value"])
    audit.record(
        Event.PRIVATE_VALUE_ERASED,
        row,
        command,
        occurred_at=clock.recorded,
        private={"reason": reason},
    )
    return row
