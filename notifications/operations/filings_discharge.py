"""What sending does to the duty: it is met, perhaps late; and it is open again where what was sent did not arrive."""

import datetime as dt

from django.utils.translation import gettext as _

from notifications.choices import FilingStatus, ObligationStatus
from notifications.events import Event
from notifications.models import Filing, Obligation
from notifications.operations.duties import _open_follow_ups
from notifications.operations.filings_stages import Act
from notifications.operations.obligations import _record_miss
from notifications.workflow import SENT
from registry import audit
from registry.commands import touch

_CLOSED = ("status", "closed_by", "closed_at")


def _discharge(act: Act, *, sent_at: dt.datetime) -> None:
    """The locked duty is met by what was sent at `sent_at`, and what follows from it opens. Nothing where it
    is closed already.

    Sent at or after the target it is met all the same, and missed: both stay. Where a worker has dated a
    miss only because it was not yet on record that it had been sent in time, the miss is taken back.
    """
    duty, command = act.row.obligation, act.command
    if duty.status != ObligationStatus.OPEN:
        return
    _record_miss(command, duty, at=sent_at)
    late = duty.target_due is not None and sent_at >= duty.target_due
    taken_back = duty.missed_at is not None and not late
    if taken_back:
        duty.missed_at = None
    duty.status = ObligationStatus.DISCHARGED
    duty.closed_by, duty.closed_at = act.row.dispatched_by, sent_at
    touch(duty, act.clock, *_CLOSED, "missed_at")
    audit.record(
        Event.OBLIGATION_DISCHARGED,
        duty,
        command,
        occurred_at=sent_at,
        filing=act.row.id,
        late=late,
        miss_taken_back=taken_back,
    )
    _open_follow_ups(command, duty)


def _reopen(act: Act) -> None:
    """What met the locked duty did not arrive: it stands again, and what followed from it does not.

    Nothing where another notification meets it, or where it was not closed by one.
    """
    duty, command, clock = act.row.obligation, act.command, act.clock
    met = duty.filings.filter(status__in=SENT).exclude(pk=act.row.pk).exists()
    if duty.status != ObligationStatus.DISCHARGED or met:
        return
    duty.status, duty.closed_by, duty.closed_at = ObligationStatus.OPEN, "", None
    touch(duty, clock, *_CLOSED)
    audit.record(Event.OBLIGATION_REOPENED, duty, command, occurred_at=clock.at, filing=act.row.id)
    for follower in _lock_unbegun(duty):
        follower.status = ObligationStatus.VOID
        follower.closed_by, follower.closed_at = command.by.key, clock.at
        follower.void_reason = _("The notification that it follows was not delivered.")
        touch(follower, clock, *_CLOSED, "void_reason")
        audit.record(
            Event.OBLIGATION_VOIDED,
            follower,
            command,
            occurred_at=clock.at,
            undelivered=act.row.id,
        )


def _lock_unbegun(duty: Obligation) -> list[Obligation]:
    """What follows from a duty, is open, and has no notification that anybody works on or has sent."""
    followers = duty.followed_by.filter(status=ObligationStatus.OPEN)
    begun = Filing.objects.exclude(status=FilingStatus.WITHDRAWN).values("obligation")
    unbegun = followers.exclude(pk__in=begun).order_by("id")
    return list(unbegun.select_for_update(of=("self",), no_key=True))
