from django.db import models
from django.db.models import F, Q

from access.choices import DenyEffect
from registry.models import AIModel, Governed, Organization


class DenyEntry(Governed):
    """An organization that must not simply be given a model, or any; policy, in force by two people's act.

    `reason` is for staff. It warns those who decide, or refuses the submission itself. It bars what is
    asked for from now on; what is held is stopped by a restriction.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="deny_entries")
    ai_model = models.ForeignKey(AIModel, models.PROTECT, null=True, related_name="+")
    effect = models.CharField(max_length=6, choices=DenyEffect)
    reason = models.TextField()
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    enacted_by = models.CharField(max_length=60, blank=True)
    enacted_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deny list"
        constraints = [
            models.CheckConstraint(
                name="deny_entry_enacted_by_another",
                condition=Q(enacted_by="", enacted_at__isnull=True)
                | ~Q(enacted_by="")
                & ~Q(enacted_by=F("proposed_by"))
                & Q(enacted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deny_entry_withdrawal_has_who_and_when",
                condition=Q(withdrawn_by="", withdrawn_at__isnull=True)
                | ~Q(withdrawn_by="") & Q(withdrawn_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="deny_entry_once",
                fields=["organization", "ai_model", "effect"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(name="deny_entry_newest_first", fields=["-proposed_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.effect} {self.organization_id} ({self.id})"
