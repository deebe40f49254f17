"""Who must be told of an event: the organization's contacts, staff by role, the person who has it in hand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from access.events import Event
from access.models import (
    AccessRequest,
    Claim,
    Consultation,
    Restriction,
    RestrictionApplication,
)
from access.queries.deputies import list_deputies_of
from access.queries.stage_consultations import MAILED
from notifications.events import Event as DutyEvent
from notifications.models import Obligation, ObligationQuestion
from notifications.queries.obligations import list_asked_together, list_opened_together
from registry.audit import PART_OF
from registry.choices import Channel, Role
from registry.events import Event as RegistryEvent
from registry.models import AuditEvent, AuthorityChannel, Contact, User


@dataclass(frozen=True, slots=True)
class Audience:
    """`contacts` of the organizations concerned; staff who hold one of `roles`; whoever took it up.

    With `holder`, the roles are told only where nobody has it in hand. With `named`, the people that the
    event itself names are told, and nobody else unless it says so. With `point_owner`, so is the
    person who is called about the enforcement point. With `authority`, so is the authority that is asked,
    where its record says that it takes such mails.
    """

    contacts: bool = False
    roles: frozenset[Role] = frozenset()
    holder: bool = False
    point_owner: bool = False
    named: bool = False
    authority: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address. `organization` is set where it belongs to a contact: then the words are for outsiders."""

    address: str
    organization: UUID | None = None


_CONTACTS = Audience(contacts=True)
_DUTY = Audience(roles=frozenset({Role.AUTHORITY_DESK}), holder=True)
AUDIENCES: Mapping[str, Audience] = {
    Event.REQUEST_DRAFTED_ON_BEHALF: _CONTACTS,
    Event.ATTACHMENT_REDACTED: _CONTACTS,
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
    Event.REQUEST_DISPUTE_RESOLVED: Audience(roles=frozenset({Role.INTAKE}), holder=True),
    Event.REQUEST_STAGE_OVERDUE: Audience(named=True),
    Event.REQUEST_STAGE_DESERTED: Audience(named=True),
    Event.DEPUTY_NAMED: Audience(named=True),
    Event.DEPUTY_REVOKED: Audience(named=True),
    Event.REQUEST_DECISION_PROPOSED: Audience(roles=frozenset({Role.COUNTERSIGNER})),
    Event.REQUEST_APPROVED: _CONTACTS,
    Event.REQUEST_DECLINED: _CONTACTS,
    Event.REQUEST_WITHDRAWN: Audience(contacts=True, roles=frozenset({Role.INTAKE}), holder=True),
    Event.REQUEST_RECONSIDERED: _CONTACTS,
    Event.RECONSIDERATION_ASKED: Audience(
        contacts=True, roles=frozenset({Role.DECIDER, Role.INTAKE})
    ),
    Event.RECONSIDERATION_UPHELD: _CONTACTS,
    Event.RECONSIDERATION_OVERDUE: Audience(named=True),
    Event.REQUEST_HANDED_OVER: Audience(holder=True),
    Event.REQUEST_ASSIGNED: Audience(holder=True),
    Event.REQUEST_DECISION_SUPERSEDED: _CONTACTS,
    Event.REQUEST_COMMENTED: Audience(holder=True),
    Event.REQUEST_COMMENT_SHARED: _CONTACTS,
    Event.REQUEST_COMMENT_RECEIVED: Audience(roles=frozenset({Role.INTAKE}), holder=True),
    Event.REQUEST_RELEASED: Audience(roles=frozenset({Role.INTAKE})),
    Event.REQUEST_RECUSED: Audience(roles=frozenset({Role.INTAKE}), holder=True),
    Event.EXPANSION_PROPOSED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.EXPANSION_CLOSED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.EXPANSION_REOPENED: Audience(roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.LINE_WAITS: _CONTACTS,
    Event.LINE_OFFERED: _CONTACTS,
    Event.LINE_LEFT: _CONTACTS,
    Event.LINE_IMPORT_DONE: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.LINE_BATCH_COMMITTED: Audience(roles=frozenset({Role.COUNTERSIGNER})),
    Event.LINE_BATCH_DONE: Audience(contacts=True, roles=frozenset({Role.INTAKE, Role.DECIDER})),
    Event.GRANT_ISSUED: _CONTACTS,
    Event.GRANT_OPENED: _CONTACTS,
    Event.GRANT_WAIT_COUNTED: _CONTACTS,
    Event.GRANT_WAIT_END_ASKED: Audience(roles=frozenset({Role.DECIDER, Role.COUNTERSIGNER})),
    Event.GRANT_SUSPENDED: _CONTACTS,
    Event.GRANT_REINSTATED: _CONTACTS,
    Event.GRANT_REVOKED: _CONTACTS,
    Event.GRANT_SURRENDERED: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.GRANT_EXPIRED: _CONTACTS,
    Event.RESTRICTION_IMPOSED: Audience(contacts=True, roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_WORDED: _CONTACTS,
    Event.RESTRICTION_WORDED_NEUTRALLY: Audience(
        contacts=True, roles=frozenset({Role.RESTRICTOR})
    ),
    Event.RESTRICTION_LIFT_WITHDRAWN: Audience(roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_RESTORED: Audience(contacts=True, roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_APPLIED: Audience(roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_POINT_SILENT: Audience(roles=frozenset({Role.RESTRICTOR}), point_owner=True),
    Event.RENEWALS_DECIDED: Audience(roles=frozenset({Role.DECIDER, Role.COUNTERSIGNER})),
    Event.GRANT_PROVISIONED: _CONTACTS,
    Event.GRANT_ACTIVATED: _CONTACTS,
    Event.RESTRICTION_EXEMPTED: _CONTACTS,
    Event.RESTRICTION_LIFT_ASKED: Audience(roles=frozenset({Role.RESTRICTOR})),
    Event.RESTRICTION_LIFTED: Audience(contacts=True, roles=frozenset({Role.RESTRICTOR})),
    DutyEvent.OBLIGATION_OPENED: _DUTY,
    DutyEvent.OBLIGATION_RESCHEDULED: _DUTY,
    DutyEvent.OBLIGATION_ANNOUNCED: _DUTY,
    DutyEvent.OBLIGATION_ASSIGNED: Audience(holder=True),
    DutyEvent.OBLIGATION_VOIDED: Audience(holder=True),
    DutyEvent.QUESTION_OPENED: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    DutyEvent.FILING_COMPLETED: Audience(roles=frozenset({Role.AUTHORITY_DESK, Role.CLEARED})),
    DutyEvent.FILING_REVIEWED: Audience(roles=frozenset({Role.AUTHORITY_DESK, Role.DECIDER})),
    DutyEvent.FILING_RETURNED: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    DutyEvent.FILING_SIGNED: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    DutyEvent.FILING_BOUNCED: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    DutyEvent.COVERAGE_TOLD: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    Event.CONSULTATION_OVERDUE: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    Event.CONSULTATION_ASKED_BY_STAGE: Audience(
        authority=True, roles=frozenset({Role.AUTHORITY_DESK})
    ),
    Event.CONSULTATION_MAIL_FAILED: Audience(roles=frozenset({Role.AUTHORITY_DESK})),
    Event.CONDITION_IMPOSED: _CONTACTS,
    Event.CONDITION_HANDED_IN: _CONTACTS,
    RegistryEvent.ATTESTATION_HANDED_IN: Audience(roles=frozenset({Role.REVIEWER})),
    RegistryEvent.ATTESTATION_ACCEPTED: _CONTACTS,
    RegistryEvent.SCREENING_RUN_FINISHED: Audience(roles=frozenset({Role.REVIEWER})),
    RegistryEvent.SCREENING_HIT_CONFIRMED: Audience(
        roles=frozenset({Role.DECIDER, Role.RESTRICTOR})
    ),
    RegistryEvent.ATTESTATION_REFUSED: _CONTACTS,
    RegistryEvent.ATTESTATION_WITHDRAWN: _CONTACTS,
    RegistryEvent.EVIDENCE_REDACTED: _CONTACTS,
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
    Event.CLOSE_OUT_WITHDRAWN: _CONTACTS,
    Event.CLOSE_OUT_ATTESTED: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.NOTICE_GIVEN: Audience(contacts=True, roles=frozenset({Role.INTAKE})),
    Event.NOTICE_GIVEN_IN_CAMPAIGN: _CONTACTS,
    Event.NOTICE_SUMMED_UP: Audience(roles=frozenset({Role.INTAKE})),
}
"""Every event that is told. What is reported from outside, imported or merely drafted is not."""


def find_recipients(event: AuditEvent) -> list[Recipient]:
    """Each address once, contacts first. Who did it themselves is not told as staff."""
    audience = AUDIENCES.get(event.name)
    if audience is None or _is_silent(event):
        return []
    found = _contacts(event) if audience.contacts and not waits_for_wording(event) else {}
    if audience.point_owner:
        found |= _point_owner(event)
    if audience.authority:
        found |= _authority(event)
    for address in _staff(event, audience):
        found.setdefault(address, Recipient(address))
    return list(found.values())


def waits_for_wording(event: AuditEvent) -> bool:
    """Whether outsiders are told later: a restriction imposed without words waits for them, and each text goes once."""
    return (
        event.name == Event.RESTRICTION_IMPOSED
        and Restriction.objects.filter(pk=event.subject_id, wording_due_at__isnull=False).exists()
    )


def _point_owner(event: AuditEvent) -> dict[str, Recipient]:
    """Whoever is called about the point. An outsider: the words are those for outsiders."""
    found = RestrictionApplication.objects.filter(pk=event.subject_id).select_related("point")
    return {
        row.point.alarm_email: Recipient(row.point.alarm_email, row.point.owner_id)
        for row in found
    }


def _authority(event: AuditEvent) -> dict[str, Recipient]:
    """The mailboxes on record of the authority that a consultation asks. An outsider."""
    asked = Consultation.objects.filter(pk=event.subject_id, channel=Channel.EMAIL)
    channels = AuthorityChannel.objects.filter(
        authority__positions__consultation__in=asked,
        channel=Channel.EMAIL,
        classes__contains=[MAILED],
        ended_at__isnull=True,
    )
    return {
        row.address: Recipient(row.address, row.authority.organization_id)
        for row in channels.select_related("authority").order_by("address")
    }


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
    held_by = [] if holder is None else [holder, *_deputies(event, holder)]
    found = sorted(people.filter(pk__in=held_by), key=lambda one: held_by.index(one.pk))
    if audience.named:
        found += people.filter(pk__in=_named(event))
    roles = set(event.details.get("also", ()))
    if not found:  # nobody has it in hand, or whoever had it has left
        roles |= audience.roles
    found += people.filter(
        role_holdings__role__in=roles, role_holdings__taken_at__isnull=True
    ).distinct()
    addresses = [person.email for person in found if f"user:{person.id}" != event.actor]
    return list(dict.fromkeys(addresses))


def _deputies(event: AuditEvent, holder: UUID) -> list[UUID]:
    """Who stands in for the holder of a request now, and so is told too."""
    if event.subject_type != "access_request":
        return []
    program = AccessRequest.objects.values_list("tier__program", flat=True).get(
        pk=event.subject_id
    )
    return list_deputies_of([holder], program=program)


def _named(event: AuditEvent) -> list[UUID]:
    """The people whom the event names as those to be told."""
    return [
        UUID(key.removeprefix("user:"))
        for key in event.details.get("to", ())
        if key.startswith("user:")
    ]


def _is_silent(event: AuditEvent) -> bool:
    """What is on record and not told: a crossing that a later one overtook; what a source only reports;
    a duty or a question that the mail of another tells of, because one assessment brought them together;
    what is part of a job, which tells once of all of it. A job that is done at once needs no word that it is to be;
    a draft that was discarded before it was told of is told of no more, and a screening that opened no hit not at all.
    """
    if PART_OF in event.details or _was_discarded(event):
        return True
    if event.name in _SAYS_WHETHER_SILENT:
        return _SAYS_WHETHER_SILENT[event.name](event.details)
    if event.name == DutyEvent.OBLIGATION_OPENED:
        opened = list_opened_together(Obligation.objects.get(pk=event.subject_id)).first()
        return opened is None or opened.pk != event.subject_id
    if event.name == DutyEvent.QUESTION_OPENED:
        asked = list_asked_together(ObligationQuestion.objects.get(pk=event.subject_id)).first()
        return asked is None or asked.pk != event.subject_id
    return False


def _was_discarded(event: AuditEvent) -> bool:
    drafted = event.name == Event.REQUEST_DRAFTED_ON_BEHALF
    return drafted and not AccessRequest.objects.filter(pk=event.subject_id).exists()


_SAYS_WHETHER_SILENT: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    Event.LINE_BATCH_COMMITTED: lambda said: said["publish_at"] is None,
    DutyEvent.OBLIGATION_ANNOUNCED: lambda said: not said["told"],
    RegistryEvent.SCREENING_RUN_FINISHED: lambda said: not said["opened"],
}


def _holder(event: AuditEvent) -> UUID | None:
    """The member of staff who has it in hand: the request's holder, or the duty's owner."""
    find = _HOLDERS.get(event.subject_type)
    key = None if find is None else find(event.subject_id)
    return UUID(key.removeprefix("user:")) if key and key.startswith("user:") else None


_HOLDERS: Mapping[str, Callable[[UUID], str | None]] = {
    "access_request": lambda pk: next(
        (f"user:{held.person_id}" for held in Claim.objects.held().filter(request=pk)), None
    ),
    "obligation": lambda pk: (
        Obligation.objects.filter(pk=pk).values_list("owner", flat=True).first()
    ),
}
