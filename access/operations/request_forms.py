"""Forms of tiers: proposed as a document, in force by another person's act, never edited."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.forms import FormDocument, read_form, write_form
from access.models import RequestForm, Tier
from access.operations.requests import _find_policy
from access.stages import read_policy
from registry.commands import Command, command
from registry.errors import Invalid, NotFound
from registry.operations.editions import _enact, _lock_proposed, _propose, digest


class FormStageUnknown(Invalid):
    """What is confidential to a stage that nobody acts in, nobody could ever read."""

    code = "form_stage_unknown"
    text = _(
        "The tier's review policy has no stage “%(stage)s”, so nobody could read what is confidential to it."
    )


@command
def propose(command: Command, *, tier: UUID, document: Mapping[str, Any]) -> RequestForm:
    """The next edition of what is asked for the tier, not yet in force.

    Raises RoleMissing, NotFound, FormUnreadable, FormStageUnknown, EditionUnchanged,
    EditionProposedMeanwhile.
    """
    wanted = Tier.objects.filter(pk=tier).first()
    if wanted is None:
        raise NotFound("tier")
    _check_stages(read_form(document), wanted)
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

    Raises RoleMissing, NotFound, Stale, OwnEdition, EditionInForce, EditionOvertaken, FormUnreadable,
    FormStageUnknown.
    """
    row = _lock_proposed(
        command, RequestForm.objects.select_related("tier"), form, what="request form"
    )
    _check_stages(
        read_form(row.document), row.tier
    )  # the policy may have moved on since it was proposed
    return _enact(
        command,
        row,
        RequestForm.objects.filter(tier=row.tier),
        event=Event.FORM_ENACTED,
        tier=row.tier_id,
    )


def _check_stages(form: FormDocument, tier: Tier) -> None:
    """Raises FormStageUnknown, PolicyMissing where a form names stages and no policy is in force."""
    if form.stages:
        rules = read_policy(_find_policy(tier).document)
        for stage in sorted(form.stages - {known.key for known in rules.stages}):
            raise FormStageUnknown(stage=stage)
