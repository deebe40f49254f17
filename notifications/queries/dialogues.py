"""Dialogues and their records, as far as somebody may read them, now or at a past moment."""

import datetime as dt

from django.db.models import Prefetch, QuerySet

from notifications.models import Dialogue, DialogueRecord
from registry.actors import Actor
from registry.models import AIModel


def list_dialogues(
    actor: Actor, *, as_of: dt.datetime | None = None, known_at: dt.datetime | None = None
) -> QuerySet[Dialogue]:
    """What the actor may read, each with its `records` in order, in a fixed number of queries.

    At a past moment: the dialogues of which something was on record then.
    """
    records = DialogueRecord.objects.visible_to(actor).standing(as_of, known_at)
    rows = Dialogue.objects.visible_to(actor).select_related("one", "other")
    if as_of is not None or known_at is not None:
        rows = rows.filter(pk__in=records.values("dialogue"))
    cited = ("fact__citations__source", "fact__disputes")
    return rows.prefetch_related(
        Prefetch(
            "records",
            records.select_related("fact")
            .prefetch_related(*cited)
            .order_by("happened_at", "recorded_at", "id"),
        )
    )


def name_models(dialogues: list[Dialogue]) -> dict[object, AIModel]:
    """The models that the records of these dialogues touched on, by identifier, in one query."""
    wanted = {pk for row in dialogues for said in row.records.all() for pk in said.ai_models}
    return dict(AIModel.objects.in_bulk(wanted))
