"""Which authorities open stages have still to ask, and which questions have outlived their request."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from access.choices import Origin, RequestStatus, Stance
from access.models import (
    AccessRequest,
    Consultation,
    ReviewPolicy,
    StageConsultation,
    StageRun,
)
from access.queries.pauses import pauses
from access.queries.positions import bearing_on
from access.queries.stages import find_due, rules_of
from access.stages import Stage, read_policy
from access.workflow import CLOSED, PAUSED
from registry.choices import Channel, Trigger
from registry.models import Authority, AuthorityChannel
from registry.queries.rules import holidays_in_force

ENDED = frozenset({RequestStatus.DECLINED, RequestStatus.WITHDRAWN})
"""What ends the questions of a review. Those of an approved request stay: its grant may wait for the answer."""
MAILED = Trigger.OTHER
"""The kind of mails that an authority must have said it takes: a question of a review meets no rule's duty."""


@dataclass(frozen=True, slots=True)
class Unasked:
    """An authority that an open stage consults and nobody has asked. `mailed`: its record takes such mails."""

    run: StageRun
    stage: Stage
    authority: Authority
    answer_by: dt.datetime | None
    mailed: bool


def find_asking(*, at: dt.datetime) -> list[UUID]:
    """The requests of which a stage has an authority to ask."""
    policies = [
        policy.pk
        for policy in ReviewPolicy.objects.filter(document__version=2)
        if any(stage.consults for stage in read_policy(policy.document).stages)
    ]
    running = StageRun.objects.filter(request=OuterRef("pk"), closed_at__isnull=True)
    rows = (
        AccessRequest.objects.filter(Exists(running), review_policy__in=policies)
        .exclude(status__in=[*CLOSED, *PAUSED])
        .select_related("organization", "tier__program", "review_policy")
        .order_by("submitted_at", "id")
    )
    return [row.id for row in rows if list_unasked(row, at=at)]


def find_outlived() -> list[UUID]:
    """The questions of stages that wait for an answer while their request has ended without access."""
    found = Consultation.objects.open().filter(asking__run__request__status__in=ENDED)
    return list(found.order_by("asked_at", "id").values_list("id", flat=True))


def list_unasked(request: AccessRequest, *, at: dt.datetime) -> list[Unasked]:
    """Whom the open stages of a request have still to ask.

    Nobody twice for one opening of a stage, nobody who has said something or is awaited already, and nothing
    while the request's clock stands still.
    """
    if request.status in PAUSED or request.status in CLOSED:
        return []
    runs = list(request.stage_runs.filter(closed_at__isnull=True).order_by("opened_at", "id"))
    rules = rules_of(request)
    open_ = [(run, stage) for run in runs if (stage := rules.find(run.stage)) and stage.consults]
    if not open_:
        return []
    known = _find_known(request, at=at)
    asked = set(
        StageConsultation.objects.filter(run__in=runs).values_list(
            "run", "authority__organization__slug"
        )
    )
    wanted = {slug for _run, stage in open_ for slug in stage.consults} - known
    bodies = {
        body.organization.slug: body
        for body in Authority.objects.filter(
            organization__slug__in=wanted, organization__synthetic=request.organization.synthetic
        ).select_related("organization")
    }
    mailed = set(
        AuthorityChannel.objects.filter(
            authority__in=bodies.values(),
            channel=Channel.EMAIL,
            classes__contains=[MAILED],
            ended_at__isnull=True,
        ).values_list("authority", flat=True)
    )
    return [
        Unasked(
            run,
            stage,
            bodies[slug],
            _find_day(request, run, stage, at=at),
            bodies[slug].id in mailed,
        )
        for run, stage, slug in _once(open_)
        if slug in bodies and (run.id, slug) not in asked
    ]


def _once(open_: list[tuple[StageRun, Stage]]) -> Iterator[tuple[StageRun, Stage, str]]:
    """Each authority by the first stage that consults it: two stages await one answer."""
    seen: set[str] = set()
    for run, stage in open_:
        for slug in stage.consults:
            if slug not in seen:
                seen.add(slug)
                yield run, stage, slug


def _find_known(request: AccessRequest, *, at: dt.datetime) -> set[str]:
    """Those who hold something that bears on the request, or whose answer is awaited."""
    return {
        said.position.authority.organization.slug
        for said in bearing_on(request, at=at)
        if said.position.origin == Origin.DECIDED and said.stance != Stance.NOT_ASKED
    }


def _find_day(
    request: AccessRequest, run: StageRun, stage: Stage, *, at: dt.datetime
) -> dt.datetime | None:
    """When the stage is due, as it stands; None where it has no deadline ahead, or holidays are not known."""
    due = find_due(stage, run, spans=pauses(request), holidays=holidays_in_force(at))
    return None if due is None or due.at is None or due.at <= at else due.at
