from django.db import models

from registry.models.enacted import Enacted

from .program import Tier


class TierRequirements(Enacted):
    """One edition of what a tier asks of an organization: data, never edited, in force by two people's act.

    A request pins the edition in force when it is submitted. `document` has the shape that
    `access.eligibility.read_requirements` reads. With `binds_grants_from` the edition holds for the grants
    given before it too, from that moment on.
    """

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="requirements")
    document = models.JSONField()
    binds_grants_from = models.DateTimeField(null=True)

    class Meta(Enacted.Meta):
        constraints = [
            *Enacted.Meta.constraints,
            models.UniqueConstraint(
                name="tier_requirements_number_once", fields=["tier", "number"]
            ),
        ]
        indexes = [
            models.Index(name="tier_requirements_newest_first", fields=["-proposed_at", "-id"])
        ]

    def __str__(self) -> str:
        return f"requirements of tier {self.tier_id}, edition {self.number}"
