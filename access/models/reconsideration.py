import pgtrigger
from django.db import models
from django.db.models import Q

from access.choices import ReconsiderationOutcome
from registry.models import Governed

from .access_request import AccessRequest, RequestDecision


class Reconsideration(Governed):
    """That whoever was declined asked to have the decision looked at again, and what came of it. Once a decision.

    When it is due is derived from `asked_at` and the policy that the request pinned. `asked_of` and `evidence` say
    who of the organization asked intake, where it was asked on its behalf. `applicant_text` is what it was told.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="reconsiderations")
    decision = models.OneToOneField(
        RequestDecision, models.PROTECT, related_name="reconsideration"
    )
    reasons = models.TextField()
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    asked_of = models.CharField(max_length=200, blank=True)
    evidence = models.TextField(blank=True)
    outcome = models.CharField(max_length=8, choices=ReconsiderationOutcome, blank=True)
    applicant_text = models.TextField(blank=True)
    internal_text = models.TextField(blank=True)
    ruled_by = models.CharField(max_length=60, blank=True)
    ruled_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reconsideration_ruling_has_who_and_when",
                condition=Q(outcome="", ruled_by="", ruled_at__isnull=True)
                | ~Q(outcome="") & ~Q(ruled_by="") & Q(ruled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="reconsideration_pending", fields=["asked_at", "id"], condition=Q(outcome="")
            ),
            models.Index(name="reconsideration_by_request", fields=["request", "asked_at"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="reconsideration_as_asked",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    *("request_id", "decision_id", "reasons", "asked_by", "asked_at"),
                    *("asked_of", "evidence"),
                ),
            ),
            pgtrigger.Trigger(
                name="reconsideration_by_another",
                operation=pgtrigger.UpdateOf("ruled_by"),
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF EXISTS (
                        SELECT 1 FROM access_requestdecision d
                        WHERE d.id = NEW.decision_id AND NEW.ruled_by IN (
                            d.decided_by, d.countersigned_by, d.decided_for, d.countersigned_for
                        ) AND NEW.ruled_by <> ''
                    ) THEN
                        RAISE EXCEPTION 'who decided does not reconsider: %', NEW.ruled_by;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"reconsideration of {self.decision_id} ({self.id})"
