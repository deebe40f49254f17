from .access_demand import AccessDemand, DemandRecord
from .coverage_gap import CoverageGap, CoverageNotice, GapExplanation
from .cursor import Cursor
from .delivery import Delivery
from .dialogue import Dialogue, DialogueRecord
from .filing import FILING_READERS, Filing, FilingQuerySet, FilingStage
from .incident_stop import IncidentStop
from .miss_explanation import MissExplanation
from .model_notice import ModelNotice, NoticeAnswer
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "FILING_READERS",
    "AccessDemand",
    "CoverageGap",
    "CoverageNotice",
    "Cursor",
    "Delivery",
    "DemandRecord",
    "Dialogue",
    "DialogueRecord",
    "Filing",
    "FilingQuerySet",
    "FilingStage",
    "GapExplanation",
    "IncidentStop",
    "MissExplanation",
    "ModelNotice",
    "NoticeAnswer",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
