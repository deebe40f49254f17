"""What was notified to whom: filings that were sent from here, and notices that are reported or recorded."""

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from notifications.models import Filing, ModelNotice, NoticeAnswer
from registry.actors import Actor
from registry.choices import SubjectOrigin
from registry.models import AIModel, Authority, Organization, ReportedFact

Place = tuple[dt.datetime, UUID]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the authority said to it, when, and in which words."""

    kind: str
    words: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ModelNotified:
    """One model, or what is told of one, notified to one authority. Empty or None: not stated.

    `spoken_at` orders the list: when it was sent, else the moment that the source speaks of. Exactly one
    of `filing` and `notice` is set.
    """

    id: UUID
    spoken_at: dt.datetime
    told_at: dt.datetime | None
    notifier: Organization | None
    notifier_words: str
    ai_model: AIModel | None
    model_words: str
    authority: Authority | None
    rule: str
    origin: SubjectOrigin
    words: str
    synthetic: bool
    replies: tuple[Reply, ...] = ()
    fact: ReportedFact | None = None
    notice: ModelNotice | None = None
    filing: Filing | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices: of one model, to one authority (slugs), at a moment, as known at a moment."""

    model: str | None = None
    authority: str | None = None
    as_of: dt.datetime | None = None
    known_at: dt.datetime | None = None

    @property
    def moment(self) -> dt.datetime | None:
        """The earlier of the two, where either is given: what is not versioned is cut off there."""
        given = [moment for moment in (self.as_of, self.known_at) if moment is not None]
        return min(given, default=None)


def list_notified(
    actor: Actor, wanted: Wanted, *, limit: int, after: Place | None = None
) -> list[ModelNotified]:
    """The latest first, from the place after `after` on. A fixed number of queries, however many there are.

    A client outside reads none; a filing only who may read filings.
    """
    found = heapq.merge(
        _from_notices(_notices(actor, wanted, after)[:limit]),
        _from_filings(_filings(actor, wanted, after)[:limit], wanted),
        key=place_of,
        reverse=True,
    )
    return [row for row, _number in zip(found, range(limit), strict=False)]


def place_of(row: ModelNotified) -> Place:
    """Where the row stands in the order of the list."""
    return (row.spoken_at, row.id)


def _notices(actor: Actor, wanted: Wanted, after: Place | None) -> QuerySet[ModelNotice]:
    rows = ModelNotice.objects.visible_to(actor).standing(wanted.as_of, wanted.known_at)
    if wanted.model is not None:
        rows = rows.filter(ai_model__slug=wanted.model)
    if wanted.authority is not None:
        rows = rows.filter(authority__organization__slug=wanted.authority)
    if after is not None:
        rows = rows.filter(_beyond("happened_at", after))
    answers = NoticeAnswer.objects.visible_to(actor).standing(wanted.as_of, wanted.known_at)
    return (
        rows.select_related(
            "notifier", "ai_model", "authority__organization", "fact", "obligation__rule"
        )
        .prefetch_related(
            "fact__citations__source",
            "fact__disputes",
            Prefetch("answers", answers.order_by("happened_at", "recorded_at", "id")),
        )
        .order_by("-happened_at", "-id")
    )


def _filings(actor: Actor, wanted: Wanted, after: Place | None) -> QuerySet[Filing]:
    """What was sent about an occurrence with a model. An incident's models are notified as its own matter."""
    rows = Filing.objects.visible_to(actor).filter(
        dispatched_at__isnull=False, obligation__occurrence__ai_model__isnull=False
    )
    if wanted.moment is not None:
        rows = rows.filter(dispatched_at__lte=wanted.moment)
    if wanted.model is not None:
        rows = rows.filter(obligation__occurrence__ai_model__slug=wanted.model)
    if wanted.authority is not None:
        rows = rows.filter(authority__organization__slug=wanted.authority)
    if after is not None:
        rows = rows.filter(_beyond("dispatched_at", after))
    return rows.select_related(
        "authority__organization",
        "obligation__rule",
        "obligation__duty_holder",
        "obligation__occurrence__ai_model",
    ).order_by("-dispatched_at", "-id")


def _beyond(field: str, after: Place) -> Q:
    moment, pk = after
    return Q(**{f"{field}__lt": moment}) | Q(**{field: moment, "id__lt": pk})


def _from_notices(rows: QuerySet[ModelNotice]) -> Iterator[ModelNotified]:
    for row in rows:
        duty = row.obligation
        yield ModelNotified(
            id=row.id,
            spoken_at=row.happened_at,
            told_at=row.told_at,
            notifier=row.notifier,
            notifier_words=row.notifier_words,
            ai_model=row.ai_model,
            model_words=row.model_words,
            authority=row.authority,
            rule=row.rule or ("" if duty is None else duty.rule.document["citation"]),
            origin=SubjectOrigin(row.origin),
            words=row.words,
            synthetic=row.authority.organization.synthetic,
            replies=tuple(
                Reply(str(said.get_reply_display()), said.words, said.happened_at)
                for said in row.answers.all()
            ),
            fact=row.fact,
            notice=row,
        )


def _from_filings(rows: QuerySet[Filing], wanted: Wanted) -> Iterator[ModelNotified]:
    for row in rows:
        duty = row.obligation
        assert duty.occurrence is not None
        assert row.dispatched_at is not None
        told = ModelNotified(
            id=row.id,
            spoken_at=row.dispatched_at,
            told_at=row.dispatched_at,
            notifier=duty.duty_holder,
            notifier_words="",
            ai_model=duty.occurrence.ai_model,
            model_words="",
            authority=row.authority,
            rule=duty.rule.document["citation"],
            origin=SubjectOrigin.OBSERVED,
            words=duty.occurrence.title,
            synthetic=duty.duty_holder.synthetic,
            filing=row,
        )
        at = row.acknowledged_at
        if at is not None and (wanted.moment is None or at <= wanted.moment):
            reply = Reply("acknowledged", row.acknowledgement, at)
            told = replace(told, replies=(reply,))
        yield told
