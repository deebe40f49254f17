"""Which grants a campaign or a round means, as JSON: slugs, and `program/tier` for a tier."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Model
from rest_framework import serializers

from access.models import Program, Tier
from access.queries.grant_scopes import GrantScope
from registry.api.strict import StrictSerializer
from registry.errors import NotFound
from registry.models import AIModel, Jurisdiction, Organization


class ScopeBody(StrictSerializer):
    """Dimensions are ANDed, values within one ORed; one at least says something."""

    programs = serializers.ListField(child=serializers.SlugField(), default=list)
    tiers = serializers.ListField(
        child=serializers.CharField(max_length=161), default=list, help_text="`program/tier`"
    )
    models = serializers.ListField(child=serializers.SlugField(), default=list)
    jurisdictions = serializers.ListField(child=serializers.SlugField(), default=list)
    organizations = serializers.ListField(child=serializers.SlugField(), default=list)


def read_scope(said: dict[str, Any]) -> GrantScope:
    """The scope that slugs name. Raises NotFound."""
    return GrantScope(
        programs=_find(Program, said["programs"], "program"),
        tiers=tuple(_find_tier(name) for name in said["tiers"]),
        ai_models=_find(AIModel, said["models"], "model"),
        jurisdictions=_find(Jurisdiction, said["jurisdictions"], "jurisdiction"),
        organizations=_find(Organization, said["organizations"], "organization"),
    )


def _find(model: type[Model], slugs: Iterable[str], what: str) -> tuple[UUID, ...]:
    found = dict(model._default_manager.filter(slug__in=set(slugs)).values_list("slug", "pk"))
    if missing := set(slugs) - found.keys():
        raise NotFound(what, slug=min(missing))
    return tuple(found.values())


def _find_tier(name: str) -> UUID:
    program, _slash, slug = name.partition("/")
    found = Tier.objects.filter(program__slug=program, slug=slug).values_list("pk", flat=True)
    tier = found.first()
    if tier is None:
        raise NotFound("tier", slug=name)
    return tier
