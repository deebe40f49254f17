"""Mails about deputies: to whom they stand in for, and to themselves. To staff alone."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import Deputation
from notifications.queries.matters import Matter, Words, write_moment
from registry.models import AuditEvent

LEADS: Mapping[str, Words] = {
    Event.DEPUTY_NAMED: _("A deputy has been named who may act in reviews in a person's place."),
    Event.DEPUTY_REVOKED: _("A deputy has been revoked, and acts in that place no more."),
}


def about_deputation(event: AuditEvent) -> Matter:
    """For whom, by whom, where and how long."""
    row = Deputation.objects.select_related("person", "deputy", "program").get(pk=event.subject_id)
    facts: tuple[tuple[Words, str], ...] = (
        (_("Person"), row.person.display_name),
        (_("Deputy"), row.deputy.display_name),
        (_("Program"), gettext("all") if row.program is None else row.program.name),
        (_("Stage"), row.stage or gettext("all")),
        (_("From"), write_moment(row.starts_at)),
        (_("Until"), write_moment(row.revoked_at or row.ends_at)),
    )
    return Matter(
        name=gettext("Deputy"),
        facts=facts,
        page=f"/admin/access/deputation/{row.id}/change/",
    )


MATTERS = {"deputation": about_deputation}
