import pgtrigger
from django.db import models
from django.db.models import Q

from access.choices import CommentVisibility
from registry.models import Governed

from .access_request import AccessRequest


class Comment(Governed):
    """What somebody says on a request, for staff only or shared with its organization.

    Never edited: a correction supersedes it, and what was said before stays readable to staff.
    """

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="comments")
    visibility = models.CharField(max_length=10, choices=CommentVisibility)
    text = models.TextField()
    from_organization = models.BooleanField()
    written_by = models.CharField(max_length=60)
    written_at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="comment_of_the_organization_is_shared",
                condition=Q(from_organization=False) | Q(visibility=CommentVisibility.SHARED),
            )
        ]
        indexes = [models.Index(name="comment_of_request", fields=["request", "written_at", "id"])]
        triggers = [
            pgtrigger.Protect(
                name="comment_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.visibility} comment on {self.request_id} ({self.id})"
