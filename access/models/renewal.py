import uuid

from django.db import models
from django.db.models import F, Q

from registry.models import Governed

from .grant import Grant
from .restriction import Restriction


class GrantRenewal(Governed):
    """The decision to give a grant that lapsed under a restriction a successor of its own.

    `countersigned_by` is filled where the grant's review policy asks for a second signature. The
    successor, whose `renews` is the grant, is issued once the decision is whole.
    """

    grant = models.OneToOneField(Grant, models.PROTECT, related_name="renewal")
    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="renewals")
    reason = models.CharField(max_length=300)
    decided_by = models.CharField(max_length=60)
    decided_at = models.DateTimeField()
    countersigned_by = models.CharField(max_length=60, blank=True)
    countersigned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_renewal_countersigned_by_another",
                condition=Q(countersigned_by="", countersigned_at__isnull=True)
                | ~Q(countersigned_by="")
                & ~Q(countersigned_by=F("decided_by"))
                & Q(countersigned_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"renewal of {self.grant_id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.grant.organization_id]
