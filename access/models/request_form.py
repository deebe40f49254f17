from django.db import models

from registry.models.enacted import Enacted

from .program import Tier


class RequestForm(Enacted):
    """One edition of what is asked of whoever requests a tier. `document` has the shape that `access.forms` reads.

    In force is the newest enacted edition of a tier. A request pins it when it is drafted.
    """

    tier = models.ForeignKey(Tier, models.PROTECT, related_name="forms")
    document = models.JSONField()

    class Meta(Enacted.Meta):
        constraints = [
            *Enacted.Meta.constraints,
            models.UniqueConstraint(name="request_form_number_once", fields=["tier", "number"]),
        ]

    def __str__(self) -> str:
        return f"form of {self.tier.slug}, edition {self.number}"
