from typing import Self

from django.db import models
from django.db.models import F, Q

from registry.actors import Actor
from registry.choices import InterestKind, Role

from .governed import Governed
from .organization import Organization
from .user import User


class InterestQuerySet(models.QuerySet["Interest"]):
    def visible_to(self, actor: Actor) -> Self:
        """Administrators and auditors see all, everybody else their own."""
        if actor.is_staff and actor.has(Role.ADMINISTRATOR, Role.AUDITOR):
            return self
        return self.filter(person=actor.id)


class Interest(Governed):
    """What ties a member of staff to an organization, as declared, from a moment until another (exclusive).

    While it holds the person rules on nothing that concerns the organization or its group. It is ended by
    somebody else, and stays on record.
    """

    person = models.ForeignKey(User, models.PROTECT, related_name="interests")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="interests")
    kind = models.CharField(max_length=12, choices=InterestKind)
    note = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    declared_by = models.CharField(max_length=60)
    declared_at = models.DateTimeField()
    ended_by = models.CharField(max_length=60, blank=True)

    objects = InterestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interest_declared_once",
                fields=["person", "organization", "kind"],
                condition=Q(ends_at__isnull=True),
            ),
            models.CheckConstraint(
                name="interest_runs_forward",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [models.Index(name="interest_by_start", fields=["-starts_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind}: {self.person_id} in {self.organization_id} ({self.id})"
