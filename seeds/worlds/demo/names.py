"""Who and what there is in the demonstration world. Every name says that it is synthetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from random import Random

from django.utils.translation import gettext_lazy as _

from access.choices import PrimaryPurpose
from registry.choices import OrganizationKind
from registry.errors import Invalid

PROGRAM = "synthetic-preview"
DEFENSE, EVALUATION = "defense", "evaluation"
RESEARCH = "research"
SENTINEL, LANTERN = "synthetic-sentinel-1", "synthetic-lantern-1"
EXPANSION = "synthetic-expansion"
COHORT = "synthetic-cohort"
PERSON_CLASS = "demo-foreign-national"

ORGANIZATIONS, REQUESTS = 90, 70
_INSTITUTIONS = 3
_SEATS = ("us", "us", "gb", "fr", "de", "kr", "us")
_SECTORS = (
    ("Utility", OrganizationKind.COMPANY),
    ("Hospital", OrganizationKind.NONPROFIT),
    ("Bank", OrganizationKind.COMPANY),
    ("Software House", OrganizationKind.COMPANY),
    ("Telecom", OrganizationKind.COMPANY),
    ("University", OrganizationKind.RESEARCH),
    ("Safety Institute", OrganizationKind.SAFETY_INSTITUTE),
    ("Railway", OrganizationKind.COMPANY),
    ("Ministry", OrganizationKind.GOVERNMENT),
    ("Foundation", OrganizationKind.NONPROFIT),
    ("Insurer", OrganizationKind.COMPANY),
)


class Part(Enum):
    """The part that one of the first partners plays: its number, and what becomes of its grant."""

    IN_FORCE = 1
    EXEMPTED = 2
    IMPORTED = 3
    SUSPENDED = 4
    REVOKED = 5
    SURRENDERED = 6
    DATED_AHEAD = 7
    EXPIRED = 8

    @property
    def slug(self) -> str:
        return name_partner(self.value).slug


class SizeImpossible(Invalid):
    code = "size_impossible"
    text = _(
        "The demonstration needs at least %(least)s organizations, and with %(organizations)s of them "
        "from 1 to %(most)s requests."
    )


@dataclass(frozen=True, slots=True)
class Named:
    """An organization before it is registered: `seat` and `subsidiaries` are slugs of jurisdictions."""

    slug: str
    name: str
    kind: OrganizationKind
    seat: str
    subsidiaries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        return f"contact@{self.slug}.invalid"


DEVELOPER = Named(
    "synthetic-developer", "Synthetic Model Developer", OrganizationKind.DEVELOPER, "us"
)
VENDOR = Named("synthetic-cloud", "Synthetic Cloud Vendor", OrganizationKind.COMPANY, "us")
REGULATOR = Named("synthetic-regulator", "Synthetic Regulator", OrganizationKind.GOVERNMENT, "gb")
AUTHORITIES = {
    key: Named(f"synthetic-{key}", name, OrganizationKind.GOVERNMENT, seat)
    for key, name, seat in (
        ("eu-ai-office", "Synthetic AI Office", "eu"),
        ("cal-oes", "Synthetic Emergency Services of California", "us"),
        ("ny-dfs", "Synthetic Financial Services of New York", "us"),
        ("il-iema-ohs", "Synthetic Emergency Management of Illinois", "us"),
        ("il-attorney-general", "Synthetic Attorney General of Illinois", "us"),
        ("law-enforcement", "Synthetic Police", "us"),
    )
}
"""Those who receive what rules ask to be told, by the key that rules address them with; beside the world's size."""


@dataclass(frozen=True, slots=True)
class Line:
    """A place in the expansion: whose request, and for what purpose."""

    number: int
    slug: str
    purpose: PrimaryPurpose

    @property
    def key(self) -> str:
        return f"line:{self.slug}:{self.purpose}"


@dataclass(frozen=True, slots=True)
class Size:
    """How many organizations there are beside the authorities that receive, and how many requests in the expansion.

    Raises SizeImpossible: an organization has one open request for each purpose, and none for the
    purpose that it holds a grant for.
    """

    organizations: int = ORGANIZATIONS
    requests: int = REQUESTS

    def __post_init__(self) -> None:
        least = _INSTITUTIONS + len(Part) + 1
        if self.organizations < least or not 1 <= self.requests <= len(self._places()):
            most = max(1, len(self._places()))
            raise SizeImpossible(
                least=least, organizations=max(least, self.organizations), most=most
            )

    def partners(self) -> Iterator[Named]:
        """Everybody but developer, vendor and regulator; those who play a part come first."""
        return (name_partner(number) for number in range(1, self._partners + 1))

    def lines(self) -> list[Line]:
        """The expansion's requests: a newcomer each, then further purposes of everybody."""
        places = self._places()[: self.requests]
        return [
            Line(number, name_partner(partner).slug, purpose)
            for number, (partner, purpose) in enumerate(places)
        ]

    def cohort(self) -> list[Line]:
        """Those who are proposed together once more, at most seventy: newcomers first."""
        newcomers = range(len(Part) + 1, self._partners + 1)
        numbers = [*newcomers, *range(1, len(Part) + 1)][: min(REQUESTS, self.requests)]
        return [
            Line(number, name_partner(partner).slug, PrimaryPurpose.USE)
            for number, partner in enumerate(numbers)
        ]

    @property
    def _partners(self) -> int:
        return self.organizations - _INSTITUTIONS

    def _places(self) -> list[tuple[int, PrimaryPurpose]]:
        newcomers = range(len(Part) + 1, self._partners + 1)
        everybody = range(1, self._partners + 1)
        return [
            *((number, PrimaryPurpose.USE) for number in newcomers),
            *((number, PrimaryPurpose.EVALUATION) for number in everybody),
            *((number, PrimaryPurpose.RESEARCH) for number in everybody),
        ]


def name_partner(number: int) -> Named:
    """The same for a number in a world of any size."""
    sector, kind = _SECTORS[(number - 1) % len(_SECTORS)]
    chance = roll("partner", number)
    seat = _SEATS[(number - 1) % len(_SEATS)]
    others = sorted(set(_SEATS) - {seat})
    return Named(
        slug=f"synthetic-{sector.lower().replace(' ', '-')}-{number:02}",
        name=f"Synthetic {sector} {number:02}",
        kind=kind,
        seat=seat,
        subsidiaries=(chance.choice(others),) if chance.random() < 0.3 else (),  # noqa: PLR2004 - 3 of 10
        identifiers=(f"synthetic-cloud:{number:012}",),
    )


def roll(*of: object) -> Random:
    """The chance that decides one thing, and decides it alike on every run."""
    return Random(":".join(map(str, ("demo", *of))))  # noqa: S311 - variety, not secrecy
