"""Closed vocabularies of access. A value is stored and shown to partners: it never changes its meaning."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RequestStatus(TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    IN_REVIEW = "in_review", _("in review")
    RETURNED = "returned", _("returned for changes")
    QUESTION_OPEN = "question_open", _("waiting for an answer")
    ON_HOLD = "on_hold", _("on hold")
    DISPUTED = "disputed", _("disputed")
    AWAITING_COUNTERSIGNATURE = "awaiting_countersignature", _("awaiting countersignature")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PauseKind(TextChoices):
    """Why the clock of a request stands still."""

    QUESTION = "question", _("a question to the organization")
    RETURNED = "returned", _("returned for changes")
    HOLD = "hold", _("on hold")


class Turn(TextChoices):
    """Who must act next, so that a request goes on."""

    ORGANIZATION = "organization", _("the organization")
    OPERATOR = "operator", _("the operator")
    NOBODY = "nobody", _("nobody")


class PrimaryPurpose(TextChoices):
    """What access is mainly for. State law treats evaluation apart from use, so it is always recorded."""

    USE = "use", _("use")
    EVALUATION = "evaluation", _("evaluation")
    RESEARCH = "research", _("research")


class Action(TextChoices):
    """What may be done with a model; the `action.name` of a question."""

    INVOKE = "invoke", _("invoke")
    EVALUATE = "evaluate", _("evaluate")
    FINE_TUNE = "fine_tune", _("fine-tune")
    DOWNLOAD_WEIGHTS = "download_weights", _("download weights")


class ProgramStatus(TextChoices):
    ANNOUNCED = "announced", _("announced")
    OPEN = "open", _("open to requests")
    CLOSED = "closed", _("closed to requests")
    ENDED = "ended", _("ended")


class ExpansionStatus(TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class LineAct(TextChoices):
    """What can be done to many lines of an expansion at once."""

    TAKE_UP = "take_up", _("take up")
    RETURN = "return", _("return for changes")
    HOLD = "hold", _("put on hold")
    RESUME = "resume", _("resume")
    APPROVE = "approve", _("approve")
    COUNTERSIGN = "countersign", _("countersign")
    DECLINE = "decline", _("decline")
    OVERRIDE = "override", _("override a position")


class LineResult(TextChoices):
    """What comes of a line in a batch: foreseen in the same words as done."""

    PENDING = "pending", _("not yet")
    DONE = "done", _("done")
    PROPOSED = "proposed", _("waits for a countersignature")
    WAITS = "waits", _("waits for a place")
    REFUSED = "refused", _("refused")


class BatchStatus(TextChoices):
    LOOKING = "looking", _("looking at each line")
    PREPARED = "prepared", _("prepared")
    COMMITTED = "committed", _("committed")
    DONE = "done", _("done")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ImportStatus(TextChoices):
    LOOKING = "looking", _("looking at each row")
    READY = "ready", _("ready to be taken in")
    WRONG = "wrong", _("cannot be taken in")
    COMMITTED = "committed", _("being taken in")
    DONE = "done", _("taken in")


class UnknownRule(TextChoices):
    """What becomes of an organization in a file that the registry does not know."""

    REFUSE = "refuse", _("refuse the row")
    REGISTER = "register", _("register it as a candidate")


class LineEffect(TextChoices):
    """What a row of a file does to the expansion."""

    SUBMITTED = "submitted", _("a new request")
    DRAFTED = "drafted", _("a draft, until the terms are accepted")
    ADOPTED = "adopted", _("an open request is adopted")
    UNCHANGED = "unchanged", _("a line already")


class Finding(TextChoices):
    SUPPORTS = "supports", _("supports")
    OPPOSES = "opposes", _("opposes")
    ABSTAINS = "abstains", _("abstains")


class CommentVisibility(TextChoices):
    """Who reads a comment: the staff, or the organization whose request it is as well."""

    INTERNAL = "internal", _("for staff only")
    SHARED = "shared", _("shared with the organization")


class Outcome(TextChoices):
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")


class DecisionReason(TextChoices):
    """Why a request was decided so; every decision has one, and the applicant is told it."""

    CRITERIA_MET = "criteria_met", _("the published criteria are met")
    CRITERIA_NOT_MET = "criteria_not_met", _("the published criteria are not met")
    INSUFFICIENT_INFORMATION = "insufficient_information", _("the information does not suffice")
    SECURITY_CONCERN = "security_concern", _("a security concern")
    CAPACITY = "capacity", _("no capacity at present")
    JURISDICTION = "jurisdiction", _("the jurisdiction")
    AUTHORITY_POSITION = "authority_position", _("the position of an authority")


class StageKind(TextChoices):
    """What a stage of a review is for."""

    SCREENING = "screening", _("screening")
    ASSESSMENT = "assessment", _("assessment")
    CONSULTATION = "consultation", _("consultation")
    DECISION = "decision", _("decision")
    COUNTERSIGNATURE = "countersignature", _("countersignature")


class Strategy(TextChoices):
    """When a stage has heard enough. `n_heard` is what the first shape of a policy means, and no other."""

    N_OF_M = "n_of_m", _("so many must support")
    ONE_OBJECTS_BLOCKS = "one_objects_blocks", _("one that opposes blocks")
    ALL_MUST = "all_must", _("all must support")
    N_HEARD = "n_heard", _("so many must have been heard")


class Nobody(TextChoices):
    """What happens where nobody may act in a stage. None of them lets it pass."""

    WAIT = "wait", _("it waits")
    ESCALATE = "escalate", _("those who decide are told")
    DECIDER = "decider", _("those who decide may act in it")


class Crossing(TextChoices):
    """What the passing of a stage's deadline does. None of them decides anything."""

    REMIND = "remind", _("those who may act are reminded")
    ESCALATE = "escalate", _("those who decide are told")
    DEPUTY = "deputy", _("it passes to deputies")
    PROCEED = "proceed", _("the review goes on without the authorities that are silent")


class StageState(TextChoices):
    NOT_APPLICABLE = "not_applicable", _("does not apply")
    WAITING = "waiting", _("waits for what comes before")
    OPEN = "open", _("open")
    COMPLETE = "complete", _("complete")
    BLOCKED = "blocked", _("blocked by an objection")


class StageEnd(TextChoices):
    """How a stage that was open came to be so no more."""

    COMPLETE = "complete", _("complete")
    REOPENED = "reopened", _("what comes before it opened again")
    CLOSED = "closed", _("the request was closed")


class ReconsiderationOutcome(TextChoices):
    """What came of a reconsideration that was asked for."""

    UPHELD = "upheld", _("the decision stands")
    REOPENED = "reopened", _("it goes into review again")


class StageAlarm(TextChoices):
    """What is told of a stage, once."""

    OVERDUE = "overdue", _("its deadline has passed")
    DESERTED = "deserted", _("nobody may act in it")


class PositionEffect(TextChoices):
    """What an authority's position does to a request, by the policy."""

    BLOCKS = "blocks", _("holds the request back")
    OVERRIDE = "override", _("holds it back unless more people override it")
    CONDITION = "condition", _("adds a condition")
    INFORMS = "informs", _("informs")


class Tie(TextChoices):
    """What an authority must have before a grant: access of its own, or notice."""

    ACCESS = "access", _("access")
    NOTIFIED = "notified", _("notified")


class ReapplyRule(TextChoices):
    """When somebody who was declined may ask again."""

    ANYTIME = "anytime", _("at any time")
    AFTER_DAYS = "after_days", _("after some days")
    BARRED = "barred", _("not again")


class Origin(TextChoices):
    """How a holding is known. Only the first two can make the decision point say yes."""

    DECIDED = "decided", _("decided here")
    IMPORTED = "imported", _("imported from the operator's records")
    REPORTED = "reported", _("reported by a source")


class Holds(TextChoices):
    YES = "yes", _("holds")
    NO = "no", _("does not hold")
    NOT_KNOWN = "not_known", _("not known")


class HoldingManner(TextChoices):
    """In which manner a source speaks of a holding."""

    ANNOUNCED = "announced", _("announced")
    REPORTED = "reported", _("reported")
    INVITED = "invited", _("invited")
    UNCLEAR = "unclear", _("unclear")


class OrganizationClass(TextChoices):
    """A class of organizations that a source speaks of without naming them."""

    EVERYONE = "everyone", _("every organization")
    GOVERNMENT_OUTSIDE_US = (
        "government_outside_us",
        _("every government body outside the United States"),
    )


class CountQualifier(TextChoices):
    EXACTLY = "exactly", _("exactly")
    ABOUT = "about", _("about")
    OVER = "over", _("over")


class ItemStanding(TextChoices):
    """Whether a grant item opens the door during its period."""

    IN_FORCE = "in_force", _("in force")
    SUSPENDED = "suspended", _("suspended")


class GrantEndKind(TextChoices):
    REVOKED = "revoked", _("revoked")
    EXPIRED = "expired", _("expired")
    SURRENDERED = "surrendered", _("surrendered")
    SUPERSEDED = "superseded", _("superseded")


class WaitEnd(TextChoices):
    """How a waiting period came to its end. Silence is none of them."""

    CLOCK = "clock", _("its time was over")
    ACT = "act", _("ended by an act")
    GRANT_ENDED = "grant_ended", _("the grant ended before")


class ConditionStanding(TextChoices):
    """How a condition stands. Only the last two keep the door open once it is due."""

    OPEN = "open", _("nothing handed in")
    HANDED_IN = "handed_in", _("handed in, to be reviewed")
    NOT_MET = "not_met", _("found not met")
    MET = "met", _("met")
    WAIVED = "waived", _("waived")


class ConditionFinding(TextChoices):
    """What a reviewer found of the evidence handed in."""

    MET = "met", _("met")
    NOT_MET = "not_met", _("not met")


class CampaignStatus(TextChoices):
    PROPOSED = "proposed", _("proposed")
    RUNNING = "running", _("running")
    ENDED = "ended", _("ended")


class RecertificationStatus(TextChoices):
    OPEN = "open", _("open")
    SETTLED = "settled", _("settled")


class UnansweredRule(TextChoices):
    """What the date does to what was not answered. Neither renews anything."""

    SUSPEND = "suspend", _("suspend")
    LIST = "list", _("list for staff")


class NoticeKind(TextChoices):
    """What is about to end, or what is due."""

    GRANT = "grant", _("the end of a grant")
    TERMS = "terms", _("new terms that bind")
    ASSERTION = "assertion", _("the end of a member's assertion")
    CONDITION = "condition", _("a condition that is due")
    RECERTIFICATION = "recertification", _("a question whether access is still needed")
    CLOSE_OUT = "close_out", _("the close-out after a grant's end")
    ATTESTATION = "attestation", _("the end of an attestation")


class RevocationReason(TextChoices):
    MISUSE = "misuse", _("misuse")
    SECURITY_INCIDENT = "security_incident", _("a security incident")
    TERMS_BREACHED = "terms_breached", _("the terms were breached")
    NO_LONGER_ELIGIBLE = "no_longer_eligible", _("no longer eligible")
    AUTHORITY_ORDER = "authority_order", _("an order of an authority")
    ERROR = "error", _("issued in error")
    DECISION_SUPERSEDED = "decision_superseded", _("the decision behind it was superseded")


class RestrictionKind(TextChoices):
    STOP = "stop", _("stop")
    HOLD = "hold", _("hold")
    ORDER = "order", _("order")


class RestrictionBasis(TextChoices):
    ORDER = "order", _("an order")
    DEVELOPER_ACT = "developer_act", _("the developer's own act")
    INCIDENT = "incident", _("an incident")


class Switch(TextChoices):
    """What an enforcement point must apply: that a restriction is in force, or that it is lifted."""

    OFF = "off", _("switch off")
    ON = "on", _("switch on again")


class SurfaceStanding(TextChoices):
    """How a model stands on a surface, as the enforcement point reports it. A fact, never an answer."""

    PROVISIONED = "provisioned", _("provisioned")
    ACTIVE = "active", _("active")
    OFF = "off", _("off")


class LineFinding(TextChoices):
    """What a line of a restoration list was found to mean. Only the first two give access back."""

    MATCHED = "matched", _("matched exactly")
    CONFIRMED = "confirmed", _("confirmed by a person")
    ALREADY = "already", _("excepted already")
    NOT_STOPPED = "not_stopped", _("holds nothing that is stopped")
    AFFILIATE = "affiliate", _("only an affiliate is stopped")
    AMBIGUOUS = "ambiguous", _("names more than one")
    UNMATCHED = "unmatched", _("names nobody known")


class DenyEffect(TextChoices):
    WARN = "warn", _("warn those who decide")
    REFUSE = "refuse", _("refuse the request")


class Stance(TextChoices):
    SUPPORTS = "supports", _("supports")
    NO_OBJECTION = "no_objection", _("no objection")
    CONDITIONAL = "conditional", _("conditional")
    OBJECTS = "objects", _("objects")
    DECLINED = "declined", _("declined to take a position")
    NOT_ASKED = "not_asked", _("not asked")
    AWAITING = "awaiting", _("awaited")


class Ground(TextChoices):
    SECURITY = "security", _("security")
    COMPUTE = "compute", _("insufficient compute")
    EXPORT_CONTROL = "export_control", _("export control")
    LEGAL = "legal", _("law")
    SAFETY = "safety", _("safety")
    COOPERATION = "cooperation", _("cooperation")


class Attribution(TextChoices):
    OFFICIAL_DOCUMENT = "official_document", _("official document")
    NAMED_SPEAKER = "named_speaker", _("named speaker")
    ANONYMOUS_OFFICIALS = "anonymous_officials", _("anonymous officials")
    THIRD_PARTY = "third_party", _("third party")
    OPERATOR = "operator", _("the operator's own note, where the authority has said nothing")


class LegalForce(TextChoices):
    LAW = "law", _("law")
    ORDER = "order", _("order")
    AGREEMENT = "agreement", _("agreement")
    POLITICAL = "political", _("political")
    UNKNOWN = "unknown", _("not known")


class AuthorizationKind(TextChoices):
    EXPORT_LICENSE = "export_license", _("export license")
    LICENSE_EXCEPTION = "license_exception", _("license exception")
    GENERAL_LICENSE = "general_license", _("general license")
    OTHER = "other", _("comparable permission")


class GateName(TextChoices):
    """The four gates between a request and access. Never one flag."""

    VETTING = "vetting", _("vetting")
    GOVERNMENT = "government", _("government")
    EXPORT = "export", _("export")
    AUTHORITY = "authority", _("authority")


class GateStanding(TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")
    NOT_NEEDED = "not_needed", _("not needed")
    NOT_KNOWN = "not_known", _("not known")


class Marking(TextChoices):
    OPEN = "open", _("open")
    RESTRICTED = "restricted", _("restricted")
    CONFIDENTIAL = "confidential", _("confidential")


class NeedKind(TextChoices):
    """What a grant may need to be open, beside what it says itself."""

    GATE = "gate", _("gate")
    REQUIREMENT = "requirement", _("requirement")


class NeedStanding(TextChoices):
    MET = "met", _("met")
    NOT_MET = "not_met", _("not met")
    NOT_KNOWN = "not_known", _("not known")


class DisclosureBasis(TextChoices):
    """Why names or documents were given to an authority."""

    DUTY = "duty", _("a duty of law")
    ORDER = "order", _("an order or a binding request")
    AGREEMENT = "agreement", _("an agreement")
    CONSENT = "consent", _("the consent of whoever is named")
    VOLUNTARY = "voluntary", _("given without being bound to")
    NOT_STATED = "not_stated", _("not stated")


class Reason(TextChoices):
    """Why the decision point answered so. For a refusal, the first that applies, in the rule's order."""

    GRANT_IN_FORCE = "grant_in_force", _("A grant is in force.")
    REGISTRY_UNAVAILABLE = "registry_unavailable", _("The registry cannot be reached.")
    REGISTRY_SLOW = "registry_slow", _("The registry did not answer in time.")
    REGISTRY_READ_ONLY = (
        "registry_read_only",
        _("The registry takes no changes at present, so what it knows may be old."),
    )
    UNKNOWN_SUBJECT_TYPE = "unknown_subject_type", _("There is no such type of subject.")
    UNKNOWN_RESOURCE_TYPE = "unknown_resource_type", _("There is no such type of resource.")
    NOT_RECORDED = "not_recorded", _("Nothing was recorded at that moment.")
    NOT_YET_VISIBLE = "not_yet_visible", _("The named revision is not yet visible.")
    UNKNOWN_ORGANIZATION = "unknown_organization", _("The organization is not known.")
    UNKNOWN_MEMBER = "unknown_member", _("The member is not known.")
    MEMBER_SUSPENDED = "member_suspended", _("The member's access is suspended.")
    MEMBER_WITHDRAWN = "member_withdrawn", _("The member has been withdrawn.")
    UNKNOWN_MODEL = "unknown_model", _("The model is not known.")
    UNKNOWN_ACTION = "unknown_action", _("The action is not known.")
    AMBIGUOUS_IDENTIFIER = "ambiguous_identifier", _("The identifier names more than one thing.")
    ORGANIZATION_SUSPENDED = "organization_suspended", _("The organization is suspended.")
    ORGANIZATION_WITHDRAWN = "organization_withdrawn", _("The organization has left the registry.")
    MODEL_WITHDRAWN = "model_withdrawn", _("The model has been withdrawn.")
    PROGRAM_ENDED = "program_ended", _("The program has ended.")
    RESTRICTED = "restricted", _("A restriction is in force.")
    PERSON_NOT_ESTABLISHED = (
        "person_not_established",
        _("A restriction depends on the person, and the person's status is not established."),
    )
    NOT_KNOWN_WHETHER_EXCEPTED = (
        "not_known_whether_excepted",
        _("A restriction has exceptions that are not all known."),
    )
    NO_GRANT = "no_grant", _("No grant is held.")
    GRANT_NOT_STARTED = "grant_not_started", _("The grant has not begun.")
    GRANT_EXPIRED = "grant_expired", _("The grant has expired.")
    GRANT_REVOKED = "grant_revoked", _("The grant was revoked.")
    GRANT_SURRENDERED = "grant_surrendered", _("The grant was given back.")
    GRANT_SUPERSEDED = "grant_superseded", _("The grant was replaced.")
    GRANT_SUSPENDED = "grant_suspended", _("The grant is suspended.")
    WAITING_PERIOD = "waiting_period", _("The grant waits: a waiting period is not over.")
    GATE_CLOSED = "gate_closed", _("A gate that the grant needs is not open.")
    REQUIREMENT_UNMET = (
        "requirement_unmet",
        _("A requirement of the grant is not met, or not known to be."),
    )
    VERSION_NOT_COVERED = "version_not_covered", _("The grant does not cover this version.")
    ACTION_NOT_COVERED = "action_not_covered", _("The grant does not cover this action.")
    SURFACE_NOT_COVERED = "surface_not_covered", _("The grant does not cover this surface.")
    TERMS_NOT_ACCEPTED = "terms_not_accepted", _("The current terms have not been accepted.")
    CONDITION_UNMET = "condition_unmet", _("A condition of the grant is due and not met.")


class SearchKind(TextChoices):
    """What is asked of the decision point beside evaluations."""

    SUBJECT = "subject", _("search for subjects")
    RESOURCE = "resource", _("search for resources")
    ACTION = "action", _("search for actions")
    SNAPSHOT = "snapshot", _("page of the snapshot")
