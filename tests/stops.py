"""What tests of a stop need: points that enforce it, a class of persons, members in and out of it."""

import datetime as dt
import itertools

from access.choices import RestrictionBasis, RestrictionKind, Switch
from access.models import EnforcementPoint, PersonClass, Restriction
from access.operations import applications, enforcement, person_classes, restrictions
from access.operations.applications import Applied
from access.operations.enforcement import PointProfile
from access.operations.restrictions import Wording
from access.queries.scopes import Scope
from registry.actors import Actor
from registry.choices import AssertionKind, ClientKind, Role
from registry.models import Member, Organization
from registry.operations import members
from tests import make

SECRET = "Told on the telephone by the undersecretary."
WORDING = Wording("June order", "Access is stopped by order.", SECRET)
CLASS = "foreign-national"
_numbers = itertools.count(1)


def person_class() -> PersonClass:
    """Whoever is not established to be a US person."""
    return person_classes.define(
        make.by(make.staff(Role.RESTRICTOR)),
        slug=CLASS,
        name="Foreign nationals",
        definition="Whoever is not a US person.",
        instrument="15 CFR 772.1",
        outside_by=AssertionKind.US_PERSON,
    ).value


def member(of: Organization, *, holds: bool | None, reviewed: bool = True) -> Member:
    """A member of whom the status is asserted and reviewed; None: of whom nothing is asserted."""
    row = members.enroll(
        make.by(make.staff(Role.INTAKE)),
        organization=of.id,
        reference=f"member-{next(_numbers)}",
    ).value
    if holds is None:
        return row
    kind = AssertionKind.US_PERSON
    members.attest(
        make.by(make.staff(Role.INTAKE)), member=row.id, kind=kind, holds=holds, evidence="Seen"
    )
    if reviewed:
        members.review(make.by(make.staff(Role.RESTRICTOR)), member=row.id, kind=kind)
    return row


def point(
    *surfaces: str, owner: Organization | None = None, client: Actor | None = None
) -> EnforcementPoint:
    """A point that serves these surfaces, and has a person who is called about it."""
    number = next(_numbers)
    return enforcement.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        slug=f"point{number}",
        profile=PointProfile(
            name=f"Point {number}",
            owner=(owner or make.organization()).id,
            alarm_name=f"Desk {number}",
            alarm_email=f"desk{number}@concordat.invalid",
            surfaces=surfaces or ("aws",),
            client=None if client is None else client.id,
        ),
    ).value


def reporting_point(*surfaces: str) -> tuple[EnforcementPoint, Actor]:
    """A point with a gateway of its owner that reports for it."""
    owner = make.organization()
    actor = make.client(owner, "enforcement:report", kind=ClientKind.GATEWAY)
    return point(*surfaces, owner=owner, client=actor), actor


def stop(scope: Scope, *, wording: Wording = WORDING, **more: object) -> Restriction:
    """Access stopped by a restrictor."""
    return restrictions.restrict(
        make.by(make.staff(Role.RESTRICTOR)),
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.ORDER,
        wording=wording,
        scope=scope,
        **more,  # type: ignore[arg-type]
    ).value


def lift(row: Restriction) -> Restriction:
    """Lifted by two people."""
    for _ in range(2):
        row = restrictions.lift(make.by(make.staff(Role.RESTRICTOR)), restriction=row.id).value
    return row


def report(
    at: EnforcementPoint,
    row: Restriction,
    *,
    by: Actor,
    switch: Switch = Switch.OFF,
    **more: object,
) -> EnforcementPoint:
    """The point says that it has applied the restriction, some seconds after its commit."""
    committed = row.applications.get(point=at, switch=switch).committed_at
    said: dict[str, object] = {
        "read_at": committed + dt.timedelta(seconds=2),
        "applied_at": committed + dt.timedelta(seconds=5),
    }
    applied = Applied(row.id, switch, **(said | more))  # type: ignore[arg-type]
    return applications.report_applied(make.by(by), point=at.id, applied=(applied,)).value
