"""Requests that intake makes for an organization: who asked for it, and what shows that they did."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import AccessRequest, OnBehalf
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command
from registry.errors import Invalid
from registry.policies import check_own, check_role


class EvidenceMissing(Invalid):
    """Nobody requests for an organization that did not ask for it."""

    code = "on_behalf_evidence_missing"
    text = _("Say who of the organization asked for this, and what shows it.")


@dataclass(frozen=True, slots=True)
class Asked:
    """`by` is the person of the organization who asked; `evidence` where that can be seen: a mail, a letter, a call."""

    by: str
    evidence: str


def _check_drafter(command: Command, organization: UUID, asked: Asked | None) -> None:
    """The organization drafts for itself, or intake for it on evidence.

    Raises RoleMissing, NotYours, EvidenceMissing.
    """
    if not command.by.is_staff:
        check_own(command.by, organization)
        return
    check_role(command.by, Role.INTAKE)
    if asked is None or not asked.by.strip() or not asked.evidence.strip():
        raise EvidenceMissing


def _note_asked(
    command: Command, row: AccessRequest, asked: Asked | None, *, clock: Clock
) -> None:
    """Write down who asked intake for the draft; the organization is told of it by mail."""
    if asked is None or not command.by.is_staff:
        return
    OnBehalf.objects.create(
        request=row,
        asked_by=asked.by,
        evidence=asked.evidence,
        recorded_by=command.by.key,
        recorded_at=clock.at,
        changed_at=clock.at,
    )
    audit.record(
        Event.REQUEST_DRAFTED_ON_BEHALF,
        row,
        command,
        occurred_at=clock.at,
        private={"asked_by": asked.by, "evidence": asked.evidence},
    )
