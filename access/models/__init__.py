from .access_request import AccessRequest, Assessment, Question, RequestDecision
from .answer_count import NOBODY, AnswerCount, AnswerRecorder
from .expansion import Expansion
from .grant import Grant, GrantEnd, GrantItem
from .holding import ReportedHolding, StatedCount
from .position import Position, PositionVersion
from .program import Program, ProgramVersion, TermsAcceptance, TermsEdition, Tier
from .restriction import PersonClass, Restriction, RestrictionException, RestrictionVersion
from .review_policy import ReviewPolicy
from .waiting import WaitingFact, WaitingPeriod, WaitingPeriodVersion

__all__ = [
    "NOBODY",
    "AccessRequest",
    "AnswerCount",
    "AnswerRecorder",
    "Assessment",
    "Expansion",
    "Grant",
    "GrantEnd",
    "GrantItem",
    "PersonClass",
    "Position",
    "PositionVersion",
    "Program",
    "ProgramVersion",
    "Question",
    "ReportedHolding",
    "RequestDecision",
    "Restriction",
    "RestrictionException",
    "RestrictionVersion",
    "ReviewPolicy",
    "StatedCount",
    "TermsAcceptance",
    "TermsEdition",
    "Tier",
    "WaitingFact",
    "WaitingPeriod",
    "WaitingPeriodVersion",
]
