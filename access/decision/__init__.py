"""The decision: the pure rule, and the values it reads and gives."""

from access.decision.facts import (
    Answer,
    Facts,
    Ground,
    Item,
    Named,
    Need,
    Person,
    Question,
    Stop,
    Terms,
    Unsettled,
    Wait,
)
from access.decision.rule import (
    decide,
    decide_for_surface,
    explain,
    explain_for_surface,
    find_allowing,
)

__all__ = [
    "Answer",
    "Facts",
    "Ground",
    "Item",
    "Named",
    "Need",
    "Person",
    "Question",
    "Stop",
    "Terms",
    "Unsettled",
    "Wait",
    "decide",
    "decide_for_surface",
    "explain",
    "explain_for_surface",
    "find_allowing",
]
