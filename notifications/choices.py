"""Closed vocabularies of telling."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryStatus(TextChoices):
    WAITING = "waiting", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


class ObligationStatus(TextChoices):
    """Whether the duty still stands. Late is no status: it is the clock, and stays readable for ever."""

    OPEN = "open", _("open")
    DISCHARGED = "discharged", _("discharged")
    VOID = "void", _("no longer applies")


class Unaddressed(TextChoices):
    """Whom a rule names where no authority is told: everyone, the house itself, partners."""

    IN_HOUSE = "in-house", _("nobody outside: it is done in-house")
    PUBLIC = "public", _("the public")
    DOWNSTREAM = "downstream-providers", _("those who build the model into their systems")
    EVALUATOR = "external-evaluator", _("external evaluators")


class VerdictKind(TextChoices):
    """What a rule comes to for something that happened."""

    APPLIES = "applies", _("applies")
    QUESTION = "question", _("a person must say")
    NOT = "not", _("does not apply")


class VerdictReason(TextChoices):
    """Why a rule opens nothing, or why it does. What a person must say has a cause of its own."""

    FACTS_SUFFICE = "facts_suffice", _("what is known falls under it")
    NOT_YET = "not_yet", _("it does not apply yet")
    NO_LONGER = "no_longer", _("it no longer applies")
    BINDS_OTHERS = "binds_others", _("it binds others")
    FLOOR = "floor", _("it says from when something may be done, and asks for nothing")
    RECORDS = "records", _("it says how long records are kept, and asks for nothing")
    HOLDER_NOT_BOUND = "holder_not_bound", _("the duty-holder is not one whom it binds")
    CONDITION_NO = "condition_no", _("what is known does not fall under it")
    NOTHING_FILED = "nothing_filed", _("nothing has been filed that it would follow")
    WAITS = "waits", _("the moment that it counts from has not come")
    SUBJECT_OVER = "subject_over", _("it is over")
    VOIDED = "voided", _("a person has said that it does not apply")


class ObligationFlag(TextChoices):
    """What must be told beside a clock, besides what the counting of its period says."""

    NO_TABLE = "no_table", _("a holiday table is missing")
    NO_RECIPIENT = "no_recipient", _("nobody is registered to receive it")
    FACTS_CHANGED = "facts_changed", _("what is known has changed")


class QuestionCause(TextChoices):
    """Why a person must say whether a rule applies."""

    REPORTED = "reported", _("the facts are only reported by a source")
    GRADE = "grade", _("the rule was not read in its primary text")
    INFERRED = "inferred", _("the rule's reading is inferred")
    HOLDER_NOT_KNOWN = "holder_not_known", _("it is not known whether the rule binds")
    FACT_MISSING = "fact_missing", _("a fact that the rule asks about is not known")
    ANCHOR_MISSING = "anchor_missing", _("the moment that the rule counts from is not known")


class QuestionAnswer(TextChoices):
    APPLIES = "applies", _("it applies")
    DOES_NOT_APPLY = "does_not_apply", _("it does not apply")
    LAPSED = "lapsed", _("it no longer arises")


class AlertKind(TextChoices):
    """What is announced of a clock, each at most once."""

    OPENED = "opened", _("opened")
    HALF_LEFT = "half_left", _("half of the time is left")
    QUARTER_LEFT = "quarter_left", _("a quarter of the time is left")
    TENTH_LEFT = "tenth_left", _("a tenth of the time is left")
    TARGET_PASSED = "target_passed", _("the target has passed")
    LATEST_PASSED = "latest_passed", _("the latest moment has passed")
    ESCALATED = "escalated", _("escalated")
    NO_TABLE = "no_table", _("a holiday table is missing")
    NO_RECIPIENT = "no_recipient", _("nobody is registered to receive it")
    DECIDED_UNTOLD = "decided_untold", _("access was given, and nobody has been told")


class ClockState(TextChoices):
    """How a clock stands, in the words of the board; never shown by color alone."""

    UNDATED = "undated", _("without undue delay")
    RUNNING = "running", _("in time")
    SOON = "soon", _("due soon")
    URGENT = "urgent", _("urgent")
    LATE = "late", _("past its target")
    OVERDUE = "overdue", _("overdue")


class FilingStatus(TextChoices):
    DRAFT = "draft", _("draft")
    REVIEWED = "reviewed", _("reviewed")
    SIGNED = "signed", _("signed off")
    SENDING = "sending", _("being sent")
    DISPATCHED = "dispatched", _("dispatched")
    BOUNCED = "bounced", _("not delivered")
    RECEIVED = "received", _("received")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    WITHDRAWN = "withdrawn", _("withdrawn")


class StageKind(TextChoices):
    """What was done with a notification, in the order of its way."""

    DRAFTED = "drafted", _("drafted")
    CHANGED = "changed", _("changed")
    REVIEWED = "reviewed", _("reviewed")
    RETURNED = "returned", _("returned to draft")
    SIGNED = "signed", _("signed off")
    SENDING = "sending", _("handed to the mail server")
    DISPATCHED = "dispatched", _("dispatched")
    BOUNCED = "bounced", _("not delivered")
    RECEIVED = "received", _("received")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DialogueKind(TextChoices):
    """What a dated record of a dialogue is about."""

    MEETING = "meeting", _("meeting")
    STATEMENT = "statement", _("statement")
    LETTER = "letter", _("letter")
    AGREEMENT = "agreement", _("agreement")
    OTHER = "other", _("other")


class DemandBasis(TextChoices):
    """On what an authority's demand for access rests."""

    VOLUNTARY = "voluntary", _("voluntary")
    AGREEMENT = "agreement", _("agreement")
    LEGAL_POWER = "legal_power", _("legal power")
    NOT_STATED = "not_stated", _("not stated")


class AccessForm(TextChoices):
    """In which form an authority wants to reach a model."""

    API = "api", _("API")
    INTERNAL = "internal", _("internal access")
    WEIGHTS = "weights", _("weights")
    UNLOGGED = "unlogged", _("access that is not logged")
    INFORMATION = "information", _("information")


class DemandStep(TextChoices):
    """What became of a demand. Its state is that of the latest but notes, which change nothing."""

    ASKED = "asked", _("asked")
    WAITING = "waiting", _("waiting on somebody else")
    RESUMED = "resumed", _("no longer waiting")
    GRANTED = "granted", _("answered: given")
    PARTLY_GRANTED = "partly_granted", _("answered: given in part")
    REFUSED = "refused", _("answered: refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    NOTE = "note", _("note")


class NoticeReply(TextChoices):
    """What an authority said of a model it was notified of."""

    RECEIVED = "received", _("receipt confirmed")
    ASKED = "asked", _("asked for more")
    NO_OBJECTION = "no_objection", _("no objection")
    OBJECTED = "objected", _("objected")
    OTHER = "other", _("other")


class CoverageNeed(TextChoices):
    """What a program, or a model, needs of a body."""

    AUTHORITY = "authority", _("authority known")
    POSITION = "position", _("position held")
    ACCESS = "access", _("access held by its evaluator")
    ATTESTATION = "attestation", _("recognized attestation")
    RULE = "rule", _("notification rule")
    CONTACT = "contact", _("verified contact")


class GapStanding(TextChoices):
    """Where a gap of coverage stands."""

    OPEN = "open", _("open, unexplained")
    EXPLAINED = "explained", _("open, explained")
    CLOSED = "closed", _("closed")


class Covered(TextChoices):
    """Whether a need is met. Not known is no no: nothing on record speaks to it."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    NOT_KNOWN = "not_known", _("not known")
    NOT_NEEDED = "not_needed", _("not needed")
