from .ai_model import AIModel, AIModelVersion, ModelRelease
from .audit_event import AuditEvent
from .authority import Authority, AuthorityChannel, Competence
from .capability_statement import CapabilityStatement
from .client import Client
from .contact import Contact
from .external_identifier import ExternalIdentifier
from .governed import Governed
from .idempotency_key import IdempotencyKey
from .import_run import ImportRun
from .jurisdiction import Jurisdiction, JurisdictionMembership
from .leaf import FeedEntry, Leaf
from .member import Member, MemberAssertion
from .organization import Organization, OrganizationJurisdiction, OrganizationVersion
from .outbox_entry import OutboxEntry
from .private_value import PrivateValue
from .relation import Relation
from .source import Citation, FactDispute, ReportedEvent, ReportedFact, Source
from .user import RoleHolding, User
from .version_row import VersionQuerySet, VersionRow

__all__ = [
    "AIModel",
    "AIModelVersion",
    "AuditEvent",
    "Authority",
    "AuthorityChannel",
    "CapabilityStatement",
    "Citation",
    "Client",
    "Competence",
    "Contact",
    "ExternalIdentifier",
    "FactDispute",
    "FeedEntry",
    "Governed",
    "IdempotencyKey",
    "ImportRun",
    "Jurisdiction",
    "JurisdictionMembership",
    "Leaf",
    "Member",
    "MemberAssertion",
    "ModelRelease",
    "Organization",
    "OrganizationJurisdiction",
    "OrganizationVersion",
    "OutboxEntry",
    "PrivateValue",
    "Relation",
    "ReportedEvent",
    "ReportedFact",
    "RoleHolding",
    "Source",
    "User",
    "VersionQuerySet",
    "VersionRow",
]
