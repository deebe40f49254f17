from .cursor import Cursor
from .delivery import Delivery
from .filing import Filing
from .incident_stop import IncidentStop
from .miss_explanation import MissExplanation
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "Cursor",
    "Delivery",
    "Filing",
    "IncidentStop",
    "MissExplanation",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
