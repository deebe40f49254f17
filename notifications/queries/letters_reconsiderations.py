"""Mails about a refusal that is to be reconsidered: to the organization and to those who rule on it."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.events import Event
from access.models import AccessRequest, Reconsideration
from access.queries.reconsiderations import find_offer
from notifications.queries.matters import Words, write_moment
from registry.models import AuditEvent

LEADS: Mapping[str, Words] = {
    Event.RECONSIDERATION_ASKED: _(
        "A reconsideration of the decision on the access request has been asked for. "
        "People who took no part in the decision rule on it; until then the decision stands."
    ),
    Event.RECONSIDERATION_UPHELD: _(
        "The decision on the access request has been reconsidered, and stands."
    ),
    Event.RECONSIDERATION_OVERDUE: _(
        "A reconsideration has not been ruled on in time. The decision stands meanwhile: "
        "nothing is decided by silence."
    ),
    Event.EXPANSION_REOPENED: _(
        "The expansion is open again: one of its requests is being reconsidered."
    ),
}


def list_facts(event: AuditEvent) -> tuple[tuple[Words, str], ...]:
    """When it is due, or was."""
    if event.name == Event.RECONSIDERATION_OVERDUE:
        return ((_("Was due"), write_moment(event.details["due_at"])),)
    if event.name != Event.RECONSIDERATION_ASKED:
        return ()
    due = event.details["due_at"]
    unknown = gettext("not known yet: no holiday table tells the working days")
    return ((_("It is ruled on by"), unknown if due is None else write_moment(due)),)


def say_ruling(event: AuditEvent) -> str:
    """What the organization is told with the ruling."""
    if event.name != Event.RECONSIDERATION_UPHELD:
        return ""
    return Reconsideration.objects.get(pk=event.details["reconsideration"]).applicant_text


def say_offer(row: AccessRequest) -> str:
    """Whether, and until when, whoever was declined may ask for a reconsideration."""
    offer = find_offer(row)
    if offer is None or hasattr(offer.decision, "reconsideration"):
        return ""
    if offer.until is None:
        return gettext("You may ask once for a reconsideration of this decision.")
    return gettext(
        "You may ask once for a reconsideration of this decision, until %(moment)s."
    ) % {"moment": write_moment(offer.until)}
