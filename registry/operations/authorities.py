"""Authorities: what they answer for, and how they accept to be told."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Channel, Role
from registry.commands import Command, command, lock, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.events import Event
from registry.models import Authority, AuthorityChannel, Competence, Jurisdiction, Organization
from registry.policies import check_role


class AuthorityKnown(Conflict):
    code = "authority_known"
    text = _("The organization is registered as an authority already.")


@dataclass(frozen=True, slots=True)
class Competent:
    """What it answers for (`subject`), where (a jurisdiction's slug) and on which legal basis."""

    jurisdiction: str
    subject: str
    basis: str = ""


@command
def register(
    command: Command,
    *,
    organization: UUID,
    competences: tuple[Competent, ...],
    channels: tuple[tuple[Channel, str], ...] = (),
) -> Authority:
    """An organization becomes known as an authority. Channels are pairs of kind and address.

    Raises RoleMissing, NotFound, AuthorityKnown.
    """
    check_role(command.by, Role.AUTHORITY_DESK, Role.INTAKE)
    body = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    clock = read_clock(command, body)
    row = Authority(organization=body, changed_at=clock.at)
    with violation_means("registry_authority_organization_id_key", AuthorityKnown()):
        row.save(force_insert=True)
    known = Jurisdiction.objects.in_bulk(
        [said.jurisdiction for said in competences], field_name="slug"
    )
    for said in competences:
        if said.jurisdiction not in known:
            raise NotFound("jurisdiction", slug=said.jurisdiction)
        Competence.objects.create(
            authority=row,
            jurisdiction=known[said.jurisdiction],
            subject=said.subject,
            basis=said.basis,
        )
    for channel, address in dict.fromkeys(channels):
        AuthorityChannel.objects.create(authority=row, channel=channel, address=address)
    audit.record(
        Event.AUTHORITY_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        competences=[f"{said.jurisdiction}: {said.subject}" for said in competences],
        channels=[str(channel) for channel, _address in channels],
    )
    return row
