"""What the mail server's answer does to a notification whose authority is told by mail."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from notifications.choices import FilingStatus
from notifications.models import Delivery, Filing
from notifications.operations.filings_answers import _alarm
from notifications.operations.filings_dispatch import _send
from notifications.operations.filings_stages import Act, _lock_duty_of
from notifications.queries.filings import with_all
from registry.actors import SYSTEM, Command
from registry.commands import lock, read_clock


def _note_sent(delivery: UUID, *, at: dt.datetime) -> None:
    """A server took the mail: the notification is sent, also where somebody had given it up meanwhile."""
    act = _lock_waiting(delivery, at, FilingStatus.SENDING, FilingStatus.BOUNCED)
    if act is None:
        return
    row = act.row
    row.bounced_at, row.bounce_reason = None, ""
    row.dispatch_proof = _("taken by the mail server, message %(id)s") % {"id": delivery}
    changed = ("dispatched_at", "dispatch_proof", "bounced_at", "bounce_reason")
    _send(act, sent_at=act.clock.at, changed=(*changed, "retain_until", "retention_basis"))


def _note_failed(delivery: Delivery, *, at: dt.datetime) -> None:
    """No server takes the mail: that is an alarm, and the duty stands."""
    act = _lock_waiting(delivery.id, at, FilingStatus.SENDING)
    if act is not None:
        _alarm(act, reason=delivery.last_problem or _("given up"), at=act.clock.at)


def _lock_waiting(delivery: UUID, at: dt.datetime, *statuses: FilingStatus) -> Act | None:
    """The notification that waits for this mail, its duty locked before it; None where none does."""
    known = Filing.objects.filter(delivery=delivery)
    filing = known.values_list("id", flat=True).first()
    if filing is None:
        return None
    command = Command(by=SYSTEM, at=at, request_id=f"delivery-{delivery}")
    duty = _lock_duty_of(command, known)
    row = lock(with_all(Filing.objects.all()), filing, command, what="notification")
    if row.delivery_id != delivery or row.status not in statuses:
        return None
    row.obligation = duty
    return Act(command, row, read_clock(command, row, duty))
