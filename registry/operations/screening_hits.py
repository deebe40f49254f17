"""Hits of a screening, ruled on by a person: cleared with a note, or confirmed, which bars the organization."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.actors import Actor
from registry.choices import HitFinding, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.events import Event
from registry.followers import follow
from registry.models import HitRuling, ScreenedOrganization, ScreeningHit
from registry.policies import check_role
from registry.queries.interests import has_interest
from registry.queries.screening import current_hits

RULING = (Role.REVIEWER, Role.DECIDER)
"""Who rules on hits."""


class NoteMissing(Invalid):
    code = "note_missing"
    text = _("Say why: a hit is ruled on with a note.")


class HitPassed(Conflict):
    code = "hit_passed"
    text = _("The last screening of the organization does not have this hit any more.")


class HitUndisclosed(Forbidden):
    code = "hit_undisclosed"
    text = _("The hit is on an undisclosed name: a cleared person must rule on it.")


class InterestInScreened(Forbidden):
    """Nobody rules on an organization that they, or its group, have an interest in."""

    code = "interest_in_screened"
    text = _("You have an interest in the organization or its group: another person must rule.")


@command
def clear(command: Command, *, hit: UUID, note: str) -> ScreeningHit:
    """It is somebody else, or no obstacle. Holds for this entry as it is worded, and for no other.

    Raises RoleMissing, NotFound, Stale, NoteMissing, HitPassed, HitUndisclosed, InterestInScreened.
    """
    return _rule(command, hit, finding=HitFinding.CLEARED, note=note)


@command
def confirm(command: Command, *, hit: UUID, note: str) -> ScreeningHit:
    """It is the organization, or an owner that bars it: no requirement to be cleared is met. Raises as `clear`."""
    return _rule(command, hit, finding=HitFinding.CONFIRMED, note=note)


def may_rule(actor: Actor, row: ScreeningHit) -> bool:
    """Whether the actor could rule on the hit, as far as roles say; for the screen."""
    cleared = actor.has(Role.CLEARED) or not is_undisclosed(row)
    return actor.is_staff and actor.has(*RULING) and cleared


def is_undisclosed(row: ScreeningHit) -> bool:
    """Whether what the entry says would tell a name that only cleared roles may read."""
    return row.organization.undisclosed or row.party.undisclosed


def _rule(command: Command, hit: UUID, *, finding: HitFinding, note: str) -> ScreeningHit:
    check_role(command.by, *RULING)
    if not note.strip():
        raise NoteMissing
    of = ScreeningHit.objects.filter(pk=hit).values_list("organization", flat=True).first()
    if of is None:
        raise NotFound("hit")
    # Before the hit: whoever screens the organization holds this row, and may just be finding it no more.
    ScreenedOrganization.objects.select_for_update(no_key=True).get(organization=of)
    rows = ScreeningHit.objects.select_related("organization", "party")
    row = lock(rows, hit, command, what="hit")
    if not current_hits().filter(pk=row.pk).exists():
        raise HitPassed
    if is_undisclosed(row) and not command.by.has(Role.CLEARED):
        raise HitUndisclosed
    if has_interest(command.by, row.organization_id, row.party_id):
        raise InterestInScreened
    clock = read_clock(command, row)
    ruling = HitRuling.objects.create(
        hit=row,
        number=row.rulings.count() + 1,
        finding=finding,
        note=note,
        ruled_by=command.by.key,
        ruled_at=clock.recorded,
    )
    row.finding = finding
    touch(row, clock, "finding")
    audit.record(
        Event.SCREENING_HIT_CLEARED
        if finding is HitFinding.CLEARED
        else Event.SCREENING_HIT_CONFIRMED,
        row,
        command,
        occurred_at=clock.recorded,
        organization=row.organization_id,
        number=ruling.number,
        private={"note": note},
    )
    follow(command, [row.organization_id])
    return row
