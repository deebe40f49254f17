"""What a proposed edition would have decided differently on requests that are decided. It changes nothing.

Everything is taken as it was when each was decided, as far as is known now: findings, positions, jurisdictions,
and who held which role and was in which team. So many queries, however many requests.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access.choices import Origin, Outcome, RequestStatus, Stance
from access.models import (
    AccessRequest,
    Assessment,
    DisputeResolution,
    PositionVersion,
    RequestDecision,
    ReviewPolicy,
)
from access.queries.request_facts import describe_all, held_at
from access.queries.reviewers import Staff, read_history
from access.queries.stages import say
from access.stages import PolicyRules, Stage, read_policy
from access.stages.dry_run import DecidedFacts, Difference, HeldPosition, rehearse
from access.stages.progress import ReviewFacts
from access.stages.strategies import Said

_DECIDED = (RequestStatus.APPROVED, RequestStatus.DECLINED)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One decided request, and what the edition would have made of it."""

    decision: RequestDecision
    difference: Difference

    @property
    def request(self) -> AccessRequest:
        return self.decision.request


def list_decided(policy: ReviewPolicy) -> QuerySet[RequestDecision]:
    """The decisions that stand on requests under the same policy, whatever edition they pinned."""
    newer = RequestDecision.objects.filter(
        request=OuterRef("request"), number__gt=OuterRef("number")
    )
    return (
        RequestDecision.objects.filter(
            ~Exists(newer),
            request__status__in=_DECIDED,
            request__review_policy__slug=policy.slug,
        )
        .select_related(
            "request__organization", "request__tier__program", "request__review_policy"
        )
        .prefetch_related(
            "request__tier__ai_models",
            Prefetch("request__assessments", Assessment.objects.order_by("assessed_at", "id")),
            Prefetch("request__resolutions", DisputeResolution.objects.order_by("resolved_at")),
        )
    )


def dry_run(policy: ReviewPolicy, decisions: Sequence[RequestDecision]) -> list[Rehearsal]:
    """What the edition would have made of each of these, which `list_decided` found."""
    rules, history = read_policy(policy.document), read_history()
    described = describe_all([(row.request, row.decided_at) for row in decisions])
    positions = _list_positions(decisions)
    rehearsed = []
    for row in decisions:
        held = [said for said in positions if _bears(said, row)]
        staff = history.at(row.decided_at)
        decided = DecidedFacts(
            facts=ReviewFacts(
                status=RequestStatus.IN_REVIEW,
                request=described[row.request_id],
                findings=_place_findings(row, rules, staff),
                stances={
                    said.position.authority.organization.slug: Stance(said.stance)
                    for said in sorted(held, key=lambda said: said.stance == Stance.OBJECTS)
                },
                eligible={stage.key: staff.find(stage) for stage in rules.stages},
            ),
            outcome=Outcome(row.outcome),
            decided_by=row.decided_by,
            countersigned=bool(row.countersigned_by),
            assessors={said.assessed_by for said in _list_current(row)},
            deciders=staff.find(rules.decision),
            positions=[_as_held(said) for said in held],
        )
        rehearsed.append(Rehearsal(row, rehearse(rules, decided)))
    return rehearsed


def _place_findings(
    row: RequestDecision, rules: PolicyRules, staff: Staff
) -> dict[str, list[Said]]:
    """Each finding in the stage of its name, or where there is none in all of its stage's kind.

    It counts there if its author might have acted there.
    """
    assert row.request.review_policy is not None  # pinned at submission
    earlier = read_policy(row.request.review_policy.document)
    allowed = {stage.key: staff.find(stage) for stage in rules.stages}
    overruled = {
        finding
        for resolution in row.request.resolutions.all()
        if resolution.resolved_at <= row.decided_at
        for finding in resolution.overruled
    }
    placed = defaultdict(list)
    for finding in _list_current(row):
        said = say(finding, overruled)
        for stage in _find_stages(finding.stage, earlier, rules):
            if not allowed[stage.key].isdisjoint({said.by, said.acted_for}):
                placed[stage.key].append(said)
    return placed


def _find_stages(key: str, earlier: PolicyRules, rules: PolicyRules) -> list[Stage]:
    asking = [stage for stage in rules.stages if not stage.is_signed and not stage.consults]
    same = [stage for stage in asking if stage.key == key]
    before = earlier.find(key)
    if same or before is None:
        return same
    return [stage for stage in asking if stage.kind is before.kind]


def _list_current(row: RequestDecision) -> list[Assessment]:
    """The findings that stood when it was decided."""
    given = [said for said in row.request.assessments.all() if said.assessed_at <= row.decided_at]
    superseded: set[UUID | None] = {said.supersedes_id for said in given}
    return [said for said in given if said.id not in superseded]


def _list_positions(decisions: Sequence[RequestDecision]) -> list[PositionVersion]:
    if not decisions:
        return []
    return list(
        PositionVersion.objects.current()
        .filter(position__origin=Origin.DECIDED)
        .select_related("position__authority__organization")
        .order_by("id")
    )


def _bears(said: PositionVersion, row: RequestDecision) -> bool:
    """Whether it held at the decision, and every scope it names is one of the request's."""
    request, about = row.request, said.position
    scopes = (
        (about.program_id, {request.tier.program_id}),
        (about.ai_model_id, {model.id for model in request.tier.ai_models.all()}),
        (about.expansion_id, {request.expansion_id}),
        (about.request_id, {request.id}),
        (about.organization_id, {request.organization_id}),
    )
    return bool(held_at([said], row.decided_at)) and all(
        named is None or named in those for named, those in scopes
    )


def _as_held(said: PositionVersion) -> HeldPosition:
    return HeldPosition(
        stance=said.stance,
        legal_force=said.legal_force,
        grounds=tuple(said.grounds),
        authority=said.position.authority.organization.slug,
    )
