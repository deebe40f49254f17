from .cursor import Cursor
from .delivery import Delivery
from .filing import FILING_READERS, Filing, FilingStage
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "FILING_READERS",
    "Cursor",
    "Delivery",
    "Filing",
    "FilingStage",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
