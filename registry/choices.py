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


class Sector(TextChoices):
    """The sectors of Annexes I and II of Directive (EU) 2022/2555 (NIS 2), and none of them.

    Where no source says it, an organization has no sector, which is not the same as `other`.
    """

    ENERGY = "energy", _("energy")
    TRANSPORT = "transport", _("transport")
    BANKING = "banking", _("banking")
    FINANCIAL_MARKETS = "financial_markets", _("financial market infrastructures")
    HEALTH = "health", _("health")
    DRINKING_WATER = "drinking_water", _("drinking water")
    WASTE_WATER = "waste_water", _("waste water")
    DIGITAL_INFRASTRUCTURE = "digital_infrastructure", _("digital infrastructure")
    ICT_SERVICES = "ict_services", _("ICT service management, business to business")
    PUBLIC_ADMINISTRATION = "public_administration", _("public administration")
    SPACE = "space", _("space")
    POSTAL = "postal", _("postal and courier services")
    WASTE = "waste", _("waste management")
    CHEMICALS = "chemicals", _("chemicals")
    FOOD = "food", _("food")
    MANUFACTURING = "manufacturing", _("manufacturing")
    DIGITAL_PROVIDERS = "digital_providers", _("digital providers")
    RESEARCH = "research", _("research")
    OTHER = "other", _("none of these")


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
    EVALUATES_FOR = "evaluates_for", _("evaluates models for")


class InterestKind(TextChoices):
    """What ties a member of staff to an organization."""

    EMPLOYMENT = "employment", _("works for it, or did")
    OWNERSHIP = "ownership", _("owns a part of it")
    ADVISORY = "advisory", _("advises it, or sits on a board of it")
    FAMILY = "family", _("somebody close has a tie to it")
    OTHER = "other", _("another tie")


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
    HAND = "hand", _("by hand")
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


class Regime(TextChoices):
    """The body of law, or the undertaking, that a rule is part of."""

    EU_AI_ACT = "eu-ai-act", _("EU AI Act")
    GPAI_CODE = "gpai-code", _("Code of Practice for general-purpose AI")
    CALIFORNIA = "california", _("California")
    NEW_YORK = "new-york", _("New York")
    ILLINOIS = "illinois", _("Illinois")
    NIS2 = "nis2", _("NIS 2 Directive")
    CRA = "cra", _("Cyber Resilience Act")
    US_FEDERAL = "us-federal", _("United States, federal")


class MemberAbsenceKind(TextChoices):
    """Why a member may use nothing at present."""

    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Bindingness(TextChoices):
    """What stands behind a rule. No voluntary instrument ever blocks as law does."""

    LAW = "law", _("law")
    VOLUNTARY_CODE = "voluntary_code", _("voluntary code")
    VOLUNTARY = "voluntary", _("voluntary")
    POLICY = "policy", _("own policy")


class Trigger(TextChoices):
    """What kind of thing a rule attaches a duty to."""

    INCIDENT = "incident", _("incident")
    TRAINING_COMPUTE = "training_compute", _("training compute")
    MARKET_PLACEMENT = "market_placement", _("placing on the market")
    FRAMEWORK = "framework", _("safety framework")
    MODEL_REPORT = "model_report", _("model report")
    EVALUATION = "evaluation", _("evaluation")
    INTERNAL_USE = "internal_use", _("internal use")
    OWNERSHIP = "ownership", _("ownership or operation")
    REFERENCE_MODEL = "reference_model", _("reference model")
    REQUEST = "request", _("request by an authority")
    OTHER = "other", _("other")


class Anchor(TextChoices):
    """The moment from which a rule counts, in the rule's own word. They are not interchangeable."""

    MET = "met", _("the condition is met")
    FORESEEN = "foreseen", _("it is known that the condition will be met")
    AWARE = "aware", _("aware of the model's involvement")
    DISCOVERED = "discovered", _("discovered")
    DETERMINED = "determined", _("determined")
    REASONABLE_BELIEF = "reasonable_belief", _("facts known that suffice for reasonable belief")
    CONFIRMED = "confirmed", _("confirmed")
    RESOLVED = "resolved", _("resolved")
    PLACED = "placed_on_market", _("placed on the market")
    NOTIFIED = "notified", _("notified")
    RECEIVED = "received", _("received")
    MATERIAL_CHANGE = "material_change", _("materially changed")
    BEGUN = "begun", _("begun")


class DutyHolderKind(TextChoices):
    """What makes an organization one whom a rule binds."""

    GPAI_PROVIDER = "gpai_provider", _("provider of a general-purpose AI model")
    SYSTEMIC_RISK_PROVIDER = (
        "systemic_risk_provider",
        _("provider of a model with systemic risk"),
    )
    THIRD_COUNTRY_PROVIDER = "third_country_provider", _("provider established outside the Union")
    CODE_SIGNATORY = "code_signatory", _("signatory of the Code of Practice")
    FRONTIER_DEVELOPER = "frontier_developer", _("frontier developer")
    LARGE_FRONTIER_DEVELOPER = "large_frontier_developer", _("large frontier developer")


class Harm(TextChoices):
    """What an incident led to. One incident may fall under several, and so under several rules."""

    DEATH = "death", _("death")
    HEALTH_SERIOUS = "health_serious", _("serious harm to health")
    BODILY_INJURY = "bodily_injury", _("bodily injury")
    CRITICAL_INFRASTRUCTURE = (
        "critical_infrastructure",
        _("serious and irreversible disruption of critical infrastructure"),
    )
    FUNDAMENTAL_RIGHTS = "fundamental_rights", _("infringement of fundamental rights")
    PROPERTY_SERIOUS = "property_serious", _("serious harm to property")
    ENVIRONMENT_SERIOUS = "environment_serious", _("serious harm to the environment")
    CYBERSECURITY_BREACH = "cybersecurity_breach", _("serious cybersecurity breach")
    CATASTROPHIC = "catastrophic", _("harm from a materialized catastrophic risk")


class Involvement(TextChoices):
    """How sure it is that the model took part in bringing the harm about."""

    ESTABLISHED = "established", _("established")
    SUSPECTED = "suspected", _("suspected with reasonable likelihood")
    RULED_OUT = "ruled_out", _("ruled out")
    NOT_KNOWN = "not_known", _("not known")


class Timing(TextChoices):
    """How a rule says by when. Only a period is counted."""

    PERIOD = "period", _("within a period")
    BEFORE_EVENT = "before_event", _("before the event")
    WITHOUT_UNDUE_DELAY = "without_undue_delay", _("without undue delay")
    WITH_ANOTHER = "with_another", _("together with another notification")
    AS_REQUESTED = "as_requested", _("as the request says")
    KEPT_CURRENT = "kept_current", _("kept up to date")
    RETENTION = "retention", _("nothing to tell: records are kept")


class Unit(TextChoices):
    """In what a period is measured. Hours are elapsed time, all else is the calendar's."""

    HOURS = "hours", _("hours")
    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    WEEKS = "weeks", _("weeks")
    MONTHS = "months", _("months")
    YEARS = "years", _("years")


class Direction(TextChoices):
    """On which side of its event a period lies."""

    AFTER = "after", _("after")
    BEFORE = "before", _("before")


class Extension(TextChoices):
    """What becomes of a period that would end on a day off."""

    NONE = "none", _("counted strictly")
    LAST_DAY = "last_day", _("the last day moves to the next working day")
    REGULATION_1182 = "regulation_1182", _("Regulation (EEC, Euratom) No 1182/71")


class RetainedFrom(TextChoices):
    """From when a record is to be kept."""

    FILED = "filed", _("its filing")
    INCIDENT = "incident", _("the incident")
    PLACED = "placed_on_market", _("the placing on the market")


class SubjectOrigin(TextChoices):
    """Whether the duty-holder knows it at first hand, or a source told of it."""

    OBSERVED = "observed", _("known at first hand")
    REPORTED = "reported", _("reported by a source")


class SchemeKind(TextChoices):
    """What an attestation under a scheme is."""

    CERTIFICATE = "certificate", _("certificate")
    PERIOD_REPORT = "period_report", _("report on a period")
    SELF_ATTESTATION = "self_attestation", _("self-attestation")
    QUALIFICATION = "qualification", _("qualification")


class FileKind(TextChoices):
    """What a file that was handed in may be, by what it holds."""

    PDF = "pdf", _("PDF")
    PNG = "png", _("PNG picture")
    JPEG = "jpeg", _("JPEG picture")
    TEXT = "text", _("plain text")


class ScanState(TextChoices):
    """What is known of the harmlessness of a file that was handed in. Only the last two are given out."""

    AWAITING_SCAN = "awaiting_scan", _("waits to be scanned")
    REFUSED = "refused", _("refused by the scanner")
    CLEAN = "clean", _("scanned, nothing found")
    NOT_SCANNED = "not_scanned", _("not scanned: no scanner is set up")


class AttestationFinding(TextChoices):
    ACCEPTED = "accepted", _("accepted")
    REFUSED = "refused", _("refused")


class RecognitionBasis(TextChoices):
    """What a recognition rests on."""

    TREATY = "treaty", _("a treaty")
    LAW = "law", _("a law")
    OWN_DECISION = "own_decision", _("the operator's own decision")
    STATEMENT = "statement", _("a political statement, which grants nothing")


class ScreeningListKind(TextChoices):
    """What those on a list are listed for."""

    SANCTIONS = "sanctions", _("sanctions")
    EXPORT = "export", _("export control")
    OWN = "own", _("the operator's own list")
    OTHER = "other", _("other")


class SnapshotStatus(TextChoices):
    """How far a file with the state of a list has come. Of each list one is in use."""

    WRONG = "wrong", _("with problems")
    PREPARED = "prepared", _("prepared, not committed")
    COMMITTED = "committed", _("committed, about to be used")
    IN_USE = "in_use", _("in use")
    REPLACED = "replaced", _("replaced")
    WITHDRAWN = "withdrawn", _("withdrawn before use")


class ScreeningCause(TextChoices):
    """Why organizations are screened."""

    ASKED = "asked", _("asked for")
    LISTS = "lists", _("the lists have changed")
    FACTS = "facts", _("names or ownership have changed")


class HitStrength(TextChoices):
    """How what is listed fits. A possible hit is never more than a question to a person."""

    EXACT = "exact", _("exact")
    POSSIBLE = "possible", _("possible")


class HitFinding(TextChoices):
    """What a person found of a hit. A hit without a finding is open."""

    CLEARED = "cleared", _("cleared: not a match, or no obstacle")
    CONFIRMED = "confirmed", _("confirmed: bars the organization")


class ScreeningState(TextChoices):
    """Where the screening of an organization stands. Only `cleared` lets it pass."""

    NEVER = "never", _("never screened")
    NO_LIST = "no_list", _("no list in use")
    STALE = "stale", _("to be screened anew")
    OPEN = "open", _("open hits")
    CONFIRMED = "confirmed", _("a hit is confirmed")
    CLEARED = "cleared", _("cleared")
