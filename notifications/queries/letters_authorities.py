"""Mails to the desk about authorities that were asked. Who holds what is never in a mail."""

from collections.abc import Callable, Mapping

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
}


def _about_consultation(event: AuditEvent) -> Matter:
    row = Consultation.objects.select_related("position__authority__organization").get(
        pk=event.subject_id
    )
    body = row.position.authority.organization
    confidential = (
        row.position.marking == Marking.CONFIDENTIAL
        or row.position.readers.filter(ended_at__isnull=True).exists()
    )
    facts = [] if confidential else [(_("Authority"), body.name)]
    return Matter(
        name=str(_("Consultation")),
        facts=(
            *facts,
            (_("Asked"), write_moment(row.asked_at)),
            (_("Answer awaited until"), write_moment(row.answer_by)),
        ),
        page=f"/admin/access/consultation/{row.id}/change/",
        happened=_("no answer in time"),
        synthetic=body.synthetic,
    )


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {"consultation": _about_consultation}
