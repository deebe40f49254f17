"""Which incidents and occurrences an event may bring duties to, and which grants ask about a market."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from access.events import Event as AccessEvent
from access.models import GrantItem
from notifications.choices import ObligationFlag
from notifications.models import Obligation
from registry.events import Event
from registry.models import (
    AIModel,
    AuditEvent,
    Incident,
    IncidentVersion,
    Occurrence,
    OrganizationJurisdiction,
)

UNION = "eu"
"""The jurisdiction whose market is asked about."""


@dataclass(frozen=True, slots=True, order=True)
class Changed:
    """One subject to assess: `kind` is `incident` or `occurrence`."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class FirstGrant:
    """The first grant of a model to an organization in the Union."""

    ai_model: AIModel
    grant: UUID


def list_changed(events: Iterable[AuditEvent]) -> list[Changed]:
    """Each subject once that these events may change something for; those that are over only where named."""
    found = {changed for event in events for changed in _READERS[event.name](event)}
    return sorted(found)


def list_first_grants(events: Iterable[AuditEvent]) -> list[FirstGrant]:
    """For each model that was never asked about: the first of these grants that reaches into the Union."""
    grants = [event.subject_id for event in events if event.name == AccessEvent.GRANT_ISSUED]
    if not grants:
        return []
    placed = Occurrence.objects.placements().filter(ai_model=OuterRef("ai_model"))
    seated = OrganizationJurisdiction.objects.current().filter(
        Q(jurisdiction__slug=UNION)
        | Q(
            jurisdiction__memberships__whole__slug=UNION,
            jurisdiction__memberships__recorded__upper_inf=True,
            jurisdiction__memberships__valid__upper_inf=True,
        ),
        organization=OuterRef("organization"),
        valid__upper_inf=True,
    )
    items = (
        GrantItem.objects.current()
        .filter(Exists(seated), ~Exists(placed), grant__in=grants)
        .select_related("ai_model")
        .order_by("grant__issued_at", "grant_id", "id")
    )
    first: dict[UUID, FirstGrant] = {}
    for item in items:
        first.setdefault(item.ai_model_id, FirstGrant(item.ai_model, item.grant_id))
    return list(first.values())


def _itself(event: AuditEvent) -> Iterator[Changed]:
    yield Changed(event.subject_type, event.subject_id)
    if event.subject_type == "occurrence":
        row = Occurrence.objects.filter(pk=event.subject_id).first()
        if row is not None and row.ai_model_id is not None:
            yield from _with_model(row.ai_model_id)


def _with_model(model: UUID) -> Iterator[Changed]:
    """What is known of a model is asked about by the rules of its incidents and its other occurrences."""
    versions = IncidentVersion.objects.current().filter(ai_models__contains=[model])
    yield from _incidents(Q(pk__in=versions.values("incident")))
    yield from _occurrences(Q(ai_model=model))


def _of_holder(event: AuditEvent) -> Iterator[Changed]:
    yield from _incidents(Q(duty_holder=event.subject_id))
    yield from _occurrences(Q(duty_holder=event.subject_id))


def _of_any_rule(_event: AuditEvent) -> Iterator[Changed]:
    yield from _incidents(Q())
    yield from _occurrences(Q())


def _without_table(_event: AuditEvent) -> Iterator[Changed]:
    yield from _of_obligations(Q(flags__contains=[ObligationFlag.NO_TABLE]))


def _without_recipient(event: AuditEvent) -> Iterator[Changed]:
    yield from _of_obligations(Q(authority=None, recipient=event.details["key"]))


def _of_obligations(which: Q) -> Iterator[Changed]:
    rows = Obligation.objects.open().filter(which)
    for kind in ("incident", "occurrence"):
        of_kind = rows.filter(**{f"{kind}__isnull": False})
        yield from (Changed(kind, pk) for pk in of_kind.values_list(kind, flat=True).distinct())


def _incidents(which: Q) -> Iterator[Changed]:
    rows = Incident.objects.filter(which, resolved_at__isnull=True)
    yield from (Changed("incident", pk) for pk in rows.values_list("pk", flat=True))


def _occurrences(which: Q) -> Iterator[Changed]:
    rows = Occurrence.objects.filter(which, ended_at__isnull=True)
    yield from (Changed("occurrence", pk) for pk in rows.values_list("pk", flat=True))


_READERS: Mapping[str, Callable[[AuditEvent], Iterator[Changed]]] = {
    Event.INCIDENT_REPORTED: _itself,
    Event.INCIDENT_CLASSIFIED: _itself,
    Event.INCIDENT_RESOLVED: _itself,
    Event.OCCURRENCE_REPORTED: _itself,
    Event.OCCURRENCE_CHANGED: _itself,
    Event.OCCURRENCE_ENDED: _itself,
    Event.MOMENT_STATED: _itself,
    Event.DUTY_HOLDER_STATED: _of_holder,
    Event.RULE_ENACTED: _of_any_rule,
    Event.HOLIDAYS_ENACTED: _without_table,
    Event.MANDATE_REGISTERED: _without_recipient,
    AccessEvent.GRANT_ISSUED: lambda _event: iter(()),
}
WATCHED = frozenset(str(name) for name in _READERS)
"""Every event that may bring a duty, or a question."""
