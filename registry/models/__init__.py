from .accepted_scheme import AcceptedScheme
from .ai_model import AIModel, AIModelVersion, ModelRelease
from .anchor_moment import AnchorMoment
from .attestation import Attestation, AttestationFile, AttestationVersion
from .audit_event import AuditEvent
from .authority import Authority, AuthorityChannel, Competence
from .capability_statement import CapabilityStatement
from .client import Client
from .contact import Contact
from .duty_holder import DutyHolderStatus, Mandate
from .evidence_file import EVIDENCE_READERS, EvidenceFile
from .external_identifier import ExternalIdentifier
from .facts import AIModelFacts, OrganizationFacts
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
from .organization_sector import OrganizationSector
from .outbox_entry import OutboxEntry
from .private_value import PrivateValue
from .relation import Relation
from .reliance import Reliance
from .scheme import Recognition, RecognitionVersion, Scheme
from .screening import (
    HitRuling,
    ScreenedOrganization,
    Screening,
    ScreeningHit,
    ScreeningMatch,
    ScreeningRun,
)
from .screening_list import (
    ScreeningEntry,
    ScreeningList,
    ScreeningName,
    ScreeningSnapshot,
    SnapshotEntry,
)
from .source import Citation, FactDispute, ReportedEvent, ReportedFact, Source
from .stored_file import StoredFile
from .user import RoleHolding, User
from .version_row import VersionQuerySet, VersionRow

__all__ = [
    "EVIDENCE_READERS",
    "AIModel",
    "AIModelFacts",
    "AIModelVersion",
    "AcceptedScheme",
    "AnchorMoment",
    "Attestation",
    "AttestationFile",
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
    "EvidenceFile",
    "ExternalIdentifier",
    "FactDispute",
    "FeedEntry",
    "Governed",
    "HitRuling",
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
    "OrganizationFacts",
    "OrganizationJurisdiction",
    "OrganizationSector",
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
    "ScreenedOrganization",
    "Screening",
    "ScreeningEntry",
    "ScreeningHit",
    "ScreeningList",
    "ScreeningMatch",
    "ScreeningName",
    "ScreeningRun",
    "ScreeningSnapshot",
    "SnapshotEntry",
    "Source",
    "StoredFile",
    "User",
    "VersionQuerySet",
    "VersionRow",
]
