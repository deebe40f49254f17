"""Who is told what concerns an organization."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Role
from registry.commands import Command, command, lock, read_clock, touch
from registry.constraints import violation_means
from registry.errors import Conflict, Invalid
from registry.events import Event
from registry.models import Contact, Organization
from registry.policies import check_role


class AddressUnreadable(Invalid):
    code = "email_unreadable"
    text = _("“%(email)s” is not an e-mail address.")


class ContactKnown(Conflict):
    code = "contact_known"
    text = _("This address is a contact of the organization already.")


class AlreadyVerified(Conflict):
    code = "contact_already_verified"
    text = _("The contact has been verified already.")


@command
def register(command: Command, *, organization: UUID, name: str, email: str) -> Contact:
    """A new contact. Raises RoleMissing, NotFound, AddressUnreadable, ContactKnown."""
    check_role(command.by, Role.INTAKE)
    row = lock(
        Organization.objects.visible_to(command.by), organization, command, what="organization"
    )
    return _register(command, row, name=name, email=email)


@command
def verify(command: Command, *, contact: UUID) -> Contact:
    """Somebody at the address has answered: it is the organization's. Raises RoleMissing, NotFound, AlreadyVerified."""
    check_role(command.by, Role.INTAKE)
    row = lock(Contact.objects.filter(ended_at__isnull=True), contact, command, what="contact")
    if row.verified_at is not None:
        raise AlreadyVerified
    clock = read_clock(command, row)
    row.verified_at = clock.at
    touch(row, clock, "verified_at")
    audit.record(Event.CONTACT_VERIFIED, row, command, occurred_at=clock.at)
    return row


@command
def withdraw(command: Command, *, contact: UUID) -> Contact:
    """The contact is told nothing more. Raises RoleMissing, NotFound."""
    check_role(command.by, Role.INTAKE)
    row = lock(Contact.objects.filter(ended_at__isnull=True), contact, command, what="contact")
    clock = read_clock(command, row)
    row.ended_at = clock.at
    touch(row, clock, "ended_at")
    audit.record(Event.CONTACT_WITHDRAWN, row, command, occurred_at=clock.at)
    return row


def _register(command: Command, organization: Organization, *, name: str, email: str) -> Contact:
    """Inside the caller's transaction, with the organization locked or new."""
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise AddressUnreadable(email=email) from wrong
    clock = read_clock(command, organization)
    row = Contact(organization=organization, name=name, email=email, changed_at=clock.at)
    with violation_means("contact_email_once_per_organization", ContactKnown()):
        row.save(force_insert=True)
    audit.record(
        Event.CONTACT_REGISTERED, row, command, occurred_at=clock.at, private={"email": email}
    )
    return row
