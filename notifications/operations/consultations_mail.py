"""What the mail server's answer does to a question that a stage puts to an authority by mail."""

import datetime as dt

from django.utils.translation import gettext as _

from access.events import Event
from access.operations.consultations import _note_mailed, _note_not_mailed
from notifications.models import Delivery
from registry.actors import SYSTEM, Command


def _note_sent(row: Delivery, *, at: dt.datetime) -> None:
    """A server took the mail to the authority. Inside the transaction that settles it."""
    if _is_question(row):
        how = _("taken by the mail server, message %(id)s") % {"id": row.id}
        _note_mailed(_command(row, at), row.subject_id, how=how)


def _note_failed(row: Delivery, *, at: dt.datetime) -> None:
    """No server takes it: the desk has to."""
    if _is_question(row):
        _note_not_mailed(_command(row, at), row.subject_id)


def _is_question(row: Delivery) -> bool:
    """The mail to the authority, not those to the desk."""
    outside = row.organization_id is not None
    return outside and row.event_name == Event.CONSULTATION_ASKED_BY_STAGE


def _command(row: Delivery, at: dt.datetime) -> Command:
    return Command(by=SYSTEM, at=at, request_id=f"delivery-{row.id}")
