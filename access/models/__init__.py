from .access_request import AccessRequest, Assessment, Question, RequestDecision
from .condition import (
    Condition,
    ConditionCampaign,
    ConditionEvidence,
    ConditionVersion,
    DecisionCondition,
)
from .expansion import Expansion
from .grant import Grant, GrantEnd, GrantItem
from .holding import ReportedHolding, StatedCount
from .lifecycle import CloseOut, Notice, ProgressReport
from .position import Position, PositionVersion
from .program import Program, ProgramVersion, TermsAcceptance, TermsEdition, Tier
from .recertification import Recertification, RecertificationItem
from .restriction import PersonClass, Restriction, RestrictionException, RestrictionVersion
from .review_policy import ReviewPolicy

__all__ = [
    "AccessRequest",
    "Assessment",
    "CloseOut",
    "Condition",
    "ConditionCampaign",
    "ConditionEvidence",
    "ConditionVersion",
    "DecisionCondition",
    "Expansion",
    "Grant",
    "GrantEnd",
    "GrantItem",
    "Notice",
    "PersonClass",
    "Position",
    "PositionVersion",
    "Program",
    "ProgramVersion",
    "ProgressReport",
    "Question",
    "Recertification",
    "RecertificationItem",
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
]
