from .cursor import Cursor
from .delivery import Delivery
from .filing import Filing
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "Cursor",
    "Delivery",
    "Filing",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
