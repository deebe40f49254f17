from django.db import models
from django.db.models import F, Q

from registry.models import Governed


class ReviewPolicy(Governed):
    """One edition of the stages a request goes through: data, never edited, in force by two people's act.

    A request pins the edition in force when it is submitted. `document` has the shape that
    `access.policies.read_policy` reads.
    """

    slug = models.SlugField(max_length=80)
    number = models.PositiveIntegerField()
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=60)
    proposed_at = models.DateTimeField()
    enacted_by = models.CharField(max_length=60, blank=True)
    enacted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="review_policy_number_once", fields=["slug", "number"]),
            models.CheckConstraint(
                name="review_policy_enacted_by_another",
                condition=Q(enacted_by="", enacted_at__isnull=True)
                | ~Q(enacted_by="")
                & ~Q(enacted_by=F("proposed_by"))
                & Q(enacted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug}, edition {self.number}"
