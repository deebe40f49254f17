import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import JurisdictionKind, Role
from registry.commands import Command, command, read_clock
from registry.constraints import violation_means
from registry.errors import Conflict, NotFound
from registry.events import Event
from registry.models import Jurisdiction, JurisdictionMembership
from registry.policies import check_role
from registry.versions import open_version, span


class JurisdictionKnown(Conflict):
    code = "jurisdiction_known"
    text = _("There is a jurisdiction “%(slug)s” already.")


@command
def register(
    command: Command,
    *,
    slug: str,
    name: str,
    kind: JurisdictionKind,
    member_of: Mapping[str, dt.datetime | None] | None = None,
) -> Jurisdiction:
    """A new jurisdiction; `member_of` are the unions it belongs to, each with the moment it joined.

    Raises RoleMissing, JurisdictionKnown, NotFound.
    """
    check_role(command.by, Role.INTAKE, Role.ADMINISTRATOR)
    clock = read_clock(command)
    row = Jurisdiction(slug=slug, name=name, kind=kind, changed_at=clock.at)
    with violation_means("registry_jurisdiction_slug_key", JurisdictionKnown(slug=slug)):
        row.save(force_insert=True)
    for whole, since in (member_of or {}).items():
        membership = JurisdictionMembership(
            member=row, whole=_find_jurisdiction(whole), valid=span(since)
        )
        open_version(membership, recorded=clock.recorded)
    audit.record(
        Event.JURISDICTION_REGISTERED,
        row,
        command,
        occurred_at=clock.at,
        slug=slug,
        member_of=sorted(member_of or ()),
    )
    return row


def _find_jurisdiction(slug: str) -> Jurisdiction:
    """Raises NotFound."""
    found = Jurisdiction.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound("jurisdiction", slug=slug)
    return found
