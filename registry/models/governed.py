"""The identity row of a governed thing: what is referred to, locked and versioned for `If-Match`."""

import uuid

from django.db import models


class Governed(models.Model):
    """Carries the public identifier, a version that grows with each change, and the latest moment.

    Nothing governed is deleted. What the decision reads of it lies in version rows beside it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def organizations_concerned(self) -> list[uuid.UUID]:
        """Whose feed shows what happens to this; none, unless the model says otherwise."""
        return []
