import uuid
from typing import Self

import pgtrigger
from django.db import models

from registry.actors import Actor
from registry.choices import Role

from .organization import Organization
from .stored_file import StoredFile

EVIDENCE_READERS = (
    *(Role.INTAKE, Role.REVIEWER, Role.DECIDER, Role.COUNTERSIGNER, Role.RESTRICTOR),
    *(Role.CLEARED, Role.AUDITOR, Role.ADMINISTRATOR),
)
"""Who of the staff sees that there is a file."""


class EvidenceFileQuerySet(models.QuerySet["EvidenceFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff with a role that works with evidence see that there is one; a client, its own organization's."""
        if not actor.is_staff:
            return self.filter(organization_id=actor.organization_id)
        return self if actor.has(*EVIDENCE_READERS) else self.none()


class EvidenceFile(StoredFile):
    """A document behind what an organization attests, asserts of a member or shows for a condition.

    What it is evidence of points here. One that is `confidential` is read by few, and each reading is recorded.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="evidence_files")
    confidential = models.BooleanField()

    objects = EvidenceFileQuerySet.as_manager()

    class Meta(StoredFile.Meta):
        indexes = [
            *StoredFile.Meta.indexes,
            models.Index(name="evidencefile_newest_first", fields=["-uploaded_at", "-id"]),
        ]
        triggers = [
            pgtrigger.Protect(
                name="evidence_file_stays_what_it_was",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    *("organization_id", "confidential", "kind", "size", "sha256", "uploaded_by"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"evidence {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]
