"""Jobs on the lines of expansions: what is at work, and how far it has come."""

import datetime as dt
from collections import Counter
from uuid import UUID

from django.db.models import Count, Q

from access.choices import BatchStatus, ImportStatus, LineAct, LineEffect, LineResult
from access.models import LineBatch, LineImport


def find_batches_at_work(*, at: dt.datetime) -> list[UUID]:
    """Batches of which lines are still to be looked at, or to be done by now."""
    looking = Q(status=BatchStatus.LOOKING)
    due = Q(status=BatchStatus.COMMITTED) & (Q(publish_at__isnull=True) | Q(publish_at__lte=at))
    found = LineBatch.objects.filter(looking | due).order_by("prepared_at", "id")
    return list(found.values_list("id", flat=True))


def find_imports_at_work() -> list[UUID]:
    """Files of which rows are still to be looked at, or that are to be taken in."""
    found = LineImport.objects.filter(status__in=[ImportStatus.LOOKING, ImportStatus.COMMITTED])
    return list(found.order_by("uploaded_at", "id").values_list("id", flat=True))


def count_foreseen(batch: LineBatch) -> dict[LineResult, int]:
    """How many lines are foreseen to come to what."""
    return _count(batch, "foreseen")


def count_results(batch: LineBatch) -> dict[LineResult, int]:
    """How many lines have come to what; those that are pending have not had their turn."""
    return _count(batch, "result")


def count_rows(line_import: LineImport) -> dict[str, int]:
    """How many rows the file has, has had looked at, has problems with, and of each effect."""
    counted = line_import.rows.aggregate(
        rows=Count("id"),
        wrong=Count("id", filter=~Q(problems=[])),
        registers=Count("id", filter=Q(registers=True)),
        **{effect.value: Count("id", filter=Q(effect=effect)) for effect in LineEffect},
    )
    looked_at = counted["wrong"] + sum(counted[effect.value] for effect in LineEffect)
    return {**counted, "looked_at": looked_at}


def list_told(batch: LineBatch) -> list[UUID]:
    """The organizations that are told what came of their lines.

    What waits for a signature is not said yet, and of positions nobody outside is told.
    """
    told = batch.items.filter(result__in=[LineResult.DONE, LineResult.WAITS]).exclude(
        act=LineAct.OVERRIDE
    )
    return list(told.order_by().values_list("request__organization", flat=True).distinct())


def _count(batch: LineBatch, field: str) -> dict[LineResult, int]:
    found = Counter(dict(batch.items.order_by().values_list(field).annotate(number=Count("id"))))
    return {result: found[result] for result in LineResult}
