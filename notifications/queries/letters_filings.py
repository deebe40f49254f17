"""The mails about notifications: to the staff who act next, and to an authority that takes mail.

None holds anything of a notification's content. What an authority gets says that there is one, under which
reference, and how to obtain it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.events import Event
from notifications.models import Filing
from notifications.queries.duty_words import name_recipient, name_rule, say_target
from notifications.queries.filings import find_missing, with_all
from notifications.queries.matters import Matter, Words
from registry.models import AuditEvent

LEADS: Mapping[str, Words] = {
    Event.FILING_COMPLETED: gettext_lazy(
        "A notification to an authority is complete. Somebody who did not write it must review it."
    ),
    Event.FILING_REVIEWED: gettext_lazy(
        "A notification to an authority has been reviewed. Somebody else must sign it off."
    ),
    Event.FILING_RETURNED: gettext_lazy(
        "A notification to an authority has been returned to draft. It must be changed and reviewed again."
    ),
    Event.FILING_SIGNED: gettext_lazy(
        "A notification to an authority has been signed off. It must be sent now."
    ),
    Event.FILING_BOUNCED: gettext_lazy(
        "A notification DID NOT REACH its authority. The duty is not met: send it again, by another channel."
    ),
}
"""The first sentence to the staff, for each event of a notification that is told."""
_TITLES: Mapping[str, Words] = {
    Event.FILING_COMPLETED: gettext_lazy("to review"),
    Event.FILING_REVIEWED: gettext_lazy("to sign off"),
    Event.FILING_RETURNED: gettext_lazy("returned to draft"),
    Event.FILING_SIGNED: gettext_lazy("to send"),
    Event.FILING_BOUNCED: gettext_lazy("NOT DELIVERED"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """The mail to an authority, ready to be sent."""

    title: str
    text: str
    html: str


def about_filing(event: AuditEvent) -> Matter:
    """For the staff: which duty, to whom, by when; nothing of what it says."""
    row = with_all(Filing.objects.filter(pk=event.subject_id)).get()
    duty = row.obligation
    due = say_target(duty)
    facts: list[tuple[Words, str]] = [
        (gettext_lazy("To"), name_recipient(duty)),
        (gettext_lazy("Under"), name_rule(duty.rule).citation),
        (gettext_lazy("Due"), due),
        (gettext_lazy("Status"), row.get_status_display()),
    ]
    if missing := find_missing(row):
        facts.append((gettext_lazy("Fields not said yet"), str(len(missing))))
    return Matter(
        name=duty.rule.slug,
        facts=tuple(facts),
        page=f"/admin/notifications/filing/{row.id}/change/",
        title=_("Notification %(what)s, due %(due)s: %(rule)s")
        % {"what": _TITLES[event.name], "due": due, "rule": duty.rule.slug},
        lead=LEADS[event.name],
        synthetic=duty.duty_holder.synthetic,
    )


def write_notice(row: Filing, *, collection: str) -> Notice:
    """For the authority: that there is one, its reference, how to obtain it, and its checksum to compare."""
    context = {
        "reference": row.id,
        "collection": collection,
        "sha256": row.sha256,
        "synthetic": row.obligation.duty_holder.synthetic,
    }
    return Notice(
        title=_("A notification is ready for you: reference %(reference)s")
        % {"reference": row.id},
        text=render_to_string("notifications/notice.txt", context),
        html=render_to_string("notifications/notice.html", context),
    )


MATTERS: Mapping[str, Callable[[AuditEvent], Matter]] = {"filing": about_filing}
