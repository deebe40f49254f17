"""What a notification must say, what it still lacks, and the document that it comes to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import rfc8785
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from notifications.choices import FilingStatus
from notifications.models import Filing, FilingStage, Obligation
from registry.actors import Actor
from registry.models import Authority, AuthorityChannel, Mandate, Organization
from registry.rules import RuleDocument, read_rule

FORMAT = "concordat-notification/1"
STATEMENT = "statement"
"""The one field of a notification under a rule that names none."""


def rule_of(row: Filing) -> RuleDocument:
    """The edition of the rule that its obligation pins."""
    return read_rule(row.obligation.rule.document)


def name_fields(rule: RuleDocument) -> dict[str, str]:
    """The fields that a notification under the rule consists of, by name, each with its label, in order."""
    if not rule.fields:
        return {STATEMENT: _("What is notified, in plain words")}
    return {field.name: field.label for field in rule.fields}


def find_missing(row: Filing) -> list[str]:
    """The names of the fields of which neither a value nor that it is unknown has been said."""
    return [name for name in name_fields(rule_of(row)) if name not in row.fields]


def find_authority(obligation: Obligation) -> Authority | None:
    """Who receives it: whom the obligation names, else who is registered for its key in its world."""
    if obligation.authority is not None:
        return obligation.authority
    mandate = (
        Mandate.objects.filter(
            key=obligation.recipient,
            synthetic=obligation.duty_holder.synthetic,
            ended_at__isnull=True,
        )
        .select_related("authority__organization")
        .first()
    )
    return None if mandate is None else mandate.authority


def list_channels(row: Filing) -> QuerySet[AuthorityChannel]:
    """The channels on the authority's record by which it may be sent."""
    channels = AuthorityChannel.objects.filter(authority=row.authority_id, ended_at__isnull=True)
    return channels.exclude(address="").order_by("channel", "address")


def write_document(row: Filing, authority: Authority | None) -> dict[str, Any]:
    """The whole content, as it will be fixed: nothing that is not a named field, and nobody's name but theirs.

    Says no status and no moment, so that the same content always comes to the same bytes.
    """
    obligation, rule = row.obligation, rule_of(row)
    holder = obligation.duty_holder
    subject = obligation.incident or obligation.occurrence
    assert subject is not None
    return {
        "format": FORMAT,
        "reference": str(row.id),
        "amends": None if row.amends_id is None else str(row.amends_id),
        "synthetic": holder.synthetic,
        "rule": {
            "slug": rule.slug,
            "edition": obligation.rule.number,
            "regime": rule.regime.value,
            "title": rule.title,
            "citation": rule.citation,
            "bindingness": rule.bindingness.value,
        },
        "authority": None if authority is None else _name(authority.organization),
        "duty_holder": _name(holder),
        "subject": {"kind": rule.trigger.value, "id": str(subject.id), "title": subject.title},
        "fields": [
            {"name": name, "label": label} | _say(row.fields.get(name, {}))
            for name, label in name_fields(rule).items()
        ],
    }


def write_canonically(document: Mapping[str, Any]) -> bytes:
    """The bytes whose SHA-256 is the content's checksum (RFC 8785); the JSON export is exactly these."""
    return rfc8785.dumps(dict(document))


def with_all(rows: QuerySet[Filing]) -> QuerySet[Filing]:
    """With all that a list or a document of it reads, in one query."""
    return rows.select_related(
        "obligation__rule",
        "obligation__duty_holder",
        "obligation__incident",
        "obligation__occurrence",
        "obligation__authority__organization",
        "authority__organization",
        "delivery",
    )


def find_filing(filing: UUID, actor: Actor) -> Filing | None:
    """One that the actor may see, with all that its document reads."""
    return with_all(Filing.objects.visible_to(actor)).filter(pk=filing).first()


def list_undelivered(actor: Actor) -> QuerySet[Filing]:
    """What did not reach its authority and meets no duty until it is sent again, the oldest first."""
    rows = Filing.objects.visible_to(actor).filter(status=FilingStatus.BOUNCED)
    return with_all(rows).order_by("bounced_at", "id")


def find_proof(filing: UUID, stage: int, actor: Actor) -> FilingStage | None:
    """The stage of one that the actor may see, where a file proves it."""
    rows = FilingStage.objects.filter(filing__in=Filing.objects.visible_to(actor))
    return rows.filter(pk=stage, filing=filing).exclude(proof_sha256="").first()


def _name(body: Organization) -> dict[str, str]:
    return {"slug": body.slug, "name": body.name}


def _say(said: Mapping[str, str]) -> dict[str, str]:
    """What is told of a field: where a value came from is the office's own business."""
    return {key: said[key] for key in ("value", "unknown") if key in said}
