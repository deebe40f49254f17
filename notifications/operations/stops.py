"""From an incident, one act: access is stopped, and every duty that the incident brings is open."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Model

from access.choices import RestrictionBasis, RestrictionKind
from access.models import Program, Restriction
from access.operations.restrictions import Wording, restrict_within_transaction
from access.queries.scopes import Scope
from notifications.events import Event
from notifications.models import IncidentStop
from notifications.operations.duties import _assess
from registry import audit
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import WorldsApart
from registry.models import AIModel, Incident, Organization


@command
def stop_access(
    command: Command,
    *,
    incident: UUID,
    kind: RestrictionKind,
    wording: Wording,
    scope: Scope,
) -> Incident:
    """Restrict access because of an incident, from this commit on, and open the duties: both, or neither.

    Raises RoleMissing, NotFound, Stale, WorldsApart, RestrictionCoversNothing.
    """
    row = lock(Incident.objects.visible_to(command.by), incident, command, what="incident")
    _check_world(row, scope)
    restriction = restrict_within_transaction(
        command, kind=kind, basis=RestrictionBasis.INCIDENT, wording=wording, scope=scope
    )
    _link(command, row, restriction)
    _assess(command, row)
    return row


def _link(command: Command, row: Incident, restriction: Restriction) -> None:
    clock = read_clock(command, row)
    IncidentStop.objects.create(
        incident=row,
        restriction=restriction,
        stopped_by=command.by.key,
        stopped_at=clock.recorded,
    )
    touch(row, clock)
    audit.record(
        Event.INCIDENT_ACCESS_STOPPED,
        row,
        command,
        occurred_at=clock.recorded,
        concerned=(),
        restriction=restriction.id,
    )


def _check_world(row: Incident, scope: Scope) -> None:
    """An exercise with invented incidents never stops anyone real. Raises WorldsApart."""
    named: Iterable[tuple[type[Model], tuple[UUID, ...]]] = (
        (Organization, (*scope.organizations, *scope.vendors)),
        (AIModel, scope.ai_models),
        (Program, scope.programs),
    )
    if row.synthetic and not any(ids for _model, ids in named):
        raise WorldsApart  # a place or a class of persons alone would reach the real ones
    for model, ids in named:
        strangers = model._default_manager.filter(pk__in=ids).exclude(synthetic=row.synthetic)
        if strangers.exists():
            raise WorldsApart
