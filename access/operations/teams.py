"""Teams and attributes of staff, which review policies ask for: given and taken by the administrator, dated."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import StaffAttribute, Team, TeamMembership
from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.models import User
from registry.policies import check_role


class TeamNameTaken(Conflict):
    code = "team_name_taken"
    text = _("There is a team “%(slug)s” already.")


class InTeamAlready(Conflict):
    code = "in_team_already"
    text = _("This person is in the team already.")


class NotInThisTeam(Conflict):
    code = "not_in_this_team"
    text = _("This person is not in the team.")


class AttributeGiven(Conflict):
    code = "attribute_given"
    text = _("This person has the attribute already.")


class AttributeTaken(Conflict):
    code = "attribute_taken"
    text = _("The attribute was taken already.")


@command
def found(command: Command, *, slug: str, name: str) -> Team:
    """A team with nobody in it yet. Raises RoleMissing, TeamNameTaken."""
    check_role(command.by, Role.ADMINISTRATOR)
    clock = read_clock(command)
    with violation_means("access_team_slug_key", TeamNameTaken(slug=slug)):
        row = Team.objects.create(slug=slug, name=name, changed_at=clock.at)
    audit.record(Event.TEAM_FOUNDED, row, command, occurred_at=clock.at, slug=slug)
    return row


@command
def join(command: Command, *, team: UUID, user: UUID) -> Team:
    """Somebody is in the team from now on. Raises RoleMissing, NotFound, InTeamAlready."""
    row = _lock(command, team)
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        raise NotFound("user")
    clock = read_clock(command, row)
    with violation_means("team_joined_once", InTeamAlready()):
        TeamMembership.objects.create(
            team=row,
            user=person,
            joined_by=command.by.key,
            joined_at=clock.at,
            changed_at=clock.at,
        )
    touch(row, clock)
    audit.record(Event.TEAM_JOINED, row, command, occurred_at=clock.at, user=person.id)
    return row


@command
def leave(command: Command, *, team: UUID, user: UUID) -> Team:
    """Somebody is no longer in the team; that they were stays on record. Raises as `join`, NotInThisTeam."""
    row = _lock(command, team)
    clock = read_clock(command, row)
    membership = row.memberships.filter(user=user, left_at__isnull=True).first()
    if membership is None:
        raise NotInThisTeam
    membership.left_by, membership.left_at = command.by.key, clock.at
    touch(membership, clock, "left_by", "left_at")
    touch(row, clock)
    audit.record(Event.TEAM_LEFT, row, command, occurred_at=clock.at, user=user)
    return row


@command
def give_attribute(command: Command, *, user: UUID, name: str, value: str) -> StaffAttribute:
    """Somebody has it from now on. Raises RoleMissing, NotFound, AttributeGiven."""
    check_role(command.by, Role.ADMINISTRATOR)
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        raise NotFound("user")
    clock = read_clock(command)
    with violation_means("staff_attribute_said_once", AttributeGiven()):
        row = StaffAttribute.objects.create(
            user=person,
            name=name,
            value=value,
            given_by=command.by.key,
            given_at=clock.at,
            changed_at=clock.at,
        )
    audit.record(
        Event.STAFF_ATTRIBUTE_GIVEN,
        row,
        command,
        occurred_at=clock.at,
        user=person.id,
        attribute=name,
    )
    return row


@command
def take_attribute(command: Command, *, attribute: UUID) -> StaffAttribute:
    """Somebody has it no longer. Raises RoleMissing, NotFound, AttributeTaken."""
    check_role(command.by, Role.ADMINISTRATOR)
    row = lock(StaffAttribute.objects.all(), attribute, command, what="attribute")
    if row.taken_at is not None:
        raise AttributeTaken
    clock = read_clock(command, row)
    row.taken_by, row.taken_at = command.by.key, clock.at
    touch(row, clock, "taken_by", "taken_at")
    audit.record(
        Event.STAFF_ATTRIBUTE_TAKEN,
        row,
        command,
        occurred_at=clock.at,
        user=row.user_id,
        attribute=row.name,
    )
    return row


def _lock(command: Command, team: UUID) -> Team:
    check_role(command.by, Role.ADMINISTRATOR)
    return lock(Team.objects.all(), team, command, what="team")
