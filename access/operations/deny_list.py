"""The deny list: policy about organizations, in force by two people's act, that warns or refuses."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import DenyEffect
from access.events import Event
from access.models import DenyEntry, Tier
from access.queries.denials import denials_of
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid, NotFound, WorldsApart
from registry.models import AIModel, Organization
from registry.policies import check_role


class DenyListed(Conflict):
    """A policy of the operator refuses the request by itself; its reason is the operator's own."""

    code = "deny_listed"
    text = _("By a policy of the operator this request is not accepted.")


class DenyEntryKnown(Conflict):
    code = "deny_entry_known"
    text = _("There is such an entry already.")


class DenyEntryInForce(Conflict):
    code = "deny_entry_in_force"
    text = _("This entry is in force already.")


class DenyEntryWithdrawn(Conflict):
    code = "deny_entry_withdrawn"
    text = _("This entry has been withdrawn.")


class OwnDenyEntry(Forbidden):
    """What one proposes, another puts in force."""

    code = "own_deny_entry"
    text = _("You proposed this entry: another person must put it in force.")


class ReasonNeeded(Invalid):
    code = "deny_reason_missing"
    text = _("Say why: those who decide will read it.")


@command
def propose(
    command: Command,
    *,
    organization: UUID,
    effect: DenyEffect,
    reason: str,
    ai_model: UUID | None = None,
) -> DenyEntry:
    """An entry about an organization and a model, or any, not yet in force.

    Raises RoleMissing, NotFound, WorldsApart, ReasonNeeded, DenyEntryKnown.
    """
    check_role(command.by, Role.RESTRICTOR)
    if not reason.strip():
        raise ReasonNeeded
    listed = Organization.objects.filter(pk=organization).first()
    if listed is None:
        raise NotFound("organization")
    model = None
    if ai_model is not None:
        model = AIModel.objects.filter(pk=ai_model).first()
        if model is None:
            raise NotFound("model")
        if model.synthetic != listed.synthetic:
            raise WorldsApart
    clock = read_clock(command)
    row = DenyEntry(
        organization=listed,
        ai_model=model,
        effect=effect,
        reason=reason,
        proposed_by=command.by.key,
        proposed_at=clock.at,
        changed_at=clock.at,
    )
    with violation_means("deny_entry_once", DenyEntryKnown()):
        row.save(force_insert=True)
    audit.record(
        Event.DENY_PROPOSED,
        row,
        command,
        occurred_at=clock.at,
        organization=organization,
        model=ai_model,
        effect=effect,
        private={"reason": reason},
    )
    return row


@command
def enact(command: Command, *, entry: UUID) -> DenyEntry:
    """Put the entry in force, for whatever is submitted or decided from now on.

    Raises RoleMissing, NotFound, Stale, OwnDenyEntry, DenyEntryInForce, DenyEntryWithdrawn.
    """
    check_role(command.by, Role.RESTRICTOR)
    row = _lock_listed(command, entry)
    if row.proposed_by == command.by.key:
        raise OwnDenyEntry
    if row.enacted_at is not None:
        raise DenyEntryInForce
    clock = read_clock(command, row)
    row.enacted_by, row.enacted_at = command.by.key, clock.at
    touch(row, clock, "enacted_by", "enacted_at")
    audit.record(Event.DENY_ENACTED, row, command, occurred_at=clock.at, effect=row.effect)
    return row


@command
def withdraw(command: Command, *, entry: UUID, reason: str) -> DenyEntry:
    """The entry bars nothing any more. Raises RoleMissing, NotFound, Stale, DenyEntryWithdrawn."""
    check_role(command.by, Role.RESTRICTOR)
    row = _lock_listed(command, entry)
    clock = read_clock(command, row)
    row.withdrawn_by, row.withdrawn_at = command.by.key, clock.at
    touch(row, clock, "withdrawn_by", "withdrawn_at")
    audit.record(
        Event.DENY_WITHDRAWN, row, command, occurred_at=clock.at, private={"reason": reason}
    )
    return row


def _refuse_denied(organization: UUID, tier: Tier) -> list[UUID]:
    """The entries that warn of this organization at this tier. Raises DenyListed where one refuses."""
    found = list(denials_of(organization, tier).values_list("id", "effect"))
    if any(effect == DenyEffect.REFUSE for _pk, effect in found):
        raise DenyListed
    return [pk for pk, _effect in found]


def _lock_listed(command: Command, entry: UUID) -> DenyEntry:
    row = lock(DenyEntry.objects.all(), entry, command, what="entry of the deny list")
    if row.withdrawn_at is not None:
        raise DenyEntryWithdrawn
    return row
