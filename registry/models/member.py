import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q

from registry.actors import Actor
from registry.choices import AssertionKind, MemberAbsenceKind

from .evidence_file import EvidenceFile
from .governed import Governed
from .organization import Organization
from .version_row import VersionQuerySet, VersionRow


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees its own organization's members."""
        return self if actor.is_staff else self.filter(organization_id=actor.organization_id)


class Member(Governed):
    """A person who uses access under an organization's grant, known by the organization's own reference."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="members")
    reference = models.CharField(max_length=120)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_reference_once_per_organization", fields=["organization", "reference"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.id})"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]


class MemberAssertion(VersionRow):
    """What an organization asserts of a member, with evidence; it counts once staff have reviewed it.

    It keeps the status a rule asks for (15 CFR 772.1: is this a US person?) and never a nationality.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="assertions")
    kind = models.CharField(max_length=20, choices=AssertionKind)
    holds = models.BooleanField()
    evidence = models.CharField(max_length=300)
    file = models.ForeignKey(EvidenceFile, models.PROTECT, null=True, related_name="assertions")
    asserted_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    objects = VersionQuerySet["MemberAssertion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            models.CheckConstraint(
                name="member_assertion_review_has_who_and_when",
                condition=Q(reviewed_by="", reviewed_at__isnull=True)
                | ~Q(reviewed_by="") & Q(reviewed_at__isnull=False),
            ),
            ExclusionConstraint(
                name="member_assertion_one_at_a_time",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} ({self.pk})"


class MemberAbsence(VersionRow):
    """While it holds, the member may use nothing: suspended until reinstated, or withdrawn for good."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=10, choices=MemberAbsenceKind)

    objects = VersionQuerySet["MemberAbsence"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="member_absent_once_at_a_time",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} ({self.pk})"
