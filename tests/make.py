"""What tests need to exist, made through the operations, with as little said as the test cares about."""

import datetime as dt
import itertools

from registry.actors import SYSTEM, Actor, ActorKind, Command
from registry.choices import OrganizationKind, Role
from registry.models import Organization, User
from registry.operations import organizations, users
from registry.operations.organizations import OrganizationProfile

MORNING = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def by(actor: Actor, at: dt.datetime = MORNING, **more: object) -> Command:
    """A command of this actor, at this moment."""
    return Command(by=actor, at=at, request_id=f"test-{next(_numbers)}", **more)  # type: ignore[arg-type]


def user() -> User:
    """A new member of staff without a role."""
    number = next(_numbers)
    return User.objects.create(
        username=f"person{number}",
        display_name=f"Person {number}",
        email=f"person{number}@concordat.invalid",
        password="!",
        changed_at=MORNING,
    )


def staff(*roles: Role) -> Actor:
    """A new member of staff who holds exactly these roles."""
    return Actor(ActorKind.USER, user().id, roles=frozenset(roles))


def administrator() -> User:
    """The first administrator, by the one way that needs nobody's role."""
    return users.enroll_first_administrator(
        by(SYSTEM),
        username="root",
        display_name="First administrator",
        email="root@concordat.invalid",
        password=PASSWORD,
    ).value


def organization(slug: str | None = None, **more: object) -> Organization:
    """A new organization in good standing."""
    number = next(_numbers)
    profile = {
        "slug": slug or f"organization{number}",
        "name": f"Organization {number}",
        "kind": OrganizationKind.COMPANY,
    }
    return organizations.register(
        by(staff(Role.INTAKE)),
        profile=OrganizationProfile(**(profile | more)),  # type: ignore[arg-type]
    ).value
