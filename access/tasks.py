"""What the worker does for access."""

import datetime as dt
import uuid
from contextlib import suppress

from celery import shared_task
from django.conf import settings
from django.utils.timezone import now

from access.operations import (
    answers,
    applications,
    attachments,
    condition_campaigns,
    consultations,
    expansions,
    grants,
    line_batches,
    line_imports,
    line_rounds,
    notices,
    projections,
    recertifications,
    reconsiderations,
    stage_alarms,
    stage_consultations,
    waiting,
    wordings,
)
from access.queries import reconsiderations as reconsideration_queries
from access.queries.campaigns import find_uncovered
from access.queries.expansions import find_settled
from access.queries.line_jobs import find_batches_at_work, find_imports_at_work
from access.queries.recertifications import find_overdue, find_unasked
from access.queries.stage_alarms import find_alarming, find_unfollowed
from access.queries.stage_consultations import find_asking, find_outlived
from access.queries.waiting import find_countable, find_opening, find_over
from registry.actors import SYSTEM
from registry.commands import Command
from registry.operations import projections as registry_projections
from registry.operations.stored_files import ScanSettled, scan
from registry.queries.rules import holidays_in_force


@shared_task(name="access.expire_due")
def expire_due() -> None:
    """Write down which grants have run out. The answer was no from the end on, job or none."""
    for grant in grants.find_expired(at=now()):
        try:
            grants.expire(_command("expiry"), grant=grant)
        except grants.GrantOver:
            continue  # ended meanwhile by somebody else


@shared_task(name="access.write_projections")
def write_projections() -> None:
    """Write anew what decisions read, where a change that was scheduled has come."""
    registry_projections.write_stale()
    projections.write_stale()


@shared_task(name="access.end_waits")
def end_waits() -> None:
    """Count what waited for a holiday table that is there now, and write down what has run out: each once."""
    for grant in find_countable(holidays_in_force()):
        with suppress(waiting.WaitOver):
            waiting.recount(_command("recount"), grant=grant)
    for grant in find_over(at=now()):
        with suppress(waiting.WaitOver):  # written down meanwhile by another worker
            waiting.write_over(_command("wait"), grant=grant)
    for grant in find_opening(at=now()):
        with suppress(waiting.OpeningNotDue):
            waiting.say_opened(_command("opening"), grant=grant)


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


@shared_task(name="access.go_on_with_expansions", time_limit=1800)
def go_on_with_expansions() -> None:
    """Look at, and do, what is prepared for the lines of expansions; close the envelopes that are settled."""
    for line_import in find_imports_at_work():
        with suppress(line_rounds.BatchNotDue):  # another worker was quicker
            while line_import in find_imports_at_work():
                line_imports.go_on(_command("import"), line_import=line_import)
    for batch in find_batches_at_work(at=now()):
        with suppress(line_rounds.BatchNotDue):
            while batch in find_batches_at_work(at=now()):
                line_batches.go_on(_command("batch"), batch=batch)
    for expansion in find_settled():
        with suppress(expansions.ExpansionClosed, expansions.ExpansionHasOpenLines):
            expansions.close_settled(_command("expansion"), expansion=expansion)


@shared_task(name="access.give_notices")
def give_notices() -> None:
    """Tell those concerned of what is about to end."""
    while notices.give(_command("notice")):
        pass


@shared_task(name="access.follow_stages")
def follow_stages() -> None:
    """Open what a position has opened, ask whom stages consult, tell of those that are late: each once.

    Nothing is decided.
    """
    for request in find_unfollowed(at=now()):
        with suppress(stage_alarms.NothingToAnnounce):
            stage_alarms.follow(_command("stages"), request=request)
    for request in find_asking(at=now()):
        with suppress(stage_consultations.NothingToAsk):
            stage_consultations.ask(_command("stage-asks"), request=request)
    for consultation in find_outlived():
        with suppress(
            stage_consultations.StillConsulting
        ):  # answered meanwhile, or taken up again
            stage_consultations.end(_command("stage-asks"), consultation=consultation)
    for request in find_alarming(at=now()):
        with suppress(stage_alarms.NothingToAnnounce):
            stage_alarms.announce(_command("stage-alarm"), request=request)


@shared_task(name="access.tell_overdue_reconsiderations")
def tell_overdue_reconsiderations() -> None:
    """Tell those who rule on it which reconsiderations are late: each once. The decision stands meanwhile."""
    for found in reconsideration_queries.find_overdue(at=now()):
        with suppress(reconsiderations.NoReconsideration):  # ruled on meanwhile, or told
            reconsiderations.announce_overdue(_command("reconsideration"), reconsideration=found)


def _command(what: str) -> Command:
    return Command(by=SYSTEM, at=now(), request_id=f"{what}-{uuid.uuid4().hex}")


@shared_task(name="access.purge_answers")
def purge_answers() -> None:
    """Remove the counts of answers that are older than the rule keeps them."""
    if not settings.ANSWERS_KEPT_DAYS:
        return
    before = now() - dt.timedelta(days=settings.ANSWERS_KEPT_DAYS)
    while answers.purge(before=before):
        pass


@shared_task(name="access.word_neutrally")
def word_neutrally() -> None:
    """Send the neutral text where nobody has written the words of a restriction in time."""
    for restriction in wordings.find_unworded(at=now()):
        command = Command(by=SYSTEM, at=now(), request_id=f"wording-{uuid.uuid4().hex}")
        try:
            wordings.word_neutrally(command, restriction=restriction)
        except wordings.NeutralTextNotDue:
            continue  # worded or lifted meanwhile


@shared_task(name="access.raise_alarms")
def raise_alarms() -> None:
    """Raise the alarm about enforcement points that have not reported in time."""
    for application in applications.find_silent(at=now()):
        command = Command(by=SYSTEM, at=now(), request_id=f"silence-{uuid.uuid4().hex}")
        try:
            applications.raise_alarm(command, application=application)
        except applications.AlarmNotDue:
            continue  # reported meanwhile, or another worker was quicker


@shared_task(name="access.scan_attachments")
def scan_attachments() -> None:
    """Ask the scanner about files that wait for it. One that it cannot tell of waits on."""
    for found in attachments.find_unscanned():
        clean = scan(found)
        if clean is None:
            continue
        try:
            attachments.settle_scan(_command("scan"), attachment=found.id, clean=clean)
        except ScanSettled:
            continue  # another worker was quicker


@shared_task(name="access.tell_overdue_consultations")
def tell_overdue_consultations() -> None:
    """Tell the desk which authorities have not answered by their day. The answer stays awaited."""
    for consultation in consultations.find_overdue(at=now()):
        with suppress(consultations.NotOverdue):  # answered meanwhile, or told by another worker
            consultations.tell_overdue(_command("consultation"), consultation=consultation)
