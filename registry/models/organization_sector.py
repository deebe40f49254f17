from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from registry.choices import Sector

from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class OrganizationSector(VersionRow):
    """In which sector an organization works, and on whose word. Where there is no row, it is not known."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="sectors")
    sector = models.CharField(max_length=24, choices=Sector)
    source = models.CharField(max_length=300)

    objects = VersionQuerySet["OrganizationSector"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="organization_sector_one_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
            models.CheckConstraint(
                name="organization_sector_has_a_source", condition=~Q(source="")
            ),
        ]
        indexes = [
            models.Index(
                name="organization_sector_current",
                fields=["organization"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.sector} ({self.pk})"
