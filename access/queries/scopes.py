"""What a restriction covers, and how it is called where somebody must type its name."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model

from access.models import Program, RestrictionVersion
from registry.models import AIModel, Jurisdiction, Organization


@dataclass(frozen=True, slots=True)
class Scope:
    """What is restricted. Dimensions are ANDed, values within one ORed; an empty dimension means any.

    `vendors` cover whoever they host or work for. `person_class` is a slug: then the answer depends on
    the person, and no person named means no.
    """

    organizations: tuple[UUID, ...] = ()
    ai_models: tuple[UUID, ...] = ()
    programs: tuple[UUID, ...] = ()
    jurisdictions: tuple[UUID, ...] = ()
    vendors: tuple[UUID, ...] = ()
    person_class: str | None = None

    @property
    def picks_organizations(self) -> bool:
        """Whether it is about some organizations, rather than about everyone's use of something."""
        return bool(self.organizations or self.jurisdictions or self.vendors)


_DIMENSIONS: tuple[tuple[str, type[Model], str], ...] = (
    ("organizations", Organization, "organizations"),
    ("ai_models", AIModel, "models"),
    ("programs", Program, "programs"),
    ("jurisdictions", Jurisdiction, "jurisdictions"),
    ("vendors", Organization, "vendors"),
)


def scope_of(version: RestrictionVersion) -> Scope:
    """The scope that a version keeps; reads its class of persons."""
    return Scope(
        organizations=tuple(version.organizations),
        ai_models=tuple(version.ai_models),
        programs=tuple(version.programs),
        jurisdictions=tuple(version.jurisdictions),
        vendors=tuple(version.vendors),
        person_class=None if version.person_class is None else version.person_class.slug,
    )


def name_scope(scope: Scope) -> str:
    """The scope's name, short enough to be typed: `mythos-5 + foreign-national`, `acme + 3 models`.

    Of several of a kind it says how many. A scope and the same scope for a class of persons have
    different names, so that nobody types the one and stops the other. Empty for an empty scope.
    """
    parts = [
        _name_dimension(model, getattr(scope, field), label)
        for field, model, label in _DIMENSIONS
        if getattr(scope, field)
    ]
    return " + ".join([*parts, *([scope.person_class] if scope.person_class else [])])


def list_scope(scope: Scope) -> list[tuple[str, list[str]]]:
    """Each dimension in words, with the names in it, in one query a dimension."""
    return [
        (label, [str(row) for row in model._default_manager.filter(pk__in=ids).order_by("slug")])
        for field, model, label in _DIMENSIONS
        if (ids := getattr(scope, field))
    ]


def _name_dimension(model: type[Model], ids: Iterable[UUID], label: str) -> str:
    wanted = set(ids)
    if len(wanted) > 1:
        return f"{len(wanted)} {label}"
    found = model._default_manager.filter(pk__in=wanted).values_list("slug", flat=True).first()
    return str(found or "")
