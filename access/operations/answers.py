"""Answers as evidence: their counts are written in bulk, and kept as long as the rule says.

Not acts: they change nothing that is governed, so they leave no event of their own.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, replace
from uuid import UUID

from django.db import connection, transaction

from access.models import AnswerCount, AnswerRecorder, SearchCount

PURGE_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Key:
    """What answers are counted by. `minute` is cut to the minute when they are."""

    minute: dt.datetime
    client: UUID
    organization: UUID
    member: UUID
    ai_model: UUID
    decision: bool
    reason: str

    @property
    def rounded(self) -> "Key":
        return replace(self, minute=self.minute.replace(second=0, microsecond=0))


@dataclass(frozen=True, slots=True)
class SearchKey:
    """What searches and snapshots are counted by."""

    minute: dt.datetime
    client: UUID
    kind: str
    outcome: str

    @property
    def rounded(self) -> "SearchKey":
        return replace(self, minute=self.minute.replace(second=0, microsecond=0))


@dataclass(slots=True)
class Counted:
    """What a process has counted: answers, and searches with how many lines they told in all."""

    answers: Counter[Key] = field(default_factory=Counter)
    searches: Counter[SearchKey] = field(default_factory=Counter)
    results: Counter[SearchKey] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.answers) + len(self.searches)


@dataclass(frozen=True, slots=True)
class Covered:
    """Which process counted, since when and until when; `number` counts its writes."""

    recorder: UUID
    host: str
    started_at: dt.datetime
    until: dt.datetime
    number: int


_ADD = """
INSERT INTO access_answercount
    (minute, client, organization, member, ai_model, decision, reason, count)
SELECT * FROM unnest(%s::timestamptz[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[],
    %s::boolean[], %s::text[], %s::bigint[])
ON CONFLICT (minute, client, organization, member, ai_model, decision, reason)
DO UPDATE SET count = access_answercount.count + EXCLUDED.count
"""


_ADD_SEARCHES = """
INSERT INTO access_searchcount (minute, client, kind, outcome, count, results)
SELECT * FROM unnest(%s::timestamptz[], %s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (minute, client, kind, outcome)
DO UPDATE SET count = access_searchcount.count + EXCLUDED.count,
    results = access_searchcount.results + EXCLUDED.results
"""


def write_counts(counted: Counted, covered: Covered, *, closed: bool = False) -> bool:
    """Add the counts, and note that the process is covered until then. False where this write was made
    before: a process that did not hear of its commit may try again."""
    with transaction.atomic(durable=True):
        row, _made = AnswerRecorder.objects.select_for_update().get_or_create(
            id=covered.recorder,
            defaults={
                "host": covered.host,
                "started_at": covered.started_at,
                "covered_until": covered.started_at,
            },
        )
        if row.flushes >= covered.number and not closed:
            return False
        if row.flushes < covered.number:
            _add(counted)
        row.covered_until, row.flushes, row.closed = covered.until, covered.number, closed
        row.save(update_fields=["covered_until", "flushes", "closed"])
    return True


def _add(counted: Counted) -> None:
    """In the order of their keys, so that two processes lock rows in one order."""
    with connection.cursor() as cursor:
        if counted.answers:
            keys = sorted(counted.answers, key=_order)
            cursor.execute(_ADD, _columns(keys, counted.answers))
        if counted.searches:
            searches = sorted(counted.searches, key=astuple)
            columns = zip(*map(astuple, searches), strict=True)
            cursor.execute(
                _ADD_SEARCHES,
                [
                    *map(list, columns),
                    [counted.searches[key] for key in searches],
                    [counted.results[key] for key in searches],
                ],
            )


def purge(*, before: dt.datetime, batch: int = PURGE_BATCH) -> int:
    """Remove up to `batch` counts of minutes that ended before, and the processes that ended before; how
    many counts went."""
    with transaction.atomic(durable=True):
        old = AnswerCount.objects.filter(minute__lt=before).order_by("minute", "id")
        gone, _by_model = AnswerCount.objects.filter(
            pk__in=list(old.values_list("pk", flat=True)[:batch])
        ).delete()
        SearchCount.objects.filter(minute__lt=before).delete()
        AnswerRecorder.objects.filter(covered_until__lt=before).delete()
    return gone


def _order(key: Key) -> tuple[object, ...]:
    return (
        *(key.minute, key.client, key.organization, key.member, key.ai_model),
        *(key.decision, key.reason),
    )


def _columns(keys: list[Key], counts: Mapping[Key, int]) -> list[list[object]]:
    return [
        [key.minute for key in keys],
        [key.client for key in keys],
        [key.organization for key in keys],
        [key.member for key in keys],
        [key.ai_model for key in keys],
        [key.decision for key in keys],
        [key.reason for key in keys],
        [counts[key] for key in keys],
    ]
