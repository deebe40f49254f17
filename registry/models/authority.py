import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from registry.choices import Channel, Trigger

from .governed import Governed
from .jurisdiction import Jurisdiction
from .organization import Organization


class Authority(Governed):
    """An organization seen as one that may take a position or must be told."""

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="authority")

    def __str__(self) -> str:
        return f"authority {self.organization_id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]


class Competence(models.Model):
    """What an authority answers for, where, and on which legal basis."""

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="competences")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120)
    basis = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="competence_once_per_authority",
                fields=["authority", "jurisdiction", "subject"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.subject}"


class AuthorityChannel(models.Model):
    """A way the authority accepts to be told, and its address there.

    `classes` are the kinds of notifications for which its record says so, with `basis` as the proof. Only
    e-mail is held to them: nothing is mailed to an authority that has not said that it takes such mails.
    """

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="channels")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=300, blank=True)
    classes = ArrayField(models.CharField(max_length=20, choices=Trigger), default=list)
    basis = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="authority_channel_once", fields=["authority", "channel", "address"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.channel}"
