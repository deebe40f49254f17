"""What the worker does for access."""

import uuid

from celery import shared_task
from django.utils.timezone import now

from access.operations import condition_campaigns, grants, notices, recertifications
from access.queries.campaigns import find_uncovered
from access.queries.recertifications import find_overdue, find_unasked
from registry.actors import SYSTEM
from registry.commands import Command


@shared_task(name="access.expire_due")
def expire_due() -> None:
    """Write down which grants have run out. The answer was no from the end on, job or none."""
    for grant in grants.find_expired(at=now()):
        try:
            grants.expire(_command("expiry"), grant=grant)
        except grants.GrantOver:
            continue  # ended meanwhile by somebody else


@shared_task(name="access.go_on_with_campaigns")
def go_on_with_campaigns() -> None:
    """Cover what running campaigns do not cover yet, ask what rounds have not asked, settle what is over."""
    for campaign in find_uncovered(at=now()):
        while campaign in find_uncovered(at=now()):
            condition_campaigns.cover(_command("campaign"), campaign=campaign)
    for recertification in find_unasked(at=now()):
        while recertification in find_unasked(at=now()):
            recertifications.ask(_command("recertification"), recertification=recertification)
    for recertification in find_overdue(at=now()):
        while recertification in find_overdue(at=now()):
            recertifications.lapse(_command("recertification"), recertification=recertification)


@shared_task(name="access.give_notices")
def give_notices() -> None:
    """Tell those concerned of what is about to end."""
    while notices.give(_command("notice")):
        pass


def _command(what: str) -> Command:
    return Command(by=SYSTEM, at=now(), request_id=f"{what}-{uuid.uuid4().hex}")
