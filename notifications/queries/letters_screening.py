"""Mails about screening, to staff alone: that hits wait for a person, once a run, and that one was confirmed."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext_lazy as _

from notifications.queries.matters import Matter, Words
from registry.choices import ScreeningCause
from registry.events import Event
from registry.models import AuditEvent, ScreeningHit, ScreeningRun

LEADS: Mapping[str, Words] = {
    Event.SCREENING_RUN_FINISHED: _(
        "Screening has found hits that nobody has ruled on. Until somebody has, what requires "
        "screening is not met."
    ),
    Event.SCREENING_HIT_CONFIRMED: _(
        "A person has confirmed a hit: what requires screening is not met for the organization."
    ),
}


def _about_run(event: AuditEvent) -> Matter:
    row = ScreeningRun.objects.get(pk=event.subject_id)
    return Matter(
        name=str(_("Screening")),
        happened=_("hits are open"),
        facts=(
            (_("New hits"), str(event.details["opened"])),
            (_("Organizations screened"), str(row.screened)),
            (_("Because"), str(ScreeningCause(row.cause).label)),
        ),
        page="/admin/registry/screeninghit/?finding=open",
        synthetic=row.synthetic,
    )


def _about_hit(event: AuditEvent) -> Matter:
    """Without a word of the entry: it might tell a name that only cleared roles may read."""
    row = ScreeningHit.objects.select_related("organization", "entry__screening_list").get(
        pk=event.subject_id
    )
    return Matter(
        name=str(_("Screening")),
        happened=_("a hit is confirmed"),
        facts=(
            (_("Organization"), row.organization.name),
            (_("List"), row.entry.screening_list.name),
        ),
        page=f"/admin/registry/screeninghit/{row.id}/change/",
        synthetic=row.organization.synthetic,
    )


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {
    "screening_run": _about_run,
    "screening_hit": _about_hit,
}
