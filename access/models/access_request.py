import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from access.choices import (
    DecisionReason,
    Finding,
    Outcome,
    PrimaryPurpose,
    ReapplyRule,
    RequestStatus,
)
from access.workflow import CLOSED, INITIAL, OPEN, declared_pairs
from registry.actors import Actor
from registry.models import Governed, Organization

from .bounds import Bounded
from .expansion import Expansion
from .program import TermsEdition, Tier
from .review_policy import ReviewPolicy
from .tier_requirements import TierRequirements

ONLY_WITH_A_DRAFT = pgtrigger.Func(
    """
    IF EXISTS (
        SELECT 1 FROM access_accessrequest r WHERE r.id = OLD.request_id AND r.status <> 'draft'
    ) THEN
        RAISE EXCEPTION 'what was handed in is never deleted: request %', OLD.request_id;
    END IF;
    RETURN OLD;
    """
)
"""For a trigger before a deletion: what belongs to a request goes with a draft, and never otherwise."""

_INITIAL = ", ".join(f"'{status.value}'" for status in sorted(INITIAL))
_PAIRS = ", ".join(f"('{before.value}', '{after.value}')" for before, after in declared_pairs())


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees its own organization's requests."""
        return self if actor.is_staff else self.filter(organization_id=actor.organization_id)

    def open(self) -> Self:
        """In somebody's hands: submitted and not closed."""
        return self.filter(status__in=OPEN)


class AccessRequest(Governed):
    """One organization's request for one tier of one program, for a stated purpose.

    With `renews` it asks for the time after that grant's end. `form` is the edition that it was drafted with,
    none where its tier had no form; `copied_from` the request whose answers it began with.

    `note_to_applicant` says why it was returned or put on hold, while it is.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="access_requests")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="access_requests")
    purpose = models.CharField(max_length=12, choices=PrimaryPurpose)
    justification = models.TextField()
    status = models.CharField(max_length=28, choices=RequestStatus)
    expansion = models.ForeignKey(
        Expansion, models.PROTECT, null=True, related_name="access_requests"
    )
    renews = models.ForeignKey("Grant", models.PROTECT, null=True, related_name="renewal_requests")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    form = models.ForeignKey("RequestForm", models.PROTECT, null=True, related_name="+")
    review_policy = models.ForeignKey(ReviewPolicy, models.PROTECT, null=True, related_name="+")
    requirements = models.ForeignKey(
        TierRequirements, models.PROTECT, null=True, related_name="requests"
    )
    terms = models.ForeignKey(TermsEdition, models.PROTECT, null=True, related_name="+")
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=60, blank=True)
    submitted_at = models.DateTimeField(null=True)
    taken_up_by = models.CharField(max_length=60, blank=True)
    closed_at = models.DateTimeField(null=True)
    note_to_applicant = models.TextField(blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="access_request_one_open",
                fields=["organization", "tier", "purpose"],
                condition=Q(status__in=OPEN),
            ),
            models.CheckConstraint(
                name="access_request_closed_means_dated",
                condition=Q(status__in=CLOSED, closed_at__isnull=False)
                | ~Q(status__in=CLOSED) & Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="access_request_submitted_pins_policy_and_who",
                condition=Q(status=RequestStatus.DRAFT)
                | Q(submitted_at__isnull=False, review_policy__isnull=False) & ~Q(submitted_by=""),
            ),
        ]
        indexes = [
            models.Index(
                name="access_request_queue",
                fields=["submitted_at", "id"],
                condition=Q(status__in=OPEN),
            ),
            models.Index(name="access_request_by_expansion", fields=["expansion", "id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="only_drafts_are_deleted",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__status=RequestStatus.DRAFT),
            ),
            pgtrigger.Trigger(
                name="status_begins_declared",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    f"""
                    IF NEW.status NOT IN ({_INITIAL}) THEN
                        RAISE EXCEPTION 'a request cannot begin as %', NEW.status;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="status_moves_declared",
                operation=pgtrigger.UpdateOf("status"),
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    f"""
                    IF NEW.status <> OLD.status
                       AND (OLD.status, NEW.status) NOT IN ({_PAIRS}) THEN
                        RAISE EXCEPTION 'a request cannot go from % to %', OLD.status, NEW.status;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} → {self.tier_id} ({self.status}, {self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]


class Question(Governed):
    """Something the reviewer must know from the organization; the request waits while it is open."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="question_one_open_per_request",
                fields=["request"],
                condition=Q(answered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="question_answer_has_who_and_when",
                condition=Q(answer="", answered_by="", answered_at__isnull=True)
                | ~Q(answer="") & ~Q(answered_by="") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"question on {self.request_id} ({self.id})"


class Assessment(Governed):
    """One reviewer's finding in one stage of a request. Never edited: a revision supersedes it.

    `acted_for` is the person as whose deputy it was made; empty where it is the reviewer's own place.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="assessments")
    stage = models.CharField(max_length=60, default="assessment")
    finding = models.CharField(max_length=10, choices=Finding)
    reasons = models.TextField()
    assessed_by = models.CharField(max_length=60)
    acted_for = models.CharField(max_length=60, blank=True)
    assessed_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="assessment_first_once_per_stage_and_reviewer",
                fields=["request", "stage", "assessed_by"],
                condition=Q(supersedes__isnull=True),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="assessment_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.finding} on {self.request_id} ({self.id})"


class RequestDecision(Bounded, Governed):
    """The ruling on a request, with its reason. A countersignature, where needed, is another person's.

    It supersedes the request's earlier one, which stays as it was and was another person's. A refusal says
    when one may ask again: `reapply_at` where the rule has a date.

    `decided_for` and `countersigned_for` are the people as whose deputies it was done: for four eyes each is one
    with whoever acted for them.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=30, choices=DecisionReason)
    internal_text = models.TextField(blank=True)
    applicant_text = models.TextField(blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=60)
    assessed_by = models.CharField(max_length=60, blank=True)
    decided_by = models.CharField(max_length=60)
    decided_for = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField()
    countersigned_by = models.CharField(max_length=60, blank=True)
    countersigned_for = models.CharField(max_length=60, blank=True)
    countersigned_at = models.DateTimeField(null=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    decided_before_by = models.CharField(max_length=60, blank=True)
    reapply_rule = models.CharField(max_length=12, choices=ReapplyRule, blank=True)
    reapply_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="decision_number_once", fields=["request", "number"]),
            models.CheckConstraint(
                name="decision_not_by_the_one_who_asked",
                condition=~Q(decided_by=F("asked_by")) & ~Q(countersigned_by=F("asked_by")),
            ),
            models.CheckConstraint(
                name="decision_not_by_its_assessor", condition=~Q(decided_by=F("assessed_by"))
            ),
            models.CheckConstraint(
                name="countersigner_is_not_the_decider",
                condition=~Q(countersigned_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="decision_deputies_are_one_pair_of_eyes",
                condition=(
                    Q(decided_for="")
                    | ~Q(decided_for=F("asked_by"))
                    & ~Q(decided_for=F("assessed_by"))
                    & ~Q(decided_for=F("decided_before_by"))
                    & ~Q(decided_for=F("countersigned_by"))
                )
                & (
                    Q(countersigned_for="")
                    | ~Q(countersigned_for=F("asked_by"))
                    & ~Q(countersigned_for=F("decided_by"))
                    & ~Q(countersigned_for=F("decided_for"))
                ),
            ),
            models.CheckConstraint(
                name="decision_supersedes_anothers",
                condition=~Q(decided_by=F("decided_before_by")),
            ),
            models.CheckConstraint(
                name="decision_reapply_is_of_a_refusal",
                condition=Q(reapply_rule="", reapply_at__isnull=True)
                | Q(outcome=Outcome.DECLINED, reapply_rule=ReapplyRule.AFTER_DAYS)
                & Q(reapply_at__isnull=False)
                | Q(outcome=Outcome.DECLINED, reapply_at__isnull=True)
                & Q(reapply_rule__in=[ReapplyRule.ANYTIME, ReapplyRule.BARRED]),
            ),
            models.CheckConstraint(
                name="countersignature_has_who_and_when",
                condition=Q(countersigned_by="", countersigned_at__isnull=True)
                | ~Q(countersigned_by="") & Q(countersigned_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decision_not_by_who_overrode",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF NEW.outcome = 'approved' AND EXISTS (
                        SELECT 1 FROM access_positionoverride o
                        WHERE o.request_id = NEW.request_id AND o.overridden_by = NEW.decided_by
                    ) THEN
                        RAISE EXCEPTION 'who overrode a position does not decide: %', NEW.decided_by;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.request_id}, decision {self.number}"
