from .cursor import Cursor
from .delivery import Delivery
from .filing import FILING_READERS, Filing, FilingQuerySet, FilingStage
from .incident_stop import IncidentStop
from .miss_explanation import MissExplanation
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "FILING_READERS",
    "Cursor",
    "Delivery",
    "Filing",
    "FilingQuerySet",
    "FilingStage",
    "IncidentStop",
    "MissExplanation",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
