"""Closed vocabularies of the registry. A value is stored and shown to partners: it never changes its meaning."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member of staff may do. Roles are given and taken by operations, and dated."""

    INTAKE = "intake", _("intake")
    REVIEWER = "reviewer", _("reviewer")
    DECIDER = "decider", _("decider")
    COUNTERSIGNER = "countersigner", _("countersigner")
    RESTRICTOR = "restrictor", _("restrictor")
    AUTHORITY_DESK = "authority_desk", _("authority desk")
    CLEARED = "cleared", _("cleared")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class ClientKind(TextChoices):
    """Whose program speaks: a partner about itself, a gateway that enforces, staff tooling, an authority."""

    PARTNER = "partner", _("partner")
    GATEWAY = "gateway", _("gateway")
    STAFF = "staff", _("staff")
    AUTHORITY = "authority", _("authority")


class OrganizationKind(TextChoices):
    DEVELOPER = "developer", _("developer")
    COMPANY = "company", _("company")
    NONPROFIT = "nonprofit", _("non-profit")
    GOVERNMENT = "government", _("government body")
    SAFETY_INSTITUTE = "safety_institute", _("safety institute")
    INTERNATIONAL = "international", _("international body")
    RESEARCH = "research", _("research body")
    UNKNOWN = "unknown", _("not known")


class Standing(TextChoices):
    """Whether the operator deals with it at all. Anything but `active` refuses every question."""

    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")


class JurisdictionKind(TextChoices):
    STATE = "state", _("state")
    SUBDIVISION = "subdivision", _("subdivision")
    UNION = "union", _("union of states")
    ALLIANCE = "alliance", _("alliance")


class JurisdictionRole(TextChoices):
    """Why a jurisdiction touches an organization. A restriction matches any of them."""

    SEAT = "seat", _("seat")
    SUBSIDIARY = "subsidiary", _("subsidiary")
    PROCESSING_SITE = "processing_site", _("processing site")


class RelationKind(TextChoices):
    """A dated edge read from left to right: `subject` … `object`."""

    OWNS = "owns", _("owns")
    AFFILIATE_OF = "affiliate_of", _("is an affiliate of")
    SUB_PROCESSOR_OF = "sub_processor_of", _("is a sub-processor of")
    HOSTS = "hosts", _("hosts access for")


class ModelStage(TextChoices):
    ANNOUNCED = "announced", _("announced")
    PREVIEW = "preview", _("gated preview")
    GENERAL = "general", _("generally available")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Channel(TextChoices):
    """How an authority accepts to be told."""

    EMAIL = "email", _("e-mail")
    PORTAL = "portal", _("portal")
    POST = "post", _("post")
    UNKNOWN = "unknown", _("not known")


class SourceGrade(TextChoices):
    """How sure a reported fact is; the letters are those of the record it came from."""

    PRIMARY = "P", _("primary text")
    SECONDARY = "S", _("secondary source")
    SINGLE = "S1", _("one secondary source only")
    COMMON = "K", _("common knowledge, not looked up")
    UNCERTAIN = "U", _("uncertain, or sources conflict")


class Precision(TextChoices):
    """How exactly the source tells the moment a fact began."""

    INSTANT = "instant", _("to the minute")
    HOUR = "hour", _("about the hour")
    DAY = "day", _("the day")
    MONTH = "month", _("the month")


class AssertionKind(TextChoices):
    """What is asserted of a member. The status itself, never the nationality behind it."""

    US_PERSON = "us_person", _("US person (15 CFR 772.1)")
