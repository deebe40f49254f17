"""Mails about attestations and their documents: what waits for a review, and what became of it."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from notifications.queries.matters import Matter, Words
from registry.events import Event
from registry.models import Attestation, AuditEvent, EvidenceFile

LEADS: Mapping[str, Words] = {
    Event.ATTESTATION_HANDED_IN: _("An attestation waits for a review."),
    Event.ATTESTATION_ACCEPTED: _("Your attestation is accepted, and counts from now on."),
    Event.ATTESTATION_REFUSED: _("Your attestation was not accepted."),
    Event.ATTESTATION_WITHDRAWN: _(
        "Your attestation counts no more. Access that rests on it is refused."
    ),
    Event.EVIDENCE_REDACTED: _(
        "A document that you handed in was redacted: nobody gets it any more. What rests on it stands."
    ),
}


def _about_attestation(event: AuditEvent) -> Matter:
    row = Attestation.objects.select_related("organization", "scheme").get(pk=event.subject_id)
    return Matter(
        name=f"Attestation: {row.scheme}",
        facts=(
            (_("Organization"), row.organization.name),
            (_("Scheme"), str(row.scheme)),
            (_("Issued by"), row.issuer),
        ),
        said=row.note if event.name == Event.ATTESTATION_REFUSED else "",
        page=f"/admin/registry/attestation/{row.id}/change/",
        synthetic=row.organization.synthetic,
        whose=row.organization.name,
    )


def _about_evidence(event: AuditEvent) -> Matter:
    row = EvidenceFile.objects.select_related("organization").get(pk=event.subject_id)
    return Matter(
        name="Evidence",
        facts=(
            (_("Organization"), row.organization.name),
            (_("Checksum (SHA-256)"), row.sha256),
        ),
        said=row.redaction_reason,
        page=f"/admin/registry/evidencefile/{row.id}/change/",
    )


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {
    "attestation": _about_attestation,
    "evidence_file": _about_evidence,
}
