"""How far many requests have come in their stages, read in a number of statements that no request adds to.

A stage whose condition asks for facts of the request counts as applying until it is known not to: what a page
of lines says may then wait for a stage that an approval, which gathers the facts, finds not to apply.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from access.choices import RequestStatus, Strategy
from access.models import (
    AccessRequest,
    Assessment,
    DisputeResolution,
    PositionVersion,
    StageRun,
)
from access.queries.reviewers import Staff, list_eligible, read_staff
from access.queries.stages import list_crossed, pick_stances, say
from access.stages import PolicyRules, read_policy
from access.stages.progress import ReviewFacts, StageProgress, follow
from access.stages.strategies import Said


class ReviewsRead:
    """What is on record about the review of these requests."""

    def __init__(self, requests: Sequence[AccessRequest]) -> None:
        wanted = [row.pk for row in requests]
        overruled = {
            finding
            for findings in DisputeResolution.objects.filter(request__in=wanted).values_list(
                "overruled", flat=True
            )
            for finding in findings
        }
        self._findings: dict[UUID, dict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
        current = Assessment.objects.filter(request__in=wanted, superseded_by__isnull=True)
        for row in current.order_by("assessed_at", "id"):
            self._findings[row.request_id][row.stage].append(say(row, overruled))
        self._opened: dict[UUID, set[str]] = defaultdict(set)
        runs = StageRun.objects.filter(request__in=wanted).values_list("request", "stage")
        for request, stage in runs:
            self._opened[request].add(stage)
        pinned = {row.review_policy_id: row.review_policy for row in requests if row.review_policy}
        rules = [read_policy(policy.document) for policy in pinned.values()]
        self._crossed = list_crossed(wanted, rules)
        self._staff = read_staff()

    def follow(
        self, line: AccessRequest, rules: PolicyRules, bearing: Sequence[PositionVersion]
    ) -> tuple[StageProgress, ...]:
        """The progress of every stage of one of the requests, by these rules."""
        facts = ReviewFacts(
            status=RequestStatus(line.status),
            findings=self._findings[line.pk],
            stances=pick_stances(rules, bearing),
            crossed=self._crossed.get(line.pk, frozenset()),
            eligible=_list_eligible(line, rules, self._staff),
            opened=frozenset(self._opened[line.pk]),
        )
        return follow(rules, facts)


def _list_eligible(
    line: AccessRequest, rules: PolicyRules, staff: Staff
) -> Mapping[str, frozenset[str]]:
    """Only where the policy asks all of them: elsewhere it makes no stage more complete."""
    return {
        stage.key: list_eligible(stage, line, staff)
        for stage in rules.stages
        if stage.strategy is Strategy.ALL_MUST and not stage.consults
    }
