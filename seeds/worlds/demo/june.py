"""The evening of 12 June in small: an order that asks who the person is, and who is excepted from it."""

from contextlib import suppress

from access.choices import RestrictionBasis, RestrictionKind
from access.models import PersonClass, Restriction
from access.operations import person_classes, restrictions
from access.operations.restrictions import Exempted, RestrictionOver, Wording
from access.queries.scopes import Scope
from registry.choices import AssertionKind
from registry.models import AIModel
from registry.operations import members
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import LANTERN, PERSON_CLASS, VENDOR, Part

MAY, MAY_NOT, NOT_REVIEWED = "synthetic-person-01", "synthetic-person-02", "synthetic-person-03"
"""Members of the partner whose grant is in force: reviewed with yes, reviewed with no, not reviewed."""

_ORDER = Wording(
    title="Synthetic order: foreign nationals and Synthetic Lantern 1",
    public="By an invented order no foreign national may use Synthetic Lantern 1, wherever they are.",
    confidential="Invented: the order rests on an assessment that is not for circulation.",
)
_STOP = Wording(
    title="Synthetic stop: incident at the Synthetic Cloud Vendor",
    public="Access through the Synthetic Cloud Vendor is stopped while an invented incident is looked into.",
)


def restrict(world: World) -> None:
    """The order stays in force, so that it can be seen."""
    _define_class(world)
    _enroll_members(world)
    order = world.act(
        "restrictor",
        "order",
        restrictions.restrict,
        kind=RestrictionKind.ORDER,
        basis=RestrictionBasis.ORDER,
        wording=_ORDER,
        scope=Scope(ai_models=(AIModel.objects.get(slug=LANTERN).id,), person_class=PERSON_CLASS),
    )
    with suppress(RestrictionOver):
        for part in (Part.EXEMPTED, Part.IMPORTED):
            world.act(
                "restrictor",
                f"order:exempt:{part.slug}",
                restrictions.exempt,
                restriction=order.id,
                exempted=Exempted(
                    find_organization(part.slug), basis="Named in the invented annex of the order"
                ),
            )


def stop_and_lift(world: World) -> None:
    """A stop that one restrictor asked to lift and another lifted: the world's last act."""
    stop = world.act(
        "restrictor",
        "stop",
        restrictions.restrict,
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.INCIDENT,
        wording=_STOP,
        scope=Scope(vendors=(find_organization(VENDOR.slug),)),
    )
    with suppress(RestrictionOver):
        for who in ("restrictor", "restrictor2"):
            world.act(who, "stop:lift", restrictions.lift, restriction=stop.id)


def is_lifted() -> bool:
    """Whether the last act is done."""
    return Restriction.objects.filter(title=_STOP.title, lifted_at__isnull=False).exists()


def _define_class(world: World) -> None:
    if PersonClass.objects.filter(slug=PERSON_CLASS).exists():
        return
    person_classes.define(
        world.command("restrictor"),
        slug=PERSON_CLASS,
        name="Foreign national (synthetic order)",
        definition="For this demonstration: whoever is not a US person in the sense of 15 CFR 772.1.",
        instrument="Invented order, modelled on the use of 15 CFR 772.1",
        outside_by=AssertionKind.US_PERSON,
    )


def _enroll_members(world: World) -> None:
    organization = find_organization(Part.IN_FORCE.slug)
    for reference, holds, reviewed in (
        (MAY, True, True),
        (MAY_NOT, False, True),
        (NOT_REVIEWED, True, False),
    ):
        key = f"member:{reference}"
        row = world.act(
            "intake", key, members.enroll, organization=organization, reference=reference
        )
        world.act(
            "intake",
            f"{key}:attest",
            members.attest,
            member=row.id,
            kind=AssertionKind.US_PERSON,
            holds=holds,
            evidence="Invented statement of the employer",
        )
        if reviewed:
            world.act(
                "restrictor",
                f"{key}:review",
                members.review,
                member=row.id,
                kind=AssertionKind.US_PERSON,
            )
