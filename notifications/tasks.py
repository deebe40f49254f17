"""What the worker does for telling. Each task is a loop over what waits: a second run finds nothing."""

import datetime as dt
import logging

from celery import shared_task
from django.utils.timezone import now

from notifications.operations import deliveries, duty_watch
from notifications.transport import smtp

log = logging.getLogger(__name__)


@shared_task(name="notifications.fan_out")
def fan_out() -> None:
    """Write the deliveries of new events."""
    while deliveries.fan_out(at=now()):
        pass


@shared_task(name="notifications.follow_duties")
def follow_duties() -> None:
    """Assess what new events have changed, so that duties and questions are open."""
    while duty_watch.follow(at=now()):
        pass


@shared_task(name="notifications.deliver_due")
def deliver_due() -> None:
    """Send what is due."""
    claimed = 0
    while batch := send_claimed(at=now()):
        claimed += batch
    if claimed:
        log.info("tried %d mails", claimed)


def send_claimed(*, at: dt.datetime, limit: int = deliveries.CLAIMED) -> int:
    """Claim what is due at `at`, send it and settle each; how many were claimed."""
    claimed = deliveries.claim(at=at, limit=limit)
    if claimed:
        with smtp.connect() as connection:
            for delivery in claimed:
                try:
                    smtp.send(delivery, connection)
                except smtp.Rejected as rejected:
                    deliveries.settle_failed(delivery.id, problem=str(rejected), at=at, final=True)
                except smtp.Unreachable as unreachable:
                    deliveries.settle_failed(delivery.id, problem=str(unreachable), at=at)
                else:
                    deliveries.settle_sent(delivery.id, at=at)
    return len(claimed)
