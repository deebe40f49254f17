import uuid

from django.db import models
from django.db.models import Q

from .governed import Governed
from .organization import Organization


class Contact(Governed):
    """A person or a shared mailbox that is told what concerns an organization. Ended, never deleted."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    verified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="contact_email_once_per_organization",
                fields=["organization", "email"],
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]
