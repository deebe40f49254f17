"""How far a request has come in the stages of its review policy, from what is on record."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from access.choices import (
    Finding,
    Origin,
    RequestStatus,
    StageAlarm,
    StageKind,
    Stance,
    Strategy,
)
from access.models import (
    AccessRequest,
    Assessment,
    PositionVersion,
    StageAnnouncement,
    StageRun,
)
from access.pauses import Span
from access.queries.conflicts import list_barred
from access.queries.deputies import find_deputies
from access.queries.pauses import pauses
from access.queries.positions import bearing_on
from access.queries.request_facts import describe
from access.queries.reviewers import list_eligible, may_act, read_staff
from access.stages import PolicyRules, Stage, read_policy
from access.stages.clock import Due, reckon_due
from access.stages.progress import SILENT, ReviewFacts, StageProgress, follow
from access.stages.strategies import Said
from access.workflow import ASSESSABLE
from registry.actors import Actor
from registry.calendars import Holidays


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage with its clock: since when it is open, and when it is due, where it has a deadline.

    `deputies` are those of the people who are missing, by their keys.
    """

    progress: StageProgress
    run: StageRun | None
    due: Due | None
    deputies: Mapping[str, str] = field(default_factory=dict)

    @property
    def handed_to(self) -> list[str]:
        """The keys of the deputies to whom the crossing of its deadline handed it."""
        told = () if self.run is None else self.run.announcements.all()
        return [key for said in told for key in said.handed_to]


def rules_of(request: AccessRequest) -> PolicyRules:
    """What the edition asks for that the request pinned when it was submitted."""
    assert request.review_policy is not None  # the database sees to it
    return read_policy(request.review_policy.document)


def find_progress(
    request: AccessRequest,
    *,
    at: dt.datetime,
    rules: PolicyRules | None = None,
    with_people: bool = True,
) -> tuple[StageProgress, ...]:
    """Where each stage of a request stands. Without people it is not said who is missing.

    Those who may act are looked up all the same where the policy asks all of them.
    """
    rules = rules or rules_of(request)
    return follow(rules, gather(request, rules, at=at, with_people=with_people))


def gather(
    request: AccessRequest, rules: PolicyRules, *, at: dt.datetime, with_people: bool = True
) -> ReviewFacts:
    """What is on record about the review of a request."""
    all_must = any(stage.strategy is Strategy.ALL_MUST for stage in rules.stages)
    return ReviewFacts(
        status=RequestStatus(request.status),
        request=describe(request, at=at) if any(stage.when for stage in rules.stages) else {},
        findings=list_findings(request),
        stances=_list_stances(request, rules, at=at),
        eligible=_list_people(request, rules) if with_people or all_must else {},
        opened=frozenset(request.stage_runs.values_list("stage", flat=True)),
        crossed=list_crossed([request.pk], [rules]).get(request.pk, frozenset()),
    )


def list_crossed(
    requests: Sequence[UUID], rules: Iterable[PolicyRules]
) -> dict[UUID, frozenset[str]]:
    """Of each request the stages whose deadline has passed, as was announced. Asked only where it matters."""
    if not any(stage.proceeds for said in rules for stage in said.stages):
        return {}
    told = StageAnnouncement.objects.filter(run__request__in=requests, alarm=StageAlarm.OVERDUE)
    found = defaultdict(set)
    for request, stage in told.values_list("run__request", "run__stage"):
        found[request].add(stage)
    return {request: frozenset(stages) for request, stages in found.items()}


def pick_stances(rules: PolicyRules, bearing: Iterable[PositionVersion]) -> dict[str, Stance]:
    """What each authority holds that a stage consults: an objection before anything else, silence after it."""
    consulted = {slug for stage in rules.stages for slug in stage.consults}
    found: dict[str, Stance] = {}
    for said in bearing:
        slug, stance = said.position.authority.organization.slug, Stance(said.stance)
        if said.position.origin != Origin.DECIDED or slug not in consulted:
            continue
        known = found.get(slug)
        if known is not Stance.OBJECTS and (known is None or stance not in SILENT):
            found[slug] = stance
    return found


def list_assessable(request: AccessRequest, actor: Actor, *, at: dt.datetime) -> list[Stage]:
    """The stages in which the actor may leave a finding now; for the button and the choices on a screen."""
    if request.status not in ASSESSABLE:
        return []
    return [
        said.stage
        for said in find_progress(request, at=at, with_people=False)
        if said.takes_findings and may_act(said.stage, request, actor)
    ]


def list_findings(request: AccessRequest) -> dict[str, list[Said]]:
    """The current findings, by stage, in their order; of who is recused they count no more."""
    overruled = {
        finding
        for findings in request.resolutions.values_list("overruled", flat=True)
        for finding in findings
    }
    recused = request.recusals.values("person")
    current = request.assessments.filter(superseded_by__isnull=True).exclude(
        Q(assessed_by__in=recused) | Q(acted_for__in=recused)
    )
    found = defaultdict(list)
    for row in current.order_by("assessed_at", "id"):
        found[row.stage].append(say(row, overruled))
    return found


def say(row: Assessment, overruled: Collection[UUID]) -> Said:
    """A finding as the rules read it; `overruled` are those that were set aside."""
    return Said(
        row.assessed_by,
        Finding(row.finding),
        overruled=row.id in overruled,
        acted_for=row.acted_for,
    )


def list_stages(
    request: AccessRequest, *, at: dt.datetime, holidays: Holidays
) -> tuple[StageView, ...]:
    """Every stage of a request with its clock. Nothing before it was submitted."""
    if request.review_policy is None:
        return ()
    runs: dict[str, StageRun] = {}
    for run in request.stage_runs.prefetch_related("announcements").order_by("opened_at", "id"):
        runs[run.stage] = run
    spans = pauses(request)
    progress = find_progress(request, at=at)
    deputies = find_deputies(
        request, {said.stage.key: said.missing for said in progress if not said.stage.consults}
    )
    return tuple(
        StageView(
            said,
            run,
            find_due(said.stage, run, spans=spans, holidays=holidays),
            deputies.get(said.stage.key, {}),
        )
        for said in progress
        for run in (runs.get(said.stage.key),)
    )


def find_due(
    stage: Stage, run: StageRun | None, *, spans: Sequence[Span], holidays: Holidays
) -> Due | None:
    """When a run of a stage is due. None where it is not open, or has no deadline."""
    if run is None or run.closed_at is not None or stage.deadline is None:
        return None
    return reckon_due(run.opened_at, stage.deadline, pauses=spans, holidays=holidays)


def _list_stances(
    request: AccessRequest, rules: PolicyRules, *, at: dt.datetime
) -> dict[str, Stance]:
    """Nothing is asked where no stage consults."""
    if not any(stage.consults for stage in rules.stages):
        return {}
    return pick_stances(rules, bearing_on(request, at=at))


def list_assessors(request: AccessRequest) -> set[str]:
    """The keys of all who have a current finding, and of whom they were deputies in it."""
    current = request.assessments.filter(superseded_by__isnull=True)
    pairs = current.values_list("assessed_by", "acted_for")
    return {key for pair in pairs for key in pair if key}


def _list_people(request: AccessRequest, rules: PolicyRules) -> dict[str, frozenset[str]]:
    staff, barred = read_staff(), list_barred(request)
    assessors = list_assessors(request)
    decided = request.decisions.order_by("-number").values_list("decided_by", "decided_for")
    involved = {
        StageKind.DECISION: assessors if rules.four_eyes else set(),
        StageKind.COUNTERSIGNATURE: assessors | set(decided.first() or ()),
    }
    return {
        stage.key: list_eligible(
            stage, request, staff, involved=involved.get(stage.kind, set()), barred=barred
        )
        for stage in rules.stages
        if not stage.consults
    }
