"""What must be true of the registry's rows and no constraint can say: each a function that finds what breaks it.

An invariant is named by its function and promised by its docstring. It yields breaches as it finds them, in
bounded memory however many rows there are, and changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

import rfc8785
from django.apps import apps
from django.db import connection
from django.db.models import (
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from registry.choices import Role
from registry.models import (
    AIModel,
    AIModelFacts,
    AIModelVersion,
    AnchorMoment,
    AuditEvent,
    Governed,
    HitRuling,
    HolidayTable,
    Incident,
    IncidentVersion,
    Mandate,
    ObligationRule,
    Occurrence,
    Organization,
    OrganizationFacts,
    OrganizationVersion,
    Reliance,
    RoleHolding,
    ScreenedOrganization,
    Screening,
    ScreeningHit,
    ScreeningSnapshot,
)
from registry.queries.reliances import compute_reliances

CHUNK = 1_000
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Breach:
    """What breaks an invariant: a thing as `type:uuid`, and how."""

    subject: str
    problem: str


Invariant = Callable[[], Iterator[Breach]]


def breaches(rows: QuerySet[Any], problem: str) -> Iterator[Breach]:
    """Each of the rows is a breach."""
    name = rows.model._meta.model_name
    for pk in rows.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=CHUNK):
        yield Breach(f"{name}:{pk}", problem)


def find_unrecorded(app: str, *, told_with_another: frozenset[str]) -> Iterator[Breach]:
    """Governed rows of an app that no event is about; models whose events are about their parent are left out."""
    for model in apps.get_app_config(app).get_models():
        if issubclass(model, Governed) and model.__name__ not in told_with_another:
            events = AuditEvent.objects.filter(subject_id=OuterRef("pk"))
            yield from breaches(
                model._default_manager.filter(~Exists(events)),
                "no event of the record is about it",
            )


def find_astray(projection: type[Model], function: str, *, of: str) -> Iterator[Breach]:
    """Rows of a projection that do not say what its sources say, while they are quiet; and missing ones.

    `function` lists the rows from the sources, for identifiers of the table `of`.
    """
    table, name = projection._meta.db_table, projection._meta.model_name
    columns = [str(field.column) for field in projection._meta.concrete_fields]
    key = columns[0]
    told = ", ".join(columns)
    statement = f"""
        WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
        wanted AS MATERIALIZED (
            SELECT {told} FROM clock CROSS JOIN {function}(ARRAY(SELECT id FROM {of}), clock.now)),
        quiet AS MATERIALIZED (
            SELECT {told} FROM {table}, clock WHERE quiet_until IS NULL OR quiet_until > clock.now)
        SELECT DISTINCT {key} FROM (
            (SELECT * FROM quiet EXCEPT SELECT * FROM wanted)
            UNION ALL
            (SELECT w.* FROM wanted w WHERE NOT EXISTS (
                SELECT 1 FROM {table} t WHERE t.{key} = w.{key}))
        ) astray ORDER BY {key}
    """  # noqa: S608 - names of ours
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(CHUNK):
            for (found,) in rows:
                yield Breach(f"{name}:{found}", "it does not say what its sources say")


def projections_say_what_their_sources_say() -> Iterator[Breach]:
    """What decisions read of organizations and models is what their versions say."""
    yield from find_astray(
        OrganizationFacts, "registry_list_organization_facts", of="registry_organization"
    )
    yield from find_astray(AIModelFacts, "registry_list_model_facts", of="registry_aimodel")


def everything_governed_is_on_record() -> Iterator[Breach]:
    """Whatever the registry governs came in by an operation, which wrote an event about it."""
    return find_unrecorded("registry", told_with_another=frozenset())


def everything_is_known_to_be_something_now() -> Iterator[Breach]:
    """Each organization and each model has a version that is current: whoever reads them reads that."""
    for rows, versions in (
        (
            Organization.objects.all(),
            OrganizationVersion.objects.current().filter(organization=OuterRef("pk")),
        ),
        (AIModel.objects.all(), AIModelVersion.objects.current().filter(ai_model=OuterRef("pk"))),
        (
            Incident.objects.all(),
            IncidentVersion.objects.current().filter(incident=OuterRef("pk")),
        ),
    ):
        yield from breaches(rows.filter(~Exists(versions)), "it has no current version")


def public_names_are_those_of_the_current_version() -> Iterator[Breach]:
    """The name that everybody reads is the current version's, unless the organization is undisclosed."""
    current = OrganizationVersion.objects.current().filter(
        organization=OuterRef("pk"), valid__upper_inf=True
    )
    rows = Organization.objects.filter(undisclosed=False)
    said_otherwise = current.exclude(name=OuterRef("name"))
    yield from breaches(
        rows.filter(Exists(said_otherwise)), "its name is not the one of its current version"
    )


def worlds_do_not_meet() -> Iterator[Breach]:
    """What is synthetic belongs to synthetic organizations, and what is real to real ones."""
    for rows, owner in (
        (AIModel.objects.all(), "developer"),
        (Incident.objects.all(), "duty_holder"),
        (Occurrence.objects.all(), "duty_holder"),
        (Mandate.objects.all(), "authority__organization"),
    ):
        apart = rows.exclude(synthetic=F(f"{owner}__synthetic"))
        yield from breaches(apart, "it is of one world, and whom it belongs to of the other")


def who_rests_on_whom_follows_from_the_relations() -> Iterator[Breach]:
    """What is kept of vendors behind vendors is what the current relations come to."""
    rows = Reliance.objects.current().values_list("organization", "vendor", "valid")
    kept, computed = set(rows), set(compute_reliances())
    for organization, vendor, _span in sorted(kept - computed, key=lambda one: one[:2]):
        yield Breach(
            f"organization:{organization}", f"nothing says that it rests on {vendor} then"
        )
    for organization, vendor, _span in sorted(computed - kept, key=lambda one: one[:2]):
        yield Breach(f"organization:{organization}", f"it rests on {vendor}, and that is not kept")


def somebody_administers() -> Iterator[Breach]:
    """Where there are people, an active one is administrator: else nobody could ever give a role again."""
    able = RoleHolding.objects.filter(
        role=Role.ADMINISTRATOR, taken_at__isnull=True, user__is_active=True
    )
    if RoleHolding.objects.exists() and not able.exists():
        yield Breach("user:", "no active person is an administrator")


def a_moment_replaces_one_of_its_own_kind() -> Iterator[Breach]:
    """What supersedes a moment is about the same subject and the same anchor."""
    rows = AnchorMoment.objects.filter(supersedes__isnull=False).exclude(
        Q(anchor=F("supersedes__anchor"))
        & (Q(incident=F("supersedes__incident")) | Q(occurrence=F("supersedes__occurrence")))
    )
    yield from breaches(rows, "it supersedes a moment of something else")


def editions_say_what_was_put_in_force() -> Iterator[Breach]:
    """The checksum that two people's acts are recorded with is still that of the edition."""
    for rule in ObligationRule.objects.order_by("pk").iterator(chunk_size=CHUNK):
        yield from _hold_to(rule, rule.document)
    for table in HolidayTable.objects.order_by("pk").iterator(chunk_size=CHUNK):
        days = [day.isoformat() for day in table.days]
        yield from _hold_to(table, [table.calendar, table.year, days, table.citation])


def _hold_to(edition: ObligationRule | HolidayTable, content: Any) -> Iterator[Breach]:
    if edition.sha256 != sha256(rfc8785.dumps(content)).hexdigest():
        yield Breach(
            f"{edition._meta.model_name}:{edition.pk}", "it is not what its checksum says"
        )


def hits_stand_as_they_were_ruled_on() -> Iterator[Breach]:
    """What a hit says of itself is what the last ruling on it says; without a ruling it is open."""
    newest = HitRuling.objects.filter(hit=OuterRef("pk")).order_by("-number")
    ruled = Coalesce(Subquery(newest.values("finding")[:1]), Value(""))
    rows = ScreeningHit.objects.annotate(ruled=ruled).exclude(finding=F("ruled"))
    yield from breaches(rows, "it does not stand as its last ruling says")


def the_last_screening_is_the_newest() -> Iterator[Breach]:
    """Where an organization's screening stands is read from the newest that there is."""
    newest = Screening.objects.filter(organization=OuterRef("organization")).order_by(
        "-screened_at"
    )
    newest_of = Subquery(newest.values("pk")[:1])
    rows = ScreenedOrganization.objects.annotate(newest=newest_of)
    wrong = rows.exclude(last=F("newest")).exclude(last=None, newest=None)
    yield from breaches(wrong, "its last screening is not the newest")


def lists_and_whom_they_are_for_are_of_one_world() -> Iterator[Breach]:
    """A synthetic list hits synthetic organizations alone, and a real one real ones."""
    rows = ScreeningHit.objects.exclude(
        organization__synthetic=F("entry__screening_list__synthetic")
    )
    yield from breaches(rows, "list and organization are of two worlds")


def snapshots_hold_what_they_say() -> Iterator[Breach]:
    """A snapshot that was used holds as many entries as were read from its file."""
    rows = ScreeningSnapshot.objects.annotate(held=Count("lines")).exclude(entry_count=F("held"))
    yield from breaches(rows, "it does not hold as many entries as it says")


INVARIANTS: tuple[Invariant, ...] = (
    everything_governed_is_on_record,
    everything_is_known_to_be_something_now,
    public_names_are_those_of_the_current_version,
    worlds_do_not_meet,
    who_rests_on_whom_follows_from_the_relations,
    somebody_administers,
    a_moment_replaces_one_of_its_own_kind,
    editions_say_what_was_put_in_force,
    projections_say_what_their_sources_say,
    hits_stand_as_they_were_ruled_on,
    the_last_screening_is_the_newest,
    lists_and_whom_they_are_for_are_of_one_world,
    snapshots_hold_what_they_say,
)
