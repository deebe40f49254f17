"""The evening of 12 June, played whole with invented people, and what stays in force of it to be seen.

At 17:21 an order bars a class of persons from a model. The developer cannot tell who is one, so it stops the
model for everyone. Its enforcement points report; words come later; two weeks on some come back from a
list; then the order is lifted, and after it the developer's own stop. All of it happens now: no act here is
dated into the past.
"""

from contextlib import suppress
from uuid import UUID

from access.choices import RestrictionBasis, RestrictionKind
from access.models import PersonClass, Restriction
from access.operations import person_classes, restorations, restrictions, wordings
from access.operations.restrictions import Exempted, RestrictionOver, Wording
from access.queries.scopes import Scope
from access.queries.stops import Reach, measure_reach
from registry.choices import AssertionKind
from registry.models import AIModel
from registry.operations import members
from seeds.worlds.demo import points
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import LANTERN, PERSON_CLASS, SENTINEL, VENDOR, Part

MAY, MAY_NOT, NOT_REVIEWED = "synthetic-person-01", "synthetic-person-02", "synthetic-person-03"
"""Members of the partner whose grant is in force: reviewed with yes, reviewed with no, not reviewed."""

EVENING = "Synthetic order of 12 June: foreign nationals and Synthetic Sentinel 1"
SWITCH = "Synthetic switch of 12 June: Synthetic Sentinel 1 off for everyone"
STANDING = "Synthetic order: foreign nationals and Synthetic Lantern 1"
INCIDENT = "Synthetic stop: incident at the Synthetic Cloud Vendor"

_CONFIDENTIAL = "Invented: the order rests on an assessment that is not for circulation."
_ANNEX = (
    "identifier,name,member\n"
    f"{Part.IN_FORCE.slug},,\n"
    f"{Part.IMPORTED.slug},,\n"
    f"{VENDOR.slug},Synthetic Cloud Vendor,\n"
    ",Synthetic Bank of Nowhere,\n"
)
"""Two that hold access, one that holds none, one that nobody knows."""


def restrict(world: World) -> None:
    """A first order, which stays in force so that it can be seen."""
    _define_class(world)
    _enroll_members(world)
    order = world.act(
        "restrictor",
        "order",
        restrictions.restrict,
        kind=RestrictionKind.ORDER,
        basis=RestrictionBasis.ORDER,
        wording=Wording(
            title=STANDING,
            public="By an invented order no foreign national may use Synthetic Lantern 1, wherever they are.",
            confidential=_CONFIDENTIAL,
        ),
        scope=Scope(ai_models=(_model(LANTERN),), person_class=PERSON_CLASS),
    )
    points.report_off(world, order)
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


def play(world: World) -> None:
    """The evening, both ways, through the list to the lift; told in two lines as it is compared."""
    narrow = Scope(ai_models=(_model(SENTINEL),), person_class=PERSON_CLASS)
    everyone = Scope(ai_models=(_model(SENTINEL),))
    for label, scope in (("that class", narrow), ("everyone", everyone)):
        world.tell(f"demo: 12 June, {label}: {_say(measure_reach(scope, at=world.clock()))}")
    order = _impose(world, "june:order", title=EVENING, scope=narrow)
    switch = _impose(world, "june:switch", title=SWITCH, scope=everyone, because_of=order)
    points.report_off(world, order)
    points.report_off(world, switch)
    with suppress(RestrictionOver):
        for row in (order, switch):
            _word(world, row)
            _give_back(world, row)
        points.report_on(world, Part.IN_FORCE, key="june:list")
        _lift(world, order, "june:order")
        _lift(world, switch, "june:switch")
    points.report_lifted(world, order)
    points.report_lifted(world, switch)
    points.report_on(world, Part.EXEMPTED, key="june:lifted")


def stop_and_lift(world: World) -> None:
    """A stop of all that rests on one vendor, which two restrictors lifted: the world's last act."""
    stop = world.act(
        "restrictor",
        "stop",
        restrictions.restrict,
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.INCIDENT,
        wording=Wording(
            title=INCIDENT,
            public="Access through the Synthetic Cloud Vendor is stopped while an invented incident is "
            "looked into.",
        ),
        scope=Scope(vendors=(find_organization(VENDOR.slug),)),
    )
    points.report_off(world, stop)
    _lift(world, stop, "stop")
    points.report_lifted(world, stop)


def is_lifted() -> bool:
    """Whether the last act is done: the stop is lifted, and every point has switched on again."""
    lifted = Restriction.objects.filter(title=INCIDENT, lifted_at__isnull=False)
    return lifted.exclude(applications__applied_at__isnull=True).exists()


def _impose(
    world: World, key: str, *, title: str, scope: Scope, because_of: Restriction | None = None
) -> Restriction:
    """An order, or what the developer does of its own because of it. Nobody has words for it at 17:21."""
    ordered = because_of is None
    return world.act(
        "restrictor",
        key,
        restrictions.restrict,
        kind=RestrictionKind.ORDER if ordered else RestrictionKind.STOP,
        basis=RestrictionBasis.ORDER if ordered else RestrictionBasis.DEVELOPER_ACT,
        wording=Wording(title=title, confidential=_CONFIDENTIAL),
        scope=scope,
        because_of=None if because_of is None else because_of.id,
    )


def _word(world: World, row: Restriction) -> None:
    with suppress(wordings.WordedAlready):
        world.act(
            "restrictor2",
            f"june:word:{row.kind}",
            wordings.word,
            restriction=row.id,
            title="Access to Synthetic Sentinel 1 is stopped",
            public="By an invented order access to Synthetic Sentinel 1 is stopped. This is no finding about "
            "your organization.",
        )


def _give_back(world: World, row: Restriction) -> None:
    world.act(
        "restrictor",
        f"june:list:{row.kind}",
        restorations.restore,
        restriction=row.id,
        file_name="synthetic-annex-a.csv",
        content=_ANNEX.encode(),
        basis="Annex A of the invented letter of 26 June",
    )


def _lift(world: World, row: Restriction, key: str) -> None:
    with suppress(RestrictionOver):
        for who in ("restrictor", "restrictor2"):
            world.act(who, f"{key}:lift", restrictions.lift, restriction=row.id)


def _say(reach: Reach) -> str:
    return (
        f"{reach.stopped_organizations} of {reach.organizations} organizations stopped whole, "
        f"{reach.continuing} of {reach.members} members could continue"
    )


def _model(slug: str) -> UUID:
    return AIModel.objects.get(slug=slug).id


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
