from typing import Self

from django.db import models
from django.db.models import F, Q

from notifications.choices import FilingStatus
from registry.actors import Actor
from registry.choices import Channel
from registry.models import Authority, Governed
from registry.models.incident import INCIDENT_READERS

from .obligation import Obligation


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff who deal with authorities; nobody outside sees what was or will be told."""
        return self if actor.is_staff and actor.has(*INCIDENT_READERS) else self.none()


class Filing(Governed):
    """What is sent to meet an obligation: "notification" on screen. With proof of each stage of its way.

    `fields` maps each required field's name to `{"value": text}` or `{"unknown": reason}`. From review on
    the content is fixed (`sha256` of its canonical JSON). An amendment is another filing that `amends` this one.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="filings")
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amended_by")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="filings")
    fields = models.JSONField(default=dict)
    status = models.CharField(max_length=14, choices=FilingStatus, default=FilingStatus.DRAFT)
    sha256 = models.CharField(max_length=64, blank=True)
    prepared_by = models.CharField(max_length=60)
    prepared_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    address = models.CharField(max_length=300, blank=True)
    dispatched_by = models.CharField(max_length=60, blank=True)
    dispatched_at = models.DateTimeField(null=True)
    dispatch_proof = models.CharField(max_length=300, blank=True)
    proof_name = models.CharField(max_length=200, blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(null=True)
    receipt_proof = models.CharField(max_length=300, blank=True)
    bounced_at = models.DateTimeField(null=True)
    bounce_reason = models.CharField(max_length=300, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledgement = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True)
    retain_until = models.DateField(null=True)
    retention_basis = models.CharField(max_length=300, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="filing_one_in_preparation",
                fields=["obligation"],
                condition=Q(
                    status__in=[FilingStatus.DRAFT, FilingStatus.REVIEWED, FilingStatus.SIGNED]
                ),
            ),
            models.CheckConstraint(
                name="filing_reviewed_by_another",
                condition=Q(reviewed_by="", reviewed_at__isnull=True)
                | Q(reviewed_at__isnull=False)
                & ~Q(reviewed_by="")
                & ~Q(reviewed_by=F("prepared_by")),
            ),
            models.CheckConstraint(
                name="filing_signed_by_a_second",
                condition=Q(signed_by="", signed_at__isnull=True)
                | Q(signed_at__isnull=False, reviewed_at__isnull=False)
                & ~Q(signed_by="")
                & ~Q(signed_by=F("reviewed_by")),
            ),
            models.CheckConstraint(
                name="filing_dispatched_once_signed_with_proof",
                condition=Q(dispatched_at__isnull=True)
                | Q(signed_at__isnull=False)
                & ~Q(channel="")
                & ~Q(dispatched_by="")
                & ~Q(dispatch_proof=""),
            ),
            models.CheckConstraint(
                name="filing_content_is_fixed_from_review_on",
                condition=Q(reviewed_at__isnull=True) | ~Q(sha256=""),
            ),
        ]
        indexes = [
            models.Index(name="filing_newest_first", fields=["-prepared_at", "-id"]),
            models.Index(name="filing_of_obligation", fields=["obligation"]),
        ]

    def __str__(self) -> str:
        return f"filing {self.id}"
