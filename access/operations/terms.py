"""Terms accepted by organizations."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import Program, TermsAcceptance, TermsEdition
from registry import audit
from registry.choices import Role
from registry.commands import Clock, Command, command, lock, read_clock, touch
from registry.errors import Conflict, NotFound
from registry.models import Organization
from registry.policies import check_own, check_role
from registry.versions import open_version, span


class TermsNotAccepted(Conflict):
    """The caller did not accept the edition that binds now."""

    code = "terms_not_accepted"
    text = _("Edition %(required)s of the program's terms must be accepted.")


@command
def accept(command: Command, *, organization: UUID, program: UUID, edition: int) -> Organization:
    """The organization accepts an edition, from this commit on. Again is no harm.

    Raises NotFound (organization, edition), NotYours, RoleMissing.
    """
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    if command.by.is_staff:
        check_role(command.by, Role.INTAKE)
    else:
        check_own(command.by, organization)
    terms = TermsEdition.objects.filter(program=program, number=edition).first()
    if terms is None:
        raise NotFound("edition of these terms")
    clock = read_clock(command, row)
    if _accept(command, row, terms, clock=clock):
        touch(row, clock)
    return row


def _accept(
    command: Command,
    organization: Organization,
    edition: TermsEdition,
    *,
    clock: Clock,
    since: dt.datetime | None = None,
    evidence: str = "",
) -> bool:
    """Inside the caller's transaction: accept unless accepted already; whether that changed anything."""
    accepted = TermsAcceptance.objects.current().filter(
        organization=organization, edition=edition, valid__upper_inf=True
    )
    if accepted.exists():
        return False
    row = TermsAcceptance(
        organization=organization,
        edition=edition,
        accepted_by=command.by.key,
        evidence=evidence,
        valid=span(since or clock.start()),
    )
    open_version(row, recorded=clock.recorded)
    audit.record(
        Event.TERMS_ACCEPTED,
        organization,
        command,
        occurred_at=clock.recorded,
        program=edition.program_id,
        edition=edition.number,
        sha256=edition.sha256,
    )
    return True


def _require_acceptance(
    command: Command,
    organization: Organization,
    program: Program,
    *,
    accepts: int | None,
    clock: Clock,
) -> TermsEdition | None:
    """Accept the edition that binds now, as the applicant says; the edition. Raises TermsNotAccepted."""
    required = program.terms.filter(required_from__lte=clock.recorded).order_by("-number").first()
    if required is None:
        return None
    if accepts != required.number:
        raise TermsNotAccepted(required=required.number)
    _accept(command, organization, required, clock=clock)
    return required
