"""How models stand on surfaces, as enforcement points report it: kept as versions, never read for an answer."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func, Value

from access.choices import ItemStanding, SurfaceStanding
from access.events import Event
from access.models import EnforcementPoint, Grant, GrantItem, SurfaceState
from registry import audit
from registry.commands import Clock, Command
from registry.models import AIModel, ExternalIdentifier
from registry.versions import span

_EVENTS = {
    SurfaceStanding.PROVISIONED: Event.GRANT_PROVISIONED,
    SurfaceStanding.ACTIVE: Event.GRANT_ACTIVATED,
    SurfaceStanding.OFF: Event.GRANT_SWITCHED_OFF,
}
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SurfaceSaid:
    """How a model stands on a surface: `scheme:value`, and a model's slug or `scheme:value`."""

    surface: str
    model: str
    standing: SurfaceStanding


@dataclass(slots=True)
class _Names:
    """What the registry knows the names in a report to mean; a name that means two things means none."""

    organizations: dict[str, UUID]
    models: dict[str, UUID]
    grants: dict[tuple[UUID, UUID], list[GrantItem]]

    def find_grant(
        self, organization: UUID | None, model: UUID | None, surface: str
    ) -> UUID | None:
        """The grant that rests on the surface, one in force before one that is suspended."""
        if organization is None or model is None:
            return None
        items = [
            item
            for item in self.grants.get((organization, model), [])
            if not item.surfaces or surface in item.surfaces
        ]
        items.sort(key=lambda item: (item.standing != ItemStanding.IN_FORCE, item.pk))
        return items[0].grant_id if items else None


def _write_surfaces(
    command: Command,
    point: EnforcementPoint,
    said: tuple[SurfaceSaid, ...],
    *,
    complete_for: tuple[str, ...],
    clock: Clock,
) -> int:
    """Inside the caller's transaction, with the point locked: keep what is new; how much that was."""
    known = {
        (row.surface, row.model): row
        for row in point.surface_states.current().filter(valid__contains=clock.recorded)
    }
    wanted: dict[_Key, SurfaceStanding] = {
        key: SurfaceStanding.OFF
        for key, row in known.items()
        if row.model in complete_for and row.standing != SurfaceStanding.OFF
    }
    wanted |= {(one.surface, one.model): one.standing for one in said}
    fresh = {
        key: standing
        for key, standing in wanted.items()
        if key not in known or known[key].standing != standing
    }
    if not fresh:
        return 0
    names = _look_up(fresh, clock)
    rows = [
        _make(point, key, standing=standing, names=names)
        for key, standing in sorted(fresh.items())
    ]
    _replace([known[key] for key in fresh if key in known], rows, command=command, clock=clock)
    _record(command, rows, clock=clock)
    return len(rows)


def _make(
    point: EnforcementPoint, key: _Key, *, standing: SurfaceStanding, names: _Names
) -> SurfaceState:
    surface, model = key
    organization, ai_model = names.organizations.get(surface), names.models.get(model)
    return SurfaceState(
        point=point,
        surface=surface,
        model=model,
        standing=standing,
        organization_id=organization,
        ai_model_id=ai_model,
        grant_id=names.find_grant(organization, ai_model, surface),
    )


def _replace(
    old: list[SurfaceState], new: list[SurfaceState], *, command: Command, clock: Clock
) -> None:
    """Close, end and open versions in three statements, however many there are."""
    SurfaceState.objects.filter(pk__in=[row.pk for row in old]).update(
        recorded=Func(
            Func("recorded", function="lower"),
            Value(clock.recorded),
            function="tstzrange",
            output_field=DateTimeRangeField(),
        )
    )
    for row in old:
        row.pk, row._state.adding = None, True  # noqa: SLF001 - the ended copy of a closed version
        row.valid, row.recorded = span(row.valid.lower, clock.recorded), span(clock.recorded)
    for row in new:
        row.valid, row.recorded = span(clock.recorded), span(clock.recorded)
        row.reported_by = command.by.key
    SurfaceState.objects.bulk_create([*old, *new])


def _look_up(keys: Iterable[_Key], clock: Clock) -> _Names:
    """In three queries."""
    surfaces, models = {key[0] for key in keys}, {key[1] for key in keys}
    named: dict[str, set[UUID]] = defaultdict(set)
    meant: dict[str, set[UUID]] = defaultdict(set)
    pairs = [tuple(name.split(":", 1)) for name in surfaces | models if ":" in name]
    found = ExternalIdentifier.objects.as_of(clock.recorded).filter(
        scheme__in={pair[0] for pair in pairs}, value__in={pair[1] for pair in pairs}
    )
    for row in found:
        name = f"{row.scheme}:{row.value}"
        if row.organization_id is not None:
            named[name].add(row.organization_id)
        elif row.ai_model_id is not None:
            meant[name].add(row.ai_model_id)
    for slug, pk in AIModel.objects.filter(slug__in=models).values_list("slug", "id"):
        meant[slug].add(pk)
    organizations = {name: ids.pop() for name, ids in named.items() if len(ids) == 1}
    ai_models = {name: ids.pop() for name, ids in meant.items() if len(ids) == 1}
    items = GrantItem.objects.as_of(clock.recorded).filter(
        organization__in=set(organizations.values()), ai_model__in=set(ai_models.values())
    )
    grants: dict[tuple[UUID, UUID], list[GrantItem]] = defaultdict(list)
    for item in items:
        grants[item.organization_id, item.ai_model_id].append(item)
    return _Names(organizations, ai_models, grants)


def _record(command: Command, rows: list[SurfaceState], *, clock: Clock) -> None:
    """One event for each grant and standing: each holder is told of its own surfaces."""
    told: dict[tuple[UUID, str], list[SurfaceState]] = defaultdict(list)
    for row in rows:
        if row.grant_id is not None:
            told[row.grant_id, row.standing].append(row)
    grants = Grant.objects.in_bulk({grant for grant, _standing in told})
    for (grant, standing), states in sorted(told.items()):
        audit.record(
            _EVENTS[SurfaceStanding(standing)],
            grants[grant],
            command,
            occurred_at=clock.recorded,
            surfaces=[state.surface for state in states],
            models=[state.model for state in states],
            point=states[0].point_id,
        )
