from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Disclosure
from notifications.choices import FilingStatus, StageKind
from notifications.workflow import PREPARED, SENT, declared_pairs
from registry.actors import Actor
from registry.choices import Channel, Role
from registry.models import Authority, Governed
from registry.models.incident import INCIDENT_READERS

from .delivery import Delivery
from .obligation import Obligation

FILING_READERS = (*INCIDENT_READERS, Role.DECIDER)
"""Who of the staff may read notifications: those who deal with incidents, and who may sign them off."""
_PAIRS = ", ".join(f"('{before.value}', '{after.value}')" for before, after in declared_pairs())


class FilingQuerySet(models.QuerySet["Filing"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff in one of the reading roles; nobody outside sees what was or will be told."""
        return self if actor.is_staff and actor.has(*FILING_READERS) else self.none()


class Filing(Governed):
    """What is sent to meet an obligation: "notification" on screen. The row is where it stands; its stages
    beside it tell its way.

    `fields` maps a required field's name to `{"value": text}` or `{"unknown": reason}`; a value taken from the
    registry also says where it came `from`. From review on the content is fixed: `document` is the whole of
    it, `sha256` the digest of its canonical JSON (RFC 8785), `pdf_sha256` that of the PDF made from it.
    `prepared_by` is whose words they are: whoever changed them last. `delivery` is the mail that tells
    the authority of it, where it goes by mail. An amendment is another filing that `amends` this one.
    """

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="filings")
    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amended_by")
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, related_name="filings")
    fields = models.JSONField(default=dict)
    status = models.CharField(max_length=14, choices=FilingStatus, default=FilingStatus.DRAFT)
    document = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    prepared_by = models.CharField(max_length=60)
    prepared_at = models.DateTimeField()
    reviewed_by = models.CharField(max_length=60, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=60, blank=True)
    signed_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    address = models.CharField(max_length=300, blank=True)
    delivery = models.OneToOneField(
        Delivery, models.PROTECT, null=True, related_name="notification"
    )
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
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                name="filing_one_in_preparation",
                fields=["obligation"],
                condition=Q(status__in=PREPARED),
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
                condition=Q(
                    reviewed_at__isnull=True, document__isnull=True, sha256="", pdf_sha256=""
                )
                | Q(reviewed_at__isnull=False, document__isnull=False)
                & ~Q(sha256="")
                & ~Q(pdf_sha256=""),
            ),
            models.CheckConstraint(
                name="filing_sent_means_dispatched",
                condition=~Q(status__in=SENT) | Q(dispatched_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="filing_newest_first", fields=["-prepared_at", "-id"]),
            models.Index(name="filing_of_obligation", fields=["obligation"]),
            models.Index(
                name="filing_undelivered",
                fields=["bounced_at", "id"],
                condition=Q(status=FilingStatus.BOUNCED),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="filing_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="filing_moves_declared",
                operation=pgtrigger.UpdateOf("status"),
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    f"""
                    IF NEW.status <> OLD.status
                       AND (OLD.status, NEW.status) NOT IN ({_PAIRS}) THEN
                        RAISE EXCEPTION 'a notification cannot go from % to %', OLD.status, NEW.status;
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"notification {self.id}"


class FilingStage(models.Model):
    """One thing that was done with a notification, and its proof. Written once, so that its way stays readable.

    `happened_at` is when it came about, `recorded_at` when the registry was told. `note` is the reason, the
    reference or the number. `sha256` is the digest of the content at that stage; what was fixed and is taken
    back keeps its `document` here. `disclosure` is the entry of the log that a dispatch made.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="stages")
    kind = models.CharField(max_length=14, choices=StageKind)
    by = models.CharField(max_length=60)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    note = models.TextField(blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    address = models.CharField(max_length=300, blank=True)
    proof_name = models.CharField(max_length=200, blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    document = models.JSONField(null=True)
    disclosure = models.OneToOneField(
        Disclosure, models.PROTECT, null=True, related_name="filing_stage"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="filing_stage_proof_has_its_name",
                condition=Q(proof_sha256="", proof_name="")
                | ~Q(proof_sha256="") & ~Q(proof_name=""),
            )
        ]
        indexes = [
            models.Index(name="filing_stage_in_order", fields=["filing", "id"]),
            models.Index(
                name="filing_stage_with_file",
                fields=["proof_sha256"],
                condition=~Q(proof_sha256=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="filing_stage_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.filing_id} ({self.pk})"
