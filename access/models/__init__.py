from .access_request import AccessRequest, Assessment, Question, RequestDecision
from .answer_count import NOBODY, AnswerCount, AnswerRecorder
from .authorization import Authorization, AuthorizationVersion, BodyNotice
from .condition import (
    Condition,
    ConditionCampaign,
    ConditionEvidence,
    ConditionVersion,
    DecisionCondition,
)
from .consultation import Consultation
from .deny_entry import DenyEntry
from .enforcement import (
    EnforcementPoint,
    RestrictionApplication,
    SilenceAlarm,
    SurfaceState,
)
from .expansion import Expansion
from .grant import Grant, GrantEnd, GrantItem
from .grant_need import GrantNeedVersion
from .holding import ReportedHolding, StatedCount
from .lifecycle import CloseOut, Notice, ProgressReport
from .position import Position, PositionPaper, PositionReader, PositionVersion
from .position_override import PositionOverride
from .program import Program, ProgramVersion, TermsAcceptance, TermsEdition, Tier
from .recertification import Recertification, RecertificationItem
from .renewal import GrantRenewal
from .restoration import Restoration, RestorationLine
from .restriction import PersonClass, Restriction, RestrictionException, RestrictionVersion
from .review_policy import ReviewPolicy
from .tier_requirements import TierRequirements
from .waiting import WaitingFact, WaitingPeriod, WaitingPeriodVersion

__all__ = [
    "NOBODY",
    "AccessRequest",
    "AnswerCount",
    "AnswerRecorder",
    "Assessment",
    "Authorization",
    "AuthorizationVersion",
    "BodyNotice",
    "CloseOut",
    "Condition",
    "ConditionCampaign",
    "ConditionEvidence",
    "ConditionVersion",
    "Consultation",
    "DecisionCondition",
    "DenyEntry",
    "EnforcementPoint",
    "Expansion",
    "Grant",
    "GrantEnd",
    "GrantItem",
    "GrantNeedVersion",
    "GrantRenewal",
    "Notice",
    "PersonClass",
    "Position",
    "PositionOverride",
    "PositionPaper",
    "PositionReader",
    "PositionVersion",
    "Program",
    "ProgramVersion",
    "ProgressReport",
    "Question",
    "Recertification",
    "RecertificationItem",
    "ReportedHolding",
    "RequestDecision",
    "Restoration",
    "RestorationLine",
    "Restriction",
    "RestrictionApplication",
    "RestrictionException",
    "RestrictionVersion",
    "ReviewPolicy",
    "SilenceAlarm",
    "StatedCount",
    "SurfaceState",
    "TermsAcceptance",
    "TermsEdition",
    "Tier",
    "TierRequirements",
    "WaitingFact",
    "WaitingPeriod",
    "WaitingPeriodVersion",
]
