"""How an authority accepts to be told, and for which kinds of notifications it has said so."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from registry import audit
from registry.choices import Channel, Role, Trigger
from registry.commands import Command, command, lock, read_clock, touch
from registry.errors import Invalid, NotFound
from registry.events import Event
from registry.models import Authority, AuthorityChannel
from registry.operations.contacts import AddressUnreadable
from registry.policies import check_role


class ChannelUnspecific(Invalid):
    code = "channel_unspecific"
    text = _("Say by which channel and at which address the authority accepts to be told.")


class ClassesNeedBasis(Invalid):
    """Mail is trusted to an authority only where its own word for it is on record."""

    code = "mail_classes_need_basis"
    text = _("Say where the authority states that it takes such mails.")


@command
def state(
    command: Command,
    *,
    authority: UUID,
    channel: Channel,
    address: str,
    classes: tuple[Trigger, ...] = (),
    basis: str = "",
) -> Authority:
    """The authority accepts this channel from now on; where it did already, for these classes and no others.

    Raises RoleMissing, NotFound, Stale, ChannelUnspecific, AddressUnreadable, ClassesNeedBasis.
    """
    check_role(command.by, Role.AUTHORITY_DESK)
    _check_channel(channel, address)
    if channel is Channel.EMAIL and classes and not basis.strip():
        raise ClassesNeedBasis
    row = lock(Authority.objects.all(), authority, command, what="authority")
    clock = read_clock(command, row)
    kinds = sorted(set(classes))
    AuthorityChannel.objects.update_or_create(
        authority=row,
        channel=channel,
        address=address,
        defaults={"classes": kinds, "basis": basis, "ended_at": None},
    )
    touch(row, clock)
    audit.record(
        Event.AUTHORITY_CHANNEL_STATED,
        row,
        command,
        occurred_at=clock.at,
        channel=channel,
        classes=kinds,
        private={"address": address, "basis": basis},
    )
    return row


@command
def withdraw(command: Command, *, authority: UUID, channel: Channel, address: str) -> Authority:
    """Nothing is sent there any more. Raises RoleMissing, NotFound, Stale."""
    check_role(command.by, Role.AUTHORITY_DESK)
    row = lock(Authority.objects.all(), authority, command, what="authority")
    clock = read_clock(command, row)
    ended = AuthorityChannel.objects.filter(
        authority=row, channel=channel, address=address, ended_at__isnull=True
    ).update(ended_at=clock.at)
    if not ended:
        raise NotFound("channel")
    touch(row, clock)
    audit.record(
        Event.AUTHORITY_CHANNEL_WITHDRAWN,
        row,
        command,
        occurred_at=clock.at,
        channel=channel,
        private={"address": address},
    )
    return row


def _check_channel(channel: Channel, address: str) -> None:
    if channel is Channel.UNKNOWN or not address.strip():
        raise ChannelUnspecific
    if channel is Channel.EMAIL:
        try:
            validate_email(address)
        except ValidationError as wrong:
            raise AddressUnreadable(email=address) from wrong
