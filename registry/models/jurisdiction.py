from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from registry.choices import JurisdictionKind

from .governed import Governed
from .version_row import VersionQuerySet, VersionRow


class Jurisdiction(Governed):
    """A state, a part of one, or a union of them. `slug` is the ISO 3166 code in lower case where there is one."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=JurisdictionKind)

    def __str__(self) -> str:
        return self.name


class JurisdictionMembership(VersionRow):
    """`member` belongs to `whole`: France to the EU. A restriction on the whole matches its members."""

    member = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="memberships")
    whole = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="member_rows")

    objects = VersionQuerySet["JurisdictionMembership"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="jurisdiction_is_not_its_own_member", condition=~Q(member=F("whole"))
            ),
            ExclusionConstraint(
                name="jurisdiction_membership_no_overlap",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("whole", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="membership_current",
                fields=["member"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.whole_id} ({self.pk})"
