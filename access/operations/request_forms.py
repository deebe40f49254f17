"""Forms of tiers: proposed as a document, in force by another person's act, never edited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from access.events import Event
from access.forms import read_form, write_form
from access.models import RequestForm, Tier
from registry.commands import Command, command
from registry.errors import NotFound
from registry.operations.editions import _enact, _lock_proposed, _propose, digest


@command
def propose(command: Command, *, tier: UUID, document: Mapping[str, Any]) -> RequestForm:
    """The next edition of what is asked for the tier, not yet in force.

    Raises RoleMissing, NotFound, FormUnreadable, EditionUnchanged, EditionProposedMeanwhile.
    """
    wanted = Tier.objects.filter(pk=tier).first()
    if wanted is None:
        raise NotFound("tier")
    read_form(document)
    written = write_form(document)
    return _propose(
        command,
        RequestForm(tier=wanted, document=written, sha256=digest(written)),
        RequestForm.objects.filter(tier=wanted),
        constraint="request_form_number_once",
        event=Event.FORM_PROPOSED,
        tier=wanted.id,
    )


@command
def enact(command: Command, *, form: UUID) -> RequestForm:
    """Requests drafted from now on pin this edition; what is drafted or in flight keeps its own.

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce, EditionOvertaken, FormUnreadable.
    """
    row = _lock_proposed(
        command, RequestForm.objects.select_related("tier"), form, what="request form"
    )
    read_form(row.document)  # the program may have moved on since it was proposed
    return _enact(
        command,
        row,
        RequestForm.objects.filter(tier=row.tier),
        event=Event.FORM_ENACTED,
        tier=row.tier_id,
    )
