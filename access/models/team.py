from django.db import models
from django.db.models import F, Q

from registry.models import Governed, User


class Team(Governed):
    """A named group of staff that a review policy may ask for, such as `security`."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.name} ({self.slug})"


class TeamMembership(Governed):
    """Somebody was in a team from a moment until another; who put them there, and who took them out."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="team_memberships")
    joined_by = models.CharField(max_length=60)
    joined_at = models.DateTimeField()
    left_by = models.CharField(max_length=60, blank=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="team_joined_once", fields=["team", "user"], condition=Q(left_at__isnull=True)
            ),
            models.CheckConstraint(
                name="team_leaving_has_who_and_when",
                condition=Q(left_by="", left_at__isnull=True)
                | ~Q(left_by="") & Q(left_at__gte=F("joined_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id} ({self.id})"


class StaffAttribute(Governed):
    """What a member of staff has that a review policy may ask for, such as `language: de`; dated."""

    user = models.ForeignKey(User, models.PROTECT, related_name="attributes")
    name = models.CharField(max_length=60)
    value = models.CharField(max_length=300)
    given_by = models.CharField(max_length=60)
    given_at = models.DateTimeField()
    taken_by = models.CharField(max_length=60, blank=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="staff_attribute_said_once",
                fields=["user", "name", "value"],
                condition=Q(taken_at__isnull=True),
            ),
            models.CheckConstraint(
                name="staff_attribute_taking_has_who_and_when",
                condition=Q(taken_by="", taken_at__isnull=True)
                | ~Q(taken_by="") & Q(taken_at__gte=F("given_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.name} ({self.id})"
