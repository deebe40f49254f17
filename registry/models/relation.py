from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from registry.choices import RelationKind

from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class Relation(VersionRow):
    """A dated edge between two organizations: `subject` owns, is affiliated to, processes or hosts for `object`.

    `share` is the part owned, above 0 up to 100 percent, where it is known; only ownership has one.
    """

    subject = models.ForeignKey(Organization, models.PROTECT, related_name="relations")
    kind = models.CharField(max_length=20, choices=RelationKind)
    object = models.ForeignKey(Organization, models.PROTECT, related_name="relations_to")
    share = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(100))],
    )

    objects = VersionQuerySet["Relation"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="relation_joins_two_organizations", condition=~Q(subject=F("object"))
            ),
            models.CheckConstraint(
                name="relation_share_is_of_ownership",
                condition=Q(share__isnull=True)
                | Q(kind=RelationKind.OWNS, share__gt=0, share__lte=100),
            ),
            ExclusionConstraint(
                name="relation_no_overlap",
                expressions=[
                    ("subject", RangeOperators.EQUAL),
                    ("object", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="relation_to_current",
                fields=["object"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.kind} {self.object_id} ({self.pk})"
