from django.db import models
from django.db.models import F, Q

from registry.models import Governed, User

from .access_request import AccessRequest


class ClaimQuerySet(models.QuerySet["Claim"]):
    def held(self) -> "ClaimQuerySet":
        """Not let go, by somebody who is still there."""
        return self.filter(released_at__isnull=True, person__is_active=True)


class Claim(Governed):
    """A person had a request in hand from a moment until another. At most one has at a time."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="claims")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    released_by = models.CharField(max_length=60, blank=True)
    released_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="claim_one_holder",
                fields=["request"],
                condition=Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="claim_release_has_who_and_when",
                condition=Q(released_by="", released_at__isnull=True)
                | ~Q(released_by="") & Q(released_at__gte=F("given_at")),
            ),
        ]
        indexes = [
            models.Index(
                name="claim_of_person", fields=["person"], condition=Q(released_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} has {self.request_id} ({self.id})"
