import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from registry.actors import Actor
from registry.choices import AttestationFinding

from .evidence_file import EvidenceFile
from .governed import Governed
from .organization import Organization
from .scheme import Scheme
from .version_row import VersionQuerySet, VersionRow


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see all; a client sees what its own organization handed in."""
        return self if actor.is_staff else self.filter(organization_id=actor.organization_id)


class Attestation(Governed):
    """A certificate, report, qualification or self-claim that an organization holds, as it was handed in.

    It says something of the legal entity and the service that it names, and of no other; without a service,
    of all that the entity does. Until another person has accepted it, it supports nothing: what it supports,
    and for how long, is in its versions. A period report runs from `starts_on` to `ends_on`, its period.
    `evidence_sha256` is the digest of the document it was read from, whether that is among `files` or only named.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="attestations")
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="attestations")
    level = models.CharField(max_length=40, blank=True)
    issuer = models.CharField(max_length=200)
    accreditation = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=120, blank=True)
    legal_entity = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    service = models.CharField(max_length=200, blank=True)
    scope_statement = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    bridged_until = models.DateField(null=True)
    evidence_name = models.CharField(max_length=200, blank=True)
    evidence_sha256 = models.CharField(max_length=64)
    files = models.ManyToManyField(
        EvidenceFile, through="AttestationFile", related_name="attestations"
    )
    handed_in_by = models.CharField(max_length=60)
    handed_in_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=10, choices=AttestationFinding, blank=True)
    note = models.TextField(blank=True)
    withdrawn_by = models.CharField(max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attestation_reviewed_by_another",
                condition=Q(reviewed_by="", reviewed_at__isnull=True, finding="")
                | ~Q(reviewed_by="")
                & ~Q(reviewed_by=F("handed_in_by"))
                & Q(reviewed_at__isnull=False)
                & ~Q(finding=""),
            ),
            models.CheckConstraint(
                name="attestation_runs_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="attestation_withdrawn_whole",
                condition=Q(withdrawn_by="", withdrawn_at__isnull=True)
                | ~Q(withdrawn_by="") & Q(withdrawn_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="attestation_newest_first", fields=["-handed_in_at", "-id"]),
            models.Index(name="attestation_of_organization", fields=["organization", "scheme"]),
            models.Index(
                name="attestation_to_review",
                fields=["handed_in_at", "id"],
                condition=Q(reviewed_at__isnull=True, withdrawn_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="attestation_kept",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf(
                    *("organization_id", "scheme_id", "level", "issuer", "accreditation"),
                    *("number", "legal_entity_id", "service", "scope_statement", "starts_on"),
                    *("ends_on", "bridged_until", "evidence_sha256", "handed_in_by"),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"attestation {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        return [self.organization_id]


class AttestationFile(models.Model):
    """A document that was handed in with an attestation. Written once."""

    attestation = models.ForeignKey(Attestation, models.PROTECT, related_name="+")
    file = models.OneToOneField(EvidenceFile, models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="attestation_file_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.attestation_id}"


class AttestationVersion(VersionRow):
    """From when until when an accepted attestation supports anything. None while it waits for its review."""

    attestation = models.ForeignKey(Attestation, models.PROTECT, related_name="versions")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")

    objects = VersionQuerySet["AttestationVersion"].as_manager()

    class Meta(VersionRow.Meta):
        constraints = [
            *VersionRow.Meta.constraints,
            ExclusionConstraint(
                name="attestation_says_one_thing_at_a_time",
                expressions=[
                    ("attestation", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(recorded__upper_inf=True),
            ),
        ]
        indexes = [
            models.Index(
                name="attestation_current",
                fields=["organization"],
                condition=Q(recorded__upper_inf=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.attestation_id} ({self.pk})"
