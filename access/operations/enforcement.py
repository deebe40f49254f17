"""Enforcement points: where access is switched, who is called about them, and what they must apply."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.choices import Origin, Switch
from access.events import Event
from access.models import (
    EnforcementPoint,
    Restriction,
    RestrictionApplication,
    RestrictionVersion,
)
from access.queries.scopes import Scope, scope_of
from access.queries.stops import points_concerned
from registry import audit
from registry.choices import ClientKind, Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid, NotFound
from registry.models import Client, Organization
from registry.operations.identifiers import IdentifierUnreadable, read_identifier
from registry.operations.users import EmailUnreadable
from registry.policies import check_role

_POINTS_LOCK = 6_412_718_003
"""The advisory lock between a stop that begins and a point that begins."""


class PointKnown(Conflict):
    code = "enforcement_point_known"
    text = _("There is an enforcement point “%(slug)s” already.")


class PointServesNothing(Invalid):
    code = "enforcement_point_serves_nothing"
    text = _("Say what the point serves: schemes such as aws, or identifiers such as aws:123.")


class PointRetired(Conflict):
    code = "enforcement_point_retired"
    text = _("The enforcement point is retired.")


class ClientTaken(Conflict):
    code = "client_reports_for_another_point"
    text = _("This client reports for another enforcement point already.")


class ClientCannotReport(Invalid):
    code = "client_cannot_report"
    text = _("Only a gateway of the point's owner can report for it.")


@dataclass(frozen=True, slots=True)
class PointProfile:
    """What is said of a point: its name, whom to call, what it serves, and its client's UUID if it has one.

    `surfaces` are schemes (`aws`: all of it) or external identifiers (`aws:123456789012`).
    """

    name: str
    owner: UUID
    alarm_name: str
    alarm_email: str
    surfaces: tuple[str, ...]
    client: UUID | None = None


@command
def register(command: Command, *, slug: str, profile: PointProfile) -> EnforcementPoint:
    """A new point. It must apply every restriction that concerns it: those in force from now on, too.

    Raises RoleMissing, NotFound, PointKnown, PointServesNothing, IdentifierUnreadable, EmailUnreadable,
    ClientCannotReport, ClientTaken.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    _lock_points(exclusive=True)
    clock = read_clock(command)
    row = EnforcementPoint(slug=slug, changed_at=clock.at)
    _describe(row, profile)
    with (
        violation_means("access_enforcementpoint_slug_key", PointKnown(slug=slug)),
        violation_means("access_enforcementpoint_client_id_key", ClientTaken()),
    ):
        row.save(force_insert=True)
    _open_in_force(row, clock=clock)
    _record(command, row, event=Event.POINT_REGISTERED, clock=clock)
    return row


@command
def change(command: Command, *, point: UUID, profile: PointProfile) -> EnforcementPoint:
    """The point is from now on what the profile says, and must apply what concerns it by that.

    Raises NotFound, Stale, PointRetired, and as `register`.
    """
    check_role(command.by, Role.ADMINISTRATOR)
    _lock_points(exclusive=True)
    row = _lock_active(command, point)
    clock = read_clock(command, row)
    _describe(row, profile)
    fields = ("name", "owner", "alarm_name", "alarm_email", "surfaces", "client")
    with violation_means("access_enforcementpoint_client_id_key", ClientTaken()):
        touch(row, clock, *fields)
    _open_in_force(row, clock=clock)
    _record(command, row, event=Event.POINT_CHANGED, clock=clock)
    return row


@command
def retire(command: Command, *, point: UUID, reason: str) -> EnforcementPoint:
    """The point switches nothing any more: no stop waits for it. Raises RoleMissing, NotFound, Stale, PointRetired."""
    check_role(command.by, Role.ADMINISTRATOR)
    row = _lock_active(command, point)
    clock = read_clock(command, row)
    row.retired_at, row.client = clock.at, None
    touch(row, clock, "retired_at", "client")
    audit.record(
        Event.POINT_RETIRED, row, command, occurred_at=clock.at, private={"reason": reason}
    )
    return row


def _open_applications(
    row: Restriction, scope: Scope, *, switch: Switch, clock: Clock
) -> list[UUID]:
    """Inside the caller's transaction: the points concerned must report from now on; their UUIDs."""
    _lock_points(exclusive=False)
    points = points_concerned(scope, at=clock.recorded)
    RestrictionApplication.objects.bulk_create(
        RestrictionApplication(
            restriction=row,
            point=point,
            switch=switch,
            committed_at=clock.recorded,
            changed_at=clock.at,
        )
        for point in points
    )
    return [point.id for point in points]


def _open_in_force(point: EnforcementPoint, *, clock: Clock) -> None:
    """Inside the caller's transaction: the point must report of each restriction in force that concerns it
    and that it was not asked about. Its time to effect begins here: before, nobody could have told it."""
    in_force = RestrictionVersion.objects.as_of(clock.recorded).filter(
        restriction__origin=Origin.DECIDED, restriction__lifted_at__isnull=True
    )
    unasked = in_force.exclude(restriction__applications__point=point)
    RestrictionApplication.objects.bulk_create(
        RestrictionApplication(
            restriction_id=version.restriction_id,
            point=point,
            switch=Switch.OFF,
            committed_at=clock.recorded,
            changed_at=clock.at,
        )
        for version in unasked.select_related("person_class").order_by("restriction")
        if point in points_concerned(scope_of(version), at=clock.recorded)
    )


def _lock_points(*, exclusive: bool) -> None:
    """A stop and a point that begin together would each miss the other: whoever opens a stop reads the
    points under this lock, and whoever makes a point holds it alone."""
    shared = "" if exclusive else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", [_POINTS_LOCK])


def _lock_active(command: Command, point: UUID) -> EnforcementPoint:
    row = lock(EnforcementPoint.objects.all(), point, command, what="enforcement point")
    if row.retired_at is not None:
        raise PointRetired
    return row


def _describe(row: EnforcementPoint, profile: PointProfile) -> None:
    """Write the checked profile onto the row, unsaved."""
    owner = Organization.objects.filter(pk=profile.owner).first()
    if owner is None:
        raise NotFound("organization")
    try:
        validate_email(profile.alarm_email)
    except ValidationError as wrong:
        raise EmailUnreadable(email=profile.alarm_email) from wrong
    row.name, row.owner = profile.name, owner
    row.alarm_name, row.alarm_email = profile.alarm_name, profile.alarm_email
    row.surfaces = _read_surfaces(profile.surfaces)
    row.client = _find_client(profile)


def _read_surfaces(said: tuple[str, ...]) -> list[str]:
    """Raises PointServesNothing, IdentifierUnreadable."""
    if not said:
        raise PointServesNothing
    for text in said:
        try:
            read_identifier(text if ":" in text else f"{text}:all")
        except IdentifierUnreadable as refusal:
            raise IdentifierUnreadable(identifier=text) from refusal
    return sorted(set(said))


def _find_client(profile: PointProfile) -> Client | None:
    if profile.client is None:
        return None
    found = Client.objects.filter(pk=profile.client, withdrawn_at__isnull=True).first()
    if found is None:
        raise NotFound("client")
    if found.kind != ClientKind.GATEWAY or found.organization_id != profile.owner:
        raise ClientCannotReport
    return found


def _record(command: Command, row: EnforcementPoint, *, event: Event, clock: Clock) -> None:
    audit.record(
        event,
        row,
        command,
        occurred_at=clock.at,
        slug=row.slug,
        owner=row.owner_id,
        surfaces=row.surfaces,
        client=row.client_id,
        private={"alarm_name": row.alarm_name, "alarm_email": row.alarm_email},
    )
