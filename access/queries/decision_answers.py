"""What was answered, to whom and how often, and where that is not known."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum

from access.models import NOBODY, AnswerCount, AnswerRecorder, SearchCount
from registry.models import AIModel, Client, Organization

SILENCE = dt.timedelta(seconds=90)
"""How long a process that counts may not have written before it is taken for dead."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which answers are looked for. What is None is not asked about; `until` is exclusive."""

    since: dt.datetime
    until: dt.datetime
    client: UUID | None = None
    organization: UUID | None = None
    ai_model: UUID | None = None
    decision: bool | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A process that ended without writing: what it answered from `since` on is not known."""

    recorder: UUID
    host: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Names:
    """Labels for identifiers; who is not disclosed has a label that says so."""

    clients: dict[UUID, str]
    organizations: dict[UUID, str]
    models: dict[UUID, str]


def find_answers(sought: Sought) -> QuerySet[AnswerCount]:
    """The counts, the newest minute first."""
    rows = AnswerCount.objects.filter(minute__gte=sought.since, minute__lt=sought.until)
    named = {
        "client": sought.client,
        "organization": sought.organization,
        "ai_model": sought.ai_model,
        "decision": sought.decision,
        "reason": sought.reason,
    }
    wanted = {name: value for name, value in named.items() if value is not None}
    return rows.filter(**wanted).order_by("-minute", "-id")


def sum_answers(sought: Sought) -> list[tuple[bool, str, int]]:
    """How many of each: decision, reason, number; the most frequent first."""
    found = (
        find_answers(sought)
        .order_by()
        .values_list("decision", "reason")
        .annotate(total=Sum("count"))
        .order_by("-total", "reason")
    )
    return [(decision, reason, total) for decision, reason, total in found]


def find_searches(sought: Sought) -> QuerySet[SearchCount]:
    """The counts of searches and snapshots by the client, if one is looked for; the newest minute first."""
    rows = SearchCount.objects.filter(minute__gte=sought.since, minute__lt=sought.until)
    if sought.client is not None:
        rows = rows.filter(client=sought.client)
    return rows.order_by("-minute", "-id")


def find_gaps(sought: Sought, *, at: dt.datetime) -> list[Gap]:
    """Where, within what is looked for, counts are missing. In the order of time."""
    dead = Q(closed=False, covered_until__lt=at - SILENCE)
    rows = AnswerRecorder.objects.filter(
        dead, covered_until__gte=sought.since, covered_until__lt=sought.until
    ).order_by("covered_until", "id")
    return [Gap(row.id, row.host, row.covered_until) for row in rows[:200]]


def find_last_yes(
    clients: Iterable[UUID],
    *,
    since: dt.datetime,
    organizations: Collection[UUID] = (),
    ai_models: Collection[UUID] = (),
) -> dict[UUID, dt.datetime]:
    """The minute of the last yes since then that each client was given, as far as it is written; about these
    organizations and models only, where any are named."""
    rows = AnswerCount.objects.filter(minute__gte=since, client__in=set(clients), decision=True)
    if organizations:
        rows = rows.filter(organization__in=organizations)
    if ai_models:
        rows = rows.filter(ai_model__in=ai_models)
    found = rows.order_by().values_list("client").annotate(last=Max("minute"))
    return dict(found)


def name_answers(rows: Iterable[AnswerCount]) -> Names:
    """Labels for what the rows speak of, in three queries."""
    listed = list(rows)
    clients = name_clients(listed)
    organizations = Organization.objects.in_bulk({row.organization for row in listed} - {NOBODY})
    models = AIModel.objects.in_bulk({row.ai_model for row in listed} - {NOBODY})
    return Names(
        clients,
        {pk: row.slug for pk, row in organizations.items()},
        {pk: row.slug for pk, row in models.items()},
    )


def name_clients(rows: Iterable[AnswerCount | SearchCount]) -> dict[UUID, str]:
    """The names of the clients that the rows speak of."""
    found = Client.objects.filter(pk__in={row.client for row in rows} - {NOBODY})
    return {row.id: row.name for row in found}
