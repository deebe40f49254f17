from .access_request import AccessRequest, Assessment, Question, RequestDecision
from .answer_count import NOBODY, AnswerCount, AnswerRecorder
from .answers import DraftAnswers, OnBehalf, Submission
from .attachment import Attachment
from .authorization import Authorization, AuthorizationVersion, BodyNotice
from .claim import Claim
from .comment import Comment
from .condition import (
    Condition,
    ConditionCampaign,
    ConditionEvidence,
    ConditionFile,
    ConditionVersion,
    DecisionCondition,
)
from .consultation import Consultation, StageConsultation
from .deny_entry import DenyEntry
from .deputation import Deputation
from .disclosure import DisclosedDocument, DisclosedName, Disclosure
from .enforcement import (
    EnforcementPoint,
    RestrictionApplication,
    SilenceAlarm,
    SurfaceState,
)
from .expansion import Expansion
from .expansion_line import LineMove, LinePlace
from .facts import GrantFacts, ProgramFacts
from .grant import Grant, GrantEnd, GrantItem
from .grant_need import GrantNeedVersion
from .holding import ReportedHolding, StatedCount
from .lifecycle import CloseOut, CloseOutQuerySet, Notice, ProgressReport
from .line_batch import LineBatch, LineBatchItem
from .line_import import LineImport, LineImportRow
from .pause import Pause
from .position import Position, PositionPaper, PositionReader, PositionVersion
from .position_override import PositionOverride
from .program import Program, ProgramVersion, TermsAcceptance, TermsEdition, Tier
from .recertification import Recertification, RecertificationItem
from .reconsideration import Reconsideration
from .recusal import Recusal
from .renewal import GrantRenewal
from .request_form import RequestForm
from .restoration import Restoration, RestorationLine
from .restriction import PersonClass, Restriction, RestrictionException, RestrictionVersion
from .review_policy import ReviewPolicy
from .search_count import SearchCount
from .stage import DisputeResolution, StageAnnouncement, StageRun
from .team import StaffAttribute, Team, TeamMembership
from .tier_requirements import TierRequirements
from .waiting import WaitingFact, WaitingPeriod, WaitingPeriodVersion

__all__ = [
    "NOBODY",
    "AccessRequest",
    "AnswerCount",
    "AnswerRecorder",
    "Assessment",
    "Attachment",
    "Authorization",
    "AuthorizationVersion",
    "BodyNotice",
    "Claim",
    "CloseOut",
    "CloseOutQuerySet",
    "Comment",
    "Condition",
    "ConditionCampaign",
    "ConditionEvidence",
    "ConditionFile",
    "ConditionVersion",
    "Consultation",
    "DecisionCondition",
    "DenyEntry",
    "Deputation",
    "DisclosedDocument",
    "DisclosedName",
    "Disclosure",
    "DisputeResolution",
    "DraftAnswers",
    "EnforcementPoint",
    "Expansion",
    "Grant",
    "GrantEnd",
    "GrantFacts",
    "GrantItem",
    "GrantNeedVersion",
    "GrantRenewal",
    "LineBatch",
    "LineBatchItem",
    "LineImport",
    "LineImportRow",
    "LineMove",
    "LinePlace",
    "Notice",
    "OnBehalf",
    "Pause",
    "PersonClass",
    "Position",
    "PositionOverride",
    "PositionPaper",
    "PositionReader",
    "PositionVersion",
    "Program",
    "ProgramFacts",
    "ProgramVersion",
    "ProgressReport",
    "Question",
    "Recertification",
    "RecertificationItem",
    "Reconsideration",
    "Recusal",
    "ReportedHolding",
    "RequestDecision",
    "RequestForm",
    "Restoration",
    "RestorationLine",
    "Restriction",
    "RestrictionApplication",
    "RestrictionException",
    "RestrictionVersion",
    "ReviewPolicy",
    "SearchCount",
    "SilenceAlarm",
    "StaffAttribute",
    "StageAnnouncement",
    "StageConsultation",
    "StageRun",
    "StatedCount",
    "Submission",
    "SurfaceState",
    "Team",
    "TeamMembership",
    "TermsAcceptance",
    "TermsEdition",
    "Tier",
    "TierRequirements",
    "WaitingFact",
    "WaitingPeriod",
    "WaitingPeriodVersion",
]
