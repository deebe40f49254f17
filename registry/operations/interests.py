"""What ties members of staff to organizations: declared by themselves, ended by somebody else."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.actors import ActorKind
from registry.choices import InterestKind, Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.events import Event
from registry.models import Interest, Organization, User
from registry.policies import check_role


class InterestKnown(Conflict):
    code = "interest_known"
    text = _("This interest is on record already.")


class InterestOver(Conflict):
    code = "interest_over"
    text = _("This interest has ended already.")


class InterestDates(Invalid):
    code = "interest_dates"
    text = _("An interest begins now or earlier, and ends after it has begun.")


class OwnInterest(Forbidden):
    """Who is kept from ruling does not say that the reason has gone."""

    code = "own_interest"
    text = _("Another administrator must say that your interest has ended.")


@command
def declare(
    command: Command,
    *,
    organization: UUID,
    kind: InterestKind,
    person: str | None = None,
    note: str = "",
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Interest:
    """Somebody on the staff has an interest in the organization, from `since` (now, where not said).

    Everybody declares their own; an administrator declares another's, naming its `person`.
    Raises NotFound, RoleMissing, InterestDates, InterestKnown.
    """
    who = _find_person(command, person)
    about = Organization.objects.visible_to(command.by).filter(pk=organization).first()
    if about is None:
        raise NotFound("organization")
    clock = read_clock(command)
    starts_at = since or clock.recorded
    if starts_at > clock.recorded or (until is not None and until <= starts_at):
        raise InterestDates
    row = Interest(
        person=who,
        organization=about,
        kind=kind,
        note=note,
        starts_at=starts_at,
        ends_at=until,
        declared_by=command.by.key,
        declared_at=clock.recorded,
        changed_at=clock.at,
    )
    with violation_means("interest_declared_once", InterestKnown()):
        row.save(force_insert=True)
    audit.record(
        Event.INTEREST_DECLARED,
        row,
        command,
        occurred_at=clock.at,
        person=f"{ActorKind.USER}:{who.id}",
        organization=about.id,
        kind=kind,
        starts_at=starts_at,
        ends_at=until,
        private={"note": note},
    )
    return row


@command
def end(command: Command, *, interest: UUID) -> Interest:
    """The interest is over from this commit on. Raises RoleMissing, NotFound, Stale, OwnInterest, InterestOver."""
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(Interest.objects.all(), interest, command, what="interest")
    if row.person_id == command.by.id:
        raise OwnInterest
    clock = read_clock(command, row)
    if row.ends_at is not None and row.ends_at <= clock.recorded:
        raise InterestOver
    row.ends_at, row.ended_by = clock.recorded, command.by.key
    touch(row, clock, "ends_at", "ended_by")
    audit.record(Event.INTEREST_ENDED, row, command, occurred_at=clock.recorded)
    return row


def _find_person(command: Command, username: str | None) -> User:
    own = username is None and command.by.kind is ActorKind.USER
    found = User.objects.filter(
        **({"pk": command.by.id} if own else {"username": username})
    ).first()
    if found is None or found.id != command.by.id:
        check_role(command.by, Role.ADMINISTRATOR)
    if found is None:
        raise NotFound("person")
    return found
