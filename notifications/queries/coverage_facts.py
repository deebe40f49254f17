"""What coverage is judged from, read at once: the number of queries does not grow with bodies, rules or positions."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q

from access.choices import Holds
from access.models import AccessRequest, Position, PositionVersion, Program
from access.queries.holdings import Holding, list_holdings
from notifications.queries.coverage_attested import Attested, read_attested
from registry.actors import Actor
from registry.choices import OrganizationKind, RelationKind
from registry.models import (
    AIModel,
    Authority,
    Citation,
    Jurisdiction,
    JurisdictionMembership,
    Mandate,
    Organization,
    OrganizationJurisdiction,
    OrganizationVersion,
    Relation,
    ReportedFact,
)
from registry.queries.rules import RuleInForce, rules_in_force

_PUBLIC = (OrganizationKind.GOVERNMENT, OrganizationKind.SAFETY_INSTITUTE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Coverage of a program, a model, or a model in a program, at a moment, as known at a moment or now.

    Rules, mandates, contacts, channels and competences carry no period of their own: what was on record by
    `known_by` speaks for every moment. Positions kept in confidence count for whoever may read them.
    """

    actor: Actor
    as_of: dt.datetime
    now: dt.datetime
    known_at: dt.datetime | None = None
    program: Program | None = None
    ai_model: AIModel | None = None

    @property
    def known_by(self) -> dt.datetime:
        """Until when what has no period of its own must have been on record."""
        return self.known_at or self.now

    @property
    def synthetic(self) -> bool:
        """Which of the two worlds it is about."""
        if self.program is not None:
            return self.program.synthetic
        assert self.ai_model is not None
        return self.ai_model.synthetic


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything read. Keys are identifiers of organizations, but for `mandated`: those of authorities."""

    asked: Asked
    models: list[AIModel]
    bodies: list[Organization]
    authorities: Mapping[UUID, Authority]
    places: Mapping[UUID, list[Jurisdiction]]
    concerned: Mapping[UUID, Jurisdiction]
    positions: Mapping[UUID, list[PositionVersion]]
    holdings: Mapping[UUID, list[tuple[AIModel, Holding]]]
    evaluators: Mapping[UUID, list[Organization]]
    mandated: Mapping[UUID, list[Mandate]]
    rules: list[RuleInForce]
    attested: Attested


def read_facts(asked: Asked) -> Facts:
    """All of it. Models are those of the program's tiers, unless one is named."""
    models = _list_models(asked)
    bodies = _list_bodies(asked)
    evaluators = _list_evaluators(asked, bodies)
    wanted = {body.id for body in bodies} | {
        one.id for several in evaluators.values() for one in several
    }
    holdings: dict[UUID, list[tuple[AIModel, Holding]]] = defaultdict(list)
    holders: set[UUID] = set()
    for model in models:
        for line in list_holdings(model, as_of=asked.as_of, known_at=asked.known_at).rows:
            if line.organization.id in wanted:
                holdings[line.organization.id].append((model, line))
            if line.holds is Holds.YES:
                holders.add(line.organization.id)
    places, concerned = _list_places(asked, bodies, holders | _list_asking(asked))
    return Facts(
        asked=asked,
        models=models,
        bodies=bodies,
        authorities={
            body.id: authority for body in bodies if (authority := _authority_of(body)) is not None
        },
        places=places,
        concerned=concerned,
        positions=_list_positions(asked, models, bodies),
        holdings=holdings,
        evaluators=evaluators,
        mandated=_list_mandates(asked),
        rules=rules_in_force(asked.known_by),
        attested=read_attested(
            holders | {model.developer_id for model in models},
            as_of=asked.as_of,
            known_at=asked.known_at,
            known_by=asked.known_by,
        ),
    )


def _list_models(asked: Asked) -> list[AIModel]:
    if asked.ai_model is not None:
        return [asked.ai_model]
    return list(AIModel.objects.filter(tiers__program=asked.program).distinct().order_by("slug"))


def _list_bodies(asked: Asked) -> list[Organization]:
    """Every authority of the world, and what else is of a government or tests models for one."""
    known = OrganizationVersion.objects.as_of(asked.as_of, asked.known_at)
    public = known.filter(kind__in=_PUBLIC)
    return list(
        Organization.objects.filter(synthetic=asked.synthetic, pk__in=known.values("organization"))
        .filter(Q(authority__isnull=False) | Q(pk__in=public.values("organization")))
        .select_related("authority")
        .prefetch_related(
            "authority__competences__jurisdiction", "authority__channels", "contacts"
        )
        .order_by("name", "id")
    )


def _list_evaluators(asked: Asked, bodies: list[Organization]) -> dict[UUID, list[Organization]]:
    """Who evaluates for a body, beside itself."""
    found: dict[UUID, list[Organization]] = defaultdict(list)
    edges = Relation.objects.as_of(asked.as_of, asked.known_at).filter(
        kind=RelationKind.EVALUATES_FOR, object__in=[body.id for body in bodies]
    )
    for edge in edges.select_related("subject").order_by("subject__name", "id"):
        found[edge.object_id].append(edge.subject)
    return found


def _list_asking(asked: Asked) -> set[UUID]:
    """Whose request was in somebody's hands by the moment, as far as it still is."""
    rows = AccessRequest.objects.open().filter(submitted_at__lte=asked.as_of)
    if asked.program is not None:
        rows = rows.filter(tier__program=asked.program)
    if asked.ai_model is not None:
        rows = rows.filter(tier__ai_models=asked.ai_model)
    return set(rows.values_list("organization_id", flat=True))


def _list_places(
    asked: Asked, bodies: list[Organization], touching: set[UUID]
) -> tuple[dict[UUID, list[Jurisdiction]], dict[UUID, Jurisdiction]]:
    """Where each body is looked at, and the jurisdictions of whoever holds or asks, with the unions above them.

    A body is looked at where it is competent; where nothing is said of that, at its seats, but not at one that
    lies within another of them.
    """
    wholes: dict[UUID, dict[UUID, Jurisdiction]] = defaultdict(dict)
    memberships = JurisdictionMembership.objects.as_of(asked.as_of, asked.known_at)
    for edge in memberships.select_related("whole"):
        wholes[edge.member_id][edge.whole_id] = edge.whole
    seats: dict[UUID, dict[UUID, Jurisdiction]] = defaultdict(dict)
    concerned: dict[UUID, Jurisdiction] = {}
    rows = OrganizationJurisdiction.objects.as_of(asked.as_of, asked.known_at).filter(
        organization__in=touching | {body.id for body in bodies}
    )
    for row in rows.select_related("jurisdiction"):
        seats[row.organization_id][row.jurisdiction_id] = row.jurisdiction
        if row.organization_id in touching:
            concerned[row.jurisdiction_id] = row.jurisdiction
            concerned |= wholes[row.jurisdiction_id]
    places = {body.id: _places_of(body, seats[body.id], wholes) for body in bodies}
    return places, concerned


def _places_of(
    body: Organization,
    seats: Mapping[UUID, Jurisdiction],
    wholes: Mapping[UUID, Mapping[UUID, Jurisdiction]],
) -> list[Jurisdiction]:
    authority = _authority_of(body)
    competent = [] if authority is None else list(authority.competences.all())
    found: Iterable[Jurisdiction] = {
        said.jurisdiction_id: said.jurisdiction for said in competent
    }.values()
    if not competent:
        found = [
            place for pk, place in seats.items() if seats.keys().isdisjoint(wholes.get(pk, {}))
        ]
    return sorted(found, key=lambda place: place.slug)


def _list_positions(
    asked: Asked, models: list[AIModel], bodies: list[Organization]
) -> dict[UUID, list[PositionVersion]]:
    """What each body holds about the program or the model as a whole: not about one request, or one organization."""
    about = Q(position__ai_model__isnull=True) | Q(position__ai_model__in=models)
    if asked.program is not None:
        within = Q(position__program=asked.program)
        about = (about | within) if asked.ai_model is None else about
        about &= Q(position__program__isnull=True) | within
    else:
        programs = Program.objects.filter(tiers__ai_models__in=models)
        named = Q(position__ai_model__isnull=False)
        about &= named | Q(position__program__in=programs.values("pk"))
    citations = Citation.objects.select_related("source").order_by("id")
    facts = ReportedFact.objects.select_related("superseded_by").prefetch_related(
        Prefetch("citations", citations), "disputes"
    )
    rows = (
        PositionVersion.objects.as_of(asked.as_of, asked.known_at)
        .filter(about, position__in=Position.objects.visible_to(asked.actor).values("pk"))
        .filter(position__authority__organization__in=[body.id for body in bodies])
        .filter(position__expansion=None, position__request=None, position__organization=None)
        .select_related("position__authority")
        .prefetch_related(Prefetch("position__fact", facts))
        .order_by("valid", "id")
    )
    found: dict[UUID, list[PositionVersion]] = defaultdict(list)
    for row in rows:
        if not _superseded(row.position.fact, asked.known_at):
            found[row.position.authority.organization_id].append(row)
    return found


def _list_mandates(asked: Asked) -> dict[UUID, list[Mandate]]:
    rows = Mandate.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=asked.known_by),
        synthetic=asked.synthetic,
        registered_at__lte=asked.known_by,
    ).order_by("key", "id")
    found: dict[UUID, list[Mandate]] = defaultdict(list)
    for row in rows:
        found[row.authority_id].append(row)
    return found


def _superseded(fact: ReportedFact | None, known_at: dt.datetime | None) -> bool:
    later = None if fact is None else getattr(fact, "superseded_by", None)
    return later is not None and (known_at is None or later.superseding_recorded_at <= known_at)


def _authority_of(body: Organization) -> Authority | None:
    found: Authority | None = getattr(body, "authority", None)
    return found
