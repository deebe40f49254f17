from .access_request import AccessRequest, Assessment, Question, RequestDecision
from .answer_count import NOBODY, AnswerCount, AnswerRecorder
from .claim import Claim
from .comment import Comment
from .condition import (
    Condition,
    ConditionCampaign,
    ConditionEvidence,
    ConditionVersion,
    DecisionCondition,
)
from .deny_entry import DenyEntry
from .enforcement import (
    EnforcementPoint,
    RestrictionApplication,
    SilenceAlarm,
    SurfaceState,
)
from .expansion import Expansion
from .grant import Grant, GrantEnd, GrantItem
from .holding import ReportedHolding, StatedCount
from .lifecycle import CloseOut, Notice, ProgressReport
from .pause import Pause
from .position import Position, PositionVersion
from .program import Program, ProgramVersion, TermsAcceptance, TermsEdition, Tier
from .recertification import Recertification, RecertificationItem
from .recusal import Recusal
from .renewal import GrantRenewal
from .restoration import Restoration, RestorationLine
from .restriction import PersonClass, Restriction, RestrictionException, RestrictionVersion
from .review_policy import ReviewPolicy
from .stage import DisputeResolution, StageAnnouncement, StageRun
from .team import StaffAttribute, Team, TeamMembership
from .waiting import WaitingFact, WaitingPeriod, WaitingPeriodVersion

__all__ = [
    "NOBODY",
    "AccessRequest",
    "AnswerCount",
    "AnswerRecorder",
    "Assessment",
    "Claim",
    "CloseOut",
    "Comment",
    "Condition",
    "ConditionCampaign",
    "ConditionEvidence",
    "ConditionVersion",
    "DecisionCondition",
    "DenyEntry",
    "DisputeResolution",
    "EnforcementPoint",
    "Expansion",
    "Grant",
    "GrantEnd",
    "GrantItem",
    "GrantRenewal",
    "Notice",
    "Pause",
    "PersonClass",
    "Position",
    "PositionVersion",
    "Program",
    "ProgramVersion",
    "ProgressReport",
    "Question",
    "Recertification",
    "RecertificationItem",
    "Recusal",
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
    "StaffAttribute",
    "StageAnnouncement",
    "StageRun",
    "StatedCount",
    "SurfaceState",
    "Team",
    "TeamMembership",
    "TermsAcceptance",
    "TermsEdition",
    "Tier",
    "WaitingFact",
    "WaitingPeriod",
    "WaitingPeriodVersion",
]
