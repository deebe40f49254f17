"""What the worker does for telling. Each task is a loop over what waits: a second run finds nothing."""

import datetime as dt
import logging
import uuid

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from notifications.clocks import Patience
from notifications.operations import (
    alerts,
    coverage_gaps,
    deliveries,
    duty_watch,
    filings_proofs,
)
from notifications.operations.coverage_gaps import GapSeen
from notifications.queries.coverage_gaps import find_gaps, list_watched
from notifications.transport import smtp
from registry.actors import SYSTEM
from registry.commands import Command

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


@shared_task(name="notifications.announce_due")
def announce_due() -> None:
    """Write down what open clocks have crossed, and tell of it."""
    announce_crossed(at=now())


def announce_crossed(*, at: dt.datetime) -> int:
    """Announce what open clocks have crossed by `at`, one duty a transaction; for how many."""
    patience = Patience(unowned=settings.DUTY_UNOWNED_PATIENCE, late=settings.DUTY_LATE_PATIENCE)
    announced = 0
    for obligation in alerts.find_crossed(at=at, patience=patience):
        command = Command(by=SYSTEM, at=at, request_id=f"clock-{uuid.uuid4().hex}")
        try:
            alerts.announce(command, obligation=obligation, patience=patience)
        except alerts.ObligationInOtherHands:
            continue  # closed meanwhile, or somebody is at it: the next run looks again
        except Exception:  # one broken row must not keep the others from being told
            log.exception("the clock of obligation %s could not be announced", obligation)
        else:
            announced += 1
    return announced


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


@shared_task(name="notifications.watch_coverage")
def watch_coverage() -> None:
    """Look for gaps of coverage, and tell of new ones."""
    note_gaps(at=now())


def note_gaps(*, at: dt.datetime) -> None:
    """Write down the gaps of every program that is run here, one program a transaction."""
    for program in list_watched(at=at):
        command = Command(by=SYSTEM, at=at, request_id=f"coverage-{uuid.uuid4().hex}")
        seen = tuple(
            GapSeen(
                line.jurisdiction.id,
                None if line.body is None else line.body.id,
                cell.need,
                cell.covered,
            )
            for line, cell in find_gaps(program, at=at)
        )
        try:
            coverage_gaps.note(command, program=program.id, seen=seen)
        except coverage_gaps.ProgramInOtherHands:
            continue  # the next run looks again
        except Exception:  # one broken program must not keep the others from being told
            log.exception("the gaps of program %s could not be noted", program.id)


@shared_task(name="notifications.sweep_files")
def sweep_files() -> None:
    """Remove files that were kept for a step that then was not taken."""
    swept = filings_proofs.sweep_files(at=now())
    if swept:
        log.info("swept %d files", swept)
