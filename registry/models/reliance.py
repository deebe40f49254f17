from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class Reliance(VersionRow):
    """An organization rests on a vendor, at whatever remove: somebody hosts it or processes for it, somebody
    hosts these, and so on.

    A projection of relations, rewritten in the transaction that changes one (`operations/reliances`), so
    that whoever asks for all that rests on a vendor reads one flat table.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="reliances")
    vendor = models.ForeignKey(Organization, models.PROTECT, related_name="relied_on")

    objects = VersionQuerySet["Reliance"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="reliance_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("vendor", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="reliance_current",
                fields=["organization"],
                condition=Q(recorded__upper_inf=True),
            ),
            models.Index(
                name="reliance_on_current",
                fields=["vendor"],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} rests on {self.vendor_id} ({self.pk})"
