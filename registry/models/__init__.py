from .ai_model import AIModel, AIModelVersion, ModelRelease
from .anchor_moment import AnchorMoment
from .attestation import Attestation, AttestationVersion
from .audit_event import AuditEvent
from .authority import Authority, AuthorityChannel, Competence
from .capability_statement import CapabilityStatement
from .client import Client
from .contact import Contact
from .duty_holder import DutyHolderStatus, Mandate
from .external_identifier import ExternalIdentifier
from .governed import Governed
from .holiday_table import HolidayTable
from .idempotency_key import IdempotencyKey
from .import_run import ImportRun
from .incident import Incident, IncidentQuerySet, IncidentVersion
from .interest import Interest
from .jurisdiction import Jurisdiction, JurisdictionMembership
from .leaf import FeedEntry, Leaf
from .member import Member, MemberAbsence, MemberAssertion
from .obligation_rule import ObligationRule
from .occurrence import Occurrence
from .organization import Organization, OrganizationJurisdiction, OrganizationVersion
from .outbox_entry import OutboxEntry
from .private_value import PrivateValue
from .relation import Relation
from .reliance import Reliance
from .scheme import Recognition, RecognitionVersion, Scheme
from .source import Citation, FactDispute, ReportedEvent, ReportedFact, Source
from .user import RoleHolding, User
from .version_row import VersionQuerySet, VersionRow

__all__ = [
    "AIModel",
    "AIModelVersion",
    "AnchorMoment",
    "Attestation",
    "AttestationVersion",
    "AuditEvent",
    "Authority",
    "AuthorityChannel",
    "CapabilityStatement",
    "Citation",
    "Client",
    "Competence",
    "Contact",
    "DutyHolderStatus",
    "ExternalIdentifier",
    "FactDispute",
    "FeedEntry",
    "Governed",
    "HolidayTable",
    "IdempotencyKey",
    "ImportRun",
    "Incident",
    "IncidentQuerySet",
    "IncidentVersion",
    "Interest",
    "Jurisdiction",
    "JurisdictionMembership",
    "Leaf",
    "Mandate",
    "Member",
    "MemberAbsence",
    "MemberAssertion",
    "ModelRelease",
    "ObligationRule",
    "Occurrence",
    "Organization",
    "OrganizationJurisdiction",
    "OrganizationVersion",
    "OutboxEntry",
    "PrivateValue",
    "Recognition",
    "RecognitionVersion",
    "Relation",
    "Reliance",
    "ReportedEvent",
    "ReportedFact",
    "RoleHolding",
    "Scheme",
    "Source",
    "User",
    "VersionQuerySet",
    "VersionRow",
]
