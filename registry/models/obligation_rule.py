from django.db import models

from .enacted import Enacted


class ObligationRule(Enacted):
    """One edition of a rule that opens duties to notify. `document` has the shape that `registry.rules` reads.

    In force is the newest enacted edition of a slug; whether it applies yet is in the document. An
    obligation pins the edition that opened it.
    """

    slug = models.SlugField(max_length=80)
    document = models.JSONField()

    class Meta(Enacted.Meta):
        constraints = [
            *Enacted.Meta.constraints,
            models.UniqueConstraint(name="obligation_rule_number_once", fields=["slug", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.slug}, edition {self.number}"
