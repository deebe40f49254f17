from .access_demand import AccessDemand, DemandRecord
from .cursor import Cursor
from .delivery import Delivery
from .dialogue import Dialogue, DialogueRecord
from .filing import Filing
from .model_notice import ModelNotice, NoticeAnswer
from .obligation import Obligation, ObligationAlert, ObligationQuestion

__all__ = [
    "AccessDemand",
    "Cursor",
    "Delivery",
    "DemandRecord",
    "Dialogue",
    "DialogueRecord",
    "Filing",
    "ModelNotice",
    "NoticeAnswer",
    "Obligation",
    "ObligationAlert",
    "ObligationQuestion",
]
