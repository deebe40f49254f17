"""Who takes part in review, and who may not: what the tests of it need to exist."""

from access.choices import Finding
from access.models import AccessRequest
from access.operations import reviews
from registry.actors import Actor
from registry.choices import InterestKind, RelationKind, Role
from registry.models import Interest, Organization, User
from registry.operations import interests, relations
from tests import make


def declare(actor: Actor, about: Organization, **more: object) -> Interest:
    """An interest that somebody declares of their own."""
    return interests.declare(
        make.by(actor),
        organization=about.id,
        kind=InterestKind.EMPLOYMENT,
        **more,  # type: ignore[arg-type]
    ).value


def tie(subject: Organization, kind: RelationKind, to: Organization) -> None:
    """A relation between the two, since ever."""
    relations.register(make.by(make.staff(Role.INTAKE)), subject=subject.id, kind=kind, to=to.id)


def owns(owner: Organization, owned: Organization) -> None:
    """The first owns the second."""
    tie(owner, RelationKind.OWNS, owned)


def person_of(actor: Actor) -> User:
    """The member of staff behind an actor."""
    assert actor.id is not None
    return User.objects.get(pk=actor.id)


def support(row: AccessRequest, reviewer: Actor) -> None:
    """A finding of this reviewer in favor."""
    reviews.assess(make.by(reviewer), request=row.id, finding=Finding.SUPPORTS, reasons="Sound.")
