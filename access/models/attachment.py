from typing import Self

import pgtrigger
from django.db import models

from registry.actors import Actor
from registry.models import StoredFile

from .access_request import ONLY_WITH_A_DRAFT, AccessRequest


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see that there is one; a client sees those of its own organization's requests."""
        if actor.is_staff:
            return self
        return self.filter(request__organization_id=actor.organization_id)

    def attached(self) -> Self:
        """Not taken away again before they were handed in."""
        return self.filter(detached_at__isnull=True)


class Attachment(StoredFile):
    """A file that came with a request. `field` is that of the form, empty for none."""

    request = models.ForeignKey(AccessRequest, models.PROTECT, related_name="attachments")
    field = models.CharField(max_length=60, blank=True)
    detached_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        triggers = [
            pgtrigger.Protect(
                name="attachment_stays_what_it_was",
                operation=pgtrigger.UpdateOf("sha256", "size", "kind", "request_id"),
            ),
            pgtrigger.Trigger(
                name="attachment_goes_with_a_draft",
                operation=pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ONLY_WITH_A_DRAFT,
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.id} of {self.request_id}"
