import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from access.choices import RecertificationStatus, UnansweredRule
from registry.actors import Actor
from registry.models import Governed, Member, Organization

from .grant import Grant
from .scoped import Scoped


class Recertification(Scoped):
    """Holders are asked, grant by grant or member by member, whether access is still needed.

    `reasks` is the earlier round whose unanswered questions this one asks again. Silence never renews:
    by `unanswered` it suspends what was not answered, or leaves it to staff as a list.
    """

    title = models.CharField(max_length=200)
    text = models.TextField()
    asks_members = models.BooleanField(default=False)
    reasks = models.OneToOneField("self", models.PROTECT, null=True, related_name="asked_again")
    due_at = models.DateTimeField()
    unanswered = models.CharField(max_length=8, choices=UnansweredRule)
    status = models.CharField(max_length=8, choices=RecertificationStatus)
    opened_by = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        constraints = [
            *Scoped.Meta.constraints,
            models.CheckConstraint(
                name="recertification_settled_means_dated",
                condition=Q(status=RecertificationStatus.SETTLED, settled_at__isnull=False)
                | ~Q(status=RecertificationStatus.SETTLED) & Q(settled_at__isnull=True),
            ),
        ]
        indexes = [models.Index(name="recertification_newest_first", fields=["-opened_at", "-id"])]

    def __str__(self) -> str:
        return self.title


class RecertificationItemQuerySet(models.QuerySet["RecertificationItem"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees what its own organization is asked."""
        return self if actor.is_staff else self.filter(organization_id=actor.organization_id)

    def unanswered(self) -> Self:
        return self.filter(answered_at__isnull=True)


class RecertificationItem(Governed):
    """One question to one organization: is this grant, or this member's access, still needed?

    `lapsed_at` says that its date passed without an answer; an answer after that is kept beside it.
    """

    recertification = models.ForeignKey(Recertification, models.PROTECT, related_name="items")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    grant = models.ForeignKey(Grant, models.PROTECT, null=True, related_name="recertifications")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="recertifications")
    needed = models.BooleanField(null=True)
    used_by = models.TextField(blank=True)
    needed_until = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    answered_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)

    objects = RecertificationItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recertification_item_about_one_thing",
                condition=Q(grant__isnull=False, member__isnull=True)
                | Q(grant__isnull=True, member__isnull=False),
            ),
            models.CheckConstraint(
                name="recertification_answer_has_who_and_when",
                condition=Q(needed__isnull=True, answered_by="", answered_at__isnull=True)
                | Q(needed__isnull=False, answered_at__isnull=False) & ~Q(answered_by=""),
            ),
            models.UniqueConstraint(
                name="recertification_asks_once",
                fields=["recertification", "grant", "member"],
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                name="recertification_unanswered",
                fields=["recertification", "id"],
                condition=Q(answered_at__isnull=True),
            ),
            models.Index(name="recertification_item_by_holder", fields=["organization", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.recertification_id} asks about {self.grant_id or self.member_id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]
