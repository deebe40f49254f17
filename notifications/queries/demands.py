"""Demands of authorities and their states, which are derived from what is on record and kept nowhere."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from notifications.choices import DemandStep
from notifications.models import AccessDemand, DemandRecord
from registry.actors import Actor

ANSWERS = frozenset({DemandStep.GRANTED, DemandStep.PARTLY_GRANTED, DemandStep.REFUSED})
CLOSED = ANSWERS | {DemandStep.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class DemandState:
    """Where a demand stands. None where nothing on record says it.

    `step` is that of the latest record but notes, `since` when that began. `begun_at` is what its age counts
    from: when it was asked, or where that is not told the first that is known of it.
    """

    step: DemandStep | None
    since: dt.datetime | None
    waits_on: str
    asked_at: dt.datetime | None
    answered_at: dt.datetime | None
    answer: str
    begun_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still has to be answered."""
        return self.step not in CLOSED

    def age(self, at: dt.datetime) -> dt.timedelta | None:
        """How long it has been, to its end where it has one."""
        if self.begun_at is None:
            return None
        return (at if self.is_open or self.since is None else self.since) - self.begun_at

    def waiting(self, at: dt.datetime) -> dt.timedelta | None:
        """How long it has waited on whoever it waits on."""
        return at - self.since if self.step is DemandStep.WAITING and self.since else None


def derive_state(records: Sequence[DemandRecord]) -> DemandState:
    """The state that these records leave. They come in the order in which they happened."""
    moves = [said for said in records if said.step != DemandStep.NOTE]
    asked = next((said for said in moves if said.step == DemandStep.ASKED), None)
    answered = next((said for said in reversed(moves) if said.step in ANSWERS), None)
    latest = moves[-1] if moves else None
    begun = asked or (records[0] if records else None)
    return DemandState(
        step=None if latest is None else DemandStep(latest.step),
        since=None if latest is None else _begin(moves).happened_at,
        waits_on="" if latest is None else name_waited_on(latest),
        asked_at=None if asked is None else asked.happened_at,
        answered_at=None if answered is None else answered.happened_at,
        answer="" if answered is None else answered.words,
        begun_at=None if begun is None else begun.happened_at,
    )


def name_waited_on(said: DemandRecord) -> str:
    """On whom the demand waits by this record; empty where it does not wait."""
    return said.waits_on_words if said.waits_on is None else said.waits_on.name


def list_demands(
    actor: Actor, *, as_of: dt.datetime | None = None, known_at: dt.datetime | None = None
) -> QuerySet[AccessDemand]:
    """What the actor may read, each with its `records` in order and its `latest` step, to filter by.

    At a past moment: the demands of which something was on record then, as they stood.
    """
    records = DemandRecord.objects.visible_to(actor).standing(as_of, known_at)
    rows = AccessDemand.objects.visible_to(actor)
    if as_of is not None or known_at is not None:
        rows = rows.filter(pk__in=records.values("demand"))
    latest = (
        records.filter(demand=OuterRef("pk"))
        .exclude(step=DemandStep.NOTE)
        .order_by("-happened_at", "-recorded_at", "-id")
    )
    return (
        rows.annotate(latest=Subquery(latest.values("step")[:1]))
        .select_related("authority__organization", "addressee", "ai_model")
        .prefetch_related(
            Prefetch(
                "records",
                records.select_related("fact", "waits_on", "disclosure")
                .prefetch_related("fact__citations__source", "fact__disputes")
                .order_by("happened_at", "recorded_at", "id"),
            )
        )
    )


def _begin(moves: Sequence[DemandRecord]) -> DemandRecord:
    """The record with which the present state began: of several that say it waits on one body, the first."""
    first = moves[-1]
    for said in reversed(moves):
        if said.step != first.step or name_waited_on(said) != name_waited_on(first):
            break
        first = said
    return first
