from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from access.choices import NeedKind, NeedStanding
from registry.models import VersionQuerySet, VersionRow

from .grant import Grant


class GrantNeedVersion(VersionRow):
    """What a grant needs to be open beside its own terms: a gate, or a requirement. Binding ones only.

    A projection: rewritten in the transaction that changes an input, and compared by `check_invariants`.
    An end that is known beforehand is a row that is met until then, followed by one that is not. The last
    row of a need has no end. `explanation` says on what path it is met, or which piece is missing.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="needs")
    kind = models.CharField(max_length=12, choices=NeedKind)
    code = models.SlugField(max_length=80)
    standing = models.CharField(max_length=10, choices=NeedStanding)
    explanation = models.JSONField(default=dict)

    objects = VersionQuerySet["GrantNeedVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="grant_need_says_one_thing_at_a_time",
                expressions=[
                    ("grant", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="grant_need_refuses",
                fields=["grant"],
                condition=Q(recorded__upper_inf=True) & ~Q(standing=NeedStanding.MET),
            ),
            models.Index(
                name="grant_need_current",
                fields=["grant", "kind", "code"],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_id} needs {self.kind} {self.code} ({self.pk})"
