"""Who must be told of an event: the organization's contacts, staff by role, the person who has it in hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from access.events import Event
from access.models import AccessRequest
from registry.choices import Role
from registry.models import AuditEvent, Contact, User


@dataclass(frozen=True, slots=True)
class Audience:
    """`contacts` of the organizations concerned; staff who hold one of `roles`; whoever took it up.

    With `holder`, the roles are told only where nobody has it in hand.
    """

    contacts: bool = False
    roles: frozenset[Role] = frozenset()
    holder: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address. `organization` is set where it belongs to a contact: then the words are for outsiders."""

    address: str
    organization: UUID | None = None


_CONTACTS = Audience(contacts=True)
AUDIENCES: Mapping[str, Audience] = {
    Event.REQUEST_SUBMITTED: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.REQUEST_TAKEN_UP: _CONTACTS,
    Event.REQUEST_RETURNED: _CONTACTS,
    Event.REQUEST_RESUBMITTED: Audience(
        contacts=True, roles=frozenset({Role.INTAKE}), holder=True
    ),
    Event.REQUEST_QUESTION_ASKED: _CONTACTS,
    Event.REQUEST_QUESTION_ANSWERED: Audience(
        contacts=True, roles=frozenset({Role.INTAKE}), holder=True
    ),
    Event.REQUEST_HELD: _CONTACTS,
    Event.REQUEST_RESUMED: _CONTACTS,
    Event.REQUEST_ESCALATED: Audience(roles=frozenset({Role.DECIDER})),
    Event.REQUEST_DECISION_PROPOSED: Audience(roles=frozenset({Role.COUNTERSIGNER})),
    Event.REQUEST_APPROVED: _CONTACTS,
    Event.REQUEST_DECLINED: _CONTACTS,
    Event.REQUEST_WITHDRAWN: Audience(contacts=True, roles=frozenset({Role.INTAKE}), holder=True),
    Event.REQUEST_RECONSIDERED: _CONTACTS,
    Event.EXPANSION_PROPOSED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.EXPANSION_CLOSED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.GRANT_ISSUED: _CONTACTS,
    Event.GRANT_SUSPENDED: _CONTACTS,
    Event.GRANT_REINSTATED: _CONTACTS,
    Event.GRANT_REVOKED: _CONTACTS,
    Event.GRANT_SURRENDERED: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.GRANT_EXPIRED: _CONTACTS,
    Event.RESTRICTION_IMPOSED: Audience(contacts=True, roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_EXEMPTED: _CONTACTS,
    Event.RESTRICTION_LIFT_ASKED: Audience(roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_LIFTED: Audience(contacts=True, roles=frozenset({Role.RESTRICTOR})),
    Event.CONDITION_IMPOSED: _CONTACTS,
    Event.CONDITION_HANDED_IN: _CONTACTS,
    Event.CONDITION_MET: _CONTACTS,
    Event.CONDITION_NOT_MET: _CONTACTS,
    Event.CONDITION_WAIVED: _CONTACTS,
    Event.CAMPAIGN_PROPOSED: Audience(roles=frozenset({Role.DECIDER})),
    Event.CAMPAIGN_LAUNCHED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.CAMPAIGN_ENDED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.RECERTIFICATION_OPENED: Audience(roles=frozenset({Role.INTAKE})),
    Event.RECERTIFICATION_SETTLED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.RECERTIFICATION_ASKED: _CONTACTS,
    Event.RECERTIFICATION_ANSWERED: _CONTACTS,
    Event.RECERTIFICATION_LAPSED: _CONTACTS,
    Event.CLOSE_OUT_ATTESTED: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.NOTICE_GIVEN: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.NOTICE_GIVEN_IN_CAMPAIGN: _CONTACTS,
    Event.NOTICE_SUMMED_UP: Audience(roles=frozenset({Role.INTAKE})),
}
"""Every event that is told. What is reported from outside, imported or merely drafted is not."""


def find_recipients(event: AuditEvent) -> list[Recipient]:
    """Each address once, contacts first. Who did it themselves is not told as staff."""
    audience = AUDIENCES.get(event.name)
    if audience is None:
        return []
    found = _contacts(event) if audience.contacts else {}
    for address in _staff(event, audience):
        found.setdefault(address, Recipient(address))
    return list(found.values())


def _contacts(event: AuditEvent) -> dict[str, Recipient]:
    contacts = Contact.objects.filter(
        organization__in=event.organizations, ended_at__isnull=True
    ).order_by("organization_id", "email")
    return {
        contact.email: Recipient(contact.email, contact.organization_id) for contact in contacts
    }


def _staff(event: AuditEvent, audience: Audience) -> list[str]:
    people = User.objects.filter(is_active=True).order_by("email")
    holder = _holder(event) if audience.holder else None
    if holder is not None:
        people = people.filter(pk=holder)
    else:
        people = people.filter(
            role_holdings__role__in=audience.roles, role_holdings__taken_at__isnull=True
        ).distinct()
    return [person.email for person in people if f"user:{person.id}" != event.actor]


def _holder(event: AuditEvent) -> UUID | None:
    """The member of staff who took the request up."""
    row = AccessRequest.objects.filter(pk=event.subject_id).first()
    if row is None or not row.taken_up_by.startswith("user:"):
        return None
    return UUID(row.taken_up_by.removeprefix("user:"))
