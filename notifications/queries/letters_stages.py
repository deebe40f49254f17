"""Mails about the stages of a review that are late, or that nobody may act in. To staff alone."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.choices import Crossing
from access.events import Event
from access.models import AccessRequest
from access.queries.stages import rules_of
from notifications.queries.matters import Words, write_moment
from registry.models import AuditEvent
from registry.queries.people import name_actors

LEADS: Mapping[str, Words] = {
    Event.REQUEST_STAGE_OVERDUE: _(
        "A stage of a review has passed its deadline: nothing is decided by silence."
    ),
    Event.REQUEST_STAGE_DESERTED: _(
        "A stage of a review is open and nobody may act in it. It waits until somebody may."
    ),
}
_ASKS: Mapping[str, Words] = {
    Crossing.REMIND: _("Your finding is asked for."),
    Crossing.ESCALATE: _("See to it that somebody acts."),
    Crossing.DEPUTY: _("Those who may act are late, and have no deputy: see to it that one acts."),
    Crossing.PROCEED: _(
        "The policy lets the review go on. Who has not answered is still awaited: silence is no position."
    ),
}


def list_stage_facts(event: AuditEvent, row: AccessRequest) -> tuple[tuple[Words, str], ...]:
    """The stage that an event is about, when it was due, and what is asked of the reader."""
    if event.name not in LEADS:
        return ()
    stage = rules_of(row).find(event.details["stage"])
    facts: list[tuple[Words, str]] = [
        (_("Stage"), event.details["stage"] if stage is None else stage.title)
    ]
    if event.details["due_at"] is not None:
        facts.append((_("Was due"), write_moment(event.details["due_at"])))
    deputies = event.details.get("deputies", ())
    if deputies:
        names = name_actors(deputies)
        facts.append((_("Handed to"), ", ".join(names.get(key, key) for key in deputies)))
        facts.append((_("Next"), gettext("The deputy may act in the place of whoever is late.")))
    else:
        facts.append((_("Next"), str(_ASKS[event.details["crossing"]])))
    return tuple(facts)
