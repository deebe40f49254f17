"""What a stage asks of authorities by itself: put once to each while it is open, and withdrawn with its request."""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from access.choices import RequestStatus
from access.events import Event
from access.models import AccessRequest, Consultation, Position, StageConsultation
from access.operations.consultations import Asked, _ask, _withdraw
from access.operations.positions import About
from access.operations.reviews import _lock_parents
from access.operations.stage_alarms import AnnouncementOfTheClock
from access.queries.stage_consultations import ENDED, Unasked, list_unasked
from registry.actors import SYSTEM
from registry.choices import Channel
from registry.commands import Command, command, lock, read_clock
from registry.errors import Conflict, NotFound


class NothingToAsk(Conflict):
    code = "nothing_to_ask"
    text = _("No stage of this review has an authority to ask, or somebody was quicker.")


class StillConsulting(Conflict):
    code = "still_consulting"
    text = _("The request that the stage asked for goes on, or the question is closed.")


@command
def ask(command: Command, *, request: UUID) -> AccessRequest:
    """Ask every authority that an open stage of the request consults, and that was not asked: each once.

    Its position on the request is awaited from this commit on. Raises AnnouncementOfTheClock, NotFound,
    NothingToAsk.
    """
    _check_system(command)
    _lock_parents(request)
    rows = AccessRequest.objects.select_related("organization", "tier__program", "review_policy")
    row = lock(rows, request, command, what="access request")
    wanted = list_unasked(row, at=read_clock(command, row).recorded)
    if not wanted:
        raise NothingToAsk
    for one in wanted:
        _put(command, row, one)
    return row


@command
def end(command: Command, *, consultation: UUID) -> Consultation:
    """Withdraw what a stage asked for a request that was withdrawn or declined since.

    Raises AnnouncementOfTheClock, NotFound, StillConsulting.
    """
    _check_system(command)
    asked = StageConsultation.objects.filter(consultation=consultation).select_related(
        "run", "consultation"
    )
    found = asked.first()
    if found is None:
        raise NotFound("consultation")
    _lock_parents(found.run.request_id)
    row = lock(AccessRequest.objects.all(), found.run.request_id, command, what="access request")
    position = lock(
        Position.objects.all(), found.consultation.position_id, command, what="position"
    )
    asking = lock(Consultation.objects.all(), consultation, command, what="consultation")
    if asking.closed_at is not None or row.status not in ENDED:
        raise StillConsulting
    reason = _now("The request is %(status)s.") % {"status": RequestStatus(row.status).label}
    clock = read_clock(command, row, position, asking)
    return _withdraw(command, asking, position, reason=reason, clock=clock)


def _put(command: Command, row: AccessRequest, one: Unasked) -> None:
    made = _ask(
        replace(command, expected_version=None),
        Asked(
            authority=one.authority.id,
            about=About(request=row.id),
            question=_now(
                "A request for access to %(program)s is under review, in the stage “%(stage)s”. What is your "
                "position on it?"
            )
            % {"program": row.tier.program.name, "stage": one.stage.title},
            answer_by=one.answer_by,
            stage=one.stage.key,
        ),
        channel=Channel.EMAIL if one.mailed else "",
        event=Event.CONSULTATION_ASKED_BY_STAGE,
    )
    StageConsultation.objects.create(run=one.run, authority=one.authority, consultation=made)


def _check_system(command: Command) -> None:
    if command.by != SYSTEM:
        raise AnnouncementOfTheClock
