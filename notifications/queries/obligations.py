"""Duties as the board, the pages, the API and the mails show them: in order, and in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from notifications.choices import FilingStatus, QuestionCause
from notifications.clocks import Clock
from notifications.models import Filing, MissExplanation, Obligation, ObligationQuestion
from registry.actors import Actor
from registry.models.incident import INCIDENT_READERS

NOBODY = "nobody"
"""Asks for duties that nobody owns."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties: each that is given narrows. `owner` is the key of somebody, or NOBODY."""

    regime: str = ""
    recipient: str = ""
    owner: str = ""
    duty_holder: UUID | None = None
    synthetic: bool | None = None
    late_at: dt.datetime | None = None


def read_clock_of(row: Obligation) -> Clock:
    """The row as the facts that its clock is read from."""
    return Clock(
        anchor_at=row.anchor_at,
        opened_at=row.opened_at,
        target_due=row.target_due,
        latest_due=row.latest_due,
        owned=row.owner != "",
        follows_access=row.grant_id is not None,
        flags=frozenset(row.flags),
    )


def list_open(actor: Actor, wanted: Wanted) -> QuerySet[Obligation]:
    """Open duties by target. What has no number and is due without undue delay comes first, the oldest of it on top."""
    rows = narrow(Obligation.objects.visible_to(actor).open(), wanted)
    return with_all(rows).order_by(F("target_due").asc(nulls_first=True), "opened_at", "id")


def list_untold(actor: Actor) -> QuerySet[Obligation]:
    """Open duties to tell of access that has been given already."""
    rows = Obligation.objects.visible_to(actor).open().filter(grant__isnull=False)
    return with_all(rows).order_by(F("target_due").asc(nulls_first=True), "opened_at", "id")


def list_missed(actor: Actor) -> QuerySet[Obligation]:
    """What was not met by its target, whatever became of it, the latest first; for ever."""
    rows = Obligation.objects.visible_to(actor).filter(missed_at__isnull=False)
    explained = MissExplanation.objects.order_by("-explained_at", "-id")
    return (
        with_all(rows)
        .prefetch_related(Prefetch("explanations", explained))
        .order_by("-missed_at", "-id")
    )


def list_questions(actor: Actor) -> QuerySet[ObligationQuestion]:
    """Open questions, those first that would be due first if the answer is yes."""
    rows = ObligationQuestion.objects.filter(answer="")
    if not (actor.is_staff and actor.has(*INCIDENT_READERS)):
        rows = rows.none()
    return rows.select_related("rule", "incident", "occurrence", "duty_holder").order_by(
        F("would_be_due").asc(nulls_last=True), "id"
    )


def list_opened_together(row: Obligation) -> QuerySet[Obligation]:
    """The duties that one assessment opened about the same thing, this one included; in the board's order."""
    rows = Obligation.objects.filter(
        incident=row.incident_id, occurrence=row.occurrence_id, opened_at=row.opened_at
    )
    return with_all(rows).order_by(F("target_due").asc(nulls_first=True), "opened_at", "id")


def list_asked_together(row: ObligationQuestion) -> QuerySet[ObligationQuestion]:
    """What is asked about the same thing at the same moment, this one included; in the board's order.

    What a source only reports is not among it: nobody is told of that.
    """
    rows = ObligationQuestion.objects.filter(
        incident=row.incident_id, occurrence=row.occurrence_id, asked_at=row.asked_at
    ).exclude(cause=QuestionCause.REPORTED)
    return rows.select_related("rule", "duty_holder").order_by(
        F("would_be_due").asc(nulls_last=True), "id"
    )


def narrow(rows: QuerySet[Obligation], wanted: Wanted) -> QuerySet[Obligation]:
    """Only those that are wanted."""
    asked = Q()
    if wanted.regime:
        asked &= Q(rule__document__regime=wanted.regime)
    if wanted.recipient:
        asked &= Q(recipient=wanted.recipient)
    if wanted.owner:
        asked &= Q(owner="" if wanted.owner == NOBODY else wanted.owner)
    if wanted.duty_holder is not None:
        asked &= Q(duty_holder=wanted.duty_holder)
    if wanted.synthetic is not None:
        asked &= Q(duty_holder__synthetic=wanted.synthetic)
    if wanted.late_at is not None:
        asked &= Q(target_due__lte=wanted.late_at)
    return rows.filter(asked)


def with_all(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """With everything that is shown of a duty, in a fixed number of queries."""
    sent = Filing.objects.exclude(status=FilingStatus.WITHDRAWN).order_by("prepared_at", "id")
    return rows.select_related(
        "rule", "incident", "occurrence", "grant", "duty_holder", "authority__organization"
    ).prefetch_related(Prefetch("filings", sent))


def in_order_of_due(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """With `due_order`: the target, or for what has none the moment since when it has been due."""
    return rows.annotate(due_order=Coalesce("target_due", "opened_at"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What the open duties can be narrowed by."""

    regimes: list[str]
    recipients: list[str]
    owners: list[str]
    duty_holders: list[tuple[UUID, str]]


def list_choices(actor: Actor) -> Choices:
    """The values that open duties have, in four queries."""
    rows = Obligation.objects.visible_to(actor).open().order_by()
    holders = rows.values_list("duty_holder", "duty_holder__name").distinct()
    return Choices(
        regimes=sorted(rows.values_list("rule__document__regime", flat=True).distinct()),
        recipients=sorted(rows.values_list("recipient", flat=True).distinct()),
        owners=sorted(rows.exclude(owner="").values_list("owner", flat=True).distinct()),
        duty_holders=sorted(holders, key=lambda holder: holder[1]),
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many duties are open, and how many of them are late, ownerless, or of access given; and open questions."""

    open: int
    late: int
    unowned: int
    untold: int
    questions: int


def tally(actor: Actor, *, at: dt.datetime) -> Tally:
    """The numbers of the board, in two queries."""
    counted = (
        Obligation.objects.visible_to(actor)
        .open()
        .aggregate(
            open=Count("id"),
            late=Count("id", filter=Q(target_due__lte=at)),
            unowned=Count("id", filter=Q(owner="")),
            untold=Count("id", filter=Q(grant__isnull=False)),
        )
    )
    return Tally(**counted, questions=list_questions(actor).count())
