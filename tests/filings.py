"""What tests of notifications need: a duty with fields to say, and a notification at each stage of its way.

Everything goes through the operations, as in `tests.make`.
"""

import datetime as dt
from typing import Any

from notifications.models import Filing, Obligation
from notifications.operations import filings, filings_answers, filings_dispatch, filings_review
from notifications.operations.filings import FieldSaid
from notifications.operations.filings_dispatch import Way
from registry.actors import Actor
from registry.choices import Channel, Role
from registry.models import Authority
from tests import duties, make

PORTAL = "https://portal.invalid/"
FIELDS = [
    {"name": "moment", "label": "Start and end dates"},
    {"name": "victims", "label": "Resulting harm"},
    {"name": "events", "label": "Chain of events"},
]
SAID = {
    "moment": FieldSaid(value="1 July 2026"),
    "victims": FieldSaid(unknown="The hospital has not told."),
    "events": FieldSaid(value="An agent left its sandbox."),
}
HOUR = dt.timedelta(hours=1)


def duty(authority: Authority | None = None, **document: Any) -> Obligation:
    """An open duty to tell an authority by five days from this morning, three fields to say."""
    number = Obligation.objects.count()
    if authority is None:
        authority = Authority.objects.first() or duties.authority()
    rule = duties.rule(f"telling-{number}", **({"fields": FIELDS} | document))
    about = duties.incident(make.organization(synthetic=authority.organization.synthetic))
    return duties.obligation(rule=rule, incident=about, authority=authority)


def desk() -> Actor:
    return make.staff(Role.AUTHORITY_DESK)


def draft(of: Obligation | None = None) -> Filing:
    """A draft of which nothing has been said but what the registry knows."""
    return filings.draft(make.by(desk()), obligation=(of or duty()).id).value


def complete(of: Obligation | None = None, by: Actor | None = None) -> Filing:
    """A draft that says something of each field."""
    return filings.change(make.by(by or desk()), filing=draft(of).id, fields=SAID).value


def reviewed(of: Obligation | None = None) -> Filing:
    return filings_review.review(make.by(desk()), filing=complete(of).id).value


def signed(of: Obligation | None = None) -> Filing:
    row = reviewed(of)
    return filings_review.sign(make.by(make.staff(Role.DECIDER)), filing=row.id).value


def dispatched(of: Obligation | None = None, at: dt.datetime = make.MORNING) -> Filing:
    """One that was sent through the portal."""
    return send(signed(of), at=at)


def send(row: Filing, at: dt.datetime = make.MORNING, by: Actor | None = None) -> Filing:
    return filings_dispatch.dispatch(
        make.by(by or desk(), at), filing=row.id, way=Way(Channel.PORTAL, PORTAL, "Ticket 7")
    ).value


def bounced(of: Obligation | None = None) -> Filing:
    return filings_answers.bounce(
        make.by(desk(), make.MORNING + HOUR), filing=dispatched(of).id, reason="No such office."
    ).value
