"""Mails about authorities that are asked: to the desk, and to an authority that takes such mails.

Who holds what is never in a mail, nor is who asks for access: the question is handed over by the desk.
"""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from access.choices import Marking
from access.events import Event
from access.models import Consultation
from notifications.queries.matters import Matter, Words, write_moment
from registry.models import AuditEvent

LEADS: Mapping[str, Words] = {
    Event.CONSULTATION_OVERDUE: _(
        "An authority has not answered by the day set for it. Its answer stays awaited: silence opens nothing."
    ),
    Event.CONSULTATION_ASKED_BY_STAGE: _(
        "A stage of a review asks an authority for its position."
    ),
    Event.CONSULTATION_MAIL_FAILED: _(
        "No mail server takes the mail that asks an authority. The desk must hand the question over."
    ),
}
_HAPPENED: Mapping[str, Words] = {
    Event.CONSULTATION_OVERDUE: _("no answer in time"),
    Event.CONSULTATION_ASKED_BY_STAGE: _("a position is asked for"),
    Event.CONSULTATION_MAIL_FAILED: _("not delivered"),
}
_LEAD_OUTSIDE = _(
    "We ask for your position on a request for access that is under review here. This mail does not hold the "
    "question or the name of who asks: your contact at our desk for authorities hands them over. Please quote "
    "the reference."
)


def _about_consultation(event: AuditEvent, to: UUID | None) -> Matter:
    row = Consultation.objects.select_related(
        "position__authority__organization", "position__request__tier__program"
    ).get(pk=event.subject_id)
    body = row.position.authority.organization
    facts: list[tuple[Words, str]] = []
    if to is not None:
        facts.append((_("Reference"), str(row.id)))
        if row.position.request is not None:
            facts.append((_("Program"), row.position.request.tier.program.name))
    elif not _is_confidential(row):
        facts.append((_("Authority"), body.name))
    facts.append((_("Asked"), write_moment(row.asked_at)))
    if row.answer_by is not None:
        facts.append((_("Answer awaited until"), write_moment(row.answer_by)))
    if to is None and event.name == Event.CONSULTATION_ASKED_BY_STAGE:
        facts.append((_("Next"), str(_say_next(row))))
    return Matter(
        name=str(_("Consultation")),
        facts=tuple(facts),
        page=f"/admin/access/consultation/{row.id}/change/",
        happened=_HAPPENED[event.name],
        lead="" if to is None else _LEAD_OUTSIDE,
        synthetic=body.synthetic,
    )


def _say_next(row: Consultation) -> Words:
    if row.channel:
        return _("The authority is mailed that it is asked. Hand the question itself over.")
    return _("Its record takes no such mail: hand the question over, and say how.")


def _is_confidential(row: Consultation) -> bool:
    return (
        row.position.marking == Marking.CONFIDENTIAL
        or row.position.readers.filter(ended_at__isnull=True).exists()
    )


TOLD_APART: Mapping[str, Callable[[AuditEvent, UUID | None], Matter]] = {
    "consultation": _about_consultation
}
