"""Letters about restrictions, which tell staff and outsiders different things.

Staff read what a restriction is called here and are led to its page. Outsiders read the words written for
them, or the neutral text. Nobody is mailed the confidential basis.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from access.events import Event
from access.models import Restriction, RestrictionApplication
from access.queries.restrictions import tell
from notifications.queries.matters import Matter, Words
from registry.models import AuditEvent

_OVER = frozenset({Event.RESTRICTION_LIFTED, Event.RESTRICTION_RESTORED})
"""What is no longer so is not said again: the words tell that access is stopped."""


def _about_restriction(event: AuditEvent, to: UUID | None) -> Matter:
    about = _describe(Restriction.objects.get(pk=event.subject_id), to)
    return replace(about, said="") if event.name in _OVER else about


def _about_silence(event: AuditEvent, to: UUID | None) -> Matter:
    row = RestrictionApplication.objects.select_related("restriction", "point__owner").get(
        pk=event.subject_id
    )
    about = _describe(row.restriction, to)
    minutes = int(event.details["after_seconds"]) // 60
    return Matter(
        name=f"{row.point.name}: {about.name}",
        facts=(
            (_("Enforcement point"), row.point.name),
            (_("Owner"), f"{row.point.owner.name}, {row.point.alarm_name}"),
            (_("To apply"), row.get_switch_display()),
            (_("Silent for"), _("%(minutes)s minutes") % {"minutes": minutes}),
        ),
        page=f"/admin/access/restriction/{row.restriction_id}/effect/",
    )


def _describe(row: Restriction, to: UUID | None) -> Matter:
    told = tell(row)
    facts: list[tuple[Words, str]] = [(_("Kind"), row.get_kind_display())]
    if to is None or told.basis is not None:
        facts.append((_("Basis"), row.get_basis_display()))
    return Matter(
        name=row.title if to is None else told.title,
        facts=tuple(facts),
        said=told.wording,
        page=f"/admin/access/restriction/{row.id}/change/",
    )


TOLD_APART: Mapping[str, Callable[[AuditEvent, UUID | None], Matter]] = {
    "restriction": _about_restriction,
    "restriction_application": _about_silence,
}
