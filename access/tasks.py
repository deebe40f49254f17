"""What the worker does for access."""

import datetime as dt
import uuid

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from access.operations import answers, grants
from registry.actors import SYSTEM
from registry.commands import Command


@shared_task(name="access.expire_due")
def expire_due() -> None:
    """Write down which grants have run out. The answer was no from the end on, job or none."""
    for grant in grants.find_expired(at=now()):
        try:
            grants.expire(
                Command(by=SYSTEM, at=now(), request_id=f"expiry-{uuid.uuid4().hex}"), grant=grant
            )
        except grants.GrantOver:
            continue  # ended meanwhile by somebody else


@shared_task(name="access.purge_answers")
def purge_answers() -> None:
    """Remove the counts of answers that are older than the rule keeps them."""
    if not settings.ANSWERS_KEPT_DAYS:
        return
    before = now() - dt.timedelta(days=settings.ANSWERS_KEPT_DAYS)
    while answers.purge(before=before):
        pass
