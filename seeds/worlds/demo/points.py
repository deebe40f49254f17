"""The enforcement points of the demonstration, and what they say: by telephone, as a restrictor writes it down.

The developer's API is handed to its gateway in the end, whose secret is in the file of credentials.
"""

import datetime as dt
from uuid import UUID

from access.choices import SurfaceStanding, Switch
from access.models import EnforcementPoint, Restriction
from access.operations import applications, enforcement
from access.operations.applications import Applied
from access.operations.enforcement import PointProfile
from access.operations.surfaces import SurfaceSaid
from registry.models import Client, ExternalIdentifier
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import DEVELOPER, SENTINEL, VENDOR, Part

API, CLOUD = "synthetic-api", "synthetic-cloud-channel"
SCHEME = "synthetic-cloud"
_NAMES = {
    API: ("Synthetic API", DEVELOPER, "Night desk of the developer"),
    CLOUD: ("Synthetic cloud channel", VENDOR, "Duty officer of the cloud"),
}


def register(world: World) -> None:
    """The developer's own API, and the channel of the cloud vendor; each with somebody who answers at night."""
    for slug in _NAMES:
        world.act(
            "administrator",
            f"point:{slug}",
            enforcement.register,
            slug=slug,
            profile=_profile(slug),
        )


def hand_over(world: World, gateway: Client) -> None:
    """From now on this client of the developer reports for the developer's API."""
    enforcement.change(
        world.command("administrator"),
        point=EnforcementPoint.objects.get(slug=API).id,
        profile=_profile(API, client=gateway.id),
    )


def report_off(world: World, row: Restriction) -> None:
    """Both have applied it: the API soon, the cloud some seconds later, with a last yes in between."""
    for slug, seconds in ((API, 1), (CLOUD, 3)):
        _report(world, row, slug, switch=Switch.OFF, after=dt.timedelta(seconds=seconds))


def report_lifted(world: World, row: Restriction) -> None:
    """Both have switched on again."""
    row.refresh_from_db()
    if row.lifted_at is not None:
        for slug in (API, CLOUD):
            _report(world, row, slug, switch=Switch.ON, after=dt.timedelta(seconds=1))


def report_on(world: World, part: Part, *, key: str) -> None:
    """The cloud has the model on for this partner's account."""
    account = ExternalIdentifier.objects.current().get(
        organization__slug=part.slug, scheme=SCHEME, valid__upper_inf=True
    )
    world.act(
        "restrictor",
        f"{key}:{part.slug}:on",
        applications.report_applied,
        point=EnforcementPoint.objects.get(slug=CLOUD).id,
        surfaces=(SurfaceSaid(f"{SCHEME}:{account.value}", SENTINEL, SurfaceStanding.ACTIVE),),
    )


def _report(
    world: World, row: Restriction, slug: str, *, switch: Switch, after: dt.timedelta
) -> None:
    point = EnforcementPoint.objects.get(slug=slug)
    committed = row.applications.get(point=point, switch=switch).committed_at
    said = Applied(
        row.id,
        switch,
        read_at=committed + after / 2,
        applied_at=committed + after,
        last_yes_at=committed + after * 0.8 if switch is Switch.OFF else None,
    )
    world.act(
        "restrictor",
        f"{row.id}:{slug}:{switch}",
        applications.report_applied,
        point=point.id,
        applied=(said,),
    )


def _profile(slug: str, *, client: UUID | None = None) -> PointProfile:
    name, owner, desk = _NAMES[slug]
    return PointProfile(
        name=name,
        owner=find_organization(owner.slug),
        alarm_name=desk,
        alarm_email=f"duty@{owner.slug}.invalid",
        surfaces=(SCHEME,),
        client=client,
    )
