"""Deputies: named by whom they stand in for, or by an administrator; from a moment until another; revoked."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import Deputation, Program
from access.queries.deputies import known_stages
from registry import audit
from registry.actors import ActorKind
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Forbidden, Invalid, NotFound
from registry.models import User
from registry.policies import check_role

REVIEWING = (
    Role.INTAKE,
    Role.REVIEWER,
    Role.DECIDER,
    Role.COUNTERSIGNER,
    Role.AUTHORITY_DESK,
)
"""Of these roles a deputy must hold one that the person holds too."""


class DeputyNamed(Conflict):
    code = "deputy_named"
    text = _("This person has a deputy for the same at that time already: revoke that first.")


class DeputyWithoutRole(Conflict):
    """A deputy lends their time, never a role: both hold it."""

    code = "deputy_without_role"
    text = _("%(deputy)s holds no role in review that %(person)s holds.")


class DeputationDates(Invalid):
    code = "deputation_dates"
    text = _("A deputy is named from now or later on, and until some time after that.")


class OwnDeputy(Invalid):
    code = "own_deputy"
    text = _("Nobody is their own deputy.")


class DeputationOver(Conflict):
    code = "deputation_over"
    text = _("This deputy has been revoked, or the time is over.")


class NotYourDeputation(Forbidden):
    code = "not_your_deputation"
    text = _("Who named the deputy, the deputy and administrators may revoke it.")


@command
def name_deputy(
    command: Command,
    *,
    deputy: str,
    until: dt.datetime,
    person: str | None = None,
    since: dt.datetime | None = None,
    program: UUID | None = None,
    stage: str = "",
    note: str = "",
) -> Deputation:
    """Name a deputy, by username, from `since` (now, where not said) until `until`.

    For oneself; an administrator for another, naming the `person`. In one program, or in the stages of one
    key, where named; else in all.

    Raises RoleMissing, NotFound (person, deputy, program, stage), OwnDeputy, DeputyWithoutRole,
    DeputationDates, DeputyNamed.
    """
    who = _find_person(command, person)
    other = User.objects.filter(username=deputy, is_active=True).first()
    if other is None:
        raise NotFound("deputy")
    if other == who:
        raise OwnDeputy
    _check_same_role(who, other)
    _check_scope(program, stage)
    clock = read_clock(command)
    starts_at = since or clock.recorded
    if starts_at < clock.recorded or until <= starts_at:
        raise DeputationDates
    row = Deputation(
        person=who,
        deputy=other,
        program_id=program,
        stage=stage,
        starts_at=starts_at,
        ends_at=until,
        note=note,
        named_by=command.by.key,
        named_at=clock.recorded,
        changed_at=clock.at,
    )
    with violation_means("deputation_one_for_the_same", DeputyNamed()):
        row.save(force_insert=True)
    audit.record(
        Event.DEPUTY_NAMED,
        row,
        command,
        occurred_at=clock.at,
        to=_sides(row),
        program=program,
        stage=stage,
        starts_at=starts_at,
        ends_at=until,
        private={"note": note},
    )
    return row


@command
def revoke(command: Command, *, deputation: UUID) -> Deputation:
    """The deputy is none from this commit on; what was done stands. An act that has begun comes before it.

    Raises NotFound, Stale, NotYourDeputation, DeputationOver.
    """
    row = lock(Deputation.objects.visible_to(command.by), deputation, command, what="deputation")
    mine = command.by.key in {*_sides(row), row.named_by}
    if not mine and not command.by.has(Role.ADMINISTRATOR):
        raise NotYourDeputation
    clock = read_clock(command, row)
    if row.revoked_at is not None or row.ends_at <= clock.recorded:
        raise DeputationOver
    row.revoked_by, row.revoked_at = command.by.key, clock.recorded
    touch(row, clock, "revoked_by", "revoked_at")
    audit.record(Event.DEPUTY_REVOKED, row, command, occurred_at=clock.recorded, to=_sides(row))
    return row


def _act_for(deputation: Deputation | None) -> str:
    """The key of whom an act is done for, empty where for nobody else. A revocation waits for the act.

    Raises DeputationOver.
    """
    if deputation is None:
        return ""
    held = Deputation.objects.in_force().select_for_update(of=("self",), no_key=True)
    if held.filter(pk=deputation.pk).first() is None:
        raise DeputationOver
    return f"{ActorKind.USER}:{deputation.person_id}"


def say_for(acted_for: str) -> dict[str, Any]:
    """What the event of an act says of whom it was done for."""
    return {"acted_for": acted_for} if acted_for else {}


def _sides(row: Deputation) -> list[str]:
    return [f"{ActorKind.USER}:{one}" for one in (row.person_id, row.deputy_id)]


def _find_person(command: Command, username: str | None) -> User:
    own = username is None and command.by.kind is ActorKind.USER
    found = User.objects.filter(
        **({"pk": command.by.id} if own else {"username": username, "is_active": True})
    ).first()
    if found is None or found.id != command.by.id:
        check_role(command.by, Role.ADMINISTRATOR)
    if found is None:
        raise NotFound("person")
    return found


def _check_same_role(person: User, deputy: User) -> None:
    shared = person.as_actor().roles & deputy.as_actor().roles
    if shared.isdisjoint(REVIEWING):
        raise DeputyWithoutRole(deputy=deputy.display_name, person=person.display_name)


def _check_scope(program: UUID | None, stage: str) -> None:
    if program is not None and not Program.objects.filter(pk=program).exists():
        raise NotFound("program")
    if stage and stage not in dict(known_stages()):
        raise NotFound("stage")
