import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from access.choices import CampaignStatus, ConditionFinding, ConditionStanding
from registry.actors import Actor
from registry.models import EvidenceFile, Governed, Organization, VersionQuerySet, VersionRow

from .access_request import RequestDecision
from .grant import Grant
from .scoped import Scoped


class DecisionCondition(Governed):
    """A condition that a decision attaches to its approval, laid on the grant once that is issued.

    Without `due_at` it is due at the grant's start: access begins when it is met.
    """

    decision = models.ForeignKey(RequestDecision, models.PROTECT, related_name="conditions")
    code = models.SlugField(max_length=60)
    text = models.TextField()
    evidence_asked = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="decision_condition_code_once", fields=["decision", "code"]
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decision_condition_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.decision_id}"


class ConditionCampaign(Scoped):
    """A new requirement for all live grants of a scope, due at one date; launched by a second person.

    While it runs, grants issued later get it too: due at the same date, or `grace_days` after their
    start where that is later.
    """

    title = models.CharField(max_length=200)
    code = models.SlugField(max_length=60)
    text = models.TextField()
    evidence_asked = models.TextField(blank=True)
    due_at = models.DateTimeField()
    grace_days = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=CampaignStatus)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    launched_by = models.CharField(max_length=60, blank=True)
    launched_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                name="condition_campaign_launched_by_another",
                condition=Q(launched_by="", launched_at__isnull=True)
                | ~Q(launched_by="")
                & ~Q(launched_by=F("proposed_by"))
                & Q(launched_at__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_campaign_status_is_dated",
                condition=Q(
                    status=CampaignStatus.PROPOSED, launched_at__isnull=True, ended_at__isnull=True
                )
                | Q(
                    status=CampaignStatus.RUNNING, launched_at__isnull=False, ended_at__isnull=True
                )
                | Q(status=CampaignStatus.ENDED, ended_at__isnull=False) & ~Q(ended_by=""),
            ),
        ]
        indexes = [
            models.Index(name="campaign_newest_first", fields=["-proposed_at", "-id"]),
            models.Index(
                name="campaign_running",
                fields=["id"],
                condition=Q(status=CampaignStatus.RUNNING),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ConditionQuerySet(models.QuerySet["Condition"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees those on its own organization's grants."""
        return (
            self if actor.is_staff else self.filter(grant__organization_id=actor.organization_id)
        )


class Condition(Governed):
    """What the holder of a grant must do by a moment, in words and by a code. It comes from a decision
    or from a campaign; a grant that follows another takes over what its predecessor had (`carried_from`).
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="conditions")
    code = models.SlugField(max_length=60)
    text = models.TextField()
    evidence_asked = models.TextField(blank=True)
    decision = models.ForeignKey(
        RequestDecision, models.PROTECT, null=True, related_name="laid_conditions"
    )
    campaign = models.ForeignKey(
        ConditionCampaign, models.PROTECT, null=True, related_name="conditions"
    )
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried_to")
    imposed_by = models.CharField(max_length=60)
    imposed_at = models.DateTimeField()

    objects = ConditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="condition_once_per_campaign_and_grant",
                fields=["campaign", "grant"],
                condition=Q(campaign__isnull=False),
            ),
            models.CheckConstraint(
                name="condition_rests_on_a_decision_or_a_campaign",
                condition=Q(decision__isnull=False, campaign__isnull=True)
                | Q(decision__isnull=True, campaign__isnull=False),
            ),
        ]
        indexes = [models.Index(name="condition_newest_first", fields=["-imposed_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.code} on {self.grant_id} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.grant.organization_id]

    @property
    def organization(self) -> Organization:
        """Who holds the grant, and so must meet it."""
        return self.grant.organization


class ConditionVersion(VersionRow):
    """How a condition stands, and when it is due. Due and neither met nor waived, the answer is no."""

    condition = models.ForeignKey(Condition, models.PROTECT, related_name="versions")
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    standing = models.CharField(max_length=10, choices=ConditionStanding)

    objects = VersionQuerySet["ConditionVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="condition_stands_one_way_at_a_time",
                expressions=[
                    ("condition", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="condition_by_grant",
                fields=["grant"],
                condition=Q(recorded__upper_inf=True),
            ),
            models.Index(
                name="condition_unsettled_by_due",
                fields=["due_at"],
                condition=Q(recorded__upper_inf=True, valid__upper_inf=True)
                & ~Q(standing__in=[ConditionStanding.MET, ConditionStanding.WAIVED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition_id} {self.standing} ({self.pk})"


class ConditionEvidence(Governed):
    """What was handed in for a condition, and what a second person found of it."""

    condition = models.ForeignKey(Condition, models.PROTECT, related_name="evidence")
    text = models.TextField()
    reference = models.CharField(max_length=300, blank=True)
    files = models.ManyToManyField(
        EvidenceFile, through="ConditionFile", related_name="condition_evidence"
    )
    handed_in_by = models.CharField(max_length=60)
    handed_in_at = models.DateTimeField()
    finding = models.CharField(max_length=8, choices=ConditionFinding, blank=True)
    applicant_text = models.TextField(blank=True)
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="condition_evidence_reviewed_by_another",
                condition=Q(finding="", reviewed_by="", reviewed_at__isnull=True)
                | ~Q(finding="")
                & ~Q(reviewed_by="")
                & ~Q(reviewed_by=F("handed_in_by"))
                & Q(reviewed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="evidence_in_order", fields=["condition", "handed_in_at"])]

    def __str__(self) -> str:
        return f"evidence for {self.condition_id} ({self.id})"


class ConditionFile(models.Model):
    """A document that was handed in as evidence for a condition. Written once."""

    evidence = models.ForeignKey(ConditionEvidence, models.PROTECT, related_name="+")
    file = models.OneToOneField(EvidenceFile, models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="condition_file_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.evidence_id}"
