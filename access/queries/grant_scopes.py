"""Which live grants a scope covers: for campaigns, before the click and while they run."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access.models import Grant, GrantItem, Program, Tier
from access.models.scoped import Scoped
from registry.errors import Invalid, NotFound
from registry.models import (
    AIModel,
    Jurisdiction,
    JurisdictionMembership,
    Organization,
    OrganizationJurisdiction,
)


class ScopeCoversNothing(Invalid):
    code = "scope_covers_nothing"
    text = _(
        "Say which grants are meant: at least one program, tier, model, jurisdiction or organization."
    )


@dataclass(frozen=True, slots=True)
class GrantScope:
    """Which grants are meant. Dimensions are ANDed, values within one ORed; an empty one means any."""

    programs: tuple[UUID, ...] = ()
    tiers: tuple[UUID, ...] = ()
    ai_models: tuple[UUID, ...] = ()
    jurisdictions: tuple[UUID, ...] = ()
    organizations: tuple[UUID, ...] = ()

    def columns(self) -> dict[str, list[UUID]]:
        """The scope as the columns of a row. Raises ScopeCoversNothing, NotFound."""
        if self == GrantScope():
            raise ScopeCoversNothing
        wanted = {
            "programs": (Program, self.programs, "program"),
            "tiers": (Tier, self.tiers, "tier"),
            "ai_models": (AIModel, self.ai_models, "model"),
            "jurisdictions": (Jurisdiction, self.jurisdictions, "jurisdiction"),
            "organizations": (Organization, self.organizations, "organization"),
        }
        for model, named, what in wanted.values():
            known = model._default_manager.filter(pk__in=set(named)).count()
            if known != len(set(named)):
                raise NotFound(what)
        return {column: sorted(set(named)) for column, (_model, named, _what) in wanted.items()}


def live_grants(*, at: dt.datetime) -> QuerySet[Grant]:
    """Grants that have not ended: in force, suspended, or yet to begin."""
    running = (
        GrantItem.objects.current()
        .filter(grant=OuterRef("pk"))
        .filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=at))
    )
    return Grant.objects.filter(Exists(running), end__isnull=True)


def covered_grants(scope: Scoped, *, at: dt.datetime) -> QuerySet[Grant]:
    """The live grants in a scope, of its world."""
    rows = live_grants(at=at).filter(organization__synthetic=scope.synthetic)
    if scope.programs:
        rows = rows.filter(program__in=scope.programs)
    if scope.tiers:
        rows = rows.filter(tier__in=scope.tiers)
    if scope.organizations:
        rows = rows.filter(organization__in=scope.organizations)
    if scope.ai_models:
        holding = GrantItem.objects.current().filter(ai_model__in=scope.ai_models)
        rows = rows.filter(Exists(holding.filter(grant=OuterRef("pk"))))
    if scope.jurisdictions:
        wholes = JurisdictionMembership.objects.as_of(at).filter(whole__in=scope.jurisdictions)
        places = OrganizationJurisdiction.objects.as_of(at).filter(
            Q(jurisdiction__in=scope.jurisdictions) | Q(jurisdiction__in=wholes.values("member"))
        )
        rows = rows.filter(Exists(places.filter(organization=OuterRef("organization"))))
    return rows


def name_scope(scope: Scoped) -> list[tuple[str, str]]:
    """What a scope says, in words: dimension and names."""
    wanted = (
        (_("Programs"), Program, scope.programs, "name"),
        (_("Tiers"), Tier, scope.tiers, "name"),
        (_("Models"), AIModel, scope.ai_models, "name"),
        (_("Jurisdictions"), Jurisdiction, scope.jurisdictions, "name"),
        (_("Organizations"), Organization, scope.organizations, "name"),
    )
    return [
        (
            str(label),
            ", ".join(
                model._default_manager.filter(pk__in=named)
                .order_by(field)
                .values_list(field, flat=True)
            ),
        )
        for label, model, named, field in wanted
        if named
    ]
