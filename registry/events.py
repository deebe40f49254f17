"""The names of recorded facts. A name is past tense and final: it is part of the ledger's leaves."""

from enum import StrEnum
from typing import Self


class Visibility(StrEnum):
    """Who may read an event: anyone, the organizations concerned, staff, or cleared staff."""

    PUBLIC = "public"
    ORGANIZATION = "organization"
    STAFF = "staff"
    CLEARED = "cleared"


class EventName(StrEnum):
    """Base of each app's events. A member is `NAME = "subject.happened", Visibility.X`."""

    _visibility_: Visibility

    def __new__(cls, value: str, visibility: Visibility = Visibility.STAFF) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member._visibility_ = visibility
        return member

    @property
    def visibility(self) -> Visibility:
        """Who may read events of this name."""
        return self._visibility_


class Event(EventName):
    """What happens in the registry itself."""

    USER_REGISTERED = "user.registered"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    ROLE_GIVEN = "role.given"
    ROLE_TAKEN = "role.taken"
    INTEREST_DECLARED = "interest.declared"
    INTEREST_ENDED = "interest.ended"
    CLIENT_REGISTERED = "client.registered", Visibility.ORGANIZATION
    CLIENT_SURFACES_CHANGED = "client.surfaces_changed", Visibility.ORGANIZATION
    CLIENT_WITHDRAWN = "client.withdrawn", Visibility.ORGANIZATION
    JURISDICTION_REGISTERED = "jurisdiction.registered", Visibility.PUBLIC
    ORGANIZATION_REGISTERED = "organization.registered", Visibility.ORGANIZATION
    ORGANIZATION_CLASSIFIED = "organization.classified", Visibility.ORGANIZATION
    ORGANIZATION_CHANGED = "organization.changed", Visibility.ORGANIZATION
    ORGANIZATION_SUSPENDED = "organization.suspended", Visibility.ORGANIZATION
    ORGANIZATION_REINSTATED = "organization.reinstated", Visibility.ORGANIZATION
    NAME_REVEALED = "organization.name_revealed", Visibility.CLEARED
    ORGANIZATION_WITHDRAWN = "organization.withdrawn", Visibility.ORGANIZATION
    IDENTIFIER_REGISTERED = "identifier.registered", Visibility.ORGANIZATION
    IDENTIFIER_WITHDRAWN = "identifier.withdrawn", Visibility.ORGANIZATION
    RELATION_REGISTERED = "relation.registered"
    RELATION_ENDED = "relation.ended"
    CONTACT_REGISTERED = "contact.registered", Visibility.ORGANIZATION
    CONTACT_VERIFIED = "contact.verified", Visibility.ORGANIZATION
    CONTACT_WITHDRAWN = "contact.withdrawn", Visibility.ORGANIZATION
    MEMBER_ENROLLED = "member.enrolled", Visibility.ORGANIZATION
    MEMBER_SUSPENDED = "member.suspended", Visibility.ORGANIZATION
    MEMBER_REINSTATED = "member.reinstated", Visibility.ORGANIZATION
    MEMBER_WITHDRAWN = "member.withdrawn", Visibility.ORGANIZATION
    ASSERTION_ATTESTED = "assertion.attested", Visibility.ORGANIZATION
    ASSERTION_REVIEWED = "assertion.reviewed", Visibility.ORGANIZATION
    SCHEME_REGISTERED = "scheme.registered", Visibility.PUBLIC
    ATTESTATION_HANDED_IN = "attestation.handed_in", Visibility.ORGANIZATION
    ATTESTATION_ACCEPTED = "attestation.accepted", Visibility.ORGANIZATION
    ATTESTATION_REFUSED = "attestation.refused", Visibility.ORGANIZATION
    ATTESTATION_WITHDRAWN = "attestation.withdrawn", Visibility.ORGANIZATION
    EVIDENCE_ADDED = "evidence.added", Visibility.ORGANIZATION
    EVIDENCE_SCANNED = "evidence.scanned", Visibility.ORGANIZATION
    EVIDENCE_REDACTED = "evidence.redacted", Visibility.ORGANIZATION
    EVIDENCE_READ = "evidence.read"
    RECOGNITION_PROPOSED = "recognition.proposed"
    RECOGNITION_ENACTED = "recognition.enacted"
    RECOGNITION_ENDED = "recognition.ended"
    SCREENING_LIST_REGISTERED = "screening_list.registered"
    SCREENING_LIST_RETIRED = "screening_list.retired"
    SNAPSHOT_UPLOADED = "screening_snapshot.uploaded"
    SNAPSHOT_COMMITTED = "screening_snapshot.committed"
    SNAPSHOT_IN_USE = "screening_snapshot.taken_into_use"
    SNAPSHOT_WITHDRAWN = "screening_snapshot.withdrawn"
    SCREENING_ASKED = "organization.screening_asked"
    SCREENING_RUN_WENT_ON = "screening_run.went_on"
    SCREENING_RUN_FINISHED = "screening_run.finished"
    SCREENING_HIT_OPENED = "screening_hit.opened"
    SCREENING_HIT_CLEARED = "screening_hit.cleared"
    SCREENING_HIT_CONFIRMED = "screening_hit.confirmed"
    AI_MODEL_REGISTERED = "ai_model.registered", Visibility.PUBLIC
    AI_MODEL_CHANGED = "ai_model.changed", Visibility.PUBLIC
    AI_MODEL_WITHDRAWN = "ai_model.withdrawn", Visibility.PUBLIC
    RELEASE_REGISTERED = "model_version.registered", Visibility.PUBLIC
    CAPABILITY_STATED = "capability.stated", Visibility.PUBLIC
    AUTHORITY_REGISTERED = "authority.registered", Visibility.PUBLIC
    AUTHORITY_CHANNEL_STATED = "authority.channel_stated"
    AUTHORITY_CHANNEL_WITHDRAWN = "authority.channel_withdrawn"
    AUTHORITY_SCHEME_ACCEPTED = "authority.scheme_accepted"
    AUTHORITY_SCHEME_WITHDRAWN = "authority.scheme_withdrawn"
    SOURCE_REGISTERED = "source.registered", Visibility.PUBLIC
    FACT_REPORTED = "fact.reported"
    FACT_DISPUTED = "fact.disputed"
    FACT_SUPERSEDED = "fact.superseded"
    HOLIDAYS_PROPOSED = "holiday_table.proposed"
    HOLIDAYS_ENACTED = "holiday_table.enacted"
    RULE_PROPOSED = "obligation_rule.proposed"
    RULE_ENACTED = "obligation_rule.enacted"
    DUTY_HOLDER_STATED = "duty_holder.stated"
    MANDATE_REGISTERED = "mandate.registered"
    MANDATE_ENDED = "mandate.ended"
    INCIDENT_REPORTED = "incident.reported", Visibility.ORGANIZATION
    INCIDENT_CLASSIFIED = "incident.classified"
    INCIDENT_CONTAINED = "incident.contained"
    INCIDENT_RESOLVED = "incident.resolved", Visibility.ORGANIZATION
    OCCURRENCE_REPORTED = "occurrence.reported"
    OCCURRENCE_CHANGED = "occurrence.changed"
    OCCURRENCE_ENDED = "occurrence.ended"
    MOMENT_STATED = "anchor_moment.stated"
    IMPORT_COMMITTED = "import.committed"
    PRIVATE_VALUE_ERASED = "private_value.erased"
