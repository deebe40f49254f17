"""A world of any size for measuring decisions: a pattern made by operations, and copies of it by plain SQL."""

from collections.abc import Mapping
from dataclasses import dataclass

from access.choices import RestrictionBasis, RestrictionKind
from access.models import Grant, GrantItem, RestrictionVersion, TermsAcceptance
from access.operations import restrictions, terms
from access.operations.restrictions import Wording
from access.queries.scopes import Scope
from bench.copies import RECORDED, analyze, copy, identify
from registry.choices import JurisdictionKind, JurisdictionRole, Role
from registry.models import OrganizationJurisdiction, OrganizationVersion
from registry.operations import jurisdictions
from tests import make

MODELS = 4
"""Every organization `org-N` holds each of `model-0` … `model-3`, under terms that it has accepted, and has
its seat in a state of a union."""

_OWN = identify("'organization ' || n")
_STOPPED = identify("'stopped ' || n")
_STOP = identify("'stop ' || n")
_NUMBERS = "SELECT n FROM generate_series(%(first)s::int, %(last)s::int) n"


@dataclass(frozen=True, slots=True)
class Size:
    """How many organizations hold grants, and how many restrictions are in force on others."""

    organizations: int
    restrictions: int = 0

    @property
    def grants(self) -> int:
        return self.organizations * MODELS


@dataclass(slots=True)
class World:
    """One organization with its grant, one stop of it, and how many copies there are of each by now."""

    grant: Grant
    stop: RestrictionVersion
    organizations: int = 0
    restrictions: int = 0

    def grow(self, size: Size) -> None:
        """Add holders of grants and restrictions in force until the world is of this size."""
        self._add_holders(size.organizations)
        self._add_restrictions(size.restrictions)
        analyze()

    def _add_holders(self, organizations: int) -> None:
        values = {"first": self.organizations, "last": organizations - 1}
        own = {"organization_id": _OWN, "recorded": RECORDED}
        pattern = self.grant.organization
        named = {"id": _OWN, "slug": "'org-' || n", "name": "'Organization ' || n"}
        copy(pattern, named, numbers=_NUMBERS, **values)
        for row in (
            OrganizationVersion.objects.get(organization=pattern),
            OrganizationJurisdiction.objects.get(organization=pattern),
            TermsAcceptance.objects.get(organization=pattern),
        ):
            copy(row, own, numbers=_NUMBERS, **values)
        for item in GrantItem.objects.filter(grant=self.grant):
            held = identify(f"'grant ' || n || '{item.ai_model_id}'")
            reference = f"n || ' {item.ai_model_id}'"
            referred = {"id": held, "organization_id": _OWN, "external_reference": reference}
            copy(self.grant, referred, numbers=_NUMBERS, **values)
            copy(item, own | {"grant_id": held}, numbers=_NUMBERS, **values)
        self.organizations = max(organizations, self.organizations)

    def _add_restrictions(self, number: int) -> None:
        values = {"first": self.restrictions, "last": number - 1}
        named = {"id": _STOPPED, "slug": "'stopped-' || n"}
        copy(self.grant.organization, named, numbers=_NUMBERS, **values)
        copy(self.stop.restriction, {"id": _STOP}, numbers=_NUMBERS, **values)
        covers: Mapping[str, str] = {
            "restriction_id": _STOP,
            "organizations": f"ARRAY[{_STOPPED}]",
            "recorded": RECORDED,
        }
        copy(self.stop, covers, numbers=_NUMBERS, **values)
        self.restrictions = max(number, self.restrictions)


def prepare() -> World:
    """The program, its terms, tier and models, and the pattern: a holder who has accepted, and is stopped."""
    _make_places()
    program = make.terms(make.program(slug="bench"))
    held = [make.ai_model(f"model-{number}", program.developer) for number in range(MODELS)]
    tier = make.tier(program, *held, slug="bench")
    holder = make.organization("pattern", jurisdictions=(("land", JurisdictionRole.SEAT),))
    terms.accept(
        make.by(make.staff(Role.INTAKE)), organization=holder.id, program=program.id, edition=1
    )
    grant = make.recorded_grant(holder, tier)
    stop = restrictions.restrict(
        make.by(make.staff(Role.RESTRICTOR)),
        kind=RestrictionKind.STOP,
        basis=RestrictionBasis.ORDER,
        wording=Wording("Bench"),
        scope=Scope(organizations=(holder.id,)),
    ).value
    return World(grant, stop.versions.get())


def _make_places() -> None:
    by = make.by(make.staff(Role.ADMINISTRATOR))
    jurisdictions.register(by, slug="lands", name="Lands", kind=JurisdictionKind.UNION)
    kind = JurisdictionKind.STATE
    jurisdictions.register(by, slug="land", name="Land", kind=kind, member_of={"lands": None})
